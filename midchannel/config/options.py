"""What an administrator may set, with its defaults: environment variables, or files in the data folder."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from midchannel.platform.database import embedded
from midchannel.platform.errors import InvalidError


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _with_scheme(origins: list[str]) -> list[str]:
    if not all(each.startswith(("https://", "http://")) for each in origins):
        raise ValueError("begin each with its scheme: https://desk.example.com")
    return origins


def _address(url: str) -> str:
    try:
        conninfo_to_dict(url)
    except ProgrammingError as error:  # its words hold the address, and so the password
        raise ValueError("write postgresql://user:password@host:port/name") from error
    return url


class SettingError(InvalidError):
    """An environment variable cannot be used; the message names it and says what it should be."""


Names = Annotated[list[str], NoDecode, BeforeValidator(_split)]
"""Several names in one variable, with commas between."""
Address = Annotated[str, AfterValidator(_address)]
"""Where a database is, for libpq."""


class Options(BaseSettings):
    """`MIDCHANNEL_DATA`, `MIDCHANNEL_DEBUG`, ...; `DATABASE_URL` moves from the embedded server to another."""

    model_config = SettingsConfigDict(env_prefix="MIDCHANNEL_", extra="ignore")

    data: Path = Path("data")
    debug: bool = False
    allowed_hosts: Names = ["127.0.0.1", "localhost", "[::1]"]
    trusted_origins: Annotated[Names, AfterValidator(_with_scheme)] = []
    behind_tls: bool = False
    database_url: Address = Field(default="", validation_alias="DATABASE_URL")
    owner_database_url: Address = Field(default="", validation_alias="OWNER_DATABASE_URL")
    as_owner: bool = False
    hashed_static: bool = False
    secret: str = ""
    undo_seconds: float = 5.0
    understand: bool = True

    def secret_key(self) -> str:
        """The installation's secret: from `MIDCHANNEL_SECRET`, else a file made once in the data folder."""
        if self.secret:
            return self.secret
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            making = path.with_name(f"secret.{os.getpid()}")
            with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(making, path)
            making.unlink()
        return path.read_text().strip()

    def database(self) -> dict[str, Any]:
        """Django's database settings for `DATABASE_URL`, or for the embedded server's socket in the data folder."""
        role = embedded.OWNER if self.as_owner else embedded.APPLICATION
        url = self.database_url or embedded.Server(self.data / "postgres").url(role=role)
        if self.as_owner and self.owner_database_url:
            url = self.owner_database_url
        known = dict(conninfo_to_dict(url))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": known.pop("dbname", "midchannel"),
            "USER": known.pop("user", ""),
            "PASSWORD": known.pop("password", ""),
            "HOST": known.pop("host", ""),
            "PORT": known.pop("port", ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {key: value for key, value in known.items() if key not in {"hostaddr"}},
        }


def read() -> Options:
    """The settings of this process. Raises SettingError for the first that cannot be used."""
    try:
        return Options()
    except ValidationError as error:
        found = error.errors()[0]
        name = str(found["loc"][0]).upper()
        name = name if name.endswith("DATABASE_URL") else f"MIDCHANNEL_{name}"
        reason = found["msg"].removeprefix("Value error, ")
        raise SettingError(f"{name} cannot be used: {reason}. See Settings in docs/running.md.", name) from None


options = read()
