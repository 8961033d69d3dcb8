"""One record against all in the database: read, decided and written, taken apart; and whether the order of arrival matters.

`midchannel bench recognise --records N` starts a PostgreSQL of its own with the product's settings and fsync on, fills it with N records
of eight sources (`benches/people.py`) by COPY, and then measures with further records of the same people. Prints one JSON object.
"""

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benches import ground, people, processes
from midchannel.platform.database import embedded

CHUNK = 10_000
GROUP = 200
ORDERED = 2_000


SOCIAL = {"microblog", "fediverse", "video"}
FRESH = 6_000
LEFT_OUT = {"id", "source", "person"}

Row = dict[str, Any]


def rows_of(path: Path) -> Iterator[Row]:
    """The records of a Parquet file, in order, what is empty left out."""
    for part in pq.ParquetFile(path).iter_batches(10_000):
        for row in part.to_pylist():
            yield {name: value for name, value in row.items() if value is not None}


def said(row: Row) -> dict[str, str]:
    """What the source says."""
    return {name: value for name, value in row.items() if name not in LEFT_OUT}


def kind_of(row: Row) -> int:
    """Whether a business system says so, or a network."""
    return 0 if row["source"] in SOCIAL else 1


def side_of(identifier: int, row: Row) -> Any:
    """A record as it is compared."""
    from midchannel.middle.customers.comparing import Side

    attributes = said(row)
    name = attributes.get("full_name") or attributes.get("given_name", "")
    return Side(identifier, name, row["source"], kind_of(row), False, attributes)


def fill(rows: Iterator[Row], count: int, now: Any) -> float:
    """COPY records with their keys, each a customer of its own. Returns the seconds it took."""
    from django.db import connection

    from midchannel.middle.customers.actions import keying
    from midchannel.platform import ids
    from midchannel.platform.database.bulk import copy_rows, execute

    began = time.perf_counter()
    execute("ALTER TABLE record_key DROP CONSTRAINT record_key_pkey")
    moment = ids.at(now) - (count << 4)
    for start in range(0, count, CHUNK):
        chunk = [
            side_of(moment + ((start + at) << 4), row) for at, row in enumerate(islice(rows, min(CHUNK, count - start)))
        ]
        copy_rows("customer", ("id", "kind", "name"), ((s.id, "person", s.name) for s in chunk))
        copy_rows(
            "source_record",
            ("id", "source", "handle_id", "name", "customer_id", "attributes", "kind", "trust", "said_at"),
            ((s.id, s.source, s.id, s.name, s.id, json.dumps(s.attributes), s.kind, 80, now) for s in chunk),
        )
        keying.write(chunk)
        print(f"{start + len(chunk):,} records after {time.perf_counter() - began:.0f} s", file=sys.stderr)
    execute("ALTER TABLE record_key ADD PRIMARY KEY (key, record_id)")
    connection.cursor().execute("VACUUM ANALYZE")
    return time.perf_counter() - began


def read(rows: list[Row], *, group: int) -> list[float]:
    """Seconds each group takes to be compared with everybody; nothing is written."""
    from midchannel.middle.customers.actions import resolving

    spent = []
    for start in range(0, len(rows), group):
        began = time.perf_counter()
        sides = [side_of(-1 - at, row) for at, row in enumerate(rows[start : start + group])]
        resolving._compare({side.id: side for side in sides})
        spent.append(time.perf_counter() - began)
    return spent


def write(rows: list[Row], first_handle: int, *, group: int) -> float:
    """Seconds to recognise all in groups, each group durable, with the decisions and what explains them."""
    from django.db import transaction

    from midchannel.middle.customers import actions
    from midchannel.platform import clock

    began = time.perf_counter()
    for start in range(0, len(rows), group):
        now = clock.now()
        faces = [
            actions.Face(
                first_handle + start + at, "", str(at), True, (), (actions.About(said(each), now, kind=kind_of(each)),)
            )
            for at, each in enumerate(rows[start : start + group])
        ]
        with transaction.atomic():
            actions.recognise(faces, source="late", now=now)
    return time.perf_counter() - began


def apart(count: int) -> tuple[list[float], list[float], int]:
    """Seconds of un-links and of taking them back, and how many restored both sides exactly."""
    from midchannel.middle.customers import actions
    from midchannel.platform import clock
    from midchannel.platform.accounts.queries import Viewer
    from midchannel.platform.database.bulk import fetch

    viewer = Viewer(1, "Bench", "lead", ())
    rows = fetch(
        "SELECT max(id), customer_id FROM source_record GROUP BY customer_id HAVING count(*) BETWEEN 2 AND 20 LIMIT %s",
        [count],
    )
    unlinked, undone, exact = [], [], 0

    def state(customer_id: int) -> Any:
        return fetch(
            "SELECT r.id, r.customer_id, c.name, c.redirect_to_id FROM source_record r JOIN customer c ON c.id = r.customer_id"
            " WHERE r.id IN (SELECT id FROM source_record WHERE customer_id = %s) ORDER BY 1",
            [customer_id],
        )

    for record_id, customer_id in rows:
        before = state(customer_id)
        began = time.perf_counter()
        decision = actions.unlink(viewer, record_id, now=clock.now())
        unlinked.append(time.perf_counter() - began)
        began = time.perf_counter()
        actions.undo_decision(viewer, decision, now=clock.now())
        undone.append(time.perf_counter() - began)
        exact += state(customer_id) == before
    return unlinked, undone, exact


def order(rows: list[Row]) -> tuple[float, float]:
    """The share of records that are with the same others when everybody arrives in another order, and when all is resolved anew."""
    from django.db import transaction

    from midchannel.middle.customers import actions
    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch
    from midchannel.usecases import resolve_identities

    first, count = 1 << 60, len(rows)
    partitions = []
    alike = 0.0
    for seed in (None, 3):
        numbers = list(range(count))
        if seed is not None:
            random.Random(seed).shuffle(numbers)
        with transaction.atomic():
            for start in range(0, count, GROUP):
                now = clock.now()
                faces = [
                    actions.Face(
                        first + n, "", str(n), True, (), (actions.About(said(rows[n]), now, kind=kind_of(rows[n])),)
                    )
                    for n in numbers[start : start + GROUP]
                ]
                actions.recognise(faces, source="order", now=now)
            groups: dict[int, set[int]] = defaultdict(set)
            for handle, customer in fetch("SELECT handle_id, customer_id FROM source_record WHERE source = 'order'"):
                groups[customer].add(handle)
            partitions.append({each: frozenset(group) for group in groups.values() for each in group})
            if seed is None:
                found = resolve_identities.propose(now=clock.now())
                touched = fetch(
                    "SELECT coalesce(sum(records), 0) FROM difference_item WHERE difference_id = %s",
                    [found.difference_id],
                )
                alike = 1.0 - float(touched[0][0]) / count
            transaction.set_rollback(True)
    return sum(partitions[0][each] == partitions[1][each] for each in partitions[0]) / count, alike


def quantile(spent: list[float], share: float) -> float:
    """Milliseconds."""
    return round(sorted(spent)[min(len(spent) - 1, int(len(spent) * share))] * 1000, 2)


def spent_by(postmaster: int) -> float:
    """CPU seconds of this process and the server."""
    return processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster)


def measure(count: int, server: embedded.Server, folder: Path) -> dict[str, Any]:
    """Everything, on a fresh database."""
    from django.core.management import call_command

    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch

    call_command("migrate", verbosity=0)
    postmaster = server.pid()
    assert postmaster is not None
    path = folder / "records.parquet"
    people.write(path, records=count + FRESH)
    rows = rows_of(path)
    same_order, alike = order(list(islice(rows_of(path), min(count, ORDERED))))
    filled = fill(rows, count, clock.now())
    keys = fetch("SELECT count(*), pg_total_relation_size('record_key') FROM record_key")[0]
    some = list(rows)
    read(some[:200], group=1)
    single = read(some[:2_000], group=1)
    cpu, began = spent_by(postmaster), time.perf_counter()
    read(some[2_000:4_000], group=100)
    grouped, grouped_cpu = time.perf_counter() - began, spent_by(postmaster) - cpu
    cpu = spent_by(postmaster)
    written = write(some[4_000:], 1 << 61, group=GROUP)
    written_cpu = spent_by(postmaster) - cpu
    decided = fetch("SELECT verdict, count(*) FROM link_decision WHERE other_id IS NOT NULL GROUP BY 1")
    cpu = spent_by(postmaster)
    unlinked, undone, exact = apart(200)
    apart_cpu = spent_by(postmaster) - cpu
    return {
        "records": count,
        "fill_seconds": round(filled),
        "keys_per_record": round(keys[0] / count, 1),
        "key_bytes_per_record": round(keys[1] / count),
        "read_ms_median": quantile(single, 0.5),
        "read_ms_p99": quantile(single, 0.99),
        "read_ms_worst": quantile(single, 1.0),
        "read_per_second_in_groups": round(2_000 / grouped),
        "read_cpu_us": round(grouped_cpu / 2_000 * 1e6),
        "write_per_second_in_groups": round(2_000 / written),
        "write_cpu_us": round(written_cpu / 2_000 * 1e6),
        "decisions": dict(decided),
        "unlink_ms_p99": quantile(unlinked, 0.99),
        "undo_ms_p99": quantile(undone, 0.99),
        "restored_exactly": round(exact / max(1, len(unlinked)), 4),
        "unlink_and_undo_cpu_ms": round(apart_cpu / max(1, len(unlinked)) * 1000, 1),
        "same_in_other_order": round(same_order, 4),
        "batch_and_real_time_alike": round(alike, 4),
    }


def main() -> None:
    """Run the bench on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    arguments = parser.parse_args()
    with ground.own_server() as (server, folder):
        print(json.dumps(measure(arguments.records, server, folder)))


if __name__ == "__main__":
    main()
