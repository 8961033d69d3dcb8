"""The customer beside the thread: who they are, why we think so, what was said before."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from midchannel.inside.improvements import queries as improvements
from midchannel.inside.teamwork import queries as teamwork
from midchannel.inside.teamwork.queries import PostItem
from midchannel.middle.conversations.queries import ConversationDetail, ConversationRow, knowing
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import CustomerDetail, Record
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotFoundError
from midchannel.web.components import records, words
from midchannel.web.customers import showing
from midchannel.web.inbox import lists
from midchannel.web.inbox.records import KnownHandle, Past, Side

PAST = 5
NOTES = 3
HANDLES = 6


def side_of(viewer: Viewer, detail: ConversationDetail) -> Side:
    """What stands beside a conversation. A person nobody knows yet is shown by their handle."""
    row = detail.row
    customer = _customer(viewer, row.customer_id)
    name = lists.name_of(row)
    face = records.Face(name=name, key=str(row.customer_id or row.handle_id))
    participants = tuple(p.name or p.address for p in detail.participants)
    if customer is None:
        handle = KnownHandle(
            address=row.handle_address, network=row.network, icon=_icon(row.network), is_blocked=row.is_blocked
        )
        return Side(name=name, face=face, is_provisional=True, handles=(handle,), participants=participants)
    past = knowing.list_of_handles(viewer, customer.handle_ids, limit=PAST + 1)
    notes = teamwork.list_posts(viewer, "customer", customer.id)
    return Side(
        name=name,
        face=face,
        href=f"/customers/{customer.id}/",
        facts=_facts(customer, name=name, here=row.handle_name or row.handle_address),
        handles=tuple(_handle(record) for record in customer.records[:HANDLES] if record.handle_id),
        past=tuple(_past(other) for other in past if other.id != detail.id)[:PAST],
        notes=_notes(notes),
        participants=participants,
        asks_for=_asks_for(viewer, detail.id),
    )


def _facts(customer: CustomerDetail, *, name: str, here: str) -> tuple[tuple[str, str], ...]:
    """Since when they are known, and what they call themselves here when that is another name."""
    since = (_("Known since"), formats.date_format(timezone.localtime(customer.first_seen_at), "j F Y"))
    return (since,) if here == name else (since, (_("Here as"), here))


def _asks_for(viewer: Viewer, conversation_id: int) -> tuple[records.Action, ...]:
    """The improvements this conversation is tied to."""
    return tuple(
        records.Action(label=each.title, href=reverse("improvement", args=[each.id]))
        for each in improvements.list_of_conversation(viewer, conversation_id)
    )


def _customer(viewer: Viewer, customer_id: int | None) -> CustomerDetail | None:
    if customer_id is None:
        return None
    try:
        return customers.get_customer(viewer, customer_id)
    except NotFoundError:
        return None


def _icon(network: str) -> str:
    return words.NETWORK_ICONS.get(network, "plug")


def _handle(record: Record) -> KnownHandle:
    return KnownHandle(
        address=record.address,
        network=record.network,
        icon=_icon(record.network),
        why=why_of(record),
        is_blocked=record.blocked_at is not None,
    )


def why_of(record: Record) -> str:
    """Why a handle is linked, in a few words; nothing when it is the one the customer began with."""
    decision = record.why
    if decision is None or decision.rule.startswith("first-seen"):
        return ""
    reason = showing.reason(decision)
    return (
        _("%(words)s (%(name)s)") % {"words": reason.words, "name": decision.person}
        if decision.person
        else reason.words
    )


def _past(row: ConversationRow) -> Past:
    state = {"open": _("Open"), "waiting": _("Waiting"), "snoozed": _("Snoozed"), "spam": _("Spam")}.get(row.state, "")
    return Past(
        href=reverse("inbox-conversation", args=[row.id]), line=row.subject or row.snippet, state=state, at=row.last_at
    )


def _notes(posts: Sequence[PostItem]) -> tuple[records.Entry, ...]:
    return tuple(
        records.Entry(at=post.at, words=post.author_name, kind="internal", text=post.text)
        for post in posts[-NOTES:][::-1]
    )
