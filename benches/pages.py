"""How fast people's pages are at a million activities: SQL 99th percentile, whole page 95th percentile, warm.

`python -m benches.pages --activities N` fills a PostgreSQL of its own through the arrival path (the stream of `benches.generator`, nine
conversations in ten resolved), asks for each page many times with other conversations, customers and words, and times every statement and
every page.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benches import generator, ground

ROUNDS = 200
WORDS = (
    "card declined",
    "refund",
    "invoice late",
    "slow",
    "verify identity",
    "please",
    "exchange rate",
    "package late address",
)


def fill(count: int) -> Any:
    """A team, its channel and N activities, applied; returns the team."""
    from midchannel.inside.service.models import Queue
    from midchannel.outside.channels import actions as channels
    from midchannel.outside.channels.models import Channel
    from midchannel.platform import clock
    from midchannel.platform.accounts import actions as accounts
    from midchannel.platform.database.bulk import execute, fetch
    from midchannel.usecases import arrive

    now = clock.now()
    fetch("SELECT ensure_activity_partition(%s::date)", [now])
    team = accounts.create_team(name="Bench", now=now)
    queue = Queue.objects.create(name="Bench", team=team, first_answer_seconds=3600, created_at=now)
    channel = Channel.objects.create(
        network="simulator", name="bench", scope_id=team.scope_id, queue_id=queue.pk, can_send=True, created_at=now
    )
    batch: list[bytes] = []
    done = 0
    for document in generator.documents(count):
        batch.append(document)
        if len(batch) == 1000:
            channels.receive(channel.pk, batch, now=clock.now())
            done += len(batch)
            batch = []
            if done % 4000 == 0:
                arrive.apply_waiting(now=clock.now())
            if done % 100_000 == 0:
                print(f"{done:,} of {count:,}", file=sys.stderr)
    if batch:
        channels.receive(channel.pk, batch, now=clock.now())
    while arrive.apply_waiting(now=clock.now()):
        pass
    execute("UPDATE conversation SET state = 4, resolved_at = now(), waiting_since = NULL WHERE mod(id, 10) <> 0")
    from django.db import connection

    connection.set_autocommit(True)
    execute("VACUUM ANALYZE")
    return team


def measure(count: int) -> dict[str, Any]:
    """Fill, then ask."""
    from django.core.management import call_command
    from django.test import Client

    from midchannel.platform import clock
    from midchannel.platform.accounts import actions as accounts
    from midchannel.platform.database.bulk import fetch

    call_command("migrate", verbosity=0)
    team = fill(count)
    user = accounts.create_person(email="bench@x.example", name="Bench", password="bench bench bench", now=clock.now())  # noqa: S106
    accounts.set_members(team, [user.pk], now=clock.now())
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    rng = random.Random(7)
    conversations = [i for (i,) in fetch("SELECT id FROM conversation TABLESAMPLE SYSTEM (2) LIMIT 3000")]
    customers = [i for (i,) in fetch("SELECT customer_id FROM source_record TABLESAMPLE SYSTEM (5) LIMIT 3000")]
    busiest = fetch(
        "SELECT r.customer_id FROM (SELECT handle_id, count(*) AS n FROM activity GROUP BY 1 ORDER BY n DESC LIMIT 20) a"
        " JOIN source_record r ON r.handle_id = a.handle_id"
    )
    customers += [i for (i,) in busiest] * 10
    pages: dict[str, Callable[[], str]] = {
        "inbox_waiting_longest": lambda: "/inbox/waiting_longest/",
        "inbox_open": lambda: "/inbox/open/",
        "inbox_resolved": lambda: "/inbox/resolved/",
        "thread": lambda: f"/inbox/c/{rng.choice(conversations)}/",
        "customer": lambda: f"/customers/{rng.choice(customers)}/",
        "search": lambda: f"/search/?q={rng.choice(WORDS)}",
        "measures": lambda: "/measures/",
    }
    return {"activities": count, **{name: ask(client, address) for name, address in pages.items()}}


def ask(client: Any, address: Callable[[], str]) -> dict[str, float | int | str]:
    """Ask for a page many times; milliseconds."""
    from django.db import connection

    statements: list[tuple[float, str]] = []

    def timed(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            statements.append(((time.perf_counter() - began) * 1000, sql))

    for _ in range(5):
        client.get(address(), follow=True)
    whole = []
    with connection.execute_wrapper(timed):
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = client.get(address())
            whole.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                return {"status": answer.status_code}
    statements.sort()
    return {
        "page_median_ms": round(statistics.median(whole), 1),
        "page_p95_ms": round(sorted(whole)[int(len(whole) * 0.95)], 1),
        "sql_p99_ms": round(statements[int(len(statements) * 0.99)][0], 2),
        "sql_median_ms": round(statements[len(statements) // 2][0], 2),
        "statements": round(len(statements) / ROUNDS),
        "slowest": " ".join(statements[-1][1].split())[:150],
        "slowest_ms": round(statements[-1][0], 1),
    }


def main() -> None:
    """Run the bench on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--activities", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with ground.own_server():
        print(json.dumps(measure(arguments.activities)))


if __name__ == "__main__":
    main()
