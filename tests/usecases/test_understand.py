"""What arrives is read on its way in; what cannot be read is not lost, and what was corrected stays."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from midchannel.engines.language import intents, reading
from midchannel.engines.language.reading import Reading
from midchannel.middle.conversations.models import Message
from midchannel.middle.signals import labels, queries
from midchannel.middle.signals.models import Reader
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Activity, Channel
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.queries import Viewer
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
    identifier: str, text: str, *, verb: str = "Create", by: str = "ana", more: dict[str, Any] | None = None
) -> bytes:
    said: dict[str, Any] = {"id": identifier, "type": "Note", "content": text}
    return json.dumps({"type": verb, "actor": {"id": by, "name": by.title()}, "object": said, **(more or {})}).encode()


def take(channel: Channel, *raws: bytes, now: datetime = NOW) -> None:
    channels.receive(channel.pk, raws, now=now)
    while arrive.apply_waiting(now=now):
        pass


def member(channel: Channel) -> Viewer:
    assert channel.scope_id is not None
    return Viewer(user_id=1, name="Mia", role="agent", scope_ids=(channel.scope_id,))


def signal_of(text: str) -> queries.Signal:
    activity_id = Activity.objects.get(text=text).pk
    return queries.of_known([activity_id])[activity_id]


def test_the_labels_that_are_kept_are_those_that_are_read() -> None:
    assert labels.INTENTS[: len(intents.LABELS)] == intents.LABELS


def test_a_post_is_understood_as_it_arrives(channel: Channel) -> None:
    take(
        channel, note("1", "This is terrible, my card was stolen! Help me urgently"), note("2", "Thank you, wonderful!")
    )

    bad, good = signal_of("This is terrible, my card was stolen! Help me urgently"), signal_of("Thank you, wonderful!")
    assert (bad.language, bad.sentiment, bad.is_urgent) == ("en", "negative", True)
    assert bad.rules[0] == "theft"
    assert good.sentiment == "positive"
    assert good.mood > 0 > bad.mood
    assert bad.press > good.press
    (event,) = StoredEvent.objects.filter(kind="texts.understood")
    assert (event.body["count"], event.body["ids"]) == (2, [str(bad.id)])


def test_it_is_seen_by_those_who_may_see_the_post(channel: Channel) -> None:
    take(channel, note("1", "hello there"))
    activity_id = Activity.objects.get().pk

    assert list(queries.of(member(channel), [activity_id])) == [activity_id]
    assert queries.of(Viewer(user_id=2, name="Other", role="agent", scope_ids=(999,)), [activity_id]) == {}


def test_a_post_on_which_the_models_fail_arrives_and_is_not_known(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reading.read

    def read(texts: Sequence[str], **more: Any) -> list[Reading]:
        if any("boom" in text for text in texts):
            raise ValueError("broken")
        return whole(texts, **more)

    monkeypatch.setattr(reading, "read", read)
    take(channel, note("1", "boom"), note("2", "Thank you, wonderful!"))

    assert Message.objects.count() == 2
    assert (signal_of("boom").language, signal_of("boom").sentiment) == ("", "")
    assert signal_of("Thank you, wonderful!").sentiment == "positive"


def test_a_reading_that_cannot_be_kept_does_not_lose_the_post(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "read", lambda texts, **_: [Reading(language="x\x00y")] * len(texts))
    take(channel, note("1", "hello"))

    assert Message.objects.count() == 1
    assert queries.of_known([Activity.objects.get().pk]) == {}


def test_a_text_is_read_before_a_row_is_held_for_which_another_worker_waits(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[list[tuple[str]]] = []

    def read(texts: Sequence[str], **_: object) -> list[Reading]:
        held.append(
            fetch(
                "SELECT relation::regclass::text FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'RowExclusiveLock'"
                " AND relation IN ('handle'::regclass, 'activity'::regclass, 'conversation'::regclass)"
            )
        )
        return [Reading() for _ in texts]

    monkeypatch.setattr(reading, "read", read)
    take(channel, note("1", "said by somebody who writes in two places at once"))
    assert held == [[]]


def test_an_edit_is_read_anew_and_what_is_taken_back_says_nothing(channel: Channel) -> None:
    take(channel, note("1", "This is terrible"))
    activity_id = Activity.objects.get().pk
    take(channel, note("1", "This is wonderful, thank you", verb="Update"), now=NOW + timedelta(minutes=1))
    assert queries.of_known([activity_id])[activity_id].sentiment == "positive"

    take(
        channel, json.dumps({"type": "Delete", "actor": "ana", "object": "1"}).encode(), now=NOW + timedelta(minutes=2)
    )
    assert queries.of_known([activity_id]) == {}


def test_our_own_words_and_those_of_machines_have_no_mood(channel: Channel) -> None:
    take(
        channel,
        note("1", "This is terrible", more={"mc:direction": "out"}),
        note("2", "Out of office, terrible", more={"mc:automatic": True}),
    )

    assert queries.of_known(Activity.objects.values_list("pk", flat=True)) == {}


def test_reading_can_be_switched_off(channel: Channel, settings: Any) -> None:
    settings.UNDERSTAND = False
    take(channel, note("1", "hello"))

    assert Message.objects.count() == 1
    assert not Reader.objects.exists()


def test_the_mood_of_a_conversation_turns_once() -> None:
    def said(at: int, value: float) -> queries.Mood:
        return queries.Mood(at, NOW, "", value, (), 1)

    found = queries.turns_in(7, [said(1, 0.1), said(2, -0.8), said(3, -0.9), said(4, 0.7)])

    assert [(turn.activity_id, turn.direction) for turn in found] == [(2, "worse"), (4, "better")]
