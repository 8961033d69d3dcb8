"""What this room may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class OfferRuleChanged(Event, frozen=True, kw_only=True):
    """An offer rule was written, changed or removed; `change` is one such word."""

    kind: ClassVar[str] = "offer_rule.changed"
    object_type: ClassVar[str] = "offer_rule"

    name: str
    change: str
