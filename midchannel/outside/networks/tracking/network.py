"""Segment's tracking API as a network that is pushed to us: what `usecases.track` asks of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from midchannel.outside.channels.port import CannotTranslateError, KnownOrder, Understood
from midchannel.outside.networks.tracking import messages, orders, places, settings, translation

# What is behaviour, and not kept of those who said no to being profiled. Orders, profiles and what they say of consent are kept.
BEHAVIOUR = frozenset({"track", "page", "screen"})


class TrackingNetwork:
    """Understands the messages of Segment's clients, and of all that speak as they do."""

    network = "tracking"
    is_public = False

    def understand(
        self,
        raw: bytes,
        *,
        channel_id: int,
        config: Mapping[str, Any],
        type_: str = "",
        context: dict[str, Any] | None = None,
        sent_at: object = None,
        now: datetime,
    ) -> Understood:
        """Read one message. Raises CannotTranslateError with the reason when it cannot be used."""
        try:
            message = messages.read(raw, type_=type_, context=context, sent_at=sent_at, now=now)
            speaker = translation.Speaker(message, settings.read(channel_id, config))
            _check(message, speaker)
            has_place = places.has_any(message.raw)
        except RecursionError as error:
            raise CannotTranslateError("shape", "nested too deeply: send properties as a flat object") from error
        consent = speaker.consent.get("purposes", {})
        order = orders.state_of(message.name) if message.type == "track" else ""
        number = orders.number_of(message.properties) if order else ""
        is_behaviour = message.type in BEHAVIOUR and not order and message.name.casefold() != translation.CONSENT_EVENT
        return Understood(
            speaker=speaker,
            address=speaker.address,
            has_place=has_place,
            is_behaviour=is_behaviour,
            purposes=consent,
            order_id=translation.order_id(number) if number and order != "completed" else "",
        )

    def translate(
        self, understood: Understood, *, may_locate: bool, known: Mapping[str, KnownOrder]
    ) -> tuple[list[bytes], int]:
        """The documents of a message, and how many fields about places were taken out before. Raises CannotTranslateError."""
        speaker: translation.Speaker = understood.speaker  # type: ignore[assignment]
        went = 0 if may_locate or not understood.has_place else places.take_out(speaker.message.raw)
        try:
            return speaker.documents(known), went
        except (RecursionError, msgspec.MsgspecError, UnicodeEncodeError) as error:
            raise CannotTranslateError("shape", f"cannot be written down: {error}"[:300]) from error

    def bare(self, raw: bytes) -> bytes:
        """A message that cannot be used, as it may be parked: without what says where somebody is."""
        try:
            told = msgspec.json.decode(raw)
            if isinstance(told, dict) and places.take_out(told):
                return msgspec.json.encode(told)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return b'{"unreadable": true}'
        return raw


def _check(message: messages.Message, speaker: translation.Speaker) -> None:
    if message.type == "group" and not message.group_id:
        raise CannotTranslateError("no-group", "group needs a groupId, so that the organisation is known again")
    if message.type == "alias" and not (message.previous_id and message.user_id):
        raise CannotTranslateError("no-person", "alias needs a userId and a previousId")
    if not speaker.address:
        raise CannotTranslateError(
            "no-person", "nobody is named: send a userId or an anonymousId, and none of null, undefined or 0"
        )
    if message.type == "track" and not message.name:
        raise CannotTranslateError("no-event", "track needs the name of the event in `event`")
