"""Deciding about mentions: relevant or not, taken up, passed over. Each answers with the card as it is now."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from midchannel.outside.listening.actions import searching
from midchannel.outside.listening.queries import mentions, searches
from midchannel.outside.listening.queries.searches import SearchRow
from midchannel.platform import clock
from midchannel.usecases import take_up as taking
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import showing


@require_POST
@signed_in()
def judge(request: SignedInRequest, search_id: int, activity_id: int) -> HttpResponseBase:
    """What a search found is relevant (1), not (-1), or neither (0)."""
    mentions.get_mention(request.viewer, activity_id)
    verdict = {"1": 1, "-1": -1}.get(request.POST.get("verdict", ""), 0)
    searching.judge(request.viewer, search_id, activity_id, verdict, now=clock.now())
    return _answer(request, activity_id)


@require_POST
@signed_in()
def take_up(request: SignedInRequest, activity_id: int) -> HttpResponseBase:
    """A mention becomes a conversation; with `then=open` it is gone to."""
    conversation_id = taking.take_up(request.viewer, activity_id, now=clock.now())
    if request.POST.get("then") == "open":
        where = reverse("inbox-conversation", args=[conversation_id])
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": where})
        return redirect(where)
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Taken up. It waits in the inbox."))
    return _answer(request, activity_id)


@require_POST
@signed_in()
def pass_over(request: SignedInRequest, activity_id: int) -> HttpResponseBase:
    """Nothing is to be done about a mention; again puts it back."""
    taking.pass_over(request.viewer, activity_id, is_passed=request.POST.get("back") != "1", now=clock.now())
    return _answer(request, activity_id)


def _answer(request: SignedInRequest, activity_id: int) -> HttpResponseBase:
    """The card anew, with the search's precision beside it; or the page that one was on."""
    search = _search_of(request)
    if not request.headers.get("HX-Request"):
        return redirect("search", search.id) if search else redirect("listen-mentions")
    row = mentions.get_mention(request.viewer, activity_id)
    texts = () if search else searches.list_texts(request.viewer)
    context = {
        "card": showing.cards([row], search=search, queries=texts)[0],
        "search": search,
        "precision": showing.precision_words(search.precision) if search else "",
        "is_answer": True,
    }
    return render(request, "listening/_answer.html", context)


def _search_of(request: SignedInRequest) -> SearchRow | None:
    text = request.POST.get("search", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return searches.get_search(request.viewer, int(text), now=clock.now())
