"""Reading this room: `asking` (may we?), `showing` (what was said, and why it holds), `requests` (what people ask of us)."""

from midchannel.middle.consents.queries.asking import (
    Voices,
    allowed_handles,
    allowed_records,
    last_said,
    list_statements,
    may,
    may_write,
    purpose_of,
    refused_handles,
    scopes_of,
    standing_of,
)
from midchannel.middle.consents.queries.requests import (
    RequestDetail,
    get_request,
    get_retention_days,
    list_open_requests,
    list_requests,
    list_requests_of,
    list_retention_rules,
)
from midchannel.middle.consents.queries.showing import ConsentLine, ConsentRow, get_consents, list_rows_of

__all__ = [
    "ConsentLine",
    "ConsentRow",
    "RequestDetail",
    "Voices",
    "allowed_handles",
    "allowed_records",
    "get_consents",
    "get_request",
    "get_retention_days",
    "last_said",
    "list_open_requests",
    "list_requests",
    "list_requests_of",
    "list_retention_rules",
    "list_rows_of",
    "list_statements",
    "may",
    "may_write",
    "purpose_of",
    "refused_handles",
    "scopes_of",
    "standing_of",
]
