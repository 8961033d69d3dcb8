"""The demo company is set up once, is full of life, and goes without a trace."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection

from midchannel.inside.improvements.models import Asker, Improvement
from midchannel.inside.teamwork.models import Question
from midchannel.middle.conversations.models import Conversation, State
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels import registry
from midchannel.outside.channels.models import Channel, Delivery
from midchannel.outside.channels.vocabulary import Actor as Author
from midchannel.outside.channels.vocabulary import Document, Object, encode
from midchannel.platform.accounts import queries
from midchannel.platform.accounts.models import User
from midchannel.usecases import arrive, demo, demo_company, measure, open_channel, read_channels, simulate

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
# What remembers on purpose.
KEPT = {
    "django_migrations",
    "django_content_type",
    "audit_entry",
    "auth_permission",
    "fact_projection",
    "read_again",
    "signal_reader",
}

pytestmark = pytest.mark.django_db


def rows() -> dict[str, int]:
    """How many rows every table has, those apart that remember on purpose."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in KEPT:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


def live(channel_id: int, *, now: datetime) -> None:
    """What the worker's loops do."""
    simulate.live(now=now)
    read_channels.read_channel(channel_id, should_stop=lambda: False)
    while arrive.apply_waiting(now=now):
        pass
    while measure.project_facts(now=now):
        pass


def test_it_is_set_up_once_and_every_page_has_life_on_the_first_visit() -> None:
    first, again = demo.set_up(now=NOW), demo.set_up(now=NOW)

    assert first == again
    assert "mia@lantern.example" in str(first)
    email, password, _name, role = first.people[0]
    assert User.objects.get(email=email).check_password(password)
    assert (role, User.objects.count(), Channel.objects.count()) == ("agent", 7, 3)

    states = Counter(State(state).name for state in Conversation.objects.values_list("state", flat=True))
    assert states["RESOLVED"] > 60
    assert states["OPEN"] >= 8
    assert states["WAITING"] >= 2
    assert (states["SNOOZED"], states["SPAM"]) == (2, 1)
    assert Conversation.objects.filter(state=State.OPEN, first_answer_due_at__lt=NOW).exists()
    assert {"confirmed", "failed", "unknown"} <= set(Delivery.objects.values_list("state", flat=True))
    assert set(Improvement.objects.values_list("state", flat=True)) == {"doing", "done"}
    assert Asker.objects.filter(message_id=None).exclude(reason="").exists(), "somebody is still owed an answer"
    told = Asker.objects.exclude(message_id=None).values("message_id")
    assert Delivery.objects.filter(message_id__in=told, state="confirmed").exists(), "somebody has been told"
    assert Question.objects.filter(closed_at=None).exists()
    assert Question.objects.exclude(closed_at=None).exists()
    counts = rows()
    assert counts["parked"] == 2
    assert counts["mention"] >= 3
    assert counts["notice"] >= 1
    assert counts["partner_message"] >= 4, "a partner helps with a case"
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(n) FROM (SELECT count(*) n FROM source_record GROUP BY customer_id) x")
        assert cursor.fetchone()[0] >= 3, "one customer on three channels"
    mia = queries.viewer_for(User.objects.get(mention="mia-berg"))
    for count in channel_queries.count_arrivals(replace(mia, role="administrator")):
        assert count.holds


def test_it_keeps_off_a_real_company() -> None:
    open_channel.open_channel(None, network="collector", name="Real shop", now=NOW)

    with pytest.raises(demo.RealCompanyError, match="--data"):
        demo.set_up(now=NOW)

    assert not User.objects.exists()


def test_nothing_is_left_of_it_after_its_removal() -> None:
    before = rows()
    demo.set_up(now=NOW)
    channel_id = Channel.objects.get(network="simulator").pk
    for hours in range(1, 4):
        live(channel_id, now=NOW + timedelta(hours=hours))
    assert rows()["activity"] > 150
    assert rows()["customer"] > 20

    demo.remove(None, now=NOW)
    demo.remove(None, now=NOW)

    left = {table: count - before[table] for table, count in rows().items() if count != before[table]}
    assert left == {}
    assert apps.get_model("network_simulator", "Persona").objects.count() == 0


def test_what_is_real_stays_when_the_demo_goes() -> None:
    demo_company.found(now=NOW)
    real = open_channel.open_channel(None, network="collector", name="Real shop", now=NOW).channel_id
    said = Document(actor=Author(id="ana@example.org", name="Ana"), object=Object(id="1", content="Hello?"))
    channels.receive(real, [encode(said)], now=NOW)
    live(Channel.objects.get(network="simulator").pk, now=NOW + timedelta(hours=1))

    demo.remove(None, now=NOW)

    kept = rows()
    assert (kept["channel"], kept["activity"], kept["conversation"], kept["message"]) == (1, 1, 1, 1)
    assert (kept["customer"], kept["handle"], kept["seen"], kept["arrival"]) == (1, 1, 1, 1)
    assert kept["queue"] == 1, "the real channel waits in the first queue there was"
    assert not registry.get_box().list_people(1)
