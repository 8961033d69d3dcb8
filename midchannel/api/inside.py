"""What colleagues say among themselves: internal threads, questions, notices. Needs rights of its own, and is nowhere else in the API."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.customers import OneCustomer
from midchannel.api.messages import OneConversation
from midchannel.api.operations import answers, created, once
from midchannel.api.shapes import WORDS, AnyId, Asked, Id, In, Listed, Out, PageOut, cut
from midchannel.inside.teamwork import queries as teamwork
from midchannel.inside.teamwork.actions import MAX_TEXT
from midchannel.platform import clock
from midchannel.usecases import ask
from midchannel.usecases.ask import Asked as AskedRecord

router = Router(tags=["Internal threads"])
READ = Right("read:internal")
WRITE = Right("write:internal")


class QuestionMarkOut(Out):
    """One question that a post asks."""

    id: Id
    asked_id: Id
    asked_name: str
    state: str = Field(description="open, answered or withdrawn")


class PostOut(Out):
    """A post in an internal thread. It never leaves the company."""

    id: Id
    author_id: Id
    author_name: str
    text: str
    at: datetime
    questions: list[QuestionMarkOut]


class PostPage(PageOut):
    """A page of an internal thread, oldest first."""

    items: list[PostOut]


class PostedOut(Out):
    """What was written: the questions it opened and answered, and the names behind an @ that nobody has."""

    post_id: Id
    question_ids: list[Id]
    answered_ids: list[Id]
    unknown: list[str]


class OpenQuestionOut(Out):
    """A question without an answer that one was asked, or (`is_mine` false) that one asked."""

    id: Id
    object_type: str
    object_id: Id
    text: str
    asker_name: str
    asked_name: str
    at: datetime
    is_mine: bool


class QuestionPage(PageOut):
    """A page of open questions, oldest first."""

    items: list[OpenQuestionOut]


class NoticeOut(Out):
    """Something one should look at; one an object, however often it happened."""

    id: Id
    kind: str = Field(description="asked, answered, assigned or posted")
    object_type: str
    object_id: Id
    by_name: str
    text: str
    count: int
    at: datetime


class NoticePage(PageOut):
    """A page of notices, newest first."""

    items: list[NoticeOut]


class PostIn(In):
    """What to write. Everybody @mentioned is asked, and may see the object from now on."""

    text: Annotated[str, Field(pattern=WORDS, max_length=MAX_TEXT)]


class OneImprovement(Asked):
    """Which improvement."""

    improvement_id: AnyId


def _list(request: HttpRequest, object_type: str, object_id: int, asked: Listed) -> PostPage:
    page = cut(ask.list_posts(viewer_of(request), object_type, object_id), asked, lambda post: post.id)
    return PostPage(items=[PostOut.model_validate(post) for post in page.items], next_cursor=page.next_cursor)


def _write(request: HttpRequest, object_type: str, object_id: int, body: PostIn) -> HttpResponse:
    done: AskedRecord = ask.ask(viewer_of(request), object_type, object_id, text=body.text, now=clock.now())
    place = f"/api/v1/{object_type}s/{object_id}/internal-thread"
    return created(PostedOut.model_validate(done), place)


LISTED = answers(PostPage, 404)
POSTED = answers(PostedOut, 404, 409, status=201, body=True)


@router.get(
    "/conversations/{conversation_id}/internal-thread",
    auth=READ,
    response=LISTED,
    summary="List the internal thread of a conversation",
)
def list_conversation_posts(request: HttpRequest, path: Path[OneConversation], asked: Query[Listed]) -> PostPage:
    """What colleagues wrote about it, oldest first; at most the newest 500."""
    return _list(request, "conversation", path.conversation_id, asked)


@router.post(
    "/conversations/{conversation_id}/internal-thread",
    auth=WRITE,
    response=POSTED,
    summary="Write in the internal thread of a conversation",
)
@once()
def write_conversation_post(request: HttpRequest, path: Path[OneConversation], body: PostIn) -> HttpResponse:
    """A note, or with an @mention a question that stays open until it is answered. The customer never sees it."""
    return _write(request, "conversation", path.conversation_id, body)


@router.get(
    "/customers/{customer_id}/internal-thread",
    auth=READ,
    response=LISTED,
    summary="List the internal thread of a customer",
)
def list_customer_posts(request: HttpRequest, path: Path[OneCustomer], asked: Query[Listed]) -> PostPage:
    """What colleagues wrote about them, oldest first; at most the newest 500."""
    return _list(request, "customer", path.customer_id, asked)


@router.post(
    "/customers/{customer_id}/internal-thread",
    auth=WRITE,
    response=POSTED,
    summary="Write in the internal thread of a customer",
)
@once()
def write_customer_post(request: HttpRequest, path: Path[OneCustomer], body: PostIn) -> HttpResponse:
    """A note about them, or with an @mention a question."""
    return _write(request, "customer", path.customer_id, body)


@router.get(
    "/improvements/{improvement_id}/internal-thread",
    auth=READ,
    response=LISTED,
    summary="List the internal thread of an improvement",
)
def list_improvement_posts(request: HttpRequest, path: Path[OneImprovement], asked: Query[Listed]) -> PostPage:
    """What colleagues wrote about it, oldest first; at most the newest 500."""
    return _list(request, "improvement", path.improvement_id, asked)


@router.post(
    "/improvements/{improvement_id}/internal-thread",
    auth=WRITE,
    response=POSTED,
    summary="Write in the internal thread of an improvement",
)
@once()
def write_improvement_post(request: HttpRequest, path: Path[OneImprovement], body: PostIn) -> HttpResponse:
    """A note about it, or with an @mention a question."""
    return _write(request, "improvement", path.improvement_id, body)


@router.get("/questions", auth=READ, response=answers(QuestionPage), summary="List open questions")
def list_questions(request: HttpRequest, asked: Query[Listed]) -> QuestionPage:
    """Questions without an answer that one was asked or asked oneself, oldest first. An answer is a post in the same thread."""
    page = cut(teamwork.list_open_questions(viewer_of(request)), asked, lambda question: question.id)
    return QuestionPage(
        items=[OpenQuestionOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor
    )


@router.get("/notices", auth=READ, response=answers(NoticePage), summary="List notices")
def list_notices(request: HttpRequest, asked: Query[Listed]) -> NoticePage:
    """One's own open notices, newest first; at most the newest 200."""
    page = cut(teamwork.list_notices(viewer_of(request), limit=200), asked, lambda notice: notice.id)
    return NoticePage(items=[NoticeOut.model_validate(each) for each in page.items], next_cursor=page.next_cursor)
