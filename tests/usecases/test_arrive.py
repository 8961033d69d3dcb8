"""One post's way: received, applied, recognised, filed, told; in whatever order it comes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midchannel.middle.conversations.models import Audience, Conversation, Message, Participant, State
from midchannel.middle.customers.models import Customer, Identifier, LinkDecision, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel, Handle, Parked
from midchannel.outside.listening.models import Mention
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.database.bulk import fetch
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import arrive

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(db: None) -> Channel:
    team = accounts.create_team(name="Service", now=NOW)
    return Channel.objects.create(network="forum", name="Forum", scope_id=team.scope_id, created_at=NOW)


def note(
    identifier: str,
    text: str = "hello",
    *,
    by: str = "ana",
    parent: str | None = None,
    kind: str = "Note",
    **more: object,
) -> bytes:
    """A statement as a network writes it; `more` are the document's own fields."""
    said: dict[str, object] = {"id": identifier, "type": kind, "content": text}
    if parent:
        said["inReplyTo"] = parent
    actor = {
        "id": by,
        "name": by.title(),
        **({"mc:identifiers": more.pop("identifiers")} if "identifiers" in more else {}),
    }
    return json.dumps({"type": "Create", "actor": actor, "object": said, **more}).encode()


def take(channel: Channel, *raws: bytes, now: datetime = NOW) -> None:
    """Arrive, and let the worker work."""
    channels.receive(channel.pk, raws, now=now)
    while arrive.apply_waiting(now=now):
        pass


def thread_of(text: str) -> int:
    """The conversation a statement is filed in."""
    return int(
        fetch("SELECT m.conversation_id FROM activity a JOIN message m ON m.id = a.id WHERE a.text = %s", [text])[0][0]
    )


def marked(name: str, value: object) -> dict[str, Any]:
    """A field of our own vocabulary."""
    return {f"mc:{name}": value}


def test_a_post_to_the_company_opens_a_conversation_with_a_customer(channel: Channel) -> None:
    take(channel, note("1", "where is my card?"))

    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.scope_id) == (State.OPEN, channel.scope_id)
    assert conversation.waiting_since == NOW
    record = SourceRecord.objects.get(handle_id=conversation.handle_id)
    assert record.customer.name == "Ana"
    assert LinkDecision.objects.get().by_rule == "first-seen/1"
    (event,) = StoredEvent.objects.filter(kind="messages.arrived")
    assert event.scope_ids == [channel.scope_id]
    assert event.body["opened"] == [str(conversation.pk)]


def test_whatever_signs_words_have_they_stand_as_they_were_said(channel: Channel) -> None:
    odd = 'a\tb\nc\r\nd \\N \\. \\\\t "q" {1,2} \u2028 \U0001f389 \\'
    data = {"\\k\t": ["\n", "\\"]}
    said: dict[str, object] = {"id": "p1", "type": "Note", "name": "x\\y\tz", "content": odd, "mediaType": "text/plain"}
    actor = {"id": "ana\\n", "name": "A\\na"}
    raw = {
        "type": "Create",
        "actor": actor,
        "object": said,
        "mc:data": data,
        "published": "2026-11-21T11:59:58.123456+02:00",
    }
    take(channel, json.dumps(raw).encode(), note("p2"))
    rows = fetch("SELECT text, data, at FROM activity ORDER BY id")
    assert rows[0][0] == odd
    assert json.loads(rows[0][1]) == data | {"subject": "x\\y\tz"}
    assert rows[0][2] == datetime(2026, 11, 21, 9, 59, 58, 123456, tzinfo=UTC)
    opened = Conversation.objects.get(subject="x\\y\tz")
    assert (opened.opened_at, opened.waiting_since, opened.first_answer_due_at) == (rows[0][2], NOW, None)
    assert len(rows) == 2


def test_answers_join_the_thread_also_across_batches(channel: Channel) -> None:
    take(channel, note("1", "a"), note("2", "b", by="bob", parent="1"))
    take(channel, note("3", "c", parent="2"))

    assert thread_of("a") == thread_of("b") == thread_of("c")
    assert Conversation.objects.count() == 1


def test_a_reply_before_its_parent_finds_its_thread_when_the_parent_comes(channel: Channel) -> None:
    take(channel, note("2", "answer", by="bob", parent="1"))
    take(channel, note("3", "second answer", by="cyd", parent="1"))
    assert thread_of("answer") != thread_of("second answer")

    take(channel, note("1", "question"))

    assert thread_of("question") == thread_of("answer") == thread_of("second answer")
    joined = Conversation.objects.exclude(pk=thread_of("question")).get()
    assert joined.joined_into_id == thread_of("question")
    assert fetch("SELECT count(*) FROM awaited_parent") == [(0,)]


@given(
    st.permutations(range(8)),
    st.lists(st.integers(1, 4), min_size=1, max_size=8),
    st.lists(st.integers(0, 6), min_size=7, max_size=7),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_of_arrival_a_tree_of_replies_is_one_thread(
    channel: Channel, order: list[int], sizes: list[int], parents: list[int]
) -> None:
    tag = f"{Conversation.objects.count()}-{StoredEvent.objects.count()}"
    # Statement n > 0 answers one before it, so that all hang together.
    raws = [
        note(f"{tag}:{n}", f"{tag}:{n}", by=f"p{n % 3}", parent=f"{tag}:{parents[n - 1] % n}" if n else None)
        for n in range(8)
    ]
    queue = [raws[n] for n in order]
    for size in sizes:
        part, queue = queue[:size], queue[size:]
        if part:
            take(channel, *part)
    if queue:
        take(channel, *queue)

    assert len({thread_of(f"{tag}:{n}") for n in range(8)}) == 1
    assert fetch("SELECT count(*) FROM awaited_parent") == [(0,)]


def test_private_messages_continue_the_open_talk_and_never_mix_with_public_ones(channel: Channel) -> None:
    private = {"mc:audience": "private"}
    take(channel, note("1", "public", by="ana"), note("2", "dm one", **private))
    take(channel, note("3", "dm two", **private), note("4", "dm of bob", by="bob", **private))

    assert thread_of("dm one") == thread_of("dm two")
    assert len({thread_of("public"), thread_of("dm one"), thread_of("dm of bob")}) == 3
    assert Message.objects.get(conversation_id=thread_of("public")).audience == Audience.PUBLIC
    assert set(Message.objects.filter(conversation_id=thread_of("dm one")).values_list("audience", flat=True)) == {
        Audience.PRIVATE
    }


def test_what_a_customer_says_reopens_what_was_resolved_or_snoozed(channel: Channel) -> None:
    take(channel, note("1", "a"), note("2", "b", by="bob"))
    Conversation.objects.filter(pk=thread_of("a")).update(state=State.RESOLVED, resolved_at=NOW, waiting_since=None)
    Conversation.objects.filter(pk=thread_of("b")).update(state=State.SNOOZED, snoozed_until=NOW + timedelta(days=1))

    later = NOW + timedelta(hours=2)
    take(channel, note("3", "a again", parent="1"), note("4", "b again", by="bob", parent="2"), now=later)

    first, second = Conversation.objects.get(pk=thread_of("a")), Conversation.objects.get(pk=thread_of("b"))
    assert (first.state, first.resolved_at, first.waiting_since) == (State.OPEN, None, later)
    assert (second.state, second.snoozed_until) == (State.OPEN, None)
    assert StoredEvent.objects.latest("id").body["reopened"] == [str(first.pk)]


def test_what_was_only_overheard_makes_a_mention_and_nothing_else(channel: Channel) -> None:
    take(channel, note("1", "your bank is slow", **marked("addressed", False)))

    assert Mention.objects.get().state == "new"
    assert not Conversation.objects.exists()
    assert not Customer.objects.exists()

    take(channel, note("2", "hello company"))

    assert Customer.objects.get().name == "Ana"
    assert Conversation.objects.count() == 1


def test_a_verified_identifier_links_handles_of_two_networks_and_an_unverified_one_does_not(channel: Channel) -> None:
    other = Channel.objects.create(network="shop", name="Shop", created_at=NOW)
    proof = [{"type": "email", "value": "Ana@X.example", "verified": True}]
    claim = [{"type": "email", "value": "ana@x.example", "verified": False}]
    take(channel, note("1", "a", by="ana", identifiers=proof))
    take(other, note("1", "b", by="u-77", identifiers=proof), note("2", "c", by="u-78", identifiers=claim))

    names = dict(fetch("SELECT h.address, r.customer_id FROM handle h JOIN source_record r ON r.handle_id = h.id"))
    assert names["ana"] == names["u-77"] != names["u-78"]
    decision = LinkDecision.objects.get(record__handle_id=Handle.objects.get(address="u-77").pk)
    assert decision.by_rule == "exact-identifier/1"
    assert decision.evidence == {"identifier": "email", "value": "ana@x.example"}
    assert Identifier.objects.filter(verified=True).count() == 2


def test_proof_that_comes_later_links_a_known_handle_with_a_decision_of_its_own(channel: Channel) -> None:
    proof = [{"type": "phone", "value": "+49 30 1234567", "verified": True}]
    take(channel, note("1", "a", by="ana", identifiers=proof), note("2", "b", by="ana2"))
    assert Customer.objects.count() == 2

    take(channel, note("3", "c", by="ana2", identifiers=proof))

    records = SourceRecord.objects.order_by("id")
    assert records[0].customer_id == records[1].customer_id
    assert LinkDecision.objects.filter(record=records[1]).count() == 2
    assert Customer.objects.count() == 2, "nothing is merged: the other customer stays, without records"


def test_calls_orders_and_likes_belong_to_the_record_and_only_calls_are_talk(channel: Channel) -> None:
    take(
        channel,
        note("1", "asked about fees", kind="mc:Call", **{"mc:audience": "private"}),
        json.dumps({"type": "Like", "id": "l1", "actor": "ana", "object": "x"}).encode(),
        json.dumps({"type": "Create", "actor": "ana", "object": {"id": "o1", "type": "mc:Order"}}).encode(),
    )

    assert fetch("SELECT kind FROM activity ORDER BY id") == [(5,), (10,), (20,)]
    assert Message.objects.count() == 1


def test_a_machines_answer_opens_and_reopens_nothing(channel: Channel) -> None:
    auto = {"mc:automatic": "auto-reply"}
    take(channel, note("1", "a"), note("2", "out of office", by="bot", **auto))
    assert Conversation.objects.count() == 1
    Conversation.objects.update(state=State.RESOLVED, waiting_since=None)

    take(channel, note("3", "away until May", parent="1", **auto))

    assert Conversation.objects.get().state == State.RESOLVED
    assert Message.objects.count() == 2


def test_the_blocked_are_filed_as_spam_and_wake_nobody(channel: Channel) -> None:
    take(channel, note("1", "buy pills"))
    Handle.objects.update(blocked_at=NOW)

    take(channel, note("2", "buy more pills"))

    assert Conversation.objects.get(pk=thread_of("buy more pills")).state == State.SPAM


def test_others_on_a_mail_are_participants(channel: Channel) -> None:
    take(
        channel,
        note("1", "to all", kind="mc:Mail", **marked("participants", [{"id": "bob"}, {"id": "cyd", "name": "Cyd"}])),
    )

    assert Participant.objects.count() == 2
    assert Customer.objects.count() == 3


def test_nobody_else_can_edit_or_take_back_what_somebody_said(channel: Channel) -> None:
    take(channel, note("1", "mine", by="ana"))

    take(channel, note("1", "forged", by="mallory"))
    take(channel, json.dumps({"type": "Delete", "actor": "mallory", "object": "1"}).encode())

    assert fetch("SELECT text FROM activity") == [("mine",)]
    assert fetch("SELECT count(*) FROM activity_version") == [(0,)]
    assert [parked.reason.split()[0] for parked in Parked.objects.order_by("id")] == ["'mallory'", "'mallory'"]
    assert fetch("SELECT received - applied - duplicate FROM channel_count") == [(2,)]

    take(
        channel,
        note("1", "mine, better", by="ana"),
        json.dumps({"type": "Delete", "actor": {"id": "ana"}, "object": "1"}).encode(),
    )

    assert fetch("SELECT text FROM activity") == [("",)]


def test_a_new_display_name_is_taken_over_where_the_old_one_was_shown(channel: Channel) -> None:
    take(channel, note("1", "to all", kind="mc:Mail", **marked("participants", [{"id": "bob@x.example"}])))
    assert Customer.objects.filter(name="bob@x.example").exists()

    take(
        channel,
        json.dumps(
            {
                "type": "Create",
                "actor": {"id": "bob@x.example", "name": "Bob Berg"},
                "object": {"id": "2", "content": "hi"},
            }
        ).encode(),
    )

    assert Customer.objects.filter(name="Bob Berg").exists()
    assert SourceRecord.objects.filter(name="Bob Berg").exists()


def test_one_document_that_cannot_be_applied_is_parked_and_the_rest_goes_on(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = arrive.apply

    def fails_on_poison(source: object, items: object, *, now: datetime) -> None:
        if any(b"poison" in item.raw for item in items):  # type: ignore[attr-defined]
            raise ArithmeticError("no")
        whole(source, items, now=now)  # type: ignore[arg-type]

    monkeypatch.setattr(arrive, "apply", fails_on_poison)
    take(channel, note("1", "a"), note("2", "poison"), note("3", "c"))
    parked = Parked.objects.get()
    assert "ArithmeticError" in parked.reason
    assert fetch("SELECT received, applied, duplicate FROM channel_count") == [(3, 2, 0)]

    monkeypatch.undo()
    channels.replay_parked(parked.pk, now=NOW)
    while arrive.apply_waiting(now=NOW):
        pass

    assert {text for (text,) in fetch("SELECT text FROM activity")} == {"a", "poison", "c"}
    assert fetch("SELECT sum(received), sum(applied) FROM channel_count") == [(3, 3)]


def test_applying_takes_the_same_statements_for_one_document_as_for_five_hundred(
    channel: Channel, django_assert_max_num_queries: object
) -> None:
    take(channel, note("warm", "up"))
    for size in (1, 500):
        channels.receive(channel.pk, [note(f"{size}-{n}", "x", by=f"p{n}") for n in range(size)], now=NOW)
        with django_assert_max_num_queries(45):  # type: ignore[operator]
            arrive.apply_waiting(now=NOW)
