"""What stands beside a case: what keeps it open, what it knows, its conversations, whom it is about, and the panels of others."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.middle.cases.queries import overview
from midchannel.middle.cases.queries.showing import CasePage
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.customers.queries import CustomerName
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotFoundError
from midchannel.web.cases import fields, lines, tabs
from midchannel.web.inbox import sides, threads

MESSAGES, CONVERSATIONS, KEEPS = 3, 4, 6


def of(viewer: Viewer, page: CasePage, customer: CustomerName | None) -> dict[str, Any]:
    """What the side of the page needs."""
    detail = page.detail
    talks = list(_conversations(viewer, detail.conversation_ids))
    related = (*detail.children, *((detail.parent_id,) if detail.parent_id else ()))
    rows = {each.id: lines.row_of(each) for each in overview.list_by_ids(viewer, related)} if related else {}
    return {
        "known": fields.of_case(page),
        "files": page.files,
        "talks": talks,
        "side": talks[0]["side"] if talks else None,
        "customer": customer,
        "children": [rows[each] for each in detail.children if each in rows],
        "parent": rows.get(detail.parent_id or 0),
        "panels_first": [_panel(each, detail.id) for each in tabs.PANELS if each.is_first],
        "panels": [_panel(each, detail.id) for each in tabs.PANELS if not each.is_first],
    }


def _panel(panel: tabs.Panel, case_id: int) -> dict[str, str]:
    return {"label": str(panel.label), "href": reverse(panel.address, args=[case_id]), "id": panel.address}


def _conversations(viewer: Viewer, ids: tuple[int, ...]) -> Any:
    for number, conversation_id in enumerate(ids[:CONVERSATIONS]):
        try:
            detail = conversations.get_conversation(viewer, conversation_id)
            window = conversations.list_messages(viewer, conversation_id, limit=MESSAGES)
        except NotFoundError:
            continue
        yield {
            "href": reverse("inbox-conversation", args=[conversation_id]),
            "title": detail.row.subject or detail.row.channel_name,
            "row": detail.row,
            "bubbles": [threads.bubble_of(viewer, message, seen_by={}) for message in window.items[-MESSAGES:]],
            "side": sides.side_of(viewer, detail) if number == 0 else None,
        }


def keeps_open(page: CasePage) -> tuple[str, ...]:
    """What keeps the case open beside the stages that are going on, in words; these say for themselves what keeps them."""
    openness, going_on = page.detail.openness, {each.instance for each in page.detail.lists.stages}
    if page.detail.ended_at is not None:
        return ()
    said = [
        _("%(title)s (has to be done)") % {"title": each.title} if each.required else each.title
        for each in openness.blockers
        if each.instance not in going_on
    ]
    said += [_("%(title)s could still be added") % {"title": each} for each in openness.offers]
    if openness.reopened:
        said.append(_("It was opened again, and nothing has happened in it since."))
    rest = len(said) - KEEPS
    return (*said[:KEEPS], *((ngettext("and %d more", "and %d more", rest) % rest,) if rest > 0 else ()))
