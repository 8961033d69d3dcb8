"""The sections of the settings, and what every page of theirs needs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from midchannel.web.components import records
from midchannel.web.frame.access import RANKS, SignedInRequest


@dataclass(frozen=True, slots=True)
class Group:
    """Sections that belong together, under a title; the first group has none."""

    title: str
    tabs: list[records.Tab]


def groups(viewer_role: str, current: str) -> list[Group]:
    """The sections somebody of this role may enter."""
    sections = (
        ("", (("you", _("You"), "/settings/you/", "user-round", "agent"),)),
        (
            _("Company"),
            (
                ("people", _("People"), "/settings/people/", "users", "administrator"),
                ("teams", _("Teams"), "/settings/teams/", "handshake", "administrator"),
                ("audit", _("Audit log"), "/settings/audit/", "history", "administrator"),
            ),
        ),
        (
            _("Work"),
            (
                ("queues", _("Queues"), "/settings/queues/", "layout-list", "lead"),
                ("routing", _("Routing"), "/settings/routing/", "git-branch", "lead"),
                ("understanding", _("Understanding"), "/settings/understanding/", "languages", "lead"),
                ("cases", _("Cases"), "/settings/casework/", "briefcase", "lead"),
                ("plans", _("Case plans"), "/plans/", "list-checks", "lead"),
                ("canned", _("Canned replies"), "/settings/canned/", "text-quote", "agent"),
                ("offers", _("Offers"), "/settings/offers/", "shopping-cart", "lead"),
            ),
        ),
        (
            _("Connections"),
            (
                ("channels", _("Channels"), "/settings/channels/", "cable", "lead"),
                ("silos", _("Business systems"), "/settings/silos/", "database", "administrator"),
                ("stores", _("Document folders"), "/settings/stores/", "layers", "administrator"),
                ("assistance", _("Assistance"), "/settings/assistance/", "bot", "administrator"),
            ),
        ),
        (
            _("Privacy"),
            (
                ("rights", _("Rights"), "/rights/", "shield-check", "lead"),
                ("retention", _("Retention"), "/rights/retention/", "hourglass", "administrator"),
                ("blocked", _("Blocked"), "/settings/blocked/", "ban", "lead"),
            ),
        ),
    )
    found = [
        Group(
            title,
            [
                records.Tab(label=label, href=href, icon=icon, is_current=key == current)
                for key, label, href, icon, role in held
                if RANKS[viewer_role] >= RANKS[role]
            ],
        )
        for title, held in sections
    ]
    return [group for group in found if group.tabs]


def page(
    request: SignedInRequest, section: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page of a section."""
    known = {"groups": groups(request.viewer.role, section), "viewer": request.viewer}
    return render(request, f"settings/{template}", known | context, status=status)
