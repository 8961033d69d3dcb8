"""Reading this room: `asking` (may we?), `showing` (what was said, and why it holds)."""

from midchannel.middle.consents.queries.asking import (
    Voices,
    allowed_handles,
    allowed_records,
    list_statements,
    may,
    may_write,
    purpose_of,
    refused_handles,
    scopes_of,
    standing_of,
)
from midchannel.middle.consents.queries.showing import ConsentLine, ConsentRow, get_consents

__all__ = [
    "ConsentLine",
    "ConsentRow",
    "Voices",
    "allowed_handles",
    "allowed_records",
    "get_consents",
    "list_statements",
    "may",
    "may_write",
    "purpose_of",
    "refused_handles",
    "scopes_of",
    "standing_of",
]
