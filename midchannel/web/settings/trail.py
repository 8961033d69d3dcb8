"""The audit log: who wrote what; for administrators."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.platform.accounts import queries as accounts
from midchannel.platform.audit import queries
from midchannel.platform.audit.queries import EntryRow
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections, trail_words

LINKS = {
    "customer": "/customers/{}/",
    "conversation": "/inbox/c/{}/",
    "case": "/cases/{}/",
    "alert": "/listen/alerts/{}/",
    "search": "/listen/searches/{}/",
    "channel": "/settings/channels/{}/",
    "team": "/settings/teams/{}/",
    "improvement": "/improvements/{}/",
    "rights_request": "/rights/{}/",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the log: a sentence, and behind it the names and numbers it was written with."""

    entry: EntryRow
    face: records.Face
    who: str
    done: str
    kind: str
    words: str
    href: str


@require_safe
@signed_in(role="administrator")
def trail(request: SignedInRequest) -> HttpResponse:
    """The newest writes; by person and by kind of object."""
    person, kind = request.GET.get("person", ""), request.GET.get("kind", "")[:40]
    actor_id = int(person) if person.isdecimal() and len(person) < 19 else None
    page = queries.list_entries(request.viewer, request.GET.get("cursor"), actor_id=actor_id, object_type=kind)
    more = ""
    if page.next_cursor:
        more = "?" + urlencode({"person": person, "kind": kind, "cursor": page.next_cursor})
    context: dict[str, Any] = {"rows": [_row(entry) for entry in page.items], "more": more}
    if request.headers.get("HX-Request") and request.GET.get("cursor"):
        return render(request, "settings/_audit_rows.html", context)
    context |= {
        "people": accounts.list_people(request.viewer),
        "kinds": [(each, trail_words.kind(each)) for each in queries.list_object_types(request.viewer)],
        "person": actor_id,
        "kind": kind,
        "nothing": records.State(
            kind="nothing",
            title=_("Nothing was written"),
            words=_("Nobody wrote anything like that. Choose everybody, or every kind."),
            actions=(records.Action(label=_("Show everything"), href="?"),),
        ),
    }
    return sections.page(request, "audit", "audit.html", context)


def _row(entry: EntryRow) -> Row:
    details = ", ".join(f"{key}: {_shown(value)}" for key, value in entry.details.items() if value not in (None, ""))
    link = LINKS.get(entry.object_type, "")
    name = entry.actor_name
    return Row(
        entry=entry,
        face=records.Face(name=name, key=str(entry.actor_id or name)),
        who=name if entry.actor_id else name[:1].upper() + name[1:],
        done=trail_words.done(entry.action),
        kind=trail_words.kind(entry.object_type),
        words=details,
        href=link.format(entry.object_id) if link else "",
    )


def _shown(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
