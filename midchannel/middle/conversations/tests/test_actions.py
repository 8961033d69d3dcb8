"""Whose a conversation is, where it stands, and what each person keeps in it."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from midchannel.middle.conversations import actions, queries
from midchannel.middle.conversations.errors import (
    AlreadyClaimedError,
    ConversationNotFoundError,
    IllegalMoveError,
)
from midchannel.middle.conversations.models import Conversation, Presence
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import reassign as reassigning
from midchannel.usecases import resolve as resolving
from tests.desk import NOW, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def last_event() -> StoredEvent:
    return StoredEvent.objects.order_by("-id")[0]


def test_who_claims_first_has_it_and_the_other_is_told_who(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    actions.claim(desk.ana, conversation_id, now=after(minutes=3))
    with pytest.raises(AlreadyClaimedError) as refused:
        actions.claim(desk.ben, conversation_id, now=after(minutes=3))

    assert (refused.value.owner_id, refused.value.owner_name) == (desk.ana.user_id, "Ana")
    assert refused.value.reason == "Ana has this conversation already."
    claimed = Conversation.objects.get()
    assert (claimed.owner_id, claimed.owner_epoch) == (desk.ana.user_id, 1)
    event = last_event()
    assert (event.kind, event.body["seconds"]) == ("conversation.claimed", 180)
    assert Entry.objects.filter(action="conversation.claim", object_id=conversation_id).count() == 1


def test_claiming_again_is_harmless(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    actions.claim(desk.ana, conversation_id, now=NOW)

    actions.claim(desk.ana, conversation_id, now=NOW)

    assert Conversation.objects.get().owner_epoch == 1


def test_nobody_claims_what_they_cannot_see(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    with pytest.raises(ConversationNotFoundError):
        actions.claim(desk.kim, conversation_id, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_claim_at_once_one_wins() -> None:
    desk = make_desk()
    conversation_id = say(desk.mail, "m1")
    start = threading.Barrier(6)
    results: list[str] = []

    def try_to_claim(number: int) -> None:
        viewer = desk.ana if number % 2 else desk.ben
        try:
            start.wait()
            actions.claim(viewer, conversation_id, now=NOW)
            results.append(viewer.name)
        except AlreadyClaimedError as error:
            results.append(f"not {viewer.name}, {error.owner_name} has it")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_claim, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winner = desk.ana if Conversation.objects.get().owner_id == desk.ana.user_id else desk.ben
    loser = desk.ben if winner is desk.ana else desk.ana
    assert Conversation.objects.get().owner_epoch == 1
    assert sorted(results) == sorted([winner.name] * 3 + [f"not {loser.name}, {winner.name} has it"] * 3)


def test_the_owner_or_a_lead_releases_it(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    actions.claim(desk.ana, conversation_id, now=NOW)

    with pytest.raises(NotAllowedError):
        actions.release(desk.ben, conversation_id, now=NOW)
    actions.release(desk.lea, conversation_id, now=NOW)

    assert Conversation.objects.get().owner_id is None
    assert last_event().body["change"] == "released"


def test_handing_it_to_a_queue_moves_it_to_that_team(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    actions.claim(desk.ana, conversation_id, now=NOW)

    reassigning.reassign(desk.ana, conversation_id, queue_id=desk.other_queue_id, now=NOW)

    row = queries.get_conversation(desk.kim, conversation_id).row
    assert (row.queue_id, row.scope_id, row.owner_id) == (desk.other_queue_id, desk.kim.scope_ids[0], None)
    with pytest.raises(ConversationNotFoundError):
        queries.get_conversation(desk.ana, conversation_id)


def test_handing_it_to_a_colleague_needs_their_right_to_see_it(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    with pytest.raises(InvalidError) as refused:
        reassigning.reassign(desk.ana, conversation_id, owner_id=desk.kim.user_id, now=NOW)
    reassigning.reassign(desk.ana, conversation_id, owner_id=desk.ben.user_id, now=NOW)

    assert refused.value.field == "owner_id"
    assert queries.get_conversation(desk.ana, conversation_id).row.owner_name == "Ben"


def test_what_is_snoozed_wakes_by_the_clock(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    actions.snooze(desk.ana, conversation_id, until=after(hours=2), now=NOW)
    assert [row.id for row in queries.list_conversations(desk.ana, view="snoozed").items] == [conversation_id]

    assert actions.wake_due(now=after(hours=1)) == 0
    assert actions.wake_due(now=after(hours=2)) == 1

    row = queries.get_conversation(desk.ana, conversation_id).row
    assert (row.state, row.snoozed_until) == ("open", None)
    assert last_event().body["change"] == "woken"


def test_what_is_snoozed_wakes_when_the_customer_writes(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", private=True)
    actions.snooze(desk.ana, conversation_id, until=after(days=2), now=NOW)

    say(desk.mail, "m2", "Any news?", behind="m1", private=True, at=after(hours=1))

    assert queries.get_conversation(desk.ana, conversation_id).row.state == "open"


@pytest.mark.parametrize("until", [NOW, after(days=400), datetime(2026, 12, 1)])  # noqa: DTZ001 - a time without a zone
def test_snoozing_needs_a_time_within_a_year(desk: Desk, until: datetime) -> None:
    conversation_id = say(desk.mail, "m1")

    with pytest.raises(InvalidError):
        actions.snooze(desk.ana, conversation_id, until=until, now=NOW)


def test_resolving_stops_the_clocks_and_tells_how_long_it_took(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    actions.resolve(desk.ana, conversation_id, now=after(hours=5))
    actions.resolve(desk.ana, conversation_id, now=after(hours=6))

    row = queries.get_conversation(desk.ana, conversation_id).row
    assert (row.state, row.waiting_since, row.resolved_at) == ("resolved", None, after(hours=5))
    (event,) = StoredEvent.objects.filter(kind="conversation.resolved")
    assert event.body == {
        "channel_id": desk.mail,
        "queue_id": desk.queue_id,
        "seconds": 5 * 3600,
        "answers": 0,
        "in_time": True,
    }


def test_a_person_or_the_customer_opens_it_again(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", private=True)
    actions.resolve(desk.ana, conversation_id, now=NOW)
    actions.reopen(desk.ana, conversation_id, now=after(minutes=1))
    assert last_event().body["seconds_resolved"] == 60
    actions.resolve(desk.ana, conversation_id, now=after(minutes=2))

    say(desk.mail, "m2", "It is broken again", behind="m1", private=True, at=after(days=1))

    row = queries.get_conversation(desk.ana, conversation_id).row
    assert (row.state, row.resolved_at, row.waiting_since) == ("open", None, after(days=1))


def test_resolve_and_next_gives_the_one_that_waits_longest_now(desk: Desk) -> None:
    first = say(desk.square, "p1", who="a")
    second = say(desk.square, "p2", who="b", at=after(minutes=1))
    third = say(desk.square, "p3", who="c", at=after(minutes=2))

    assert resolving.resolve_and_next(desk.ana, first, view="waiting_longest", now=after(hours=1)) == second
    assert resolving.resolve_and_next(desk.ana, second, view="waiting_longest", now=after(hours=1)) == third
    assert resolving.resolve_and_next(desk.ana, third, view="waiting_longest", now=after(hours=1)) is None


def test_spam_is_out_of_work_until_somebody_says_it_is_none(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    actions.mark_spam(desk.ana, conversation_id, now=NOW)
    with pytest.raises(IllegalMoveError):
        actions.resolve(desk.ana, conversation_id, now=NOW)
    actions.not_spam(desk.ana, conversation_id, now=after(minutes=5))

    row = queries.get_conversation(desk.ana, conversation_id).row
    assert (row.state, row.waiting_since) == ("open", after(minutes=5))


def test_unread_is_each_persons_own(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", private=True)

    actions.mark_read(desk.ana, conversation_id)

    assert not queries.get_conversation(desk.ana, conversation_id).row.is_unread
    assert queries.get_conversation(desk.ben, conversation_id).row.is_unread
    say(desk.mail, "m2", "Hello?", behind="m1", private=True, at=after(minutes=1))
    window = queries.list_messages(desk.ana, conversation_id)
    assert window.first_unread_id == window.items[-1].id
    actions.mark_read(desk.ana, conversation_id)
    actions.mark_unread(desk.ana, conversation_id)
    assert queries.get_conversation(desk.ana, conversation_id).row.is_unread


def test_drafts_are_kept_for_each_person(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    actions.save_draft(desk.ana, conversation_id, text="Dear", saw_message_id=7, now=NOW)
    actions.save_draft(desk.ana, conversation_id, text="Dear Cara", saw_message_id=8, now=after(seconds=2))

    draft = queries.get_conversation(desk.ana, conversation_id).draft
    assert draft is not None
    assert (draft.text, draft.saw_message_id, draft.updated_at) == ("Dear Cara", 8, after(seconds=2))
    assert queries.get_draft(desk.ben, conversation_id) is None
    actions.save_draft(desk.ana, conversation_id, text=" ", now=after(seconds=3))
    assert queries.get_draft(desk.ana, conversation_id) is None


def test_others_see_who_looks_for_a_minute(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    actions.note_presence(desk.ana, conversation_id, mode="viewing", now=NOW)
    actions.note_presence(desk.ana, conversation_id, mode="typing", now=after(seconds=20))

    (looker,) = queries.list_conversations(desk.ben, view="open").items[0].lookers
    assert (looker.name, looker.mode) == ("Ana", "typing")
    assert queries.get_conversation(desk.ana, conversation_id).row.lookers == ()
    actions.forget_presence(now=after(seconds=79))
    assert Presence.objects.count() == 1
    actions.forget_presence(now=after(seconds=81))
    assert Presence.objects.count() == 0
    assert not StoredEvent.objects.filter(kind__contains="presence").exists()


def test_nothing_can_be_done_with_what_one_cannot_see(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    attempts: list[Callable[[], object]] = [
        lambda: actions.release(desk.kim, conversation_id, now=NOW),
        lambda: actions.reassign(desk.kim, conversation_id, owner_id=desk.kim.user_id, now=NOW),
        lambda: actions.snooze(desk.kim, conversation_id, until=after(hours=1), now=NOW),
        lambda: actions.resolve(desk.kim, conversation_id, now=NOW),
        lambda: actions.reopen(desk.kim, conversation_id, now=NOW),
        lambda: actions.mark_spam(desk.kim, conversation_id, now=NOW),
        lambda: actions.not_spam(desk.kim, conversation_id, now=NOW),
        lambda: actions.mark_read(desk.kim, conversation_id),
        lambda: actions.mark_unread(desk.kim, conversation_id),
        lambda: actions.save_draft(desk.kim, conversation_id, text="x", now=NOW),
        lambda: actions.note_presence(desk.kim, conversation_id, mode="viewing", now=NOW),
        lambda: queries.get_conversation(desk.kim, conversation_id),
        lambda: queries.list_messages(desk.kim, conversation_id),
        lambda: queries.composer_state(desk.kim, conversation_id),
        lambda: queries.get_message_origin(desk.kim, Conversation.objects.get().last_message_id),
        lambda: resolving.block_sender(desk.kim, conversation_id, now=NOW),
    ]
    events = StoredEvent.objects.count()

    for attempt in attempts:
        with pytest.raises(ConversationNotFoundError):
            attempt()

    assert queries.get_draft(desk.kim, conversation_id) is None
    assert StoredEvent.objects.count() == events
