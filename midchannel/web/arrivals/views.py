"""The equation of each channel, and what is parked; for leads and administrators."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.outside.channels import queries
from midchannel.outside.channels.kinds import Outcome
from midchannel.outside.channels.queries import ArrivalCount, ParkedRow
from midchannel.platform import clock
from midchannel.usecases import replay
from midchannel.web.components import records
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.frame.access import SignedInRequest, signed_in

LATE = timedelta(seconds=10)
SHOWN_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A channel's equation as the page shows it. `is_late` when the oldest waiting item has waited longer than it should.

    `dropped` are things that were not received into it at all, because nobody had allowed them.
    """

    count: ArrivalCount
    icon: str
    is_late: bool
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """All channels together."""

    received: int
    applied: int
    duplicate: int
    parked: int
    waiting: int
    missing: int
    broken: int
    oldest_at: datetime | None
    is_late: bool


def reason_names() -> dict[str, str]:
    """The codes of reasons in words."""
    return {
        "not-json": _("Not JSON"),
        "shape": _("Not in the vocabulary"),
        "too-large": _("Document too large"),
        "too-long": _("Text or id too long"),
        "no-id": _("No id"),
        "no-actor": _("No actor"),
        "unknown-kind": _("Unknown kind"),
        "empty": _("Nothing was said"),
        "time": _("Impossible time"),
        "attributes": _("A field that is no text or number"),
        "apply": _("Applying it failed"),
        "message-no-person": _("Nobody is named"),
        "message-no-event": _("No name of the event"),
        "message-no-group": _("No group is named"),
        "message-unknown-type": _("Unknown call"),
        "message-shape": _("A field of another kind"),
        "message-time": _("A time that cannot be read"),
        "message-too-large": _("Message too large"),
        "message-too-long": _("Id too long"),
        "message-not-json": _("Not JSON"),
    }


def _counts(request: SignedInRequest) -> dict[str, Any]:
    now = clock.now()
    counts = queries.count_arrivals(request.viewer)
    rows = [
        Row(
            count,
            NETWORK_ICONS.get(count.network, "plug"),
            count.oldest_waiting_at is not None and now - count.oldest_waiting_at > LATE,
        )
        for count in counts
        if count.received or not count.is_closed
    ]
    rows.sort(key=lambda row: (row.count.holds, not row.is_late, row.count.name.lower()))
    first = records.State(
        kind="first",
        title=_("Nothing can arrive yet"),
        words=_(
            "When a channel is open, this page shows that all that came in is accounted for: applied, seen before, parked or waiting."
        ),
        icon="waves",
        actions=(records.Action(label=_("Open a channel"), href="/settings/channels/new/", icon="plus"),),
    )
    dropped: dict[int, int] = {}
    for each in queries.count_dropped(request.viewer):
        if each.reason != "location":
            dropped[each.channel_id] = dropped.get(each.channel_id, 0) + each.count
    rows = [replace(row, dropped=dropped.get(row.count.channel_id, 0)) for row in rows]
    return {"rows": rows, "total": _total([row.count for row in rows], rows), "first": first}


def _total(counts: Sequence[ArrivalCount], rows: Sequence[Row]) -> Total:
    oldest = [count.oldest_waiting_at for count in counts if count.oldest_waiting_at]
    return Total(
        received=sum(count.received for count in counts),
        applied=sum(count.applied for count in counts),
        duplicate=sum(count.duplicate for count in counts),
        parked=sum(count.parked for count in counts),
        waiting=sum(count.waiting for count in counts),
        missing=sum(count.missing for count in counts),
        broken=sum(not count.holds for count in counts),
        oldest_at=min(oldest, default=None),
        is_late=any(row.is_late for row in rows),
    )


def tabs(current: str) -> list[records.Tab]:
    """The parts of Arrivals."""
    parts = (
        ("counts", _("Channels"), "/arrivals/", "waves"),
        ("parked", _("Parked"), "/arrivals/parked/", "archive"),
        ("imports", _("Imports"), "/arrivals/imports/", "upload"),
    )
    return [
        records.Tab(label=label, href=href, icon=icon, is_current=key == current) for key, label, href, icon in parts
    ]


@require_safe
@signed_in(role="lead")
def arrivals(request: SignedInRequest) -> HttpResponse:
    """Every channel's equation."""
    return render(request, "arrivals/arrivals.html", {"tabs": tabs("counts"), **_counts(request)})


@require_safe
@signed_in(role="lead")
def counts(request: SignedInRequest) -> HttpResponseBase:
    """The equations anew, as a part."""
    if not request.headers.get("HX-Request"):
        return redirect("arrivals")
    return render(request, "arrivals/_counts.html", _counts(request))


@require_safe
@signed_in(role="lead")
def parked(request: SignedInRequest) -> HttpResponse:
    """What is parked, by channel and reason."""
    viewer = request.viewer
    channel, code = request.GET.get("channel", ""), request.GET.get("code", "")[:40]
    channel_id = int(channel) if channel.isdecimal() and len(channel) < 10 else None
    page = queries.list_parked(viewer, channel_id, request.GET.get("cursor"), code=code)
    chosen = {key: value for key, value in (("channel", channel), ("code", code)) if value}
    context: dict[str, Any] = {
        "rows": [{"row": row, "name": _name_of(row)} for row in page.items],
        "more": "?" + urlencode(chosen | {"cursor": page.next_cursor}) if page.next_cursor else "",
    }
    if request.headers.get("HX-Request") and request.GET.get("cursor"):
        return render(request, "arrivals/_parked_rows.html", context)
    reasons = queries.count_parked(viewer, channel_id)
    context |= {
        "tabs": tabs("parked"),
        "channels": queries.list_channels(viewer, with_closed=True),
        "channel_id": channel_id,
        "code": code,
        "reasons": [
            records.Tab(
                label=reason_names().get(each, each),
                href="?" + urlencode({**({"channel": channel} if channel else {}), "code": each}),
                count=number,
                is_current=each == code,
            )
            for each, number in reasons
        ],
        "total": sum(number for each, number in reasons if code in ("", each)),
        "nothing": _nothing_parked(is_narrowed=bool(chosen)),
    }
    return render(request, "arrivals/parked.html", context)


def _name_of(row: ParkedRow) -> str:
    return reason_names().get(row.code, row.code)


def _nothing_parked(*, is_narrowed: bool) -> records.State:
    if is_narrowed:
        return records.State(
            kind="nothing",
            title=_("Nothing is parked for this reason"),
            words=_("Perhaps it was replayed already."),
            actions=(records.Action(label=_("Show all that is parked"), href="/arrivals/parked/"),),
        )
    return records.State(
        kind="first",
        title=_("Nothing is parked"),
        words=_("What cannot be applied would be kept here, whole, with its reason, until it can be replayed."),
        icon="archive",
    )


@require_safe
@signed_in(role="lead")
def parked_one(request: SignedInRequest, parked_id: int) -> HttpResponse:
    """One parked document: why, and the document itself."""
    found = queries.get_parked(request.viewer, parked_id)
    text, is_cut = _readable(found.raw)
    context = {
        "tabs": tabs("parked"),
        "parked": found,
        "row": found.row,
        "name": _name_of(found.row),
        "text": text,
        "is_cut": is_cut,
    }
    return render(request, "arrivals/parked_one.html", context)


def _readable(raw: bytes) -> tuple[str, bool]:
    """A document for reading: JSON in lines, anything else as it is; and whether it was cut."""
    part = raw[: SHOWN_CHARACTERS * 4]
    text = part.decode("utf-8", "replace")
    if len(raw) <= SHOWN_CHARACTERS:
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            text = msgspec.json.format(raw, indent=2).decode("utf-8", "replace")
    return text[:SHOWN_CHARACTERS], len(text) > SHOWN_CHARACTERS or len(raw) > len(part)


@require_safe
@signed_in(role="lead")
def raw(request: SignedInRequest, parked_id: int) -> HttpResponse:
    """The document byte for byte, to be saved, never to be run."""
    found = queries.get_parked(request.viewer, parked_id)
    headers = {
        "Content-Disposition": f'attachment; filename="parked-{parked_id}.txt"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(found.raw, content_type="application/octet-stream", headers=headers)


@require_POST
@signed_in(role="lead")
def replay_one(request: SignedInRequest, parked_id: int) -> HttpResponseBase:
    """Try one again."""
    outcome = replay.replay(request.viewer, parked_id, now=clock.now())
    if outcome.outcome is Outcome.PARKED:
        messages.error(request, _("It still cannot be applied: %(reason)s") % {"reason": outcome.reason[:300]})
        return redirect("arrivals_parked_one", parked_id)
    if outcome.outcome is Outcome.DUPLICATE:
        messages.success(request, _("It had arrived another way meanwhile, so it counts as a duplicate."))
    else:
        messages.success(request, _("It is in now."))
    return redirect("arrivals_parked")


@require_POST
@signed_in(role="lead")
def replay_all(request: SignedInRequest) -> HttpResponseBase:
    """Try all again that the list shows."""
    channel, code = request.POST.get("channel", ""), request.POST.get("code", "")[:40]
    channel_id = int(channel) if channel.isdecimal() and len(channel) < 10 else None
    done = replay.replay_all(request.viewer, channel_id=channel_id, code=code, now=clock.now())
    came = done.accepted + done.duplicate
    words = ngettext("%(n)d is in now.", "%(n)d are in now.", came) % {"n": came}
    if done.parked:
        stay = ngettext("%(n)d stays parked.", "%(n)d stay parked.", done.parked) % {"n": done.parked}
        words = f"{words} {stay}"
    if done.has_more:
        words = f"{words} {_('There are more; replay once again.')}"
    (messages.success if came or not done.parked else messages.error)(request, words)
    chosen = {key: value for key, value in (("channel", channel), ("code", code)) if value}
    return redirect(f"/arrivals/parked/?{urlencode(chosen)}" if chosen else "/arrivals/parked/")
