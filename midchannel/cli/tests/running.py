"""Running the installed command as a person does: processes, signals, what they print."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

PATIENCE_SECONDS = 150


def environment() -> dict[str, str]:
    """Ours, less what points to the test session's own database and folder."""
    own = {"DATABASE_URL", "OWNER_DATABASE_URL", "MIDCHANNEL_DATA"}
    return {name: value for name, value in os.environ.items() if name not in own}


def command(
    *arguments: str, module: str = "midchannel", typed: str = "", **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end; what it asks for is answered by `typed`. It has no terminal, so that nothing waits for one."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env=environment() | more,
        timeout=120,
        start_new_session=True,
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_true: Callable[[], bool], *, what: str) -> None:
    """Wait until it is so; fail with what was waited for."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < give_up_at, f"waited {PATIENCE_SECONDS} s until {what}"
        time.sleep(0.05)


class Running:
    """`midchannel run` (or `demo`) on a data folder and a free port."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.port = free_port()
        self.said = data.parent / f"{data.name}.said"
        line = [
            sys.executable,
            "-m",
            "midchannel",
            *(arguments or ("run",)),
            "--data",
            str(data),
            "--port",
            str(self.port),
        ]
        with self.said.open("ab") as out:
            self.process = subprocess.Popen(line, env=environment(), stdout=out, stderr=out, start_new_session=True)

    def wait_until_up(self) -> None:
        """Wait until it has told its address."""
        wait_until(lambda: "runs at" in self.output() or self.process.poll() is not None, what="it runs")
        assert self.process.poll() is None, self.output()

    def output(self) -> str:
        """All it has printed."""
        return self.said.read_text()

    def get(self, path: str) -> bytes:
        """Ask the web process."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return bytes(answer.read())

    def is_healthy(self) -> bool:
        """Whether the web process answers."""
        try:
            return self.get("/health") == b"ok"
        except OSError:
            return False

    def child(self, words: str) -> psutil.Process | None:
        """The child whose command line holds these words."""
        for child in psutil.Process(self.process.pid).children():
            try:
                if words in " ".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE:
                    return child
            except psutil.NoSuchProcess:
                continue
        return None

    def stop(self) -> int:
        """Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def leftovers(self) -> list[str]:
        """Command lines of processes that still work on the data folder."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            line = " ".join(process.info["cmdline"] or [])
            if str(self.data) in line:
                found.append(line)
        return found
