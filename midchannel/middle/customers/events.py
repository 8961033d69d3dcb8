"""What customers may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class RecordLinked(Event, frozen=True, kw_only=True):
    """A person linked a record to another customer, took it apart, or took that back. The object is the customer it is with now."""

    kind: ClassVar[str] = "customer.linked"
    object_type: ClassVar[str] = "customer"

    record_id: str
    from_id: str
    verdict: str


class CustomerJoined(Event, frozen=True, kw_only=True):
    """Customers have become one. The object is the id that stays; `from_ids` lead there now."""

    kind: ClassVar[str] = "customer.joined"
    object_type: ClassVar[str] = "customer"

    from_ids: list[str]


class CustomerSplit(Event, frozen=True, kw_only=True):
    """A customer has turned out to be several. `part_ids` are all of them; the object is the id they had together."""

    kind: ClassVar[str] = "customer.split"
    object_type: ClassVar[str] = "customer"

    part_ids: list[str]


class CustomerRedirected(Event, frozen=True, kw_only=True):
    """A customer's id leads to another now."""

    kind: ClassVar[str] = "customer.redirected"
    object_type: ClassVar[str] = "customer"

    to_id: str
