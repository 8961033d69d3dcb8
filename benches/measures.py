"""How fast Measures is at a million activities over half a year, and how much disk its facts take.

`python -m benches.measures --activities N` fills a PostgreSQL of its own with the facts that so many activities leave (a contact for every
third, most of them answered and resolved, four channels of two teams), then asks for each page many times and times it, warm.
"""

import argparse
import json
import sys
from typing import Any

from benches import ground
from benches.pages import ask

DAYS = 180
CONTACTS = """
INSERT INTO fact (at, event_id, conversation_id, person, actor, channel_id, scope_id, seconds, kind)
SELECT at, n, n, hashint8(n), CASE WHEN kind = 1 THEN NULL ELSE hashint8(n %% 60) END, (ARRAY[1, 1, 2, 3, 4])[1 + n %% 5],
    (ARRAY[%(one)s, %(one)s, %(one)s, %(two)s, %(two)s])[1 + n %% 5], CASE WHEN kind IN (3, 4) THEN (exp(random() * 9))::int END, kind
FROM (SELECT n, kind, now() - interval '1 day' * %(days)s * random() AS at FROM generate_series(1, %(count)s) n,
    (VALUES (1, 100), (3, 85), (4, 80), (5, 100)) k(kind, share) WHERE n %% 100 < share) f ORDER BY at
"""
HOURS = """
INSERT INTO fact_hour (kind, scope_id, hour, channel_id, count)
SELECT kind, scope_id, date_trunc('hour', at, 'UTC'), channel_id, count(*) FROM fact GROUP BY 1, 2, 3, 4
"""
MESSAGES = """
INSERT INTO fact_hour (kind, scope_id, hour, channel_id, count, first_id, last_id)
SELECT 7, scope_id, hour, channel_id, count * 3, 1, 2 FROM fact_hour WHERE kind = 1
"""
CONVERSATIONS = """
INSERT INTO conversation (id, scope_id, channel_id, handle_id, audience, state, subject, owner_epoch, opened_by_us,
    last_message_id, opened_at, first_answer_due_at)
SELECT n, (ARRAY[%(one)s, %(one)s, %(one)s, %(two)s, %(two)s])[1 + n %% 5], (ARRAY[1, 1, 2, 3, 4])[1 + n %% 5], n, 1,
    CASE WHEN n %% 100 = 0 THEN 1 ELSE 4 END, 'Where is my card?', 0, false, n, now(), now()
FROM generate_series(1, %(count)s) n
"""
HANDLES = "INSERT INTO handle (id, network, address, name, url, addressed) SELECT n, 'email', n || '@x.example', 'Ana', '', true"


def fill(count: int) -> Any:
    """The facts of so many activities; returns somebody of both teams."""
    from midchannel.insight.facts import actions as facts
    from midchannel.outside.channels.models import Channel
    from midchannel.platform import clock
    from midchannel.platform.accounts import actions as accounts
    from midchannel.platform.database.bulk import execute

    now = clock.now()
    teams = [accounts.create_team(name=name, now=now) for name in ("One", "Two")]
    user = accounts.create_person(email="bench@x.example", name="Bench", password="bench bench bench", now=now)  # noqa: S106
    for team in teams:
        accounts.set_members(team, [user.pk], now=now)
    for number, network in enumerate(("email", "simulator", "webchat", "telephone"), start=1):
        Channel.objects.create(id=number, network=network, name=network, scope_id=teams[0].scope_id, created_at=now)
    values = {"one": teams[0].scope_id, "two": teams[1].scope_id, "days": DAYS, "count": count // 3}
    for statement in (CONTACTS, CONVERSATIONS):
        execute(statement, values)
    execute(f"{HANDLES} FROM generate_series(1, %s) n", [count // 3])
    for statement in (HOURS, MESSAGES):
        execute(statement)
    while facts.project(now=now):
        pass
    from django.db import connection

    connection.set_autocommit(True)
    execute("VACUUM ANALYZE")
    return user


def measure(count: int) -> dict[str, Any]:
    """Fill, then ask."""
    from django.core.management import call_command
    from django.test import Client

    from midchannel.platform.database.bulk import fetch

    call_command("migrate", verbosity=0)
    user = fill(count)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    taken = fetch("SELECT sum(pg_total_relation_size(t)) FROM unnest('{fact,fact_hour,fact_day}'::regclass[]) t")[0][0]
    found: dict[str, Any] = {"activities": count, "fact_bytes_per_activity": round(float(taken) / count, 1)}
    for name, address in (
        ("7_days", "/measures/?days=7"),
        ("28_days", "/measures/"),
        ("90_days", "/measures/?days=90"),
        ("rows_contacts", "/measures/contacts/rows/?days=90"),
        ("rows_resolution", "/measures/resolution/rows/?days=28&channel=1"),
        ("rows_open", "/measures/open/rows/"),
        ("goals", "/measures/goals/"),
    ):
        found[name] = ask(client, lambda address=address: address)  # type: ignore[misc]
        print(name, found[name], file=sys.stderr)
    return found


def main() -> None:
    """Run the bench on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--activities", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with ground.own_server():
        print(json.dumps(measure(arguments.activities)))


if __name__ == "__main__":
    main()
