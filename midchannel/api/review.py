"""The review: pairs of records that may be one customer, and their answers."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import viewer_of
from midchannel.api.identity import MOST, READ, WRITE, ContributionOut, DoneOut, Reason, contributions
from midchannel.api.operations import answers, once
from midchannel.api.shapes import AnyId, Asked, Id, In, Listed, Out, PageOut, cut
from midchannel.middle.customers import actions
from midchannel.middle.customers.queries import reviewing
from midchannel.platform import clock

router = Router(tags=["Who is who"])


class SideOut(Out):
    """One of two records, and the customer it is with."""

    record_id: Id
    name: str
    source: str
    network: str
    address: str
    customer_id: Id
    customer_name: str


class PairOut(Out):
    """Two records that may be one customer."""

    id: Id
    left: SideOut
    right: SideOut
    weight: float
    probability: float
    value: float = Field(description="What is at stake; the queue goes by value times uncertainty.")
    rule: str
    state: str = Field(description="open, answered or obsolete")
    answer: str = Field(description="same or different, once answered")
    answered_by: str
    answered_at: datetime | None
    decision_id: Id | None
    contributions: list[ContributionOut]


class PairPage(PageOut):
    """The queue, what most depends on first; its first 200."""

    items: list[PairOut]


class AnswerIn(In):
    """One customer, or two."""

    answer: Literal["same", "different"]
    reason: Reason = ""


class OnePair(Asked):
    """Which pair."""

    pair_id: AnyId


@router.get("/review", auth=READ, response=answers(PairPage), summary="List pairs that wait for an answer")
def list_review(request: HttpRequest, asked: Query[Listed]) -> PairPage:
    """Records that may be one customer, by value at stake times uncertainty."""
    page = cut(reviewing.list_pairs(viewer_of(request), limit=MOST), asked, lambda pair: pair.id)
    return PairPage(items=[_pair(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/review/{pair_id}", auth=READ, response=answers(PairOut, 404), summary="Get a pair")
def get_pair(request: HttpRequest, path: Path[OnePair]) -> PairOut:
    """One pair, answered or not."""
    return _pair(reviewing.get_pair(viewer_of(request), path.pair_id))


@router.post(
    "/review/{pair_id}/answer",
    auth=WRITE,
    response=answers(DoneOut, 404, 409, body=True),
    summary="Answer whether two records are one customer",
)
@once()
def answer(request: HttpRequest, path: Path[OnePair], body: AnswerIn) -> DoneOut:
    """It holds against every rule and model, and teaches the weights. 409 when somebody was faster."""
    viewer = viewer_of(request)
    made = actions.answer_pair(viewer, path.pair_id, label=body.answer, reason=body.reason, now=clock.now())
    return DoneOut(decision_id=str(made), customer_id=str(reviewing.get_pair(viewer, path.pair_id).left.customer_id))


def _pair(found: reviewing.Pair) -> PairOut:
    return PairOut(
        id=str(found.id),
        left=SideOut.model_validate(found.left),
        right=SideOut.model_validate(found.right),
        weight=found.weight,
        probability=found.probability,
        value=found.value,
        rule=found.rule,
        state=found.state,
        answer=found.label,
        answered_by=found.answered_by,
        answered_at=found.answered_at,
        decision_id=None if found.decision_id is None else str(found.decision_id),
        contributions=contributions(found.fields),
    )
