"""Tryton as a peer: a real server on loopback over a SQLite database that its own `trytond-admin` made."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from midchannel.outside.channels.port import Settings
from midchannel.outside.silos.readers.tryton import _Session

DATABASE, USER, PASSWORD = "erp", "admin", "secret"
MODULES = ("party", "sale")
MAKE_SECONDS, START_SECONDS, TRIES = 600, 90, 3
CONFIG = """
[database]
uri = sqlite://
path = {folder}
[web]
listen = 127.0.0.1:{port}
[session]
timeout = 3600
"""
# As trytond-admin does, but with patience for a lock.
MAKE = """
import sqlite3
real = sqlite3.connect
sqlite3.connect = lambda *a, **k: real(*a, **{"timeout": 60, **k})
from trytond.cli.admin import main
main()
"""
# Tryton asks the DNS about every address it is given. There is none here.
LAUNCH = """
import email_validator
real = email_validator.validate_email
email_validator.validate_email = lambda *a, **k: real(*a, **{**k, "check_deliverability": False, "test_environment": True})
from trytond.cli import main
main()
"""


def missing() -> str:
    """Why there can be no Tryton here; empty when there can."""
    return "" if importlib.util.find_spec("trytond") else "trytond is not installed (the extra dev has it)"


def make_database(folder: Path) -> Path:
    """A database with parties and sales, made once and copied by each server; it takes a minute.

    Whoever comes first makes it, in a folder of its own; the others wait. Tryton writes from two connections at once and
    SQLite waits five seconds for a lock: on a slow disk it loses now and then, so it gets three tries.
    """
    made = folder / f"{DATABASE}.sqlite"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = ""
        for _ in range(TRIES):
            if made.exists():
                return made
            with tempfile.TemporaryDirectory(dir=folder) as place:
                said = _make(Path(place))
                if not said:
                    (Path(place) / made.name).rename(made)
        assert made.exists(), said
    return made


def _make(folder: Path) -> str:
    """Make the database in `folder`; what went wrong, empty when nothing did."""
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "password").write_text(PASSWORD)
    (folder / "trytond.conf").write_text(CONFIG.format(folder=folder, port=1))
    command = [sys.executable, "-c", MAKE, "-c", str(folder / "trytond.conf"), "-d", DATABASE]
    command += ["--all", "-u", *MODULES, "--activate-dependencies"]
    environment = os.environ | {"TRYTONPASSFILE": str(folder / "password")}
    done = subprocess.run(
        command, env=environment, input="\n", text=True, capture_output=True, timeout=MAKE_SECONDS, check=False
    )
    return "" if done.returncode == 0 else done.stderr[-2000:]


class Tryton:
    """One server. `call` asks it as its own client would."""

    def __init__(self, folder: Path, *, database: Path, port: int) -> None:
        self.folder, self.port = folder, port
        shutil.copy(database, folder / f"{DATABASE}.sqlite")
        (folder / "trytond.conf").write_text(CONFIG.format(folder=folder, port=port))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it lets us in."""
        command = [sys.executable, "-c", LAUNCH, "-c", str(self.folder / "trytond.conf"), "-d", DATABASE]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
            with suppress(Exception):
                self.call("model.party.party.search_count", [])
                return
            time.sleep(0.3)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait()
            self.process = None

    def settings(self) -> Settings:
        """How it is reached."""
        config: dict[str, object] = {"url": self.url, "database": DATABASE, "user": USER}
        return Settings(0, "", "", config, {"password": PASSWORD})

    def call(self, method: str, *arguments: Any, company: int | None = None) -> Any:
        """Call a method as the administrator."""
        with _Session(self.settings()) as session:
            if company is not None:
                session.context["company"] = company
            return session.call(method, list(arguments))


def amount(text: str) -> dict[str, str]:
    """A number as Tryton's JSON-RPC writes it."""
    return {"__class__": "Decimal", "decimal": text}
