"""What rises: terms and topics that more people speak of than before, and the posts behind each."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.signals import queries as signals
from midchannel.outside.listening.actions.rising import LENGTHS
from midchannel.outside.listening.queries import rising as queries
from midchannel.outside.listening.queries.rising import RisingRow
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.usecases import name_topic
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import showing

KINDS = ("term", "topic")


@require_safe
@signed_in()
def rising(request: SignedInRequest) -> HttpResponse:
    """Topics and terms, the surest first."""
    hours = _hours(request)
    rows = queries.list_rising(request.viewer, hours)
    state = queries.get_state(hours)
    context = {
        "tabs": showing.tabs("rising"),
        "lengths": [
            records.Tab(
                label=_("Last 24 hours") if each == LENGTHS[0] else _("Last 7 days"),
                href=f"?hours={each}",
                is_current=each == hours,
            )
            for each in LENGTHS
        ],
        "terms": [(row, _href(row, hours)) for row in rows if not row.words],
        "topics": [(row, _href(row, hours)) for row in rows if row.words],
        "state": state,
        "nothing": None if rows else _nothing(is_computed=state is not None),
    }
    return render(request, "listening/rising.html", context)


@require_safe
@signed_in()
def posts(request: SignedInRequest) -> HttpResponse:
    """Posts behind a term or a topic."""
    hours = _hours(request)
    row = _row(request, hours)
    # A hashtag is a word of its own; what is not must stand as it is written.
    wanted = [each if each.startswith("#") else f'"{each}"' for each in row.words or (row.term,)]
    rows = queries.list_posts(request.viewer, row)
    context = {
        "row": row,
        "hours": hours,
        "cards": showing.cards(rows, queries=wanted),
        "search_href": f"{reverse('search-new')}?{urlencode({'text': ' OR '.join(wanted), 'name': row.term})}",
        "hidden": len(row.activity_ids) - len(rows),
        "name_href": _href(row, hours, to="rising-name"),
        "known": signals.list_topic_names() if row.words else (),
    }
    return render(request, "listening/rising_posts.html", context)


@require_POST
@signed_in()
def name(request: SignedInRequest) -> HttpResponseBase:
    """Give a topic a name: what its posts are about, of those that one sees."""
    hours = _hours(request)
    row = _row(request, hours)
    given = request.POST.get("name", "")
    try:
        count = name_topic.name_topic(request.viewer, row.activity_ids, given, now=clock.now())
    except InvalidError as problem:
        messages.error(request, problem.reason)
        return redirect(_href(row, hours))
    words = ngettext("Kept: %(n)d post is about %(name)s.", "Kept: %(n)d posts are about %(name)s.", count)
    messages.success(request, words % {"n": count, "name": given.strip()})
    return redirect(_href(row, hours))


def _href(row: RisingRow, hours: int, *, to: str = "rising-posts") -> str:
    return f"{reverse(to)}?{urlencode({KINDS[bool(row.words)]: row.term, 'hours': str(hours)})}"


def _row(request: SignedInRequest, hours: int) -> RisingRow:
    for each in queries.list_rising(request.viewer, hours):
        if request.GET.get(KINDS[bool(each.words)]) == each.term:
            return each
    raise NotFoundError(_("This does not rise any more."))


def _hours(request: SignedInRequest) -> int:
    asked = request.GET.get("hours", "")
    return int(asked) if asked in {str(each) for each in LENGTHS} else LENGTHS[0]


def _nothing(*, is_computed: bool) -> records.State:
    if not is_computed:
        words = _("It is computed once an hour, from what is said in public. Come back in a moment.")
        return records.State(kind="first", title=_("Not computed yet"), words=words, icon="trending-up")
    words = _(
        "No word is used by so many more people than before that it could not be chance. That is how most days are; look at the last"
        " seven days for what moves slowly."
    )
    return records.State(kind="nothing", title=_("Nothing rises"), words=words, icon="trending-up")
