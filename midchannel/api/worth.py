"""What is computed about a customer, what they ordered, and what to offer them next."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.customers import OneCustomer
from midchannel.api.operations import answers
from midchannel.api.shapes import Id, Listed, Out, PageOut, cut
from midchannel.insight.worth import queries as worth
from midchannel.insight.worth.rules import Condition, Order
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries.scores import Score
from midchannel.platform import clock
from midchannel.usecases import score

router = Router(tags=["Worth"])
READ = Right("read:customers")


class ScoreOut(Out):
    """A number with its interval, its source and its age."""

    name: str = Field(description="`influence` of a handle, or `lifetime_value.` and a currency.")
    handle_id: Id | None = Field(description="Of which handle; null where it is of the customer.")
    value: float | None = Field(
        description="A share of others from 0 to 1 for influence, an amount for a lifetime value."
    )
    low: float | None
    high: float | None
    source: str
    computed_at: datetime
    is_stale: bool = Field(description="The customer has other records now; it is being computed anew.")


class ScoresOut(Out):
    """What is computed. Nothing where they have not said yes to profiling."""

    may_profile: bool
    items: list[ScoreOut]


class LineOut(Out):
    """An article of an order."""

    sku: str
    name: str
    quantity: float
    price: float | None


class OrderOut(Out):
    """An order as it stands now."""

    id: Id
    at: datetime
    number: str
    state: str
    currency: str
    ordered: float | None = Field(description="What it was worth first.")
    net: float | None = Field(description="What it is worth after what was given back.")
    lines: list[LineOut]


class OrderPage(PageOut):
    """A page of orders."""

    items: list[OrderOut]


class ConditionOut(Out):
    """A condition of an offer rule, and whether it holds."""

    kind: str
    holds: bool
    order_ids: list[Id]


class OfferOut(Out):
    """An offer rule asked of the customer just now."""

    name: str
    offer: str
    reason: str
    fits: bool
    is_best: bool
    conditions: list[ConditionOut]


class OffersOut(Out):
    """Every active rule, in the order in which they are asked."""

    items: list[OfferOut]


@router.get(
    "/customers/{customer_id}/scores", auth=READ, response=answers(ScoresOut, 404), summary="Get a customer's scores"
)
def get_scores(request: HttpRequest, path: Path[OneCustomer]) -> ScoresOut:
    """Influence of their handles and lifetime value by currency, with intervals."""
    viewer = viewer_of(request)
    known = score.known_of(viewer, customers.get_customer(viewer, path.customer_id))
    items = [_score(each, str(handle_id)) for handle_id, each in sorted(known.influence.items())]
    items += [_score(each, None) for each in known.values.values()]
    return ScoresOut(may_profile=known.may_profile, items=items)


def _score(each: Score, handle_id: str | None) -> ScoreOut:
    return ScoreOut(
        name=each.name,
        handle_id=handle_id,
        value=each.value,
        low=each.low,
        high=each.high,
        source=each.source,
        computed_at=each.computed_at,
        is_stale=each.is_stale,
    )


@router.get(
    "/customers/{customer_id}/orders", auth=READ, response=answers(OrderPage, 404), summary="List a customer's orders"
)
def list_orders(request: HttpRequest, path: Path[OneCustomer], asked: Query[Listed]) -> OrderPage:
    """What they ordered, the newest first, net of what was given back; currencies are never added up."""
    found = customers.get_customer(viewer_of(request), path.customer_id)
    page = cut(worth.list_orders(found.handle_ids), asked, lambda order: order.id)
    return OrderPage(items=[_order(order) for order in page.items], next_cursor=page.next_cursor)


def _order(order: Order) -> OrderOut:
    return OrderOut(
        id=str(order.id),
        at=order.at,
        number=order.number,
        state=order.state,
        currency=order.currency,
        ordered=order.ordered,
        net=order.net,
        lines=[LineOut.model_validate(line) for line in order.lines],
    )


@router.get(
    "/customers/{customer_id}/offers", auth=READ, response=answers(OffersOut, 404), summary="Ask the offer rules"
)
def list_offers(request: HttpRequest, path: Path[OneCustomer]) -> OffersOut:
    """What to offer them next and why: every active rule with its conditions. The first that fits is the best."""
    viewer = viewer_of(request)
    found = customers.get_customer(viewer, path.customer_id)
    offered = score.offers_for(viewer, found, worth.list_orders(found.handle_ids), now=clock.now())
    return OffersOut(
        items=[
            OfferOut(
                name=each.rule.name,
                offer=each.rule.offer,
                reason=each.rule.reason,
                fits=each.fits,
                is_best=each.is_best,
                conditions=[_condition(condition) for condition in each.conditions],
            )
            for each in offered
        ]
    )


def _condition(condition: Condition) -> ConditionOut:
    return ConditionOut(kind=condition.kind, holds=condition.holds, order_ids=[str(i) for i in condition.order_ids])
