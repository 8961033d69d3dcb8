"""A customer as they stood on a day, plainly marked as the past."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.middle.customers.queries import CustomerDetail, Record, past
from midchannel.platform import clock
from midchannel.usecases import timeline
from midchannel.web.components import records
from midchannel.web.customers import known, page, showing
from midchannel.web.frame.access import SignedInRequest, signed_in


@require_safe
@signed_in()
def on(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The record at the end of a day of the reader's zone; without one, yesterday."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect(f"{reverse('customer_on', args=[found])}?{request.GET.urlencode()}")
    now = clock.now()
    today = timezone.localtime(now).date()
    first = timezone.localtime(found.first_seen_at).date()
    day = min(_day(request) or today - timedelta(days=1), today)
    at = min(_end_of(day), now)
    then = past.as_on(request.viewer, customer_id, at=at)
    shown = timeline.timeline_of(request.viewer, then.customer, now=now, until=at) if then.customer.records else None
    context = {
        "customer": found,
        "then": then.customer,
        "day": day,
        "day_words": formats.date_format(day, "l j F Y"),
        "first": first,
        "today": today,
        "before": max(first, day - timedelta(days=1)),
        "after": day + timedelta(days=1) if day < today else None,
        "face": records.Face(name=then.customer.name, key=str(found.id)),
        "handles": [showing.handle_card(record) for record in then.customer.records],
        "sheet": known.sheet_of(then.attributes, now=at),
        "hidden": then.hidden,
        "changed": _changes(then.customer, found),
        "entries": [showing.entry(item, then.customer) for item in shown.items] if shown else [],
        "more_exist": bool(shown and shown.next_cursor),
        "not_yet": _not_yet(found, first),
    }
    return render(request, "customers/past.html", context)


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    """The last moment of a day where the reader is."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())


def _changes(then: CustomerDetail, now: CustomerDetail) -> list[str]:
    """What is different today, in words."""
    was, is_now = {record.id for record in then.records}, {record.id for record in now.records}
    told = [
        _("Today also theirs: %(name)s") % {"name": _name(record)} for record in now.records if record.id not in was
    ]
    told += [
        _("Theirs then, not today: %(name)s") % {"name": _name(record)}
        for record in then.records
        if record.id not in is_now
    ]
    if then.name != now.name and then.records:
        told.append(_("Called %(name)s today") % {"name": now.name})
    return told


def _name(record: Record) -> str:
    return record.address or record.name


def _not_yet(found: CustomerDetail, first: date) -> records.State:
    return records.State(
        kind="nothing",
        icon="history",
        title=_("Not known yet on this day"),
        words=_("%(name)s was met first on %(day)s.")
        % {"name": found.name, "day": formats.date_format(first, "j F Y")},
        actions=(
            records.Action(
                label=_("Go to that day"), href=f"{reverse('customer_on', args=[found.id])}?day={first.isoformat()}"
            ),
        ),
    )
