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
