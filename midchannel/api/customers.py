"""Customers: list, search, one, and their timeline."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.operations import answers
from midchannel.api.shapes import AnyId, Asked, Id, Line, Listed, Out, PageOut
from midchannel.middle.conversations.queries.behaviour import Visit
from midchannel.middle.conversations.queries.people import Spoken
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import Record
from midchannel.platform import clock
from midchannel.usecases import timeline

router = Router(tags=["Customers"])
READ = Right("read:customers")


class CustomerRow(Out):
    """A customer in a list. `network` and `address` are those of their first handle."""

    id: Id
    name: str
    kind: str = Field(description="person or organisation")
    network: str
    address: str
    handles: int = Field(description="How many handles are theirs.")
    last_at: datetime = Field(description="When they were last heard, or first met.")
    met: str = Field(description="What a search met.")


class CustomerPage(PageOut):
    """A page of customers."""

    items: list[CustomerRow]


class IdentifierOut(Out):
    """Something that names a person beyond one network."""

    type: str
    value: str
    verified: bool


class WhyOut(Out):
    """Why a record belongs to this customer: the rule or the person who decided, and when."""

    id: Id
    rule: str
    person: str
    at: datetime
    can_undo: bool


class RecordOut(Out):
    """What one source says about the customer, and why it is linked to them."""

    id: Id
    source: str
    name: str
    handle_id: Id | None
    network: str
    address: str
    url: str
    blocked_at: datetime | None
    identifiers: list[IdentifierOut]
    why: WhyOut | None


class CustomerOut(Out):
    """A customer: the source records that make them up. Nothing is merged."""

    id: Id
    kind: str
    name: str
    first_seen_at: datetime
    records: list[RecordOut]


class SpokenOut(Out):
    """One thing a customer said or did, or that was answered."""

    id: Id
    at: datetime
    is_ours: bool
    kind: str
    text: str
    subject: str
    network: str
    channel_name: str
    conversation_id: Id | None = Field(description="Null when it is in no conversation: a like, an order.")
    audience: str
    author_name: str = Field(description="The colleague's, for what was answered here.")
    is_overheard: bool
    is_edited: bool
    is_deleted: bool


class TimelinePage(PageOut):
    """A page of a timeline, the newest first. It may hold less than `limit` although there is more: go by `next_cursor`."""

    items: list[SpokenOut]


class Wanted(Listed):
    """Which customers."""

    text: Line | None = Field(
        default=None,
        description="Words of a name (the last may be unfinished), or the beginning of an address or identifier.",
    )


class OneCustomer(Asked):
    """Which customer."""

    customer_id: AnyId


@router.get("/customers", auth=READ, response=answers(CustomerPage), summary="List or search customers")
def list_customers(request: HttpRequest, asked: Query[Wanted]) -> CustomerPage:
    """The customers behind the conversations one may see, whoever was in touch last first; with `text`, those it means."""
    viewer = viewer_of(request)
    if asked.text is None:
        page = customers.list_customers(viewer, asked.cursor, limit=asked.limit)
    else:
        page = customers.find_customers(viewer, asked.text, asked.cursor, limit=asked.limit)
    return CustomerPage(items=[CustomerRow.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/customers/{customer_id}", auth=READ, response=answers(CustomerOut, 404), summary="Get a customer")
def get_customer(request: HttpRequest, path: Path[OneCustomer]) -> CustomerOut:
    """One customer with their handles and the reason each is linked."""
    found = customers.get_customer(viewer_of(request), path.customer_id)
    return CustomerOut(
        id=str(found.id),
        kind=found.kind,
        name=found.name,
        first_seen_at=found.first_seen_at,
        records=[_record(record) for record in found.records],
    )


def _record(record: Record) -> RecordOut:
    return RecordOut.model_validate(record)


@router.get(
    "/customers/{customer_id}/timeline",
    auth=READ,
    response=answers(TimelinePage, 404),
    summary="Get a customer's timeline",
)
def get_timeline(request: HttpRequest, path: Path[OneCustomer], asked: Query[Listed]) -> TimelinePage:
    """What they said and did over all channels, and what was answered; nothing internal."""
    page = timeline.get_timeline(viewer_of(request), path.customer_id, asked.cursor, now=clock.now(), limit=asked.limit)
    spoken = [item.spoken or _visited(item.visit) for item in page.items if item.spoken or item.visit]
    return TimelinePage(items=[SpokenOut.model_validate(each) for each in spoken], next_cursor=page.next_cursor)


def _visited(visit: Visit | None) -> Spoken:
    """A visit as one entry: what was looked at, in order."""
    if visit is None:  # an entry is one or the other
        raise ValueError("an empty entry of a timeline")
    return Spoken(
        id=visit.id,
        at=visit.at,
        is_ours=False,
        kind="visit",
        text=" · ".join(dict.fromkeys(step.what for step in reversed(visit.steps) if step.what)),
        subject="",
        network=visit.network,
        channel_name=visit.channel_name,
        conversation_id=None,
        audience="",
    )
