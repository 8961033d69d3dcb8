"""Who is who: what is known of a customer and from where, why their records are one, as on a day; linking, taking apart."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import BeforeValidator, Field, WithJsonSchema

from midchannel.api.access import Right, viewer_of
from midchannel.api.customers import CustomerPage, CustomerRow, OneCustomer
from midchannel.api.operations import answers, once
from midchannel.api.shapes import NO_NUL, AnyId, Asked, Id, In, Listed, Out, PageOut, cut
from midchannel.middle.customers import actions
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import explaining, knowing, organisations, past
from midchannel.middle.customers.queries.explaining import Link
from midchannel.middle.customers.survivorship import Attribute, Value
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError

router = Router(tags=["Who is who"])
READ = Right("read:customers")
WRITE = Right("write:customers")
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOST = 200
Reason = Annotated[str, Field(pattern=NO_NUL, max_length=500)]


def _read_day(value: Any) -> date:
    try:
        if isinstance(value, str) and len(value) == len("2026-11-22"):
            return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("There is no such day.") from error
    raise ValueError("A day is written as 2026-11-22.")


Day = Annotated[date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})]


class ValueOut(Out):
    """A value as one source tells it."""

    value: str
    record_id: Id
    source: str
    trust: int = Field(description="How far the source is trusted, 0 to 100.")
    lawful_basis: str
    said_at: datetime | None
    expires_at: datetime | None = Field(description="Not used any more from then on.")
    is_proven: bool


class AttributeOut(Out):
    """A field of a customer: the value that holds first, then those of other sources."""

    field: str
    is_disputed: bool
    values: list[ValueOut]


class AttributesOut(Out):
    """What is known of a customer, by field."""

    items: list[AttributeOut]


class ContributionOut(Out):
    """What one field says about two records: `weight` in bits, above 0 for their being one."""

    field: str
    level: str
    weight: float
    left: str
    right: str


class DecisionOut(Out):
    """A decision about two records. `weight` in bits, null for a proof and for a person's word."""

    id: Id
    record_id: Id
    other_id: Id
    verdict: str = Field(description="must, auto, review or cannot (link and apart in old ones)")
    weight: float | None
    rule: str = Field(description="The rule, or the weights and their version.")
    person: str
    at: datetime
    reason: str
    reverts_id: Id | None
    stands: bool
    contributions: list[ContributionOut]


class WhyOneOut(Out):
    """Why records are one customer: the decisions that join them, those that keep others apart, and those that hold no more."""

    joining: list[DecisionOut]
    apart: list[DecisionOut]
    past: list[DecisionOut]


class PastRecordOut(Out):
    """A record that was theirs."""

    id: Id
    source: str
    name: str
    network: str
    address: str


class PastOut(Out):
    """A customer as they stood at the end of a day (UTC). Without records they were not known yet."""

    id: Id
    at: datetime
    kind: str
    name: str
    records: list[PastRecordOut]
    hidden: int = Field(description="So many more are now with somebody who is not yours to see.")
    attributes: list[AttributeOut]


class BelongingOut(Out):
    """Somebody who belongs to an organisation."""

    customer_id: Id
    name: str
    role: str
    since: date | None
    until: date | None
    source: str


class BelongingPage(PageOut):
    """The people of an organisation, by name; at most 200."""

    items: list[BelongingOut]


class DoneOut(Out):
    """What was decided, so that it can be undone, and the customer it is about."""

    decision_id: Id
    customer_id: Id


class LinkIn(In):
    """They are one: all records of `other_id` are linked to this customer. Nothing is merged."""

    other_id: AnyId
    reason: Reason = ""


class UnlinkIn(In):
    """This record is somebody else's."""

    record_id: AnyId
    reason: Reason = ""


class OnDay(Asked):
    """Which day."""

    day: Day = Field(description="The end of this day in UTC, such as 2026-11-22.")


class OneDecision(Asked):
    """Which decision."""

    decision_id: AnyId


@router.get(
    "/customers/{customer_id}/attributes",
    auth=READ,
    response=answers(AttributesOut, 404),
    summary="What is known of a customer, and from where",
)
def list_attributes(request: HttpRequest, path: Path[OneCustomer]) -> AttributesOut:
    """Every field with the record it comes from, its age, and what other sources say."""
    found = knowing.list_attributes(viewer_of(request), path.customer_id, now=clock.now())
    return AttributesOut(items=[_attribute(each) for each in found])


@router.get(
    "/customers/{customer_id}/why", auth=READ, response=answers(WhyOneOut, 404), summary="Why records are one customer"
)
def why(request: HttpRequest, path: Path[OneCustomer]) -> WhyOneOut:
    """Every decision with its weight, the contribution of each field, who decided and when."""
    viewer = viewer_of(request)
    said = explaining.explain(viewer, customers.get_customer(viewer, path.customer_id))
    return WhyOneOut(
        joining=[_decision(each) for each in said.joining],
        apart=[_decision(each) for each in said.apart],
        past=[_decision(each) for each in said.past],
    )


@router.get(
    "/customers/{customer_id}/as-on",
    auth=READ,
    response=answers(PastOut, 404),
    summary="A customer as they stood on a day",
)
def as_on(request: HttpRequest, path: Path[OneCustomer], asked: Query[OnDay]) -> PastOut:
    """The records that were theirs by the decisions of that time, and what those records said then."""
    at = datetime.combine(asked.day, time.max, tzinfo=UTC)
    found = past.as_on(viewer_of(request), path.customer_id, at=min(at, clock.now()))
    return PastOut(
        id=str(found.customer.id),
        at=found.at,
        kind=found.customer.kind,
        name=found.customer.name,
        records=[PastRecordOut.model_validate(each) for each in found.customer.records],
        hidden=found.hidden,
        attributes=[_attribute(each) for each in found.attributes],
    )


@router.get(
    "/customers/{customer_id}/people",
    auth=READ,
    response=answers(BelongingPage, 404),
    summary="List the people of an organisation",
)
def list_people(request: HttpRequest, path: Path[OneCustomer], asked: Query[Listed]) -> BelongingPage:
    """Who belongs to it, as business systems and profiles say. They are customers of their own."""
    viewer = viewer_of(request)
    customers.get_customer(viewer, path.customer_id)
    page = cut(organisations.list_people(viewer, path.customer_id, limit=MOST), asked, lambda each: each.customer_id)
    return BelongingPage(items=[BelongingOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/organisations", auth=READ, response=answers(CustomerPage), summary="List organisations")
def list_organisations(request: HttpRequest, asked: Query[Listed]) -> CustomerPage:
    """Organisations that one may see, newest first; `met` is the number of people known in them."""
    page = organisations.list_organisations(viewer_of(request), asked.cursor, limit=asked.limit)
    return CustomerPage(items=[CustomerRow.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@router.post(
    "/customers/{customer_id}/link",
    auth=WRITE,
    response=answers(DoneOut, 404, 409, body=True),
    summary="Say that two customers are one",
)
@once()
def link(request: HttpRequest, path: Path[OneCustomer], body: LinkIn) -> DoneOut:
    """Every record keeps what it says; the decision can be undone, and both are as they were."""
    made = actions.link_customers(
        viewer_of(request), body.other_id, into_id=path.customer_id, reason=body.reason, now=clock.now()
    )
    return DoneOut(decision_id=str(made[0]), customer_id=str(path.customer_id))


@router.post(
    "/customers/{customer_id}/unlink",
    auth=WRITE,
    response=answers(DoneOut, 404, 409, body=True),
    summary="Say that a record is somebody else's",
)
@once()
def unlink(request: HttpRequest, path: Path[OneCustomer], body: UnlinkIn) -> DoneOut:
    """Both are as they were, with what arrived meanwhile on the right side. No rule and no model links them again."""
    viewer = viewer_of(request)
    found = customers.get_customer(viewer, path.customer_id)
    if body.record_id not in {record.id for record in found.records}:
        raise InvalidError(_("This record is not with this customer."), "record_id")
    made = actions.unlink(viewer, body.record_id, reason=body.reason, now=clock.now())
    return DoneOut(decision_id=str(made), customer_id=str(path.customer_id))


@router.post(
    "/link-decisions/{decision_id}/undo",
    auth=WRITE,
    response=answers(None, 404, 409, status=204),
    summary="Take a person's decision back",
)
def undo(request: HttpRequest, path: Path[OneDecision]) -> HttpResponse:
    """With everything that was decided in the same act. 409 when somebody has said something else about the same records since."""
    actions.undo_decision(viewer_of(request), path.decision_id, now=clock.now())
    return HttpResponse(status=204)


def _attribute(found: Attribute) -> AttributeOut:
    return AttributeOut(
        field=found.field, is_disputed=found.is_disputed, values=[_value(each) for each in (found.best, *found.others)]
    )


def _value(found: Value) -> ValueOut:
    return ValueOut.model_validate(found)


def contributions(fields: list[dict[str, Any]]) -> list[ContributionOut]:
    """What each field says, as a decision's evidence has it."""
    return [
        ContributionOut(
            field=str(each.get("field", "")),
            level=str(each.get("level", "")),
            weight=float(each.get("weight") or 0.0),
            left=str(each.get("left") or ""),
            right=str(each.get("right") or ""),
        )
        for each in fields
    ]


def _decision(found: Link) -> DecisionOut:
    return DecisionOut(
        id=str(found.id),
        record_id=str(found.record_id),
        other_id=str(found.other_id),
        verdict=found.verdict,
        weight=found.weight,
        rule=found.rule,
        person=found.person,
        at=found.at,
        reason=str(found.evidence.get("reason", "")),
        reverts_id=None if found.reverts_id is None else str(found.reverts_id),
        stands=found.stands,
        contributions=contributions(found.fields),
    )
