"""Reading internal threads, questions and notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.errors import QuestionNotFoundError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST_COUNTED = 100
MOST_POSTS = 500


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One question a post asks. `state`: open, answered or withdrawn; `asked_as` the team or skill by which they were asked."""

    id: int
    asked_id: int
    asked_name: str
    state: str
    answer_post_id: int | None = None
    asked_as: str = ""


@dataclass(frozen=True, slots=True)
class PostItem:
    """A post in an internal thread. `questions` are those it asks, `answers` the ids of those it answers."""

    id: int
    author_id: int
    author_name: str
    text: str
    at: datetime
    questions: tuple[QuestionMark, ...] = ()
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question the viewer was asked (`is_mine` False: one they asked) that has no answer yet."""

    id: int
    object_type: str
    object_id: int
    text: str
    asker_id: int
    asker_name: str
    asked_id: int
    asked_name: str
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should look at; one per object, however often it happened. `kind`: asked, answered, assigned or posted."""

    id: int
    kind: str
    object_type: str
    object_id: int
    by_name: str
    text: str
    count: int
    at: datetime


def list_posts(viewer: Viewer, object_type: str, object_id: int) -> list[PostItem]:
    """The newest 500 posts of an object's internal thread, oldest first.

    The caller has proven that the viewer may see the object; `usecases.ask.list_posts` proves it itself.
    """
    rows = fetch(
        "SELECT p.id, p.author_id, u.name, p.text, p.at FROM post p JOIN account_user u ON u.id = p.author_id"
        " WHERE p.object_type = %s AND p.object_id = %s ORDER BY p.id DESC LIMIT %s",
        [object_type, object_id, MOST_POSTS],
    )
    rows.reverse()
    questions, answers = _questions([row[0] for row in rows])
    return [
        PostItem(post_id, author_id, name, text, at, questions.get(post_id, ()), answers.get(post_id, ()))
        for post_id, author_id, name, text, at in rows
    ]


@dataclass(frozen=True, slots=True)
class PostAbout:
    """A post with the object whose internal thread it stands in."""

    post: PostItem
    object_type: str
    object_id: int


def list_posts_about(
    viewer: Viewer, objects: Mapping[str, Sequence[int]], *, before: tuple[datetime, int], limit: int = 30
) -> list[PostAbout]:
    """Posts about several objects (type to ids) before a moment (time and id), newest first: for a person's timeline.

    The caller has proven that the viewer may see the objects.
    """
    types = [kind for kind, object_ids in objects.items() for _ in object_ids]
    rows = fetch(
        "SELECT p.id, p.author_id, u.name, p.text, p.at, p.object_type, p.object_id FROM post p"
        " JOIN account_user u ON u.id = p.author_id"
        " WHERE (p.object_type, p.object_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))"
        " AND (p.at, p.id) < (%s, %s) ORDER BY p.at DESC, p.id DESC LIMIT %s",
        [types, array(i for object_ids in objects.values() for i in object_ids), *before, limit],
    )
    questions, answers = _questions([row[0] for row in rows])
    return [
        PostAbout(
            PostItem(post_id, author_id, name, text, at, questions.get(post_id, ()), answers.get(post_id, ())),
            object_type,
            object_id,
        )
        for post_id, author_id, name, text, at, object_type, object_id in rows
    ]


def _questions(post_ids: Sequence[int]) -> tuple[dict[int, tuple[QuestionMark, ...]], dict[int, tuple[int, ...]]]:
    """The questions that posts ask, and those that they answer, by post."""
    if not post_ids:
        return {}, {}
    rows = fetch(
        "SELECT q.id, q.asked_id, u.name, q.closed_at IS NULL, q.answer_id, q.asked_as, q.post_id FROM question q"
        " JOIN account_user u ON u.id = q.asked_id WHERE q.post_id = ANY(%s::bigint[]) ORDER BY q.id",
        [array(post_ids)],
    )
    asks: dict[int, tuple[QuestionMark, ...]] = {}
    answers: dict[int, tuple[int, ...]] = {}
    for question_id, asked_id, name, is_open, answer_id, asked_as, post_id in rows:
        state = "open" if is_open else "answered" if answer_id else "withdrawn"
        asks[post_id] = (*asks.get(post_id, ()), QuestionMark(question_id, asked_id, name, state, answer_id, asked_as))
        if answer_id:
            answers[answer_id] = (*answers.get(answer_id, ()), question_id)
    return asks, answers


def list_notices(viewer: Viewer, *, limit: int = 50) -> list[Notice]:
    """The viewer's own open notices, newest first."""
    rows = fetch(
        "SELECT n.id, n.kind, n.object_type, n.object_id, coalesce(u.name, ''), n.text, n.count, n.at FROM notice n"
        " LEFT JOIN account_user u ON u.id = n.by_id WHERE n.user_id = %s AND n.handled_at IS NULL ORDER BY n.at DESC, n.id DESC LIMIT %s",
        [viewer.user_id, max(1, min(limit, 200))],
    )
    return [Notice(*row) for row in rows]


def count_notices(viewer: Viewer) -> int:
    """How many open notices the viewer has, up to 100."""
    rows = fetch(
        "SELECT count(*) FROM (SELECT 1 FROM notice WHERE user_id = %s AND handled_at IS NULL LIMIT %s) AS open_ones",
        [viewer.user_id, MOST_COUNTED],
    )
    return int(rows[0][0])


def list_open_questions_about(viewer: Viewer, object_type: str, object_id: int) -> list[OpenQuestion]:
    """Every question without an answer about an object the viewer may see (proven by the caller), oldest first."""
    rows: list[Any] = fetch(
        f"{QUESTION} WHERE q.closed_at IS NULL AND q.object_type = %s AND q.object_id = %s ORDER BY q.id LIMIT 200",
        [viewer.user_id, object_type, object_id],
    )
    return [OpenQuestion(*row) for row in rows]


QUESTION = (
    "SELECT q.id, q.object_type, q.object_id, p.text, q.asker_id, a.name, q.asked_id, b.name, q.asked_at, q.asked_id = %s FROM question q"
    " JOIN post p ON p.id = q.post_id JOIN account_user a ON a.id = q.asker_id JOIN account_user b ON b.id = q.asked_id"
)


def list_open_questions(viewer: Viewer) -> list[OpenQuestion]:
    """Questions without an answer that the viewer was asked or asked, oldest first; at most 200."""
    rows: list[Any] = fetch(
        f"{QUESTION} WHERE q.closed_at IS NULL AND (q.asked_id = %s OR q.asker_id = %s) ORDER BY q.id LIMIT 200",
        [viewer.user_id] * 3,
    )
    return [OpenQuestion(*row) for row in rows]


def get_question(viewer: Viewer, question_id: int) -> OpenQuestion:
    """A question that the viewer was asked and has not answered. Raises QuestionNotFoundError."""
    rows = fetch(
        f"{QUESTION} WHERE q.id = %s AND q.asked_id = %s AND q.closed_at IS NULL",
        [viewer.user_id, question_id, viewer.user_id],
    )
    if not rows:
        raise QuestionNotFoundError
    return OpenQuestion(*rows[0])


def is_internal_text(viewer: Viewer, text: str, *, object_type: str, object_id: int) -> bool:
    """Whether a text for outside repeats a post word for word: one of this object's newest, or of the viewer's own newest anywhere."""
    if len(text) < rules.QUOTED_FROM:
        return False
    rows = fetch(
        "(SELECT text FROM post WHERE object_type = %s AND object_id = %s ORDER BY id DESC LIMIT 200)"
        " UNION (SELECT text FROM post WHERE author_id = %s ORDER BY id DESC LIMIT 50)",
        [object_type, object_id, viewer.user_id],
    )
    return any(rules.is_repeated(text, post) for (post,) in rows)


def list_with_posts(object_type: str, object_ids: Sequence[int]) -> list[int]:
    """Those of some objects that have an internal thread. For the machine: there is no viewer."""
    rows = fetch(
        "SELECT DISTINCT object_id FROM post WHERE object_type = %s AND object_id = ANY(%s::bigint[])",
        [object_type, array(object_ids)],
    )
    return [identifier for (identifier,) in rows]
