"""The disk is full, or the database is away for a while: nothing is acknowledged that is not stored, and work goes on afterwards."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from midchannel.cli.tests.running import environment, wait_until
from midchannel.platform.database import embedded

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

SMALL = {**embedded.SMALL_MACHINE, "min_wal_size": "32MB", "max_wal_size": "32MB", "fsync": "off"}
DISK_MB = 300
BATCH = 200

# What a sender and a worker do, in a process of its own: one line in, one line out.
DOOR = """
import json, sys, django
django.setup()
from django.db import Error, connection
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel
from midchannel.platform import clock
from midchannel.usecases import arrive
for line in sys.stdin:
    told = json.loads(line)
    try:
        if told["do"] == "open":
            answer = Channel.objects.create(network="collector", name="Disk", created_at=clock.now()).pk
        elif told["do"] == "receive":
            raws = [each.encode() for each in told["raws"]]
            answer = len(channels.receive(told["channel"], raws, now=clock.now()).items)
        else:
            answer = 0
            while arrive.apply_waiting(now=clock.now()):
                answer += 1
    except Error as error:
        connection.close()
        answer = f"refused: {type(error).__name__}"
    print(json.dumps(answer), flush=True)
"""


class Door:
    """The other process."""

    def __init__(self, url: str, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", DOOR],
            env=environment()
            | {
                "DATABASE_URL": url,
                "MIDCHANNEL_DATA": str(data),
                "DJANGO_SETTINGS_MODULE": "midchannel.config.settings",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **told: object) -> object:
        """One question, one answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def mounted(place: Path) -> Iterator[Path]:
    """A small disk in memory."""
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr.decode().strip()}")
    place.chmod(0o755)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def batch_of(number: int) -> list[str]:
    """Statements long enough to fill a disk."""
    return [
        json.dumps(
            {
                "type": "Create",
                "actor": f"person-{position}",
                "object": {"id": f"{number}-{position}", "content": f"{number}-{position} {os.urandom(1000).hex()}"},
            }
        )
        for position in range(BATCH)
    ]


def migrated(server: embedded.Server, data: Path) -> str:
    """Start the server and make the schema; returns the application's address."""
    server.start()
    server.ensure_roles()
    made = subprocess.run(
        [sys.executable, "-m", "midchannel", "migrate", "-v", "0"],
        env=environment() | {"DATABASE_URL": server.url(role=embedded.OWNER), "MIDCHANNEL_DATA": str(data)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return server.url()


def test_a_full_disk_refuses_and_after_room_is_made_all_is_there_once(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    tmp_path.chmod(0o755)
    with mounted(tmp_path / "disk") as disk:
        server = embedded.Server(disk / "postgres", settings=SMALL)
        url = migrated(server, tmp_path / "data")
        door = Door(url, tmp_path / "data")
        try:
            channel = door.ask(do="open")
            filler = disk / "filler"
            fill(filler, leave_bytes=12_000_000)
            batches = [batch_of(number) for number in range(60)]
            answers = [door.ask(do="receive", channel=channel, raws=batch) for batch in batches]
            refused = [batch for batch, answer in zip(batches, answers, strict=True) if answer != BATCH]
            assert refused, "the disk was not full"
            door.ask(do="apply")

            filler.unlink()
            server.start()  # PostgreSQL itself may have stopped when its log could not be written
            for batch in refused:
                stored = partial(door.ask, do="receive", channel=channel, raws=batch)
                wait_until(lambda stored=stored: stored() == BATCH, what="it is stored")  # type: ignore[misc]
            wait_until(lambda: isinstance(door.ask(do="apply"), int), what="the rest is applied")

            assert_all_once(server, len(batches) * BATCH)
        finally:
            door.close()
            server.stop()


def fill(filler: Path, *, leave_bytes: int) -> None:
    """Take all room but this."""
    room = os.statvfs(filler.parent)
    with filler.open("wb") as out:
        for _ in range((room.f_bavail * room.f_frsize - leave_bytes) // 1_000_000):
            out.write(b"\0" * 1_000_000)


def test_a_database_that_goes_away_and_comes_back_has_everything_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    server = embedded.Server(tmp_path / "postgres", settings=SMALL)
    url = migrated(server, tmp_path / "data")
    door = Door(url, tmp_path / "data")
    try:
        channel = door.ask(do="open")
        assert door.ask(do="receive", channel=channel, raws=batch_of(0)) == BATCH
        server.kill()

        assert str(door.ask(do="receive", channel=channel, raws=batch_of(1))).startswith("refused: ")
        assert str(door.ask(do="apply")).startswith("refused: ")

        server.start()
        assert door.ask(do="receive", channel=channel, raws=batch_of(1)) == BATCH
        assert door.ask(do="receive", channel=channel, raws=batch_of(0)) == BATCH
        wait_until(lambda: isinstance(door.ask(do="apply"), int), what="all is applied")
        assert (
            server.query("SELECT count(*), count(DISTINCT split_part(text, ' ', 1)) FROM activity").strip()
            == f"{2 * BATCH}|{2 * BATCH}"
        )
    finally:
        door.close()
        server.stop()


def assert_all_once(server: embedded.Server, count: int) -> None:
    """Every statement is an activity and a message once, and the equation holds."""
    assert (
        server.query("SELECT count(*), count(DISTINCT split_part(text, ' ', 1)) FROM activity").strip()
        == f"{count}|{count}"
    )
    assert server.query("SELECT count(*) FROM message").strip() == str(count)
    equation = "SELECT sum(received) = sum(applied) + sum(duplicate), (SELECT count(*) FROM arrival WHERE waiting) FROM channel_count"
    assert server.query(equation).strip() == "t|0"
