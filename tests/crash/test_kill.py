"""Killing any process at any moment, PostgreSQL and the supervisor included, loses and doubles nothing that came in.

The product runs as a user starts it, with a second worker beside; two senders race with the same batches over HTTP and send again until
they are told that a batch is stored. Thirty times something is killed in the middle of it.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from midchannel.cli.tests.running import Running, command, environment, wait_until
from midchannel.platform.database import embedded

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]

KILLS = 30
VICTIMS = ("postgres", "worker", "second worker", "web", "supervisor")
BATCH = 40


@dataclass
class Company:
    """The running product: its processes, and what the senders were promised."""

    data: Path
    running: "_Running"
    token: str
    second: "subprocess.Popen[bytes] | None" = None
    stop: threading.Event = field(default_factory=threading.Event)
    promised: set[str] = field(default_factory=set)
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start_second_worker(self) -> None:
        """Another worker on the same data."""
        self.second = subprocess.Popen(
            [sys.executable, "-m", "midchannel.cli.worker"],
            env=environment() | {"MIDCHANNEL_DATA": str(self.data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, victim: str) -> None:
        """SIGKILL, as a power cut or the memory killer would do it."""
        if victim == "supervisor":
            self.running.process.kill()
            self.running.process.wait()
            port = self.running.port
            wait_until(lambda: not self.running.leftovers_of_run(), what="the children of a killed supervisor end")
            self.running = restarted(self.data, port)
        elif victim == "second worker":
            assert self.second is not None
            self.second.kill()
            self.second.wait()
            self.start_second_worker()
        else:
            words = {"postgres": "postgres", "worker": "midchannel.cli.worker", "web": "midchannel.cli.web"}[victim]
            child = self.running.child(words)
            if child is not None:
                child.send_signal(signal.SIGKILL)

    def send(self, batch: list[dict[str, object]], *, patience_seconds: float = 120) -> None:
        """Send a batch until its storage is confirmed, as every sender has to."""
        body = json.dumps(batch).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.running.port}/collect/v1/activities",
            data=body,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        give_up_at = time.monotonic() + patience_seconds
        while time.monotonic() < give_up_at:
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
                    told = json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (500, 503):
                    pytest.fail(f"refused: {error.read()!r}")
                time.sleep(0.05)
            except OSError:
                time.sleep(0.05)
            else:
                with self.lock:
                    self.sent += told["received"]
                    self.promised |= {str(each["object"]["id"]) for each in batch}  # type: ignore[index]
                return
        pytest.fail("a batch could not be sent for two minutes")


class _Running(Running):
    """`midchannel run` on a port that was chosen before."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.said = data.parent / f"{data.name}.said"
        line = [sys.executable, "-m", "midchannel", "run", "--data", str(data), "--port", str(port)]
        self.said.write_bytes(b"")
        with self.said.open("ab") as out:
            self.process = subprocess.Popen(line, env=environment(), stdout=out, stderr=out, start_new_session=True)

    def leftovers_of_run(self) -> list[int]:
        """Children of a killed supervisor that have not ended yet."""
        port = str(self.port)
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            line = process.info["cmdline"] or []
            of_web = "midchannel.cli.web" in line and port in line
            of_data = "postgres" in " ".join(line[:1]) and str(self.data / "postgres") in line
            if (of_web or of_data) and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        return found


def restarted(data: Path, port: int) -> "_Running":
    """Start the product again."""
    running = _Running(data, port)
    running.wait_until_up()
    return running


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    data = tmp_path / "data"
    tmp_path.chmod(0o755)
    first = Running(data)
    first.wait_until_up()
    made = command("channel", "add", "collector", "--name", "Crash", "--data", str(data))
    assert made.returncode == 0, made.stdout + made.stderr
    token = next(word for word in made.stdout.split() if word.startswith("mc_"))
    first.stop()
    company = Company(data, restarted(data, first.port), token)
    company.start_second_worker()
    yield company
    company.stop.set()
    if company.second is not None:
        company.second.kill()
        company.second.wait()
    company.running.stop()


def batch_of(number: int) -> list[dict[str, object]]:
    """Batch `number`: posts and replies, the replies sometimes to what comes only in the next batch."""
    made: list[dict[str, object]] = []
    for position in range(BATCH):
        this = number * BATCH + position
        parent = {0: None, 1: this - 1, 2: this + BATCH}[this % 3]
        said = {"id": f"note-{this}", "type": "Note", "content": f"statement {this} of batch {number}"}
        if parent is not None:
            said["inReplyTo"] = f"note-{parent}"
        made.append({"type": "Create", "actor": {"id": f"person-{this % 57}"}, "object": said})
    return made


def keep_sending(company: Company, numbers: Iterator[int]) -> None:
    """One sender: batches in order until told to stop."""
    for number in numbers:
        if company.stop.is_set():
            return
        company.send(batch_of(number))


def test_thirty_kills_lose_and_double_nothing(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("MIDCHANNEL_CRASH_SEED", "0")) or random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    kills = int(os.environ.get("MIDCHANNEL_CRASH_KILLS", str(KILLS)))
    senders = [threading.Thread(target=keep_sending, args=(company, iter(range(10**6)))) for _ in range(2)]
    for sender in senders:
        sender.start()

    for count in range(kills):
        time.sleep(rng.uniform(0.05, 1.5))
        victim = rng.choice(VICTIMS)
        with capsys.disabled():
            print(f"seed {seed}, kill {count + 1}: {victim}")  # noqa: T201
        company.kill(victim)
    company.stop.set()
    for sender in senders:
        sender.join()

    url = embedded.Server(company.data / "postgres").url()
    wait_until(lambda: is_quiet(url), what="everything that waits is applied")
    with psycopg.connect(url) as connection:
        assert_whole(connection, company)


def is_quiet(url: str) -> bool:
    """Whether nothing waits any more."""
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM arrival WHERE waiting").fetchone()
    except psycopg.OperationalError:
        return False
    return row == (0,)


def assert_whole(connection: "psycopg.Connection[tuple[object, ...]]", company: Company) -> None:
    """Every promised statement is there once, in one conversation with what it answers; and every delivery was counted."""
    rows = connection.execute("SELECT text FROM activity").fetchall()
    texts = [str(text) for (text,) in rows]
    kept = {f"note-{text.split()[1]}" for text in texts}

    assert len(texts) == len(kept), "a statement was doubled"
    assert company.promised <= kept, f"lost: {sorted(company.promised - kept)[:5]}"
    counted = connection.execute(
        "SELECT sum(received), sum(duplicate), sum(applied), (SELECT count(*) FROM parked) FROM channel_count"
    ).fetchone()
    assert counted is not None
    received, duplicate, applied, parked = (int(str(each)) for each in counted)
    assert received == applied + duplicate + parked
    assert applied == len(texts)
    assert received >= company.sent
    unfiled = connection.execute(
        "SELECT count(*) FROM activity a LEFT JOIN message m ON m.id = a.id WHERE m.id IS NULL"
    ).fetchone()
    assert unfiled == (0,)
    assert_threads_hold(connection)


def assert_threads_hold(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """A reply stands in the conversation of what it answers, whichever came first and whatever was killed between."""
    rows = connection.execute(
        "SELECT a.text, m.conversation_id FROM activity a JOIN message m ON m.id = a.id"
    ).fetchall()
    thread_of = {int(str(text).split()[1]): conversation for text, conversation in rows}
    split = []
    for this, conversation in thread_of.items():
        parent = {0: None, 1: this - 1, 2: this + BATCH}[this % 3]
        if parent in thread_of and thread_of[parent] != conversation:
            split.append((this, parent))

    assert not split, f"{len(split)} replies stand apart from what they answer, such as {split[:3]}"
