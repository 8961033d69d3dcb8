"""Resident memory of everything `make demo` runs, at rest: the sum of proportional set sizes, PostgreSQL included.

    .venv/bin/python -m benches.memory [--data DIR] [--settle SECONDS]

starts the demo on a data folder of its own, lets it settle, asks for a few pages, and prints one JSON object. With `--pid` it
measures one that runs already. Read from /proc/PID/smaps_rollup, so a page that processes share is counted once.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

BAR_MB = 600.0


def pss_bytes(pid: int) -> int:
    """The proportional set size of one process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def measure(pid: int) -> dict[str, float]:
    """Megabytes by process, of one process and all that descend from it."""
    found: dict[str, float] = {}
    top = psutil.Process(pid)
    for process in [top, *top.children(recursive=True)]:
        line = process.cmdline()
        words = " ".join(line)
        name = next((name for name in ("supervisor", "web", "worker") if f"midchannel.cli.{name}" in words), "")
        name = name or ("postgres" if "postgres" in words else Path(line[0]).name if line else "ended")
        found[name] = found.get(name, 0.0) + pss_bytes(process.pid) / 1e6
    return found


def wait_until_up(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait for the web process."""
    give_up_at = time.monotonic() + 180
    while time.monotonic() < give_up_at:
        assert process.poll() is None, "the demo ended"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the demo did not come up")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--settle", type=float, default=45.0)
    parser.add_argument("--pid", type=int)
    options = parser.parse_args()
    if options.pid:
        report(measure(options.pid))
        return
    with tempfile.TemporaryDirectory(prefix="midchannel-memory-") as folder:
        Path(folder).chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        data = options.data or Path(folder) / "data"
        environment = {
            key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "MIDCHANNEL_DATA"}
        }
        line = [sys.executable, "-m", "midchannel", "demo", "--data", str(data), "--port", str(port)]
        started_at = time.monotonic()
        process = subprocess.Popen(line, env=environment, stdout=sys.stderr)
        try:
            wait_until_up(port, process)
            up_seconds = time.monotonic() - started_at
            time.sleep(options.settle)
            for path in ("/", "/signin/"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20).read()
            time.sleep(2)
            report(measure(process.pid), up_seconds=up_seconds)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def report(found: dict[str, float], **more: float) -> None:
    """One JSON object."""
    total = sum(found.values())
    rounded = {name: round(value, 1) for name, value in sorted({**found, **more}.items())}
    print(json.dumps({"total_mb": round(total, 1), "bar_mb": BAR_MB, "is_kept": total <= BAR_MB, **rounded}))


if __name__ == "__main__":
    main()
