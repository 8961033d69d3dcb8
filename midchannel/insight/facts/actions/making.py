"""What an event means as facts. Pure: takes events, bearings and what was known before, gives rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from midchannel.insight.facts.keys import actor_key, person_key
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.facts.sources import Bearing
from midchannel.platform import ids

HOUR = timedelta(hours=1)
MAX_SECONDS = 2_000_000_000


class Told(Protocol):
    """An event as it is stored."""

    id: int
    at: datetime
    kind: str
    object_id: int
    scope_ids: list[int]
    user_ids: list[int]
    body: Any


@dataclass(frozen=True, slots=True)
class Row:
    """A fact to write, in the order of `COLUMNS`."""

    at: datetime
    event_id: int
    conversation_id: int
    person: int
    actor: int | None
    channel_id: int
    scope_id: int
    seconds: int | None
    kind: int


COLUMNS = ("at", "event_id", "conversation_id", "person", "actor", "channel_id", "scope_id", "seconds", "kind")


@dataclass(frozen=True, slots=True)
class MessageHour:
    """Messages that one event counted into one hour, and the range of their ids."""

    channel_id: int
    scope_id: int
    hour: datetime
    count: int
    first_id: int
    last_id: int


@dataclass(slots=True)
class Known:
    """What is known of the conversations in question: bearings, and from earlier facts when each was last re-opened, whether it was
    answered, and whose it is. `making` carries it on through the events.
    """

    pepper: bytes
    bearings: Mapping[int, Bearing]
    authors: Mapping[int, int | None]
    reopened_at: dict[int, datetime] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    scope_of: dict[int, int] = field(default_factory=dict)


def conversations_of(event: Told) -> list[int]:
    """The conversations an event is about."""
    if event.kind == "messages.arrived":
        return [int(i) for i in (*event.body.get("opened", ()), *event.body.get("reopened", ()))]
    return [event.object_id] if event.kind in MAKERS else []


def messages_of(event: Told) -> list[int]:
    """The messages whose authors have to be known."""
    return [int(event.body["message_id"])] if event.kind in {"conversation.answered", "delivery.settled"} else []


def make(events: Iterable[Told], known: Known) -> Iterator[Row]:
    """The facts of some events, in their order."""
    for event in events:
        maker = MAKERS.get(event.kind)
        if maker:
            yield from maker(event, known)


def message_hours(event: Told) -> Iterator[MessageHour]:
    """The messages of an arrival, by the hour in which they came (hours since 2020 in the event)."""
    first_id, last_id = int(event.body["first_id"]), int(event.body["last_id"])
    for number, count in event.body.get("messages", {}).items():
        hour = ids.EPOCH + HOUR * int(number)
        low, high = max(first_id, ids.at(hour)), min(last_id, ids.at(hour + HOUR) - 1)
        yield MessageHour(event.object_id, _scope(event), hour, int(count), low, high)


def _arrived(event: Told, known: Known) -> Iterator[Row]:
    for conversation_id in map(int, event.body.get("opened", ())):
        bearing = known.bearings.get(conversation_id)
        if bearing:
            at = min(bearing.opened_at, event.at)
            yield _row(event, known, conversation_id, Fact.OPENED, at=at, scope_id=_scope(event))
    for conversation_id in map(int, event.body.get("reopened", ())):
        known.reopened_at[conversation_id] = event.at
        scope_id = known.scope_of.get(conversation_id, _scope(event))
        yield _row(event, known, conversation_id, Fact.REOPENED, at=event.at, scope_id=scope_id)


def _answered(event: Told, known: Known) -> Iterator[Row]:
    author = known.authors.get(int(event.body["message_id"]))
    yield _row(event, known, event.object_id, Fact.REPLY_SENT, at=event.at, author=author)
    bearing = known.bearings.get(event.object_id)
    waited = event.body.get("seconds")
    is_first = event.body.get("is_first") and event.object_id not in known.answered
    if is_first and waited is not None and not (bearing and bearing.opened_by_us):
        known.answered.add(event.object_id)
        yield _row(event, known, event.object_id, Fact.FIRST_ANSWER, at=event.at, seconds=int(waited), author=author)


def _settled(event: Told, known: Known) -> Iterator[Row]:
    if event.body["state"] == "failed":
        author = known.authors.get(int(event.body["message_id"]))
        yield _row(event, known, event.object_id, Fact.DELIVERY_FAILED, at=event.at, author=author)


def _resolved(event: Told, known: Known) -> Iterator[Row]:
    since = known.reopened_at.get(event.object_id, ids.moment_of(event.object_id))
    seconds = int((event.at - since).total_seconds())
    owner = event.user_ids[0] if event.user_ids else None
    yield _row(event, known, event.object_id, Fact.RESOLVED, at=event.at, seconds=seconds, author=owner)


def _reopened(event: Told, known: Known) -> Iterator[Row]:
    known.reopened_at[event.object_id] = event.at
    yield _row(event, known, event.object_id, Fact.REOPENED, at=event.at)


def _changed(event: Told, known: Known) -> Iterator[Row]:
    if event.body.get("change") == "reassigned" and _scope(event):
        known.scope_of[event.object_id] = _scope(event)
        yield _row(event, known, event.object_id, Fact.MOVED, at=event.at)


def _row(
    event: Told,
    known: Known,
    conversation_id: int,
    kind: Fact,
    *,
    at: datetime,
    seconds: int | None = None,
    author: int | None = None,
    scope_id: int | None = None,
) -> Row:
    bearing = known.bearings.get(conversation_id)
    if scope_id is None:
        scope_id = _scope(event) or known.scope_of.get(conversation_id) or (bearing.scope_id if bearing else 0)
    return Row(
        at=at,
        event_id=event.id,
        conversation_id=conversation_id,
        person=person_key(known.pepper, bearing.handle_id) if bearing else 0,
        actor=actor_key(known.pepper, author) if author else None,
        channel_id=bearing.channel_id if bearing else 0,
        scope_id=scope_id,
        seconds=None if seconds is None else min(max(seconds, 0), MAX_SECONDS),
        kind=int(kind),
    )


def _scope(event: Told) -> int:
    return event.scope_ids[0] if event.scope_ids else 0


MAKERS: dict[str, Callable[[Told, Known], Iterator[Row]]] = {
    "messages.arrived": _arrived,
    "conversation.answered": _answered,
    "delivery.settled": _settled,
    "conversation.resolved": _resolved,
    "conversation.reopened": _reopened,
    "conversation.changed": _changed,
}
