"""What consents and rights may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class ConsentRecorded(Event, frozen=True, kw_only=True):
    """Somebody said yes or no to a purpose. The object is the customer as of then."""

    kind: ClassVar[str] = "consent.recorded"
    object_type: ClassVar[str] = "customer"

    record_id: str
    purpose: str
    state: str


class RightsRequestMoved(Event, frozen=True, kw_only=True):
    """A request for access or erasure came further. The object is the request; whoever opened it is told."""

    kind: ClassVar[str] = "rights_request.moved"
    object_type: ClassVar[str] = "rights_request"

    state: str
