"""Arrivals: whether everything that came is accounted for, what is parked, and replay."""

import base64
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.operations import answers
from midchannel.api.shapes import AnyId, Asked, Id, In, Listed, Out, PageOut, SmallId, cut
from midchannel.outside.channels import queries as channels
from midchannel.platform import clock
from midchannel.platform.accounts import rules
from midchannel.usecases import replay

router = Router(tags=["Arrivals"])
READ = Right("read:arrivals")
WRITE = Right("write:arrivals")
Code = Annotated[str, Field(pattern=r"^[a-z0-9_-]*$", max_length=100)]


class ArrivalCountOut(Out):
    """A channel's equation, counted per delivery: received = applied + duplicate + parked + waiting. `holds` is the promise."""

    channel_id: Id
    name: str
    network: str
    is_closed: bool
    received: int
    applied: int
    duplicate: int
    parked: int
    waiting: int
    missing: int
    holds: bool
    oldest_waiting_at: datetime | None
    last_at: datetime | None


class ArrivalPage(PageOut):
    """A page of channels' equations, by name."""

    items: list[ArrivalCountOut]


class ParkedOut(Out):
    """What could not be applied: kept whole, with the reason."""

    id: Id
    channel_id: Id
    channel_name: str
    code: str
    reason: str
    arrived_at: datetime
    size_bytes: int


class ParkedPage(PageOut):
    """A page of what is parked, newest first."""

    items: list[ParkedOut]


class ParkedWholeOut(ParkedOut):
    """What is parked, with its bytes as they came; also after it was replayed."""

    raw_base64: str
    replayed_at: datetime | None
    outcome: str


class ReplayedOneOut(Out):
    """What became of it: accepted, duplicate, edit, or parked again with the reason."""

    outcome: str
    external_id: str
    code: str
    reason: str


class ReplayedOut(Out):
    """What became of many; `has_more` when there are more to try."""

    accepted: int
    duplicate: int
    parked: int
    has_more: bool


class Which(Listed):
    """Which of what is parked."""

    channel_id: SmallId | None = None
    code: Code = ""


class WhichIn(In):
    """Which of what is parked is to be tried again; all when left out."""

    channel_id: SmallId | None = None
    code: Code = ""


class OneParked(Asked):
    """Which one."""

    parked_id: AnyId


@router.get("/arrivals", auth=READ, response=answers(ArrivalPage), summary="Count what arrived")
def count_arrivals(request: HttpRequest, asked: Query[Listed]) -> ArrivalPage:
    """For leads and administrators: each channel's equation, all at one moment."""
    viewer = viewer_of(request)
    rules.check_lead(viewer)
    page = cut(channels.count_arrivals(viewer), asked, lambda count: count.channel_id)
    return ArrivalPage(
        items=[ArrivalCountOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor
    )


@router.get("/arrivals/parked", auth=READ, response=answers(ParkedPage), summary="List what is parked")
def list_parked(request: HttpRequest, asked: Query[Which]) -> ParkedPage:
    """For leads and administrators, newest first."""
    viewer = viewer_of(request)
    rules.check_lead(viewer)
    page = channels.list_parked(viewer, asked.channel_id, asked.cursor, code=asked.code, limit=asked.limit)
    return ParkedPage(items=[ParkedOut.model_validate(row) for row in page.items], next_cursor=page.next_cursor)


@router.post(
    "/arrivals/parked/replay", auth=WRITE, response=answers(ReplayedOut, body=True), summary="Replay what is parked"
)
def replay_all(request: HttpRequest, body: WhichIn) -> ReplayedOut:
    """For leads and administrators: try again all of one channel, of one reason, or everything; at most 500 at once."""
    done = replay.replay_all(viewer_of(request), channel_id=body.channel_id, code=body.code, now=clock.now())
    return ReplayedOut.model_validate(done)


@router.get(
    "/arrivals/parked/{parked_id}", auth=READ, response=answers(ParkedWholeOut, 404), summary="Get what is parked"
)
def get_parked(request: HttpRequest, path: Path[OneParked]) -> ParkedWholeOut:
    """For leads and administrators: one document, whole."""
    viewer = viewer_of(request)
    rules.check_lead(viewer)
    found = channels.get_parked(viewer, path.parked_id)
    return ParkedWholeOut(
        **dict(ParkedOut.model_validate(found.row)),
        raw_base64=base64.b64encode(found.raw).decode(),
        replayed_at=found.replayed_at,
        outcome=found.outcome,
    )


@router.post(
    "/arrivals/parked/{parked_id}/replay", auth=WRITE, response=answers(ReplayedOneOut, 404), summary="Replay one"
)
def replay_one(request: HttpRequest, path: Path[OneParked]) -> ReplayedOneOut:
    """For leads and administrators: try it again after what kept it was mended. It stays parked when that fails."""
    outcome = replay.replay(viewer_of(request), path.parked_id, now=clock.now())
    return ReplayedOneOut(
        outcome=outcome.outcome.name.lower(),
        external_id=outcome.external_id,
        code=outcome.code,
        reason=outcome.reason,
    )
