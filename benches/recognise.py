"""One record against all in the database: read, decided and written, taken apart; and whether the order of arrival matters.

`midchannel bench recognise --records N` starts a PostgreSQL of its own with the product's settings and fsync on, fills it with N records
of eight sources (`benches/people.py`) by COPY, and then measures with further records of the same people. Prints one JSON object.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benches import people, processes
from benches.arrive import set_up
from midchannel.platform.database import embedded

CHUNK = 10_000
GROUP = 200


def fill(count: int, now: Any) -> tuple[dict[int, dict[str, str]], float]:
    """COPY records with their keys, each a customer of its own. Returns a sample of what is said of people, by person."""
    from django.db import connection

    from midchannel.middle.customers.actions import keying
    from midchannel.middle.customers.comparing import Side
    from midchannel.platform import ids
    from midchannel.platform.database.bulk import copy_rows, execute

    began = time.perf_counter()
    execute("ALTER TABLE record_key DROP CONSTRAINT record_key_pkey")
    known: dict[int, dict[str, str]] = {}
    chunk: list[Side] = []
    moment = ids.at(now) - (count << 4)
    for number, each in enumerate(people.records(count), 1):
        known.setdefault(each.person, each.attributes)
        name = " ".join(filter(None, (each.attributes.get("given_name"), each.attributes.get("family_name"))))
        chunk.append(Side(moment + (number << 4), name, each.source, 1, False, each.attributes))
        if len(chunk) == CHUNK or number == count:
            copy_rows("customer", ("id", "kind", "name"), ((s.id, "person", s.name) for s in chunk))
            copy_rows(
                "source_record",
                ("id", "source", "handle_id", "name", "customer_id", "attributes", "kind", "trust", "said_at"),
                ((s.id, s.source, s.id, s.name, s.id, json.dumps(s.attributes), 1, 80, now) for s in chunk),
            )
            keying.write(chunk)
            chunk = []
            print(f"{number:,} records after {time.perf_counter() - began:.0f} s", file=sys.stderr)
    execute("ALTER TABLE record_key ADD PRIMARY KEY (key, record_id)")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return known, time.perf_counter() - began


def fresh(known: dict[int, dict[str, str]], count: int, *, seed: int) -> list[people.Known]:
    """Further records of the same people, one in five of somebody new."""
    random_ = random.Random(seed)
    persons = random_.sample(sorted(known), min(count, len(known)))
    truths = {person: people._person(person, random_) | known[person] for person in persons}
    return [
        people.known(-person, people._person(person, random_), random_)
        if random_.random() < 0.2
        else people.known(person, truths[person], random_)
        for person in persons
    ]


def read(records: list[people.Known], *, group: int) -> list[float]:
    """Seconds each group takes to be compared with everybody; nothing is written."""
    from midchannel.middle.customers.actions import resolving
    from midchannel.middle.customers.comparing import Side

    spent = []
    for start in range(0, len(records), group):
        began = time.perf_counter()
        sides = [
            Side(-1 - number, each.attributes.get("given_name", ""), each.source, 1, False, each.attributes)
            for number, each in enumerate(records[start : start + group])
        ]
        resolving._compare({side.id: side for side in sides})
        spent.append(time.perf_counter() - began)
    return spent


def write(records: list[people.Known], first_handle: int, *, group: int) -> float:
    """Seconds to recognise all in groups, each group durable, with the decisions and what explains them."""
    from django.db import transaction

    from midchannel.middle.customers import actions
    from midchannel.platform import clock

    began = time.perf_counter()
    for start in range(0, len(records), group):
        now = clock.now()
        faces = [
            actions.Face(
                first_handle + start + at, "", str(at), True, (), (actions.About(each.attributes, now, kind=1),)
            )
            for at, each in enumerate(records[start : start + group])
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


def order(count: int) -> float:
    """The share of records that are with the same others when everybody arrives in another order."""
    from django.db import transaction

    from midchannel.middle.customers import actions
    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch

    first = 1 << 60
    records = list(people.records(count, seed=7))
    partitions = []
    for seed in (None, 3):
        numbers = list(range(count))
        if seed is not None:
            random.Random(seed).shuffle(numbers)
        with transaction.atomic():
            for start in range(0, count, GROUP):
                now = clock.now()
                faces = [
                    actions.Face(first + n, "", str(n), True, (), (actions.About(records[n].attributes, now, kind=1),))
                    for n in numbers[start : start + GROUP]
                ]
                actions.recognise(faces, source="order", now=now)
            groups: dict[int, set[int]] = defaultdict(set)
            for handle, customer in fetch("SELECT handle_id, customer_id FROM source_record WHERE source = 'order'"):
                groups[customer].add(handle)
            partitions.append({each: frozenset(group) for group in groups.values() for each in group})
            transaction.set_rollback(True)
    return sum(partitions[0][each] == partitions[1][each] for each in partitions[0]) / count


def alike(count: int) -> float:
    """The share of pairs, of those that either decides, on which a resolve of everything agrees with what real time decided."""
    from midchannel.middle.customers.models import Difference
    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch
    from midchannel.usecases import resolve_identities

    total = fetch("SELECT count(*) FROM source_record")[0][0]
    found = resolve_identities.propose(now=clock.now())
    touched = fetch(
        "SELECT coalesce(sum(records), 0) FROM difference_item WHERE difference_id = %s", [found.difference_id]
    )
    assert Difference.objects.filter(pk=found.difference_id).exists()
    return 1.0 - float(touched[0][0]) / max(1, total)


def quantile(spent: list[float], share: float) -> float:
    """Milliseconds."""
    return round(sorted(spent)[min(len(spent) - 1, int(len(spent) * share))] * 1000, 2)


def measure(count: int, server: embedded.Server) -> dict[str, Any]:
    """Everything, on a fresh database."""
    from django.core.management import call_command

    from midchannel.platform import clock
    from midchannel.platform.database.bulk import fetch

    call_command("migrate", verbosity=0)
    now = clock.now()
    order_share = order(min(count, 2_000))
    postmaster = server.pid()
    assert postmaster is not None
    known, filled = fill(count, now)
    keys = fetch("SELECT count(*), pg_total_relation_size('record_key') FROM record_key")[0]
    some = fresh(known, 6_000, seed=2)
    read(some[:200], group=1)
    single = read(some[:2_000], group=1)
    cpu = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster)
    began = time.perf_counter()
    read(some[2_000:4_000], group=100)
    grouped = time.perf_counter() - began
    grouped_cpu = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster) - cpu
    cpu = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster)
    written = write(some[4_000:], 1 << 61, group=GROUP)
    written_cpu = processes.own_cpu_seconds() + processes.server_cpu_seconds(postmaster) - cpu
    decided = fetch("SELECT verdict, count(*) FROM link_decision WHERE other_id IS NOT NULL GROUP BY 1")
    unlinked, undone, exact = apart(200)
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
        "same_in_other_order": round(order_share, 4),
    }


def main() -> None:
    """Run the bench on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="midchannel-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.Server(Path(folder) / "postgres")
        server.start()
        try:
            server.ensure_roles()
            os.environ["DATABASE_URL"] = server.url(role=embedded.OWNER)
            os.environ["MIDCHANNEL_DATA"] = folder
            os.environ["MIDCHANNEL_AS_OWNER"] = "1"
            set_up()
            print(json.dumps(measure(arguments.records, server)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
