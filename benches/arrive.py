"""How much arrival costs: the whole path against a bare COPY of the same columns, in the same run.

`python -m benches.arrive --activities N` (or `midchannel bench arrive`) starts a PostgreSQL of its own in a temporary folder,
with the product's settings and fsync on, receives and applies N activities in batches of 1,000 (one process receives, one
applies), sends all of it a second time, and copies the same rows into a bare table with the same indexes. Prints one JSON object.
With `--identify`, 20,000 people of a CRM are there first, and in the stream one document in eight tells what its author says of
themselves, one in forty is a profile that changed: each is compared with everybody.
With `--understand` every text is read as it arrives, through two channels with a worker each, so that both cores are used.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benches import generator, ground, processes
from midchannel.cli import settled
from midchannel.platform.database import embedded

COPY_TABLE = """
CREATE TABLE bare (
    id bigint, key uuid, content bigint, channel_id integer, handle_id bigint, conversation_id bigint, at timestamptz, kind smallint,
    flags smallint, text text, data jsonb, raw text,
    CONSTRAINT bare_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ON bare (key);
CREATE INDEX ON bare (handle_id, at);
CREATE INDEX ON bare (conversation_id, id);
CREATE INDEX ON bare USING gin (to_tsvector('simple', text));
"""


def understands() -> bool:
    """Whether texts are read as they arrive."""
    return os.environ.get("MIDCHANNEL_UNDERSTAND") == "1"


def apply_until_told(stop: Any) -> None:
    """The second process: a worker that applies what is waiting."""
    ground.set_up()
    from midchannel.platform import clock
    from midchannel.usecases import arrive

    if understands():
        from midchannel.usecases import understand

        understand.read_texts(["warm"])
    settled.settle()
    while True:
        told = stop.is_set()
        if not arrive.apply_waiting(now=clock.now()):
            if told:
                return
            time.sleep(0.01)


def bare_copy(connection: Any, postmaster: int) -> tuple[float, int]:
    """COPY the very rows the path made into a bare table; returns CPU seconds and rows. Encoding the rows is not counted."""
    cursor = connection.cursor()
    cursor.execute(COPY_TABLE)
    from midchannel.outside.channels.actions.filing import unpack

    raws: dict[int, Any] = {}
    cursor.execute("SELECT first_id, body FROM arrival ORDER BY first_id")
    for first_id, body in cursor.fetchall():
        raws |= {first_id + position: raw for position, _, _, raw in unpack(body)}
    cursor.execute(
        "SELECT a.id, s.key, s.content, a.channel_id, a.handle_id, m.conversation_id, a.at, a.kind, a.flags, a.text, a.data"
        " FROM activity a JOIN seen s ON s.activity_id = a.id JOIN message m ON m.id = a.id ORDER BY a.id"
    )
    rows = cursor.fetchall()
    blocks = []
    for start in range(0, len(rows), 1000):
        lines = []
        for row in rows[start : start + 1000]:
            values = ["\\N" if value is None else str(value) for value in row] + [raws[row[0]].decode()]
            lines.append("\t".join(value.replace("\\", "\\\\") if value != "\\N" else value for value in values))
        blocks.append(("\n".join(lines) + "\n").encode())
    del rows, raws
    began = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster)
    for block in blocks:
        with cursor.copy("COPY bare FROM STDIN") as copy:
            copy.write(block)
        connection.commit()
    clean_pending(cursor, "bare_to_tsvector_idx")
    connection.commit()
    count = sum(block.count(b"\n") for block in blocks)
    return processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster) - began, count


def clean_pending(cursor: Any, *indexes: str) -> None:
    """What full-text indexing put off is part of its cost."""
    for index in indexes:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stream took: seconds by the clock, and CPU seconds of the process that receives, of those that apply, and of PostgreSQL."""

    seconds: float
    receiving: float
    applying: float
    database: float

    @property
    def cpu(self) -> float:
        """CPU seconds of all of them."""
        return self.receiving + self.applying + self.database

    def told(self, count: int) -> dict[str, float | int]:
        """As it is printed: by the clock, and CPU an activity with its parts."""
        parts = {
            "cpu_us": self.cpu,
            "receiving_cpu_us": self.receiving,
            "applying_cpu_us": self.applying,
            "database_cpu_us": self.database,
        }
        return {
            "activities": count,
            "seconds": round(self.seconds, 2),
            "per_second": round(count / self.seconds),
            "per_second_of_two_whole_cores": round(2 * count / self.cpu),
            **{f"{name}_per_activity": round(cpu / count * 1e6, 1) for name, cpu in parts.items()},
        }


def stream(batches: list[list[bytes]], channel_ids: list[int], postmaster: int) -> Spent:
    """Receive all batches here while a process for each channel applies."""
    from django.db import connection

    from midchannel.outside.channels import actions as channels
    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch

    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    workers = [context.Process(target=apply_until_told, args=(stop,)) for _ in channel_ids]
    for worker in workers:
        worker.start()
    while any(worker_cpu(worker.pid) < 0.05 for worker in workers) or len(
        fetch("SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
    ) < len(workers):
        assert all(worker.is_alive() for worker in workers), "the applying process ended"
        time.sleep(0.05)
    time.sleep(0.5 if not understands() else 3)
    before = [
        processes.own_cpu_seconds(),
        sum(worker_cpu(worker.pid) for worker in workers),
        processes.server_cpu_seconds(postmaster),
    ]
    began = time.perf_counter()
    for number, batch in enumerate(batches):
        channels.receive(channel_ids[number % len(channel_ids)], batch, now=clock.now())
    received = time.perf_counter() - began
    while fetch("SELECT 1 FROM arrival WHERE waiting LIMIT 1"):
        assert all(worker.is_alive() for worker in workers), "the applying process ended"
        time.sleep(0.02)  # asking oftener would take from those that apply
    seconds = time.perf_counter() - began
    applying = sum(worker_cpu(worker.pid) for worker in workers) - before[1]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_am am ON am.oid = c.relam WHERE am.amname = 'gin' AND c.relkind = 'i'"
        )
        clean_pending(cursor, *(name for (name,) in cursor.fetchall()))
    receiving = processes.own_cpu_seconds() - before[0]
    database = processes.server_cpu_seconds(postmaster) - before[2]
    stop.set()
    for worker in workers:
        worker.join()
    print(f"received in {received:.1f} s, all applied after {seconds:.1f} s", file=sys.stderr)
    return Spent(seconds, receiving, applying, database)


def reading_cpu(batches: list[list[bytes]]) -> float:
    """CPU seconds that reading some of the texts takes by itself, a text, the best of three."""
    import msgspec

    from midchannel.usecases import understand

    texts = [msgspec.json.decode(raw)["object"]["content"] for batch in batches[:4] for raw in batch]
    took = []
    for _ in range(3):
        began = time.process_time()
        understand.read_texts(texts)
        took.append(time.process_time() - began)
    return min(took) / len(texts)


def worker_cpu(pid: int | None) -> float:
    """CPU seconds of the living worker."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / processes.TICK


KNOWN_BEFORE = 20_000


def identify(batches: list[list[bytes]], folder: str) -> list[list[bytes]]:
    """Load the CRM, and let authors of the stream be people, some of whom it knows."""
    import msgspec

    from benches import people, recognise
    from midchannel.outside.channels import actions as channels
    from midchannel.outside.channels.models import Channel
    from midchannel.platform import clock
    from midchannel.usecases import arrive

    path = Path(folder) / "records.parquet"
    people.write(path, records=2 * KNOWN_BEFORE)
    rows = list(recognise.rows_of(path))
    crm = Channel.objects.create(network="crm", name="crm", created_at=clock.now())
    known = [profile(row, "business") for row in rows[:KNOWN_BEFORE]]
    for start in range(0, len(known), 1000):
        channels.receive(crm.pk, known[start : start + 1000], now=clock.now())
        while arrive.apply_waiting(now=clock.now()):
            pass
    print(f"{KNOWN_BEFORE:,} people are known", file=sys.stderr)
    made, number = [], 0
    for batch in batches:
        changed = []
        for raw in batch:
            number += 1
            row = rows[KNOWN_BEFORE + number % KNOWN_BEFORE]
            if number % 40 == 0:
                changed.append(profile(row | {"id": number}, "social"))
                continue
            document = msgspec.json.decode(raw)
            if number % 8 == 0:
                document["actor"]["mc:attributes"] = recognise.said(row)
            changed.append(msgspec.json.encode(document))
        made.append(changed)
    return made


def profile(row: dict[str, Any], kind: str) -> bytes:
    """A record as a document."""
    import msgspec

    from benches import recognise

    said = recognise.said(row)
    name = said.get("full_name") or f"{said.get('given_name', '')} {said.get('family_name', '')}".strip()
    actor = {
        "id": f"p{row['id']}",
        "type": "Person",
        "name": name,
        "mc:attributes": said,
        "mc:provenance": {"kind": kind},
    }
    return msgspec.json.encode(
        {"type": "Update", "actor": actor, "object": {"type": "Person", "id": f"profile:{row['id']}"}}
    )


def measure(count: int, server: embedded.Server, *, folder: str = "") -> dict[str, float | int]:
    """Everything, on a fresh database. `folder`: with people, whose records are kept there."""
    channels = prepare()
    postmaster = server.pid()
    assert postmaster is not None
    print(f"making {count:,} documents", file=sys.stderr)
    batches = generator.batches(count)
    if folder:
        batches = identify(batches, folder)
    settled.settle()
    first = stream(batches, channels, postmaster)
    total, tables = sizes()
    before = rows_kept()
    again = stream(batches, channels, postmaster)
    assert rows_kept() == before, (before, rows_kept())
    found: dict[str, float | int] = {
        **first.told(count),
        "replay_cpu_us_per_activity": round(again.cpu / count * 1e6, 1),
        "bytes_per_activity": round(total / count),
    }
    if understands():
        return found | of_reading(batches, count, tables)
    if folder:
        return found | of_decisions()
    del batches
    return (
        found | beside_copy(first, again, count, postmaster) | {f"bytes_{name}": size // count for name, size in tables}
    )


def prepare() -> list[int]:
    """The tables, and the channels: one, or two where texts are read."""
    from django.core.management import call_command

    from midchannel.outside.channels.models import Channel
    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch

    call_command("migrate", verbosity=0)
    now = clock.now()
    fetch("SELECT ensure_activity_partition(%s::date)", [now])
    fetch("SELECT ensure_signal_partition(%s::date)", [now])
    names = ("bench", "bench too") if understands() else ("bench",)
    return [Channel.objects.create(network="simulator", name=name, created_at=now).pk for name in names]


def sizes() -> tuple[int, list[tuple[str, int]]]:
    """Bytes of all tables with their indexes, and of the eight largest by name."""
    from midchannel.platform.database.bulk import fetch

    found = fetch(
        "SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 2 DESC"
    )
    return sum(size for _, size in found), found[:8]


def rows_kept() -> tuple[int, int, int]:
    """How many rows there are of what nothing that comes again may add to."""
    from midchannel.platform.database.bulk import fetch

    rows = fetch("SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM message), (SELECT count(*) FROM arrival)")
    seen, messages, arrivals = rows[0]
    return seen, messages, arrivals


def of_reading(batches: list[list[bytes]], count: int, tables: list[tuple[str, int]]) -> dict[str, float | int]:
    """What was read of the texts, and what that costs by itself."""
    from midchannel.platform.database.bulk import fetch

    signals, with_a_mood = fetch("SELECT count(*), count(*) FILTER (WHERE sentiment > 0) FROM signal")[0]
    assert signals == count, signals
    return {
        "reading_cpu_us_per_text_by_itself": round(reading_cpu(batches) * 1e6, 1),
        "with_a_mood": int(with_a_mood),
        "bytes_per_signal": sum(size for name, size in tables if name.startswith("signal_2")) // count,
    }


def of_decisions() -> dict[str, float | int]:
    """How many links were decided, by verdict, and how many people are asked about."""
    from midchannel.platform.database.bulk import fetch

    verdicts = fetch(
        "SELECT verdict, count(*) FROM link_decision GROUP BY 1 UNION SELECT 'asked', count(*) FROM review_pair"
    )
    return {f"decisions_{verdict}": int(many) for verdict, many in verdicts}


def beside_copy(first: Spent, again: Spent, count: int, postmaster: int) -> dict[str, float | int]:
    """The first time and the second beside a bare COPY of as many rows, in this same run."""
    from django.db import connection

    connection.ensure_connection()
    copy_cpu, copied = bare_copy(connection.connection, postmaster)
    assert copied == count, (copied, count)
    return {
        "copy_cpu_us_per_row": round(copy_cpu / count * 1e6, 1),
        "ratio_to_copy": round(first.cpu / copy_cpu, 2),
        "replay_to_first": round(again.cpu / first.cpu, 2),
        "replay_per_second": round(count / again.seconds),
    }


def main() -> None:
    """Run the bench on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--activities", type=int, default=100_000)
    parser.add_argument("--identify", action="store_true", help="with people who are somebody")
    parser.add_argument("--understand", action="store_true", help="with every text read as it arrives")
    arguments = parser.parse_args()
    os.environ["MIDCHANNEL_UNDERSTAND"] = "1" if arguments.understand else "0"
    with ground.own_server() as (server, folder):
        print(json.dumps(measure(arguments.activities, server, folder=str(folder) if arguments.identify else "")))


if __name__ == "__main__":
    main()
