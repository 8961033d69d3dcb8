"""Differences: what comparing everybody anew would change, proposed item by item. They go over all teams, so for leads alone."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import viewer_of
from midchannel.api.identity import MOST, READ, WRITE
from midchannel.api.operations import answers
from midchannel.api.shapes import AnyId, Asked, Id, Listed, Out, PageOut, cut
from midchannel.middle.customers.queries import differing
from midchannel.middle.customers.queries.differing import DifferenceItemRow, RecordName
from midchannel.platform import clock
from midchannel.usecases import settle_difference

router = Router(tags=["Who is who"])
What = Literal["apply", "decline", "undo"]


class DifferenceOut(Out):
    """A difference: what made it, how much it would change, how many of its items nobody has settled."""

    id: Id
    made_at: datetime
    engine: str
    model: str
    records: int
    joins: int
    splits: int
    items: int
    open: int
    state: str
    settled_at: datetime | None
    settled_by: str


class DifferencePage(PageOut):
    """The newest 200 differences."""

    items: list[DifferenceOut]


class RecordNameOut(Out):
    """A record by name and place; all empty but its id when it was erased meanwhile."""

    id: Id
    name: str
    network: str
    address: str
    customer_id: Id


class GroupOut(Out):
    """The records of one customer."""

    records: list[RecordNameOut]


class RegroupingOut(Out):
    """One change: the customers there are, and those there would be, as groups of records."""

    id: Id
    kind: str = Field(description="join, split or regroup")
    before: list[GroupOut]
    after: list[GroupOut]
    state: str = Field(description="proposed, applied, declined, overtaken or undone")
    reason: str
    settled_at: datetime | None
    settled_by: str


class RegroupingPage(PageOut):
    """A page of a difference's changes, in order."""

    items: list[RegroupingOut]


class OneDifference(Asked):
    """Which difference."""

    difference_id: AnyId


class OneDifferenceToSettle(OneDifference):
    """Which difference, and what becomes of it."""

    what: What


class OneChangeToSettle(OneDifferenceToSettle):
    """Which change of it."""

    item_id: AnyId


class LeftOut(Out):
    """How many changes are left to do."""

    left: int


class WhichChanges(Listed):
    """Which changes."""

    kind: Literal["join", "split", "regroup"] | None = None


@router.get("/differences", auth=READ, response=answers(DifferencePage), summary="List differences")
def list_differences(request: HttpRequest, asked: Query[Listed]) -> DifferencePage:
    """What was proposed, newest first."""
    page = cut(differing.list_differences(viewer_of(request), limit=MOST), asked, lambda found: found.id)
    return DifferencePage(
        items=[DifferenceOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor
    )


@router.get("/differences/{difference_id}", auth=READ, response=answers(DifferenceOut, 404), summary="Get a difference")
def get_difference(request: HttpRequest, path: Path[OneDifference]) -> DifferenceOut:
    """One difference."""
    return DifferenceOut.model_validate(differing.get_difference(viewer_of(request), path.difference_id))


@router.get(
    "/differences/{difference_id}/items",
    auth=READ,
    response=answers(RegroupingPage, 404),
    summary="List a difference's changes",
)
def list_changes(request: HttpRequest, path: Path[OneDifference], asked: Query[WhichChanges]) -> RegroupingPage:
    """Who would come together, come apart or be regrouped."""
    page = differing.list_items(
        viewer_of(request), path.difference_id, asked.cursor, kind=asked.kind or "", limit=asked.limit
    )
    return RegroupingPage(items=[_change(each) for each in page.items], next_cursor=page.next_cursor)


@router.post(
    "/differences/{difference_id}/items/{item_id}/{what}",
    auth=WRITE,
    response=answers(None, 404, 409, status=204),
    summary="Settle a change",
)
def settle_change(request: HttpRequest, path: Path[OneChangeToSettle]) -> HttpResponse:
    """Do it (apply), leave everybody as they are (decline), or take it back (undo): then its customers are as they were, with what arrived
    meanwhile on the right side. 409 when it is settled, or its customers have changed since."""
    settle_difference.settle_item(viewer_of(request), path.difference_id, path.item_id, path.what, now=clock.now())
    return HttpResponse(status=204)


@router.post(
    "/differences/{difference_id}/{what}",
    auth=WRITE,
    response=answers(LeftOut, 404),
    summary="Settle a difference",
)
def settle(request: HttpRequest, path: Path[OneDifferenceToSettle]) -> LeftOut:
    """Every change of it that is proposed, or with undo every one that was done, for a while: ask again until none is `left`.

    What changed meanwhile is left as it is."""
    left = settle_difference.go_on(viewer_of(request), path.difference_id, path.what, now=clock.now())
    return LeftOut(left=left)


def _change(found: DifferenceItemRow) -> RegroupingOut:
    return RegroupingOut(
        id=str(found.id),
        kind=found.kind,
        before=_groups(found.before),
        after=_groups(found.after),
        state=found.state,
        reason=found.reason,
        settled_at=found.settled_at,
        settled_by=found.settled_by,
    )


def _groups(found: tuple[tuple[RecordName, ...], ...]) -> list[GroupOut]:
    return [GroupOut(records=[RecordNameOut.model_validate(each) for each in group]) for group in found]
