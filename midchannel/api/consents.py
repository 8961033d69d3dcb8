"""Consent and rights: what customers allowed, and what they asked of the company."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.customers import OneCustomer
from midchannel.api.operations import answers, created, once
from midchannel.api.shapes import NO_NUL, WORDS, AnyId, Asked, Id, In, Listed, Out, PageOut, Time
from midchannel.middle.consents import actions, queries
from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.queries import ConsentLine, RequestDetail
from midchannel.middle.consents.rules import Standing
from midchannel.middle.customers import queries as customers
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError

router = Router(tags=["Consent and rights"])
READ = Right("read:customers")
WRITE = Right("write:consents")
READ_RIGHTS = Right("read:rights")
WRITE_RIGHTS = Right("write:rights")
PurposeName = Literal["service", "marketing", "profiling", "location", "sharing"]
Said = Literal["granted", "withdrawn"]


class StandingOut(Out):
    """What holds, and why: default (nobody said anything), said, restrictive (one no among several), confirmed (by a person)."""

    network: str = Field(description="Empty: in general.")
    is_allowed: bool
    why: str


class StatementOut(Out):
    """What a source record said, with its proof."""

    id: Id
    record_id: Id
    network: str
    state: str = Field(description="granted or withdrawn")
    is_confirmation: bool
    how: str
    proof: dict[str, Any]
    said_at: datetime
    by: str
    is_standing: bool = Field(description="What holds rests on it.")


class PurposeOut(Out):
    """One purpose: what holds in general and on each network somebody spoke of, and what was said, newest first."""

    purpose: str
    basis: str = Field(description="What it rests on while nobody said anything: article 6 of the GDPR.")
    holds: list[StandingOut]
    said: list[StatementOut]


class ConsentsOut(Out):
    """Every purpose there is."""

    items: list[PurposeOut]


class SayIn(In):
    """What a customer allowed, or does not allow any more; a later statement says otherwise, none is ever changed."""

    record_id: AnyId
    purpose: PurposeName
    state: Said
    network: Annotated[str, Field(pattern=NO_NUL, max_length=100)] = Field(default="", description="Empty: on any.")
    how: Annotated[str, Field(pattern=WORDS, max_length=80)] = Field(
        default="said", description="Such as form, mail, telephone."
    )
    words: Annotated[str, Field(pattern=NO_NUL, max_length=500)] = Field(
        default="", description="The proof: their words, or where they are kept."
    )
    said_at: Time | None = Field(default=None, description="Now when left out.")


class SaidOut(Out):
    """What was written down; null when it was already."""

    id: Id | None


class ConfirmIn(In):
    """What holds for all records of a customer together, as a person decided."""

    purpose: PurposeName
    state: Said


class RequestOut(Out):
    """A request. An export is fetched in the browser; `certificate` is the signed answer to an erasure."""

    id: Id
    kind: str = Field(description="access or erasure")
    state: str = Field(description="waiting, stopped, working, cleaning, ready, done, expired or withdrawn")
    customer_id: Id
    with_internal: bool
    opened_at: datetime
    opened_by: str
    due_on: date = Field(description="By when it has to be answered: a month (GDPR, article 12).")
    run_at: datetime = Field(description="When it begins, or goes on.")
    settled_at: datetime | None
    expires_at: datetime | None
    certificate: dict[str, Any] | None


class RequestPage(PageOut):
    """A page of requests, newest first."""

    items: list[RequestOut]


class RequestIn(In):
    """What is asked. An erasure begins after a day, in which it can be withdrawn; that it begins at once, only a person can say."""

    kind: Literal["access", "erasure"]
    with_internal: bool = Field(default=False, description="Of an access: with what colleagues wrote about them.")


class OneRequest(Asked):
    """Which request."""

    request_id: AnyId


@router.get(
    "/customers/{customer_id}/consents",
    auth=READ,
    response=answers(ConsentsOut, 404),
    summary="What a customer allowed",
)
def list_consents(request: HttpRequest, path: Path[OneCustomer]) -> ConsentsOut:
    """What holds for every purpose, why, and every statement with its proof."""
    found = queries.get_consents(viewer_of(request), path.customer_id)
    return ConsentsOut(items=[_purpose(each) for each in found])


@router.post(
    "/customers/{customer_id}/consents",
    auth=WRITE,
    response=answers(SaidOut, 404, 409, body=True),
    summary="Write down what a customer allowed",
)
@once()
def say(request: HttpRequest, path: Path[OneCustomer], body: SayIn) -> SaidOut:
    """It is a record's word, with its proof. The same statement twice is one."""
    viewer = viewer_of(request)
    found = customers.get_customer(viewer, path.customer_id)
    if body.record_id not in {record.id for record in found.records}:
        raise InvalidError(_("This record is not with this customer."), "record_id")
    made = actions.record_consent(
        viewer,
        body.record_id,
        purpose=body.purpose,
        state=body.state,
        how=body.how,
        network=body.network,
        proof={"words": body.words} if body.words else {},
        said_at=body.said_at,
        now=clock.now(),
    )
    return SaidOut(id=None if made is None else str(made))


@router.post(
    "/customers/{customer_id}/consents/confirm",
    auth=WRITE,
    response=answers(SaidOut, 404, 409, body=True),
    summary="Confirm what holds for a customer",
)
@once()
def confirm(request: HttpRequest, path: Path[OneCustomer], body: ConfirmIn) -> SaidOut:
    """Where their records said different things. Taken apart, each has its own again. 409 when nobody has said anything."""
    made = actions.confirm(
        viewer_of(request),
        path.customer_id,
        purpose=body.purpose,
        state=body.state,
        how="confirmed",
        now=clock.now(),
    )
    return SaidOut(id=str(made))


@router.get("/rights-requests", auth=READ_RIGHTS, response=answers(RequestPage), summary="List requests")
def list_requests(request: HttpRequest, asked: Query[Listed]) -> RequestPage:
    """What people asked of the company: to see what it holds, or to be erased. For leads and administrators."""
    page = queries.list_requests(viewer_of(request), asked.cursor, limit=asked.limit)
    return RequestPage(items=[_request(each) for each in page.items], next_cursor=page.next_cursor)


@router.get(
    "/rights-requests/{request_id}", auth=READ_RIGHTS, response=answers(RequestOut, 404), summary="Get a request"
)
def get_request(request: HttpRequest, path: Path[OneRequest]) -> RequestOut:
    """One request: how far it is, and its certificate."""
    return _request(queries.get_request(viewer_of(request), path.request_id))


@router.post(
    "/customers/{customer_id}/rights-requests",
    auth=WRITE_RIGHTS,
    response=answers(RequestOut, 404, 409, status=201, body=True),
    summary="Open a request for a customer",
)
@once()
def open_request(request: HttpRequest, path: Path[OneCustomer], body: RequestIn) -> HttpResponse:
    """One of the same kind that is open already is given back."""
    viewer = viewer_of(request)
    made = requesting.open_request(
        viewer, path.customer_id, kind=body.kind, with_internal=body.with_internal, now=clock.now()
    )
    return created(_request(queries.get_request(viewer, made)), f"/api/v1/rights-requests/{made}")


@router.post(
    "/rights-requests/{request_id}/withdraw",
    auth=WRITE_RIGHTS,
    response=answers(None, 404, 409, status=204),
    summary="Withdraw a request",
)
def withdraw(request: HttpRequest, path: Path[OneRequest]) -> HttpResponse:
    """While nothing was removed for it; 409 after that."""
    requesting.withdraw(viewer_of(request), path.request_id, now=clock.now())
    return HttpResponse(status=204)


def _purpose(line: ConsentLine) -> PurposeOut:
    return PurposeOut(
        purpose=str(line.purpose),
        basis=line.basis,
        holds=[_standing(network, each) for network, each in (("", line.standing), *line.networks)],
        said=[StatementOut.model_validate(each) for each in line.rows],
    )


def _standing(network: str, found: Standing) -> StandingOut:
    return StandingOut(network=network, is_allowed=found.is_allowed, why=found.kind)


def _request(found: RequestDetail) -> RequestOut:
    return RequestOut(
        id=str(found.id),
        kind=found.kind,
        state=found.state,
        customer_id=str(found.customer_id),
        with_internal=found.with_internal,
        opened_at=found.opened_at,
        opened_by=found.opened_by,
        due_on=found.due_on,
        run_at=found.run_at,
        settled_at=found.settled_at,
        expires_at=found.expires_at,
        certificate=found.answer,
    )
