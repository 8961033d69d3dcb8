"""What documents may tell. `about_id` is the case; names are read from the case file."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class DocumentTold(Event, frozen=True, kw_only=True):
    """What all events about a document carry. `item` is the item of the case file it is filed under, or empty."""

    object_type: ClassVar[str] = "document"

    about_type: str = "case"
    about_id: str
    item: str


class DocumentAdded(DocumentTold, frozen=True, kw_only=True):
    """A document came into a case file; `is_newer` when it takes the place of an older one of its name."""

    kind: ClassVar[str] = "document.added"

    is_newer: bool


class DocumentRemoved(DocumentTold, frozen=True, kw_only=True):
    """A document was taken out of a case file."""

    kind: ClassVar[str] = "document.removed"
