"""What rises: terms that more people use than before, and the posts behind each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.outside.listening.actions.rising import LENGTHS
from midchannel.outside.listening.queries import rising as queries
from midchannel.platform.errors import NotFoundError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import showing


@require_safe
@signed_in()
def rising(request: SignedInRequest) -> HttpResponse:
    """The terms, the surest first."""
    hours = _hours(request)
    rows = queries.list_rising(request.viewer, hours)
    state = queries.get_state(hours)
    here = reverse("rising-posts")
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
        "rows": [(row, f"{here}?{urlencode({'term': row.term, 'hours': str(hours)})}") for row in rows],
        "state": state,
        "nothing": None if rows else _nothing(is_computed=state is not None),
    }
    return render(request, "listening/rising.html", context)


@require_safe
@signed_in()
def posts(request: SignedInRequest) -> HttpResponse:
    """Posts behind a term."""
    hours, term = _hours(request), request.GET.get("term", "")
    row = next((each for each in queries.list_rising(request.viewer, hours) if each.term == term), None)
    if row is None:
        raise NotFoundError(_("This term does not rise any more."))
    query = term if term.startswith("#") else f'"{term}"'
    rows = queries.list_posts(request.viewer, row)
    context = {
        "row": row,
        "hours": hours,
        "cards": showing.cards(rows, queries=[query]),
        "search_href": f"{reverse('search-new')}?{urlencode({'text': query, 'name': term})}",
        "hidden": len(row.activity_ids) - len(rows),
    }
    return render(request, "listening/rising_posts.html", context)


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
