"""What an administrator may set, with its defaults: environment variables, or files in the data folder."""

import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from midchannel.platform.database import embedded


class Options(BaseSettings):
    """`MIDCHANNEL_DATA`, `MIDCHANNEL_DEBUG`, ...; `DATABASE_URL` moves from the embedded server to another."""

    model_config = SettingsConfigDict(env_prefix="MIDCHANNEL_", extra="ignore")

    data: Path = Path("data")
    debug: bool = False
    allowed_hosts: list[str] = ["127.0.0.1", "localhost", "[::1]"]
    trusted_origins: list[str] = []
    behind_tls: bool = False
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    owner_database_url: str = Field(default="", validation_alias="OWNER_DATABASE_URL")
    as_owner: bool = False
    secret: str = ""

    def secret_key(self) -> str:
        """The installation's secret: from `MIDCHANNEL_SECRET`, else a file made once in the data folder."""
        if self.secret:
            return self.secret
        path = self.data / "secret"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            path.write_text(secrets.token_urlsafe(48))
            path.chmod(0o600)
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


options = Options()
