"""Messages: the window of a thread, search, reply, take back, retry. What is internal is no message and is never here."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api import problems
from midchannel.api.access import Right, viewer_of
from midchannel.api.operations import answers, client_key, created, once
from midchannel.api.problems import Problem
from midchannel.api.shapes import WORDS, AnyId, Asked, Cursor, Id, In, Limit, Line, Listed, Out, PageOut
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.queries import searching
from midchannel.platform import clock
from midchannel.platform.database import paging
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.usecases import reply
from midchannel.usecases.reply import Held, Sent

router = Router(tags=["Messages"])
READ = Right("read:conversations")
WRITE = Right("write:conversations")
Text = Annotated[str, Field(pattern=WORDS, max_length=reply.MAX_TEXT)]


class AttachmentOut(Out):
    """A file with a message: kept here under `sha256`, or only known by its `url`."""

    name: str
    media_type: str
    size_bytes: int | None
    sha256: str
    url: str


class DeliveryOut(Out):
    """How far our message got."""

    state: str = Field(description="queued, sending, sent, confirmed, failed or unknown")
    reason: str
    is_permanent: bool
    can_retry: bool
    take_back_until: datetime | None
    settled_at: datetime | None


class MessageOut(Out):
    """One message. `text` is its newest version; markup from strangers is not given."""

    id: Id
    conversation_id: Id
    direction: str = Field(description="in or out")
    audience: str = Field(description="public, private or partner")
    at: datetime
    network: str
    customer_id: Id | None
    author_id: Id | None = Field(description="The colleague, for what was written here.")
    author_name: str
    author_address: str
    text: str
    subject: str
    kind: str
    is_edited: bool
    is_deleted: bool
    is_automatic: bool
    attachments: list[AttachmentOut]
    delivery: DeliveryOut | None


class MessagePage(Out):
    """A window of a thread, oldest first."""

    items: list[MessageOut]
    older_cursor: str | None = Field(description="Asks for what was before; null when there is nothing.")
    newer_cursor: str | None = Field(description="Asks for what came after; null when there is nothing.")


class HitOut(Out):
    """A message in which a text stands, with the words around the first place."""

    message_id: Id
    conversation_id: Id
    at: datetime
    is_ours: bool
    network: str
    customer_id: Id | None
    name: str
    before: str
    match: str
    after: str


class HitPage(PageOut):
    """What a search found, newest first. `back_to` says how far it has looked; null: to the beginning."""

    items: list[HitOut]
    back_to: datetime | None


class SentOut(Out):
    """It goes out at `due_at` unless it is taken back. `is_repeat` when it had been sent before under the same key."""

    message_id: Id
    conversation_id: Id
    due_at: datetime
    is_repeat: bool


class HeldProblem(Problem):
    """Why nothing was sent. With the code `held`: the cause, and what its author had not seen."""

    cause: Literal["moved_on", "internal_text"] | None = None
    new_messages: list[MessageOut] = []


class TakenBackOut(Out):
    """The text of what was taken back; it is the author's draft again."""

    text: str


class ReplyIn(In):
    """What is to be said, and what its author had seen."""

    text: Text
    saw_message_id: AnyId = Field(description="`last_message_id` of the conversation as the author saw it.")
    saw_in_id: AnyId | None = Field(default=None, description="`last_in_id` of the conversation as the author saw it.")
    audience: Literal["public", "private", "partner"] | None = Field(
        default=None, description="The usual one of this place when left out."
    )
    send_anyway: bool = Field(default=False, description="Send although it would be held.")


class Window(Asked):
    """Which part of a thread; the newest when nothing is said."""

    cursor: Cursor | None = None
    around: AnyId | None = Field(default=None, description="A message to have in the window.")
    limit: Limit = 50


class Sought(Listed):
    """What to search for."""

    text: Annotated[Line, Field(min_length=2)] = Field(
        description='All these words; "in quotes" one behind the other, -word not.'
    )


class OneConversation(Asked):
    """Which conversation."""

    conversation_id: AnyId


class OneMessage(Asked):
    """Which message."""

    message_id: AnyId


@router.get(
    "/conversations/{conversation_id}/messages",
    auth=READ,
    response=answers(MessagePage, 404),
    summary="List the messages of a conversation",
)
def list_messages(request: HttpRequest, path: Path[OneConversation], asked: Query[Window]) -> MessagePage:
    """A window of the thread, oldest first: the newest part, or what a cursor asks for."""
    before, after = _place_of(asked.cursor)
    window = conversations.list_messages(
        viewer_of(request),
        path.conversation_id,
        before=before,
        after=after,
        around=asked.around if asked.cursor is None else None,
        limit=asked.limit,
    )
    items = [MessageOut.model_validate(item) for item in window.items]
    ends = [item.id for item in window.items]
    return MessagePage(
        items=items,
        older_cursor=paging.encode_cursor("before", ends[0]) if ends and window.has_older else None,
        newer_cursor=paging.encode_cursor("after", ends[-1]) if ends and window.has_newer else None,
    )


def _place_of(cursor: str | None) -> tuple[int | None, int | None]:
    keys = paging.decode_cursor(cursor, str, int)
    if keys is None:
        return None, None
    if keys[0] not in ("before", "after"):
        raise InvalidError("This cursor was not made here; begin without one.", "cursor")
    place = int(keys[1] or 0)
    return (place, None) if keys[0] == "before" else (None, place)


@router.get("/messages", auth=READ, response=answers(HitPage), summary="Search what was said")
def search_messages(request: HttpRequest, asked: Query[Sought]) -> HitPage:
    """Messages in which all words stand, in the conversations one may see."""
    hits = searching.search_texts(viewer_of(request), asked.text, asked.cursor, limit=asked.limit)
    return HitPage(
        items=[HitOut.model_validate(hit) for hit in hits.items], next_cursor=hits.next_cursor, back_to=hits.back_to
    )


@router.get("/messages/{message_id}", auth=READ, response=answers(MessageOut, 404), summary="Get a message")
def get_message(request: HttpRequest, path: Path[OneMessage]) -> MessageOut:
    """One message, with how far its delivery is."""
    return _get(request, path.message_id)


def _get(request: HttpRequest, message_id: int) -> MessageOut:
    viewer = viewer_of(request)
    conversation_id = conversations.get_message_origin(viewer, message_id)
    found = conversations.get_messages(viewer, conversation_id, [message_id])
    if not found:
        raise NotFoundError
    return MessageOut.model_validate(found[0])


@router.post(
    "/conversations/{conversation_id}/messages",
    auth=WRITE,
    response=answers(SentOut, 404, status=201, body=True, held=HeldProblem),
    summary="Reply",
)
@once(is_required=True)
def send(request: HttpRequest, path: Path[OneConversation], body: ReplyIn) -> HttpResponse:
    """Answer on the customer's own channel. Held (409) with the new messages when the thread has moved on since `saw_message_id`."""
    result = reply.send(
        viewer_of(request),
        path.conversation_id,
        text=body.text,
        client_key=client_key(request),
        saw_message_id=body.saw_message_id,
        saw_in_id=body.saw_in_id,
        audience=body.audience,
        send_anyway=body.send_anyway,
        now=clock.now(),
    )
    return sent(result) if isinstance(result, Sent) else _held(result)


def sent(result: Sent) -> HttpResponse:
    """201, with the message."""
    return created(SentOut.model_validate(result), f"/api/v1/messages/{result.message_id}")


def _held(held: Held) -> HttpResponse:
    new = [MessageOut.model_validate(message) for message in held.new_messages]
    return problems.respond("held", held.reason, cause=held.cause, new_messages=new)


@router.delete(
    "/messages/{message_id}", auth=WRITE, response=answers(TakenBackOut, 404, 409), summary="Take a reply back"
)
def take_back(request: HttpRequest, path: Path[OneMessage]) -> TakenBackOut:
    """Take back what has not gone out yet; only its author may. The text becomes their draft again."""
    return TakenBackOut(text=reply.take_back(viewer_of(request), path.message_id, now=clock.now()))


@router.post(
    "/messages/{message_id}/retry",
    auth=WRITE,
    response=answers(MessageOut, 404, 409),
    summary="Send a failed reply again",
)
def retry(request: HttpRequest, path: Path[OneMessage]) -> MessageOut:
    """Try a failed or unknown delivery once more, with the same key towards the network."""
    reply.retry(viewer_of(request), path.message_id, now=clock.now())
    return _get(request, path.message_id)
