"""One process that watches the others: the embedded PostgreSQL, the web server, the workers.

Only the standard library is imported. A child that dies is started again, after a pause that grows while it keeps
dying; Ctrl-C or SIGTERM stops the children in order and the database last. A child that ends with `NEEDS_A_PERSON` has
printed what has to be done, and everything stops.
"""

import argparse
import contextlib
import errno
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from midchannel.cli import place
from midchannel.platform.database import embedded

NEEDS_A_PERSON = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
HEALTHY_AFTER_SECONDS = 30.0
STOP_SECONDS = 12.0
LARGEST_LOG_BYTES = 20_000_000


class StopError(Exception):
    """Midchannel cannot run; the message says what to do."""


@dataclass
class Child:
    """A process that is kept alive. `stop_signal` asks it to finish."""

    name: str
    command: Sequence[str]
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    _out: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process in a session of its own, so that a Ctrl-C reaches the supervisor alone."""
        if self.log is not None and self._out is None:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._out = self.log.open("ab")
        out = self._out
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        self.started_at = time.monotonic()

    def has_died(self) -> bool:
        """Whether it runs no more although nobody stopped it; notes when to start it again."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        self.failures = 1 if now - self.started_at > HEALTHY_AFTER_SECONDS else self.failures + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** min(self.failures - 1, 10), LONGEST_PAUSE_SECONDS)
        self.start_at = now + (0.0 if self.failures == 1 else pause)
        return True

    def ask_to_stop(self) -> None:
        """Ask it to finish."""
        if self.process is not None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask it to finish, and after a while insist."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def keep_log_small(self) -> None:
        """Move a grown log aside; the process goes on writing to the emptied file."""
        if self.log is not None and self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


class Supervisor:
    """Starts everything in order, watches, and stops everything in the opposite order."""

    def __init__(self, *, data: Path, host: str, port: int, demo: bool) -> None:
        self._data, self._host, self._port, self._demo = data, host, port, demo
        self._children: list[Child] = []
        self._asked_to_stop = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def run(self) -> int:
        """Run until told to stop. Gives the exit status."""
        self._listen_to_signals()
        try:
            with place.locked(self._data):
                return self._run()
        except (StopError, place.InUseError, embedded.ServerError) as error:
            say(str(error))
            return 1

    def _run(self) -> int:
        try:
            check_port_is_free(self._host, self._port)
            say("Starting Midchannel.")
            os.environ.update(MIDCHANNEL_HASHED_STATIC="1", MIDCHANNEL_SUPERVISOR=str(os.getpid()))
            if place.is_embedded():
                self._start_database()
            prepared = self._prepare()
            if self._asked_to_stop:
                return 0
            self._start("worker", "midchannel.cli.worker")
            self._start("web", "midchannel.cli.web", "--host", self._host, "--port", str(self._port))
            if self._wait_for_web():
                self._tell(prepared)
            return self._watch()
        finally:
            if self._children:
                say("Stopping.")
            for child in self._children[1:] if place.is_embedded() else self._children:
                child.ask_to_stop()  # all at once; the database, which comes first, has to outlive them
            for child in reversed(self._children):
                child.stop()

    def _start_database(self) -> None:
        server = place.server(self._data)
        if not server.is_initialised():
            say("Making the database (once).")
        server.initialise()
        server.stop()
        server.make_ready_to_start()
        command = server.command(ends_with_parent=True)
        child = Child("postgres", command, log=self._data / "log" / "postgres.log", stop_signal=signal.SIGINT)
        child.start()
        self._children.append(child)
        server.wait_until_ready(process=child.process, log=child.log)
        server.ensure_roles()

    def _prepare(self) -> dict[str, str]:
        """Schema, static files, demo company: in a process that ends, so that its memory is given back."""
        arguments = ["--demo"] if self._demo else []
        command = [sys.executable, "-m", "midchannel.cli.prepare", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            while process.poll() is None and not self._asked_to_stop:
                self._pause(0.2)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)  # with what it has started
            out, _ = process.communicate()
        if process.returncode and not self._asked_to_stop:
            raise StopError("Midchannel did not start; the reason is above.")
        return dict(json.loads(out)) if out.strip() and not process.returncode else {}

    def _start(self, name: str, module: str, *arguments: str) -> None:
        log = self._data / "log" / f"{name}.log" if self._demo else None
        child = Child(name, [sys.executable, "-m", module, *arguments], log=log)
        child.start()
        self._children.append(child)

    def _wait_for_web(self) -> bool:
        while not self._asked_to_stop:
            self._mind_children()
            if is_listening(self._host, self._port):
                return True
            self._pause(0.1)
        return False

    def _tell(self, prepared: dict[str, str]) -> None:
        shown = "localhost" if self._host in {"127.0.0.1", "0.0.0.0", "::"} else self._host  # noqa: S104
        address = f"http://{shown}:{self._port}/"
        if self._demo:
            say(f"The logs are in {self._data / 'log'}. Ctrl-C stops everything; the data stay in {self._data}.")
        sign_ins = f" Sign in as {prepared['sign_ins']}." if prepared.get("sign_ins") else ""
        first = f" {prepared['first']}" if prepared.get("first") else ""
        say(f"Midchannel runs at {address}{sign_ins}{first}")

    def _watch(self) -> int:
        while not self._asked_to_stop:
            self._mind_children()
            self._pause(1.0)
        return 0

    def _mind_children(self) -> None:
        for child in self._children:
            if child.process is None:
                if time.monotonic() >= child.start_at:
                    child.start()
                continue
            child.keep_log_small()
            if child.has_died():
                status = child.process.returncode
                child.process = None
                if status == NEEDS_A_PERSON:
                    raise StopError(f"The {child.name} process needs you; the reason is above or in {child.log}.")
                say(f"{child.name} ended ({status}); it is started again.")

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop = True

    def _pause(self, seconds: float) -> None:
        select.select([self._reader], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._reader, 4096)


def check_port_is_free(host: str, port: int) -> None:
    """Refuse before anything is started, rather than after."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StopError(
                    f"Port {port} is taken by another program. Choose another: --port {port + 1}."
                ) from error
            raise StopError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error


def is_listening(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((target, port), timeout=1):
            return True
    except OSError:
        return False


def say(text: str) -> None:
    """A line for the person at the terminal, or the journal."""
    print(text, flush=True)  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> int:
    """The process behind `midchannel run` and `midchannel demo`."""
    parser = argparse.ArgumentParser(prog="midchannel run")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(arguments)
    data = place.use(options.data)
    return Supervisor(data=data, host=options.host, port=options.port, demo=options.demo).run()


if __name__ == "__main__":
    sys.exit(main())
