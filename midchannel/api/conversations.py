"""Conversations: list, get, start; claim, release, assign, snooze, resolve, reopen, spam."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.messages import OneConversation, SentOut, Text, sent
from midchannel.api.operations import JSON, answers, client_key, once
from midchannel.api.shapes import NO_NUL, WORDS, AnyId, Id, In, Listed, Out, PageOut, SmallId, Time
from midchannel.middle.conversations import actions, queries
from midchannel.middle.conversations.queries import ConversationDetail
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.usecases import reassign, start_conversation

router = Router(tags=["Conversations"])
READ = Right("read:conversations")
WRITE = Right("write:conversations")
View = Literal["mine", "unassigned", "open", "waiting_longest", "pressing", "waiting", "snoozed", "resolved", "spam"]


class ConversationRow(Out):
    """A conversation. `last_message_id` and `last_in_id` are what a reply has to have seen."""

    id: Id
    state: str = Field(description="open, waiting, snoozed, resolved or spam")
    audience: str = Field(description="public, private or partner")
    subject: str
    snippet: str
    channel_id: Id
    channel_name: str
    network: str
    customer_id: Id | None
    customer_name: str
    handle_address: str
    is_blocked: bool
    queue_id: Id | None
    owner_id: Id | None
    owner_name: str
    last_message_id: Id
    last_in_id: Id | None
    last_at: datetime
    last_direction: str = Field(description="Who spoke last: in or out")
    opened_at: datetime
    waiting_since: datetime | None
    first_answer_due_at: datetime | None
    first_answered_at: datetime | None
    resolution_due_at: datetime | None
    resolved_at: datetime | None
    snoozed_until: datetime | None
    is_unread: bool


class ConversationPage(PageOut):
    """A page of conversations."""

    items: list[ConversationRow]


class ParticipantOut(Out):
    """Somebody from outside who may see what is private here."""

    handle_id: Id
    address: str
    name: str
    customer_id: Id | None


class ConversationOut(ConversationRow):
    """A conversation, whole but for its messages."""

    opened_by_us: bool
    joined_into_id: Id | None = Field(description="The conversation that its messages moved to.")
    participants: list[ParticipantOut]
    moves: list[str] = Field(description="The states it may be moved to.")


class CountsOut(Out):
    """How many conversations each view holds, counted up to 100."""

    mine: int
    unassigned: int
    open: int
    waiting_longest: int
    pressing: int
    waiting: int
    snoozed: int
    resolved: int
    spam: int


class Wanted(Listed):
    """Which conversations."""

    view: View = "open"
    queue_id: AnyId | None = None
    channel_id: SmallId | None = None


class StartIn(In):
    """What to say first, to whom, and where."""

    channel_id: SmallId
    address: Annotated[str, Field(pattern=WORDS, max_length=start_conversation.MAX_ADDRESS)]
    subject: Annotated[str, Field(pattern=NO_NUL, max_length=start_conversation.MAX_SUBJECT)] = ""
    text: Text


class AssignIn(In):
    """To a colleague, to a queue, or to a colleague in a queue."""

    owner_id: AnyId | None = None
    queue_id: AnyId | None = None


class SnoozeIn(In):
    """Until when."""

    until: Time


@router.get("/conversations", auth=READ, response=answers(ConversationPage), summary="List conversations")
def list_conversations(request: HttpRequest, asked: Query[Wanted]) -> ConversationPage:
    """A page of one view, newest word first (`waiting_longest`: longest wait first, `pressing`: what presses most)."""
    page = queries.list_conversations(
        viewer_of(request),
        view=asked.view,
        queue_id=asked.queue_id,
        channel_id=asked.channel_id,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return ConversationPage(
        items=[ConversationRow.model_validate(row) for row in page.items], next_cursor=page.next_cursor
    )


@router.get("/conversations/counts", auth=READ, response=answers(CountsOut), summary="Count conversations by view")
def count_conversations(request: HttpRequest) -> CountsOut:
    """How many each view holds, counted up to 100."""
    return CountsOut(**queries.count_views(viewer_of(request)))


@router.get(
    "/conversations/{conversation_id}", auth=READ, response=answers(ConversationOut, 404), summary="Get a conversation"
)
def get_conversation(request: HttpRequest, path: Path[OneConversation]) -> ConversationOut:
    """One conversation. Its messages have an address of their own."""
    return _out(queries.get_conversation(viewer_of(request), path.conversation_id))


def _out(detail: ConversationDetail) -> ConversationOut:
    shown = ConversationRow.model_validate(detail.row)
    return ConversationOut(
        **dict(shown),
        opened_by_us=detail.opened_by_us,
        joined_into_id=None if detail.joined_into_id is None else str(detail.joined_into_id),
        participants=[ParticipantOut.model_validate(each) for each in detail.participants],
        moves=list(detail.moves),
    )


@router.post(
    "/conversations",
    auth=WRITE,
    response=answers(SentOut, 404, 409, status=201, body=True),
    summary="Start a conversation",
)
@once(is_required=True)
def start(request: HttpRequest, body: StartIn) -> HttpResponse:
    """Write to somebody first. It is one's own conversation and waits for the customer."""
    result = start_conversation.start(
        viewer_of(request),
        channel_id=body.channel_id,
        address=body.address,
        subject=body.subject,
        text=body.text,
        client_key=client_key(request),
        now=clock.now(),
    )
    return sent(result)


Action = Callable[..., object]


def _move(request: HttpRequest, conversation_id: int, action: Action, **how: Any) -> HttpResponse:
    """Do it, and show the conversation as it is now; 204 when it is out of one's sight by that."""
    viewer = viewer_of(request)
    action(viewer, conversation_id, now=clock.now(), **how)
    return _shown(viewer, conversation_id)


def _shown(viewer: Viewer, conversation_id: int) -> HttpResponse:
    try:
        detail = queries.get_conversation(viewer, conversation_id)
    except NotFoundError:
        return HttpResponse(status=204)
    return HttpResponse(_out(detail).model_dump_json(), content_type=JSON)


MOVED = answers(ConversationOut, 404, 409)


@router.post("/conversations/{conversation_id}/claim", auth=WRITE, response=MOVED, summary="Claim")
def claim(request: HttpRequest, path: Path[OneConversation]) -> HttpResponse:
    """Make it one's own. Of two, one wins; the other gets 409 `already-claimed` with the owner. Again is harmless."""
    return _move(request, path.conversation_id, actions.claim)


@router.post("/conversations/{conversation_id}/release", auth=WRITE, response=MOVED, summary="Release")
def release(request: HttpRequest, path: Path[OneConversation]) -> HttpResponse:
    """Give it back to its queue: the owner may, and a lead."""
    return _move(request, path.conversation_id, actions.release)


@router.post(
    "/conversations/{conversation_id}/assign",
    auth=WRITE,
    response={**answers(ConversationOut, 404, 409, body=True), 204: None},
    summary="Assign to a colleague or a queue",
)
def assign(request: HttpRequest, path: Path[OneConversation], body: AssignIn) -> HttpResponse:
    """Hand it over. With a queue it is that queue's team's; 204 when the token's person does not see it there any more."""
    if body.owner_id is None and body.queue_id is None:
        raise InvalidError("Say to whom: owner_id, queue_id, or both.", "body")
    return _move(request, path.conversation_id, reassign.reassign, owner_id=body.owner_id, queue_id=body.queue_id)


@router.post(
    "/conversations/{conversation_id}/snooze",
    auth=WRITE,
    response=answers(ConversationOut, 404, 409, body=True),
    summary="Snooze",
)
def snooze(request: HttpRequest, path: Path[OneConversation], body: SnoozeIn) -> HttpResponse:
    """Put it away until a time within the next year, or until the customer writes."""
    return _move(request, path.conversation_id, actions.snooze, until=body.until)


@router.post("/conversations/{conversation_id}/resolve", auth=WRITE, response=MOVED, summary="Resolve")
def resolve(request: HttpRequest, path: Path[OneConversation]) -> HttpResponse:
    """Call it done. What the customer writes opens it again."""
    return _move(request, path.conversation_id, actions.resolve)


@router.post("/conversations/{conversation_id}/reopen", auth=WRITE, response=MOVED, summary="Reopen")
def reopen(request: HttpRequest, path: Path[OneConversation]) -> HttpResponse:
    """Open again what was resolved, snoozed, or waits for the customer."""
    return _move(request, path.conversation_id, actions.reopen)


@router.post("/conversations/{conversation_id}/spam", auth=WRITE, response=MOVED, summary="Mark as spam")
def mark_spam(request: HttpRequest, path: Path[OneConversation]) -> HttpResponse:
    """Take it out of everybody's work as spam."""
    return _move(request, path.conversation_id, actions.mark_spam)


@router.post("/conversations/{conversation_id}/not-spam", auth=WRITE, response=MOVED, summary="Say that it is no spam")
def not_spam(request: HttpRequest, path: Path[OneConversation]) -> HttpResponse:
    """It was no spam: it waits for an answer again."""
    return _move(request, path.conversation_id, actions.not_spam)
