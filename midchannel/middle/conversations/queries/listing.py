"""The inbox: one page of one view, with all that its rows show, in one statement."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.paging import Page

VIEWS = ("mine", "unassigned", "open", "waiting_longest", "waiting", "snoozed", "resolved", "spam")
"""The names of the views, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class Looker:
    """A colleague who has the conversation before them. `mode` is "viewing" or "typing"."""

    user_id: int
    name: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A conversation in the list. `state`: open, waiting, snoozed, resolved or spam; `audience`: public, private or partner.

    `last_message_id` is what a reply has to have seen. `waiting_since` is set while the customer waits for us. `is_unread` is the viewer's own.
    """

    id: int
    state: str
    audience: str
    subject: str
    snippet: str
    channel_id: int
    channel_name: str
    network: str
    handle_id: int
    handle_address: str
    handle_name: str
    is_blocked: bool
    customer_id: int | None
    customer_name: str
    scope_id: int | None
    queue_id: int | None
    owner_id: int | None
    owner_name: str
    messages: int
    last_message_id: int
    last_in_id: int | None
    last_at: datetime
    opened_at: datetime
    waiting_since: datetime | None
    first_answer_due_at: datetime | None
    first_answered_at: datetime | None
    resolution_due_at: datetime | None
    resolved_at: datetime | None
    snoozed_until: datetime | None
    is_unread: bool
    lookers: tuple[Looker, ...] = ()


def list_conversations(
    viewer: Viewer,
    *,
    view: str,
    queue_id: int | None = None,
    channel_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ConversationRow]:
    """A page of one of `VIEWS`, newest word first (`waiting_longest`: longest wait first). Raises InvalidError for another view."""
    raise NotImplementedError


def count_views(viewer: Viewer) -> dict[str, int]:
    """How many conversations each of `VIEWS` holds for the viewer, counted up to 100 (shown as "99+")."""
    raise NotImplementedError
