"""Requests, for leads and administrators; and how long things are kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from midchannel.middle.consents import states
from midchannel.middle.consents.errors import MayNotHandleRightsError, RequestNotFoundError
from midchannel.middle.consents.models import RequestState, RetentionRule, RightsRequest
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request as the pages show it. `answer` is the certificate of an erasure."""

    id: int
    kind: str
    state: str
    customer_id: int
    with_internal: bool
    opened_at: datetime
    opened_by: str
    due_on: date
    run_at: datetime
    settled_at: datetime | None
    progress: dict[str, Any]
    answer: dict[str, Any] | None
    file: str
    expires_at: datetime | None
    reason: str

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in states.OPEN

    @property
    def can_withdraw(self) -> bool:
        """Whether it can still be taken back."""
        return self.state in {RequestState.WAITING, RequestState.STOPPED}

    def is_late(self, today: date) -> bool:
        """Whether the month is over and it is still open."""
        return self.is_open and self.due_on < today


def list_requests(viewer: Viewer, cursor: str | None = None, *, limit: int = 50) -> Page[RequestDetail]:
    """Every request, newest first. Raises MayNotHandleRightsError."""
    _check(viewer)
    limit = check_limit(limit)
    keys = decode_cursor(cursor, int)
    rows = RightsRequest.objects.order_by("-pk")
    if keys:
        rows = rows.filter(pk__lt=keys[0])
    return cut([_detail(row) for row in rows[: limit + 1]], limit, lambda row: (row.id,))


def list_requests_of(viewer: Viewer, customer_id: int) -> list[RequestDetail]:
    """The requests of one customer, newest first; empty for those who may not handle rights.

    Those too that were asked when some of their records were a customer of their own, whose number is a record's.
    """
    if not viewer.is_lead:
        return []
    records = fetch("SELECT id FROM source_record WHERE customer_id = %s", [customer_id])
    theirs = {customer_id, *(identifier for (identifier,) in records)}
    return [_detail(row) for row in RightsRequest.objects.filter(customer_id__in=theirs).order_by("-pk")[:20]]


def list_open_requests() -> list[RequestDetail]:
    """What is still to be answered, the most urgent first; for the terminal, whose user owns the data."""
    return [_detail(row) for row in RightsRequest.objects.filter(state__in=states.OPEN).order_by("due_on", "pk")]


def get_request(viewer: Viewer, request_id: int) -> RequestDetail:
    """One request. Raises MayNotHandleRightsError, RequestNotFoundError."""
    _check(viewer)
    row = RightsRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise RequestNotFoundError
    return _detail(row)


def get_retention_days(kind: str) -> int | None:
    """How many days things of a kind are kept; None when no rule limits it."""
    return RetentionRule.objects.filter(kind=kind, is_on=True).values_list("days", flat=True).first()


def list_retention_rules() -> dict[str, RetentionRule]:
    """The rules somebody has set, by kind; on or off."""
    return {rule.kind: rule for rule in RetentionRule.objects.all()}


def _check(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise MayNotHandleRightsError


def _detail(row: RightsRequest) -> RequestDetail:
    return RequestDetail(
        row.pk,
        row.kind,
        row.state,
        row.customer_id,
        row.with_internal,
        row.opened_at,
        row.opened_by_name,
        row.due_on,
        row.run_at,
        row.settled_at,
        row.progress,
        row.answer,
        row.file,
        row.expires_at,
        row.reason,
    )
