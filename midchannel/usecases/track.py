"""Track: messages of a company's pages and apps, from their own language to what is stored; before anything is kept, what was allowed.

What says where somebody is, is taken out unless they allowed the purpose "location"; what they only looked at or did is not kept of those
who said no to "profiling". Both are counted by channel, with the reason. Then it is stored as everything else is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from midchannel.middle.consents import queries as consents
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents, registry
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import Door
from midchannel.outside.channels.actions.arriving import MAX_BATCH, UNTRANSLATED
from midchannel.outside.channels.documents import CannotApplyError
from midchannel.outside.channels.kinds import Outcome
from midchannel.outside.channels.port import CannotTranslateError, KnownOrder, Translator, Understood

LOCATION, PROFILING = "location", "profiling"
NOT_ALLOWED = "dropped"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came: its messages, and what it said for all of them."""

    messages: Sequence[bytes]
    type: str = ""
    context: dict[str, Any] | None = None
    sent_at: object = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one message: an outcome's name in small letters, or "dropped"; code and reason where it was parked or dropped."""

    outcome: str
    code: str = ""
    reason: str = ""


@dataclass(slots=True)
class Tracked:
    """What became of a request, message by message in the order sent, and how many fields about places were taken out."""

    items: list[Told]
    places_dropped: int = 0

    def count(self, outcome: str) -> int:
        """How many messages had this outcome."""
        return sum(item.outcome == outcome for item in self.items)


@dataclass(slots=True)
class _Batch:
    """The documents of a request on their way: each with the position of its message."""

    raws: list[bytes] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    refused: dict[int, CannotApplyError] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    def refuse(self, position: int, raw: bytes, error: CannotTranslateError) -> None:
        self.refused[len(self.raws)] = CannotApplyError(UNTRANSLATED + error.code, error.reason)
        self.raws.append(raw)
        self.positions.append(position)


def receive(door: Door, sent: Sent, *, now: datetime) -> Tracked:
    """Understand, ask what is allowed, store. When this returns it is durable; the same request again is harmless."""
    translator = registry.get_translator(door.network)
    if translator is None:
        raise ValueError(f"the network {door.network!r} has no language of its own")
    understood = [_understand(translator, door, sent, raw, now=now) for raw in sent.messages]
    located, unwanted = _what_is_allowed(door.network, [each for each in understood if isinstance(each, Understood)])
    known = _known_orders(door.channel_id, understood)
    batch = _Batch()
    for position, (raw, each) in enumerate(zip(sent.messages, understood, strict=True)):
        if isinstance(each, CannotTranslateError):
            batch.refuse(position, translator.bare(raw), each)
        elif each.is_behaviour and not each.purposes.get(PROFILING, each.address not in unwanted):
            batch.dropped.add(position)
        else:
            may_locate = each.purposes.get(LOCATION, each.address in located)
            _translate(batch, translator, position, raw, each, known, may_locate=may_locate)
    return _store(door.channel_id, batch, len(sent.messages), now=now)


def _understand(
    translator: Translator, door: Door, sent: Sent, raw: bytes, *, now: datetime
) -> Understood | CannotTranslateError:
    try:
        return translator.understand(
            raw,
            channel_id=door.channel_id,
            config=door.config,
            type_=sent.type,
            context=sent.context,
            sent_at=sent.sent_at,
            now=now,
        )
    except CannotTranslateError as error:
        return error


def _what_is_allowed(network: str, understood: Sequence[Understood]) -> tuple[set[str], set[str]]:
    """Of whom a place may be kept, and of whom no behaviour: addresses. What a message itself says goes before."""
    ask_place = {each.address for each in understood if each.has_place and LOCATION not in each.purposes}
    ask_behaviour = {each.address for each in understood if each.is_behaviour and PROFILING not in each.purposes}
    if not ask_place and not ask_behaviour:
        return set(), set()
    handles = channel_queries.find_handles(network, ask_place | ask_behaviour)
    place_of = {handles[address]: address for address in ask_place if address in handles}
    behaviour_of = {handles[address]: address for address in ask_behaviour if address in handles}
    located = consents.allowed_handles(place_of, purpose=LOCATION) if place_of else set()
    refused = consents.refused_handles(behaviour_of, purpose=PROFILING) if behaviour_of else set()
    return {place_of[handle] for handle in located}, {behaviour_of[handle] for handle in refused}


def _known_orders(channel_id: int, understood: Sequence[Understood | CannotTranslateError]) -> dict[str, KnownOrder]:
    wanted = {each.order_id for each in understood if isinstance(each, Understood) and each.order_id}
    keys = {documents.key_of(channel_id, external_id): external_id for external_id in wanted}
    found = channel_queries.find_orders(keys) if keys else {}
    return {keys[key]: KnownOrder(address, data) for key, (address, data) in found.items()}


def _translate(  # noqa: PLR0917 - what one message needs
    batch: _Batch,
    translator: Translator,
    position: int,
    raw: bytes,
    understood: Understood,
    known: Mapping[str, KnownOrder],
    *,
    may_locate: bool,
) -> None:
    try:
        made, went = translator.translate(understood, may_locate=may_locate, known=known)
    except CannotTranslateError as error:
        batch.refuse(position, translator.bare(raw), error)
        return
    batch.raws += made
    batch.positions += [position] * len(made)
    if went:
        batch.places[position] = went


def _store(channel_id: int, batch: _Batch, size: int, *, now: datetime) -> Tracked:
    items: list[Told] = [Told(NOT_ALLOWED, PROFILING, "they do not allow it")] * size
    with transaction.atomic():
        for start in range(0, len(batch.raws), MAX_BATCH):
            part = slice(start, start + MAX_BATCH)
            refused = {i - start: error for i, error in batch.refused.items() if start <= i < start + MAX_BATCH}
            received = channels.receive(channel_id, batch.raws[part], now=now, refused_before=refused)
            # Of a message with several documents the last one speaks: the person's.
            for position, item in zip(batch.positions[part], received.items, strict=True):
                items[position] = Told(item.outcome.name.lower(), item.code, item.reason)
        duplicate = Outcome.DUPLICATE.name.lower()
        places = sum(went for position, went in batch.places.items() if items[position].outcome != duplicate)
        dropped = Counter({LOCATION: places, PROFILING: len(batch.dropped)})
        channels.count_dropped(channel_id, {reason: count for reason, count in dropped.items() if count}, now=now)
    return Tracked(items, places)
