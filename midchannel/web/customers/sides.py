"""What stands beside every tab of a customer's page: who they are, and the cards that load after the page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from midchannel.middle.conversations.queries import knowing as conversations
from midchannel.middle.customers.queries import CustomerDetail, knowing, organisations
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.components import records
from midchannel.web.customers import belonging, known, showing, tabs

PAST = 8


def beside(viewer: Viewer, found: CustomerDetail) -> dict[str, Any]:
    """What the side of the page needs."""
    now = clock.now()
    return {
        "sheet": known.sheet_of(knowing.of_customer(found.id, now=now), now=now),
        "belongs": [belonging.line(each) for each in organisations.list_of(viewer, found.id)],
        "face": records.Face(name=found.name, key=str(found.id)),
        "handles": [showing.handle_card(record) for record in found.records],
        "is_many": len(found.records) > 1,
        "is_organisation": tabs.is_organisation(found),
        "past_href": reverse("customer_on", args=[found.id]) if tabs.exists("customer_on") else "",
        "conversations": _conversations(viewer, found),
        "cards": [
            {"label": card.label, "href": reverse(card.address, args=[found.id]), "id": card.address}
            for card in tabs.cards_of()
        ],
    }


def _conversations(viewer: Viewer, found: CustomerDetail) -> list[records.Row]:
    states = {"open": _("Open"), "waiting": _("Waiting"), "snoozed": _("Snoozed"), "spam": _("Spam")}
    return [
        records.Row(
            id=str(row.id),
            href=f"/inbox/c/{row.id}/",
            face=records.Face(name=row.channel_name, key=row.network, network=row.network),
            name=row.subject or row.channel_name,
            line=row.snippet,
            at=row.last_at,
            state=states.get(row.state, ""),
        )
        for row in conversations.list_of_handles(viewer, found.handle_ids, limit=PAST)
    ]
