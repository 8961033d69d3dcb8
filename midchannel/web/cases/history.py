"""What happened in a case, in plain words, the newest first."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.middle.cases import queries
from midchannel.middle.cases.queries import Happening
from midchannel.middle.cases.queries.showing import CasePage
from midchannel.web.cases import page, wording
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in

PAGE = 200
SAID = frozenset(
    {
        "complete",
        "manualStart",
        "terminate",
        "disable",
        "reenable",
        "suspend",
        "resume",
        "fault",
        "reactivate",
        "occur",
        "start",
        "exit",
        "close",
    }
)
ICONS = {
    "complete": "check", "manualStart": "play", "start": "play", "terminate": "x", "exit": "x", "disable": "x",
    "occur": "flag", "fault": "triangle-alert",
    "suspend": "pause",
}  # fmt: skip


@require_safe
@signed_in()
def history(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """The tab; `before` asks for what is older."""
    opened = page.open_case(request.viewer, case_id, most=0)
    text = request.GET.get("before", "")
    before = int(text) if text.isdecimal() and len(text) < 10 else None
    found = queries.list_happenings(request.viewer, case_id, before=before, most=PAGE)
    context: dict[str, Any] = {
        "entries": list(_entries(found, opened.page)),
        "more": f"{reverse('case_history', args=[case_id])}?before={found[-1].seq}" if len(found) == PAGE else "",
    }
    if before is not None and request.headers.get("HX-Request"):
        return render(request, "cases/_history_rows.html", context)
    return page.show(request, opened, "case_history", "cases/_history.html", context)


def _entries(found: Sequence[Happening], case: CasePage) -> Iterator[records.Entry]:
    """The entries; what was written down at once is one of them, and none where it only counts what is told beside it."""
    is_told = False
    for is_value, group in groupby(found, key=lambda each: each.body.get("is") == "set" and (each.at, each.by)):
        together = list(group)
        if not is_value:
            yield from (entry for each in together if (entry := _entry(each, case)) is not None)
        elif not is_told:
            yield _noted(together)
        is_told = together[-1].by == wording.OUTSIDE and together[-1].body.get("is") == "filed"


def _noted(together: list[Happening]) -> records.Entry:
    """Values that were set at once; nobody's name stands at what was known by itself."""
    values = {each.body["name"]: each.body.get("value") for each in reversed(together)}
    said = [
        f"{wording.name_of(name)}: {wording.shown(value)}"
        for name, value in values.items()
        if name.removesuffix("_at") == name
        or name.removesuffix("_at") not in values  # a mark of which word is the newest
    ]
    one = together[0]
    form = "%s" if one.by else _("Known from the beginning: %s")
    return records.Entry(at=one.at, words=form % "; ".join(said) + _by(one), icon="database")


def _by(each: Happening) -> str:
    name = wording.by_words(each.by)
    return _(" · %s") % name if name else ""


def _entry(each: Happening, case: CasePage) -> records.Entry | None:
    body = each.body
    kind = body.get("is")
    if kind == "moved":
        return _moved(each, case)
    words = _words(str(kind), each, case)
    if not words:
        return None
    return records.Entry(
        at=each.at,
        words=words + _by(each),
        kind="loss" if kind == "failed" else "event",
        icon="database" if kind == "removed" else "",
    )


def _words(kind: str, each: Happening, case: CasePage) -> str:
    body = each.body
    name = wording.name_of(str(body.get("name", "")))
    found = {
        "opened": _("The case began."),
        "removed": _("%s is no longer noted.") % name,
        "filed": _("Into the case file: %s") % _file(str(body.get("item", "")), case),
        "reopened": _("The case was opened again."),
        "changed": _("A step was taken back.") if _is_way_back(each) else _("The plan of the case changed."),
        "failed": _("A condition could not be answered: %s") % body.get("message", ""),
    }
    return _created(body, case) if kind == "created" else found.get(kind, "")


def _is_way_back(each: Happening) -> bool:
    """A way back is to a state that fewer events have made."""
    return each.body.get("is") == "changed" and each.body["state"].get("events", each.seq) < each.seq


def _created(body: dict[str, Any], case: CasePage) -> str:
    if body.get("origin") not in {"free", "planned", "again"}:
        return ""
    return _("Added: %s") % _title(int(body["instance"]), str(body.get("title") or body["item"]), case)


def _file(item: str, case: CasePage) -> str:
    return next((each.title for each in case.files if each.id == item), wording.name_of(item))


def _moved(each: Happening, case: CasePage) -> records.Entry | None:
    body = each.body
    transition, instance = str(body["transition"]), int(body["instance"])
    if (
        transition not in SAID
        or (not instance and transition == "start")
        or (transition in {"start", "exit"} and body.get("because") not in {"entry:0", "exit:0", "work", "person"})
    ):
        return None
    title = _title(instance, str(body["item"]), case)
    words = wording.happened(transition, title)
    by = wording.by_words(each.by) if body.get("because") == "person" else ""
    return records.Entry(
        at=each.at, words=f"{words} · {by}" if by else words, kind="ours" if by else "event", icon=ICONS.get(transition, "circle-dot"),
        text=str(body.get("reason") or ""),
    )  # fmt: skip


def _title(instance: int, item: str, case: CasePage) -> str:
    if not instance:
        return case.detail.title
    rows = case.detail.lists
    titles = {row.instance: row.title for row in (*rows.do_now, *rows.may_start, *rows.waiting, *rows.done)}
    titles |= {stage.instance: stage.title for stage in rows.stages}
    return titles.get(instance) or wording.name_of(item.rpartition("/")[2])
