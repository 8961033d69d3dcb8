"""Channels: list, get, open, and the tokens of those that are pushed to us; queues and people, to hand work to."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from pydantic import BeforeValidator, Field, WithJsonSchema

from midchannel.api.access import Right, caller_of, viewer_of
from midchannel.api.operations import answers, created, once
from midchannel.api.shapes import NO_NUL, WORDS, AnyId, Asked, Id, In, Listed, Out, PageOut, SmallId, cut
from midchannel.inside.service import queries as service
from midchannel.insight.outcomes import definitions
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries, registry
from midchannel.outside.channels.actions.opening import MAX_NAME
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts import rules
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.usecases import open_channel
from midchannel.usecases.open_channel import Goal

router = Router(tags=["Channels"])
READ = Right("read:channels")
WRITE = Right("write:channels")
ANY = Right()
Measure = Literal["contacts", "messages", "first_answer", "resolution", "loop_closure"]
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _read_day(value: Any) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("A day is written as 2026-12-31.")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"})]


class ChannelOut(Out):
    """A channel. `health` is ok, failing, paused or closed; `health_reason` is a sentence for whoever wants to write."""

    id: Id
    network: str
    name: str
    purpose: str
    address: str
    can_send: bool
    is_public: bool
    is_usable: bool = Field(description="Whether a reply can go out through it now.")
    health: str
    health_reason: str
    queue_id: Id | None
    created_at: datetime
    closed_at: datetime | None
    last_at: datetime | None = Field(description="When something came in last.")


class ChannelPage(PageOut):
    """A page of channels, by name."""

    items: list[ChannelOut]


class GoalIn(In):
    """What the channel is to make true: a measure, its value, and the day."""

    measure: Measure = Field(
        description="contacts and messages a week; first_answer and resolution in seconds; loop_closure as a share"
    )
    target: float = Field(ge=0, le=1e11)
    due_on: Day
    note: Annotated[str, Field(pattern=NO_NUL, max_length=1000)] = ""


class ChannelIn(In):
    """What to open. Networks that need an account are connected and tested in the browser."""

    network: Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=50)] = Field(
        description="collector, telephone or simulator"
    )
    name: Annotated[str, Field(pattern=WORDS, max_length=MAX_NAME)]
    purpose: Annotated[str, Field(pattern=NO_NUL, max_length=2000)] = ""
    queue_id: AnyId | None = Field(default=None, description="Where its work goes; the first queue when left out.")
    goal: GoalIn | None = None


class OpenedOut(Out):
    """The new channel and how it was before it. `token` (for the collector) is shown this once."""

    channel_id: Id
    token: str
    baseline_contacts: int = Field(description="Conversations in the thirteen weeks before.")
    baseline_is_none: bool


class TokenOut(Out):
    """A channel's token, without its secret."""

    id: Id
    created_at: datetime
    revoked_at: datetime | None


class TokenPage(PageOut):
    """A page of tokens, newest first."""

    items: list[TokenOut]


class IssuedOut(Out):
    """A new token; it is shown this once."""

    token_id: Id
    token: str


class QueueOut(Out):
    """A queue, and the team that works on it."""

    id: Id
    name: str
    team_id: Id
    team_name: str
    first_answer_seconds: int | None
    resolution_seconds: int | None
    is_mine: bool


class QueuePage(PageOut):
    """A page of queues, by name."""

    items: list[QueueOut]


class PersonOut(Out):
    """A colleague. `mention` is the name behind the @."""

    id: Id
    name: str
    mention: str
    role: str
    is_active: bool


class PersonPage(PageOut):
    """A page of colleagues, by name."""

    items: list[PersonOut]


class MeOut(Out):
    """Whose eyes this token has, and what it may do."""

    user_id: Id
    name: str
    role: str
    rights: list[str]


class Which(Listed):
    """Which channels."""

    with_closed: bool = False


class OneChannel(Asked):
    """Which channel."""

    channel_id: SmallId


class OneToken(OneChannel):
    """Which token."""

    token_id: AnyId


@router.get("/channels", auth=READ, response=answers(ChannelPage), summary="List channels")
def list_channels(request: HttpRequest, asked: Query[Which]) -> ChannelPage:
    """The channels whose work one sees, by name."""
    found = queries.list_channels(viewer_of(request), with_closed=asked.with_closed)
    page = cut(found, asked, lambda channel: channel.id)
    return ChannelPage(items=[ChannelOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/channels/{channel_id}", auth=READ, response=answers(ChannelOut, 404), summary="Get a channel")
def get_channel(request: HttpRequest, path: Path[OneChannel]) -> ChannelOut:
    """One channel."""
    return ChannelOut.model_validate(queries.get_channel(viewer_of(request), path.channel_id))


@router.post(
    "/channels",
    auth=WRITE,
    response=answers(OpenedOut, 404, 409, status=201, body=True),
    summary="Open a channel",
)
@once()
def open_one(request: HttpRequest, body: ChannelIn) -> HttpResponse:
    """For administrators. Its baseline is frozen as it is opened, so that what it brings can be told from what was there."""
    viewer = viewer_of(request)
    rules.check_administrator(viewer)
    if body.network not in registry.PUSHED and not registry.has_box(body.network):
        raise InvalidError(_("Channels of this network are connected in the browser: Settings, Channels."), "network")
    if body.queue_id is not None:
        service.get_queue(viewer, body.queue_id)
    opened = open_channel.open_channel(
        viewer,
        network=body.network,
        name=body.name,
        purpose=body.purpose,
        queue_id=body.queue_id,
        goal=_goal(body.goal),
        now=clock.now(),
    )
    shown = OpenedOut(
        channel_id=str(opened.channel_id),
        token=opened.token,
        baseline_contacts=opened.baseline.contacts,
        baseline_is_none=opened.baseline.is_none,
    )
    return created(shown, f"/api/v1/channels/{opened.channel_id}")


def _goal(goal: GoalIn | None) -> Goal | None:
    if goal is None:
        return None
    if goal.measure not in definitions.GOALS:
        raise InvalidError(_("There is no goal on this measure."), "goal.measure")
    return Goal(goal.measure, goal.target, goal.due_on, goal.note)


@router.get(
    "/channels/{channel_id}/tokens", auth=READ, response=answers(TokenPage, 404), summary="List a channel's tokens"
)
def list_tokens(request: HttpRequest, path: Path[OneChannel], asked: Query[Listed]) -> TokenPage:
    """For administrators. Without their secrets, which nobody can see again."""
    page = cut(_tokens(request, path.channel_id), asked, lambda token: token.id)
    return TokenPage(items=[TokenOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


def _tokens(request: HttpRequest, channel_id: int) -> list[queries.TokenRow]:
    viewer = viewer_of(request)
    rules.check_administrator(viewer)
    queries.get_channel(viewer, channel_id)
    return queries.list_tokens(viewer, channel_id)


@router.post(
    "/channels/{channel_id}/tokens",
    auth=WRITE,
    response=answers(IssuedOut, 400, 404, 409, status=201),
    summary="Issue a channel's token",
)
@once()
def issue_token(request: HttpRequest, path: Path[OneChannel]) -> HttpResponse:
    """For administrators. Older ones stay valid until they are revoked, so that senders can change over."""
    viewer = viewer_of(request)
    rules.check_administrator(viewer)
    if queries.get_channel(viewer, path.channel_id).network not in registry.PUSHED:
        raise InvalidError(_("Only a channel that is pushed to us has tokens."), "channel_id")
    issued = channels.issue_token(path.channel_id, by=viewer.actor, now=clock.now())
    return created(IssuedOut.model_validate(issued), f"/api/v1/channels/{path.channel_id}/tokens")


@router.delete(
    "/channels/{channel_id}/tokens/{token_id}",
    auth=WRITE,
    response=answers(None, 404, status=204),
    summary="Revoke a channel's token",
)
def revoke_token(request: HttpRequest, path: Path[OneToken]) -> HttpResponse:
    """For administrators. It is worthless at once."""
    if not any(each.id == path.token_id and each.revoked_at is None for each in _tokens(request, path.channel_id)):
        raise NotFoundError(_("This channel has no such token, or it was revoked already."))
    channels.revoke_token(path.token_id, by=viewer_of(request).actor, now=clock.now())
    return HttpResponse(status=204)


@router.get(
    "/queues",
    auth=Right("read:conversations"),
    response=answers(QueuePage),
    summary="List queues",
    tags=["Conversations"],
)
def list_queues(request: HttpRequest, asked: Query[Listed]) -> QueuePage:
    """All queues by name, since work may be handed to any."""
    page = cut(service.list_queues(viewer_of(request)), asked, lambda queue: queue.id)
    return QueuePage(items=[QueueOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get(
    "/people",
    auth=Right("read:conversations"),
    response=answers(PersonPage),
    summary="List colleagues",
    tags=["Conversations"],
)
def list_people(request: HttpRequest, asked: Query[Listed]) -> PersonPage:
    """Everybody of the company, by name."""
    page = cut(accounts.list_people(viewer_of(request)), asked, lambda person: person.id)
    return PersonPage(items=[PersonOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/me", auth=ANY, response=answers(MeOut), summary="Whose token this is", tags=["Token"])
def get_me(request: HttpRequest) -> MeOut:
    """Whose eyes this token has, and what it may do."""
    caller = caller_of(request)
    viewer = caller.viewer
    return MeOut(user_id=str(viewer.user_id), name=viewer.name, role=viewer.role, rights=sorted(caller.rights))
