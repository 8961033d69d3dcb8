"""Requests and certificates as the pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import ngettext

from midchannel.middle.consents.queries import RequestDetail
from midchannel.web.rights import words


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list; `late` says by how much it is, and nothing while there is time."""

    request: RequestDetail
    kind: str
    icon: str
    state: str
    badge: str
    late: str
    href: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate in words."""

    number: str
    company: str
    customer: str
    asked_at: datetime
    asked_of: str
    removed_at: datetime
    finished_at: datetime
    removed: tuple[tuple[str, str, int], ...]
    files: int
    shared: int
    written_anew: tuple[str, ...]
    log_words: str
    is_log_clean: bool
    kept: tuple[str, ...]
    backups: tuple[tuple[str, datetime, datetime | None], ...]
    sha256: str
    signature: str


def request_row(item: RequestDetail, *, today: date) -> RequestRow:
    """A request for a list."""
    kind, icon = words.kind(item.kind)
    state, badge = words.state(item.state)
    days = (today - item.due_on).days
    late = ngettext("%d day late", "%d days late", days) % days if item.is_late(today) else ""
    return RequestRow(item, kind, icon, state, badge, late, f"/rights/{item.id}/")


def certificate(paper: dict[str, Any]) -> Certificate:
    """A certificate for the page and for print."""
    places = words.places()
    order = list(places)
    removed = sorted(paper["removed"], key=lambda each: order.index(each["where"]) if each["where"] in order else 99)
    return Certificate(
        number=paper["request"],
        company=paper["company"],
        customer=paper["customer"],
        asked_at=datetime.fromisoformat(paper["asked_at"]),
        asked_of=paper["asked_of"],
        removed_at=datetime.fromisoformat(paper["removed_at"]),
        finished_at=datetime.fromisoformat(paper["finished_at"]),
        removed=tuple(
            (places.get(each["where"], each["where"].replace("_", " ")), each["where"], each["count"])
            for each in removed
        ),
        files=paper["files"],
        shared=paper["shared_conversations"],
        written_anew=tuple(paper["written_anew"]),
        log_words=paper["log"]["words"],
        is_log_clean=paper["log"]["is_clean"],
        kept=tuple(words.kept(each) for each in paper["kept"]),
        backups=tuple(
            (
                each["name"],
                datetime.fromisoformat(each["made_at"]),
                datetime.fromisoformat(each["goes_at"]) if each["goes_at"] else None,
            )
            for each in paper["backups"]
        ),
        sha256=paper["sha256"],
        signature=paper["signature"],
    )
