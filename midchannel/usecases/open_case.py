"""Open a case: from a conversation, from another case, by itself (the page, the API). It begins with what is known of the customer.

Cases that rules and plan items open are in `open_by_rule` and `open_children`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.insight.social import queries as social
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries as case_queries
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import scores
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import InvalidError

MAX_TITLE = 500
# How many cases of the customer are open, and whether anybody has answered in the conversation.
OPEN_CASES = """
SELECT count(DISTINCT k.id) FROM source_record r JOIN source_record o ON o.customer_id = r.customer_id
 JOIN casework_case k ON k.handle_id = o.handle_id WHERE r.handle_id = %s AND k.ended_at IS NULL
"""


@transaction.atomic
def from_conversation(
    viewer: Viewer, conversation_id: int, *, plan: str, title: str = "", values: Mapping[str, Any] | None = None, now: datetime
) -> int:  # fmt: skip
    """Open a case about a conversation that the viewer sees: its team, its queue and its customer are the case's. Returns its id.

    Raises ConversationNotFoundError, PlanNotFoundError, NotNowError, InvalidError.
    """
    conversation = conversations.get_conversation(viewer, conversation_id)
    known = known_of_conversation(conversation_id, conversation.row.handle_id, now=now)
    return cases.open_case(
        viewer,
        plan=plan,
        title=_title(title or conversation.row.subject),
        conversation_ids=(conversation_id,),
        known=known,
        values=values,
        now=now,
    )


@transaction.atomic
def from_case(
    viewer: Viewer, parent_id: int, *, plan: str, title: str = "", values: Mapping[str, Any] | None = None, now: datetime
) -> int:  # fmt: skip
    """Open a case under another: with the same team, person, conversations that the viewer sees, and what is known. Returns its id.

    Raises CaseNotFoundError, PlanNotFoundError, NotNowError, InvalidError.
    """
    parent = case_queries.get_case(viewer, parent_id)
    return cases.open_case(
        viewer,
        plan=plan,
        title=_title(title),
        scope_id=parent.scope_id if parent.scope_id in viewer.scope_ids else None,
        queue_id=parent.queue_id,
        handle_id=parent.handle_id,
        conversation_ids=parent.conversation_ids,
        parent_id=parent_id,
        known=parent.values,
        values=values,
        now=now,
    )


@transaction.atomic
def open_case(
    viewer: Viewer, *, plan: str, title: str = "", conversation_ids: tuple[int, ...] = (), handle_id: int | None = None,
    scope_id: int | None = None, queue_id: int | None = None, parent_id: int | None = None, values: Mapping[str, Any] | None = None,
    now: datetime,
) -> int:  # fmt: skip
    """Open a case about conversations, about somebody, or about nobody yet: the viewer's team has it. Returns its id.

    Raises PlanNotFoundError, NotFoundError, CaseNotFoundError, CustomerNotFoundError, NotNowError, InvalidError.
    """
    known: dict[str, Any] = {}
    if conversation_ids:
        first = conversations.get_conversation(viewer, conversation_ids[0])
        known = known_of_conversation(conversation_ids[0], first.row.handle_id, now=now)
    elif handle_id is not None:
        _prove_handle(viewer, handle_id)
        known = known_of_handle(handle_id, now=now)
    if scope_id is None and not conversation_ids and viewer.scope_ids:
        scope_id = viewer.scope_ids[0]
    return cases.open_case(
        viewer, plan=plan, title=_title(title), scope_id=scope_id, queue_id=queue_id, conversation_ids=conversation_ids,
        handle_id=handle_id, parent_id=parent_id, known=known, values=values, now=now,
    )  # fmt: skip


def add_conversation(viewer: Viewer, case_id: int, conversation_id: int, *, now: datetime) -> None:
    """Another conversation belongs to a case, and with it whoever speaks there. Raises CaseNotFoundError, NotFoundError."""
    cases.attach_conversation(viewer, case_id, conversation_id, now=now)


def remove_conversation(viewer: Viewer, case_id: int, conversation_id: int, *, now: datetime) -> None:
    """A conversation belongs to a case no longer. Raises CaseNotFoundError, NotFoundError."""
    cases.detach_conversation(viewer, case_id, conversation_id, now=now)


def known_of_conversation(conversation_id: int, handle_id: int, *, now: datetime) -> dict[str, Any]:
    """What conditions of a plan may ask from the beginning: where it was said, and what is known of who said it."""
    rows = fetch(
        "SELECT c.audience = 1, ch.network, c.first_answered_at IS NOT NULL FROM conversation c"
        " JOIN channel ch ON ch.id = c.channel_id WHERE c.id = %s",
        [conversation_id],
    )
    is_public, network, is_answered = rows[0]
    return {"public": is_public, "network": network, "answered": is_answered, **known_of_handle(handle_id, now=now)}


def known_of_handle(handle_id: int, *, now: datetime) -> dict[str, Any]:
    """The same of a person alone: followers, what they are expected to spend, and how many cases of theirs are open."""
    known: dict[str, Any] = {"open_cases": fetch(OPEN_CASES, [handle_id])[0][0], "replies": 0}
    records = fetch(
        "SELECT o.id, o.customer_id FROM source_record r JOIN source_record o ON o.customer_id = r.customer_id"
        " WHERE r.handle_id = %s LIMIT 500",
        [handle_id],
    )
    if not records:
        return known
    followers = social.list_followers([row[0] for row in records], now=now)
    known["followers"] = max((each.now for each in followers), default=0)
    customer_id = records[0][1]
    worth = scores.get_scores("customer", [customer_id], name="lifetime_value").get(customer_id)
    if worth is not None and worth.value is not None:
        known["lifetime_value"] = round(worth.value, 2)
    return known


def _prove_handle(viewer: Viewer, handle_id: int) -> None:
    rows = fetch("SELECT customer_id FROM source_record WHERE handle_id = %s", [handle_id])
    if not rows:
        raise InvalidError(_("Nobody is known by this handle."), "handle_id")
    customers.get_customer(viewer, rows[0][0])


def _title(title: str) -> str:
    return " ".join(title.replace("\0", "").split())[:MAX_TITLE]
