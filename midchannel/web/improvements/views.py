"""Reading improvements: the list, one of them, its ledger and its evidence."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.inside.improvements import queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import ask
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.improvements import standings
from midchannel.web.improvements.lines import Asker, Piece, asker_of, piece_of, post_of
from midchannel.web.measures.panels import TONES

STATES = ("open", "doing", "done")


@require_safe
@signed_in()
def improvements(request: SignedInRequest) -> HttpResponse:
    """All improvements, most asked for first."""
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    text = request.GET.get("q", "").strip()[:200]
    page = queries.list_improvements(request.viewer, state=state, text=text, cursor=request.GET.get("cursor"))
    counts = queries.count_states(request.viewer)
    here = reverse("improvements")
    carried = {"state": state, "q": text}
    context = {
        "rows": page.items,
        "states": standings.STATES,
        "tabs": _state_tabs(here, state, counts),
        "text": text,
        "state": state,
        "more": f"{here}?{urlencode(carried | {'cursor': page.next_cursor})}" if page.next_cursor else "",
        "first": None if any(counts.values()) else _first(),
        "nothing": _nothing(text, state),
    }
    part = request.headers.get("HX-Request") and "cursor" in request.GET
    return render(request, "improvements/_list_rows.html" if part else "improvements/improvements.html", context)


@require_safe
@signed_in()
def improvement(request: SignedInRequest, improvement_id: int) -> HttpResponse:
    """One improvement: what will change, the ledger, the evidence, the internal thread."""
    return render(request, "improvements/improvement.html", page_of(request, improvement_id))


@require_safe
@signed_in()
def ledger(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Further rows of the ledger, or the page."""
    if not request.headers.get("HX-Request"):
        return improvement(request, improvement_id)
    queries.get_improvement(request.viewer, improvement_id)
    return render(request, "improvements/_ledger_rows.html", _ledger_of(request, improvement_id))


@require_safe
@signed_in()
def evidence(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Further conversations, or the page."""
    if not request.headers.get("HX-Request"):
        return improvement(request, improvement_id)
    queries.get_improvement(request.viewer, improvement_id)
    return render(request, "improvements/_evidence_rows.html", _evidence_of(request, improvement_id))


def page_of(request: SignedInRequest, improvement_id: int, **more: object) -> dict[str, object]:
    """All that the page of an improvement shows."""
    viewer = request.viewer
    found = queries.get_improvement(viewer, improvement_id)
    book = queries.get_ledger(viewer, improvement_id)
    waiting = (
        sum(each.count for each in queries.list_recipients(viewer, improvement_id)) if found.state == "done" else 0
    )
    return {
        "item": found,
        "state": standings.STATES[found.state],
        "book": book,
        "numbers": _numbers(book, improvement_id),
        "waiting": waiting,
        "channels": _channels(viewer, improvement_id),
        "words": queries.list_words(viewer, improvement_id),
        "posts": [post_of(post) for post in ask.list_posts(viewer, "improvement", improvement_id)],
        **_ledger_of(request, improvement_id),
        **_evidence_of(request, improvement_id),
        **more,
    }


def _ledger_of(request: SignedInRequest, improvement_id: int) -> dict[str, object]:
    standing = request.GET.get("standing", "")
    standing = standing if standing in queries.STANDINGS else ""
    cursor = request.GET.get("cursor") if request.path.endswith("/ledger/") else None
    page = queries.list_ledger(request.viewer, improvement_id=improvement_id, standing=standing, cursor=cursor)
    carried = urlencode({"standing": standing, "cursor": page.next_cursor or ""})
    askers: list[Asker] = [asker_of(row) for row in page.items]
    return {
        "askers": askers,
        "standing": standing,
        "standing_words": standings.label(standing) if standing else "",
        "more_askers": f"{reverse('improvement-ledger', args=[improvement_id])}?{carried}" if page.next_cursor else "",
    }


def _evidence_of(request: SignedInRequest, improvement_id: int) -> dict[str, object]:
    cursor = request.GET.get("cursor") if request.path.endswith("/evidence/") else None
    page = queries.list_evidence(request.viewer, improvement_id, cursor=cursor)
    pieces: list[Piece] = [piece_of(row) for row in page.items]
    here = reverse("improvement-evidence", args=[improvement_id])
    return {
        "pieces": pieces,
        "more_pieces": f"{here}?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else "",
        "improvement_id": improvement_id,
    }


def _numbers(book: queries.Ledger, improvement_id: int) -> list[records.Tile]:
    here = reverse("improvement", args=[improvement_id])
    tiles = [records.Tile(label=_("Asked"), value=str(book.asked), href=f"{here}#ledger")]
    for standing in queries.STANDINGS:
        count = getattr(book, standing)
        tiles.append(
            records.Tile(
                label=standings.label(standing),
                value=str(count),
                href=f"{here}?standing={standing}#ledger",
                is_loss=standing == "owed" and count > 0,
            )
        )
    return tiles


def _channels(viewer: Viewer, improvement_id: int) -> list[records.Mark]:
    return [
        records.Mark(label=each.channel_name, value=each.conversations, tone=TONES.get(each.network, "7"))
        for each in queries.list_evidence_by_channel(viewer, improvement_id)
    ]


def _state_tabs(here: str, state: str, counts: dict[str, int]) -> list[records.Tab]:
    tabs = [records.Tab(label=_("All"), href=here, is_current=not state, count=sum(counts.values()))]
    tabs += [
        records.Tab(
            label=str(standings.STATES[each]),
            href=f"{here}?state={each}",
            is_current=each == state,
            count=counts.get(each, 0),
        )
        for each in STATES
    ]
    return tabs


def _first() -> records.State:
    return records.State(
        kind="first",
        title=_("No improvements yet"),
        words=_(
            "When several customers ask for the same change, tie their conversations to an improvement. When it is done, everybody who"
            " asked is told, and you see who has been and who is still owed an answer."
        ),
        icon="lightbulb",
        actions=(records.Action(label=_("Begin an improvement"), href=reverse("improvement-new"), icon="plus"),),
    )


def _nothing(text: str, state: str) -> records.State:
    words = _("No title has “%s”. Try another word, or look at all.") % text if text else _("None in this state.")
    return records.State(
        kind="nothing",
        title=_("Nothing found"),
        words=words,
        actions=(records.Action(label=_("Show all"), href=reverse("improvements")),),
    )
