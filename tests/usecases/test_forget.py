"""Somebody is erased, everywhere; what others said, and what is counted, stays."""

from collections import Counter
from datetime import timedelta

import msgspec
import pytest
from django.db import connection

from midchannel.inside.teamwork import actions as teamwork
from midchannel.insight.facts import queries as facts
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.facts.models import Fact as FactRow
from midchannel.insight.facts.models import FactHour
from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.models import Conversation, Message
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.models import Customer, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.models import (
    Activity,
    ActivityVersion,
    Arrival,
    Delivery,
    Handle,
    Parked,
    Seen,
    SeenErased,
)
from midchannel.platform.audit.actions import Actor
from midchannel.platform.audit.models import Entry
from midchannel.usecases import arrive, certificate, deliver, reply
from tests.desk import NOW, Desk, after, make_desk, say
from tests.usecases.counting import project
from tests.usecases.erasing import customer_of, erase, work

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
KINDS = ("access", "erasure")


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def raw_texts() -> str:
    return "".join(
        raw.decode()
        for body in Arrival.objects.values_list("body", flat=True)
        for _p, _v, _t, raw in unpack(bytes(body))
    )


def test_after_a_day_of_grace_everything_about_them_is_gone(desk: Desk) -> None:
    conversation = say(desk.mail, "<1@x>", "My needle account", who="cara@example.com", private=True)
    say(desk.mail, "<2@x>", "Another one's words", who="dora@example.com", private=True)
    answer(desk, conversation, "We looked at your needle account")
    cara = customer_of("cara@example.com")
    request = requesting.open_request(desk.lea, cara, kind="erasure", now=after(hours=1))

    work(after(hours=2))
    assert Customer.objects.filter(pk=cara).exists()

    work(after(days=2))

    assert queries.get_request(desk.lea, request).state == "done"
    assert not Handle.objects.filter(address="cara@example.com").exists()
    assert not SourceRecord.objects.filter(customer_id=cara).exists()
    assert not Conversation.objects.filter(pk=conversation).exists()
    assert not Delivery.objects.exists()
    assert list(Activity.objects.values_list("text", flat=True)) == ["Another one's words"]
    assert "needle" not in raw_texts()
    assert "Another one" in raw_texts()


def answer(desk: Desk, conversation: int, text: str, *, key: str = "k") -> int:
    row = Conversation.objects.get(pk=conversation)
    sent = reply.send(
        desk.ana, conversation, text=text, client_key=key, saw_message_id=row.last_message_id, now=after(minutes=5)
    )
    assert isinstance(sent, reply.Sent)
    return sent.message_id


def test_whoever_comes_back_is_a_stranger_and_what_was_erased_does_not_come_again(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "First words", who="cara@example.com", private=True)
    before = customer_of("cara@example.com")
    erase(desk, before)

    say(desk.mail, "<2@x>", "Here again", who="cara@example.com", private=True, at=after(days=2))
    outcome = channels.receive(
        desk.mail, [document("<1@x>", "First words", who="cara@example.com")], now=after(days=2)
    ).items[0]
    edited = channels.receive(
        desk.mail, [document("<1@x>", "Other words", who="cara@example.com")], now=after(days=2)
    ).items[0]

    assert customer_of("cara@example.com") != before
    assert (outcome.outcome.name, edited.outcome.name) == ("DUPLICATE", "DUPLICATE")
    assert SeenErased.objects.count() == 1
    assert Seen.objects.count() == 1
    assert list(Activity.objects.values_list("text", flat=True)) == ["Here again"]


def document(external_id: str, text: str, *, who: str, behind: str = "", copies: tuple[str, ...] = ()) -> bytes:
    said: dict[str, object] = {"id": external_id, "type": "Note", "content": text, "published": NOW.isoformat()}
    if behind:
        said["inReplyTo"] = behind
    return msgspec.json.encode(
        {
            "type": "Create",
            "actor": {"id": who, "name": who.partition("@")[0].title()},
            "object": said,
            "mc:audience": "private",
            "mc:participants": [{"id": each} for each in copies],
        }
    )


def test_an_answer_to_what_was_erased_begins_a_conversation(desk: Desk) -> None:
    conversation = say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    message = answer(desk, conversation, "Our words")
    key = Delivery.objects.get(message_id=message).external_key
    erase(desk, customer_of("cara@example.com"))

    fresh = say(desk.mail, "<2@x>", "And now?", who="cara@example.com", private=True, behind=key, at=after(days=1))

    assert fresh != conversation
    assert Message.objects.filter(conversation_id=fresh).count() == 1


def test_what_others_said_stays_and_what_we_said_to_all_loses_names_and_quotes(desk: Desk) -> None:
    shared = say(
        desk.mail,
        "<1@x>",
        "We both want our money back",
        who="dora@example.com",
        private=True,
        copies=("cara@example.com",),
    )
    say(desk.mail, "<2@x>", "I am Cara and I second that request", who="cara@example.com", private=True, behind="<1@x>")
    answer(desk, shared, "Dear Dora, dear Cara,\n> I am Cara and I second that request\ndone (cara@example.com).")
    cara = customer_of("cara@example.com")
    teamwork.write_post(
        desk.ana, object_type="conversation", object_id=shared, text="Cara called too, cara@example.com", now=NOW
    )

    erase(desk, cara)

    thread = Conversation.objects.get(pk=shared)
    assert Handle.objects.get(pk=thread.handle_id).address == "dora@example.com"
    assert "We both want our money back" in Activity.objects.get().text
    kept = Message.objects.get(direction=2).body
    assert kept.startswith("Dear Dora, dear [erased],\n> [erased]\ndone ([erased]).")
    everything = " ".join(str(text) for text in texts_of_database()) + raw_texts()
    assert "cara" not in everything.lower().replace("carapace", "")


def texts_of_database() -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND data_type IN ('text', 'jsonb', 'character varying') AND table_name NOT LIKE 'django%%'"
            " AND table_name NOT LIKE 'activity\\_2%%'"
        )
        found: list[object] = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
            found += [row[0] for row in cursor.fetchall()]
    return found


def test_a_conversation_they_began_goes_on_with_the_others(desk: Desk) -> None:
    begun = say(
        desk.mail,
        "<1@x>",
        "Begun by me",
        who="cara@example.com",
        private=True,
        subject="Cara's",
        copies=("dora@example.com",),
    )
    say(desk.mail, "<2@x>", "And I go on", who="dora@example.com", private=True, behind="<1@x>")

    erase(desk, customer_of("cara@example.com"))

    thread = Conversation.objects.get(pk=begun)
    assert Handle.objects.get(pk=thread.handle_id).address == "dora@example.com"
    assert thread.subject == ""
    assert thread.last_in_id == Message.objects.get().pk


def test_what_is_counted_stays(desk: Desk) -> None:
    conversation = say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    answer(desk, conversation, "Ours")
    project(after(minutes=1))
    before = (
        sorted(FactRow.objects.values_list("kind", "at", "person")),
        sorted(FactHour.objects.values_list("kind", "count")),
    )
    say(desk.mail, "<2@x>", "Not yet counted", who="cara@example.com", private=True, at=after(minutes=30))

    erase(desk, customer_of("cara@example.com"))
    project(after(hours=2))

    kinds = sorted(FactHour.objects.values_list("kind", "count"))
    assert set(before[0]) <= set(FactRow.objects.values_list("kind", "at", "person"))
    assert sum(count for _, count in kinds) == sum(count for _, count in before[1]) + 1  # the late message


def test_every_measure_is_after_it_what_it_was_before(desk: Desk) -> None:
    for number, who in enumerate(("cara@example.com", "dora@example.com")):
        conversation = say(desk.mail, f"<{number}@x>", "Words", who=who, private=True, at=after(minutes=number))
        answer(desk, conversation, "Ours", key=who)
        deliver.send_due(after(minutes=10))
        conversations.resolve(desk.ana, conversation, now=after(minutes=20))
    project(after(minutes=30))
    before = measured(desk)

    erase(desk, customer_of("cara@example.com"))
    project(after(hours=2))

    assert measured(desk) == before
    assert {row.kind: row.count for row in before[0]}[Fact.MESSAGE] == 2


def measured(desk: Desk) -> tuple[list[facts.Counted], dict[int, Counter[int]]]:
    since, until = NOW - DAY, NOW + DAY
    return (
        facts.count_by_day(desk.lea, list(Fact), zone="UTC", since=since, until=until),
        facts.spread(desk.lea, Fact.FIRST_ANSWER, since=since, until=until)
        | facts.spread(desk.lea, Fact.RESOLVED, since=since, until=until),
    )


def test_a_channels_sum_stays_true(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    channels.receive(desk.mail, [b'{"type":"Create","actor":"cara@example.com"'], now=NOW)
    channels.receive(desk.mail, [b'{"type":"Create","actor":"mcara@example.com"'], now=NOW)
    channels.receive(desk.mail, [document("<3@x>", "Waits", who="cara@example.com")], now=NOW)

    erase(desk, customer_of("cara@example.com"))
    while arrive.apply_waiting(now=after(hours=2)):
        pass

    equation = next(c for c in channel_queries.count_arrivals(desk.lea) if c.channel_id == desk.mail)
    assert equation.holds
    assert equation.parked == 1
    assert sorted(bytes(raw)[:2] for raw in Parked.objects.values_list("raw", flat=True)) == [b"", b'{"']
    assert not Activity.objects.exists()


def test_an_edit_that_was_on_its_way_does_not_bring_it_back(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    channels.receive(desk.mail, [document("<1@x>", "Changed words", who="cara@example.com")], now=after(minutes=1))
    waiting = Arrival.objects.get(waiting=True)
    body = bytes(waiting.body)
    erase(desk, customer_of("cara@example.com"))

    # As if it had been stored by a worker that had looked before the erasure.
    Arrival.objects.filter(pk=waiting.pk).update(body=body)
    while arrive.apply_waiting(now=after(hours=2)):
        pass

    assert not ActivityVersion.objects.exists()
    assert "Changed" not in raw_texts()


def test_all_their_records_go_and_those_of_others_stay(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    say(desk.square, "s1", "Two", who="@cara")
    say(desk.square, "s2", "Three", who="@dora")
    cara = customer_of("cara@example.com")
    customers.link_customers(desk.ana, customer_of("@cara"), into_id=cara, now=NOW)
    record = SourceRecord.objects.filter(customer_id=cara).first()
    assert record is not None
    consents.record_consent(Actor("form"), record.pk, purpose="marketing", state="granted", how="form", now=NOW)

    erase(desk, cara)

    assert list(
        Handle.objects.filter(pk__in=SourceRecord.objects.values("handle_id")).values_list("address", flat=True)
    ) == ["@dora"]
    assert not queries.list_rows_of([record.pk])
    assert all(name in {"", "@Dora", "@dora"} for name in Customer.objects.values_list("name", flat=True))


def test_the_certificate_says_what_and_names_nobody(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "One", who="cara@example.com", private=True)
    request = erase(desk, customer_of("cara@example.com"))

    paper = queries.get_request(desk.lea, request).answer

    assert paper is not None
    removed = {each["where"]: each["count"] for each in paper["removed"]}
    assert removed["activity"] == removed["handle"] == removed["source_record"] == removed["arrival"] == 1
    assert {"handle", "source_record", "arrival"} <= set(paper["written_anew"])
    assert "cara" not in str(paper).lower()
    assert certificate.is_genuine(paper)
    assert not certificate.is_genuine({**paper, "files": 7})
    assert "cara" not in str(list(Entry.objects.filter(action__startswith="rights").values_list("details", flat=True)))
