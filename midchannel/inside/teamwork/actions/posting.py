"""Posts and questions of internal threads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.actions.telling import handle_notices, notify
from midchannel.inside.teamwork.errors import QuestionClosedError, QuestionNotFoundError
from midchannel.inside.teamwork.events import (
    PostWritten,
    QuestionAnswered,
    QuestionAsked,
    QuestionWithdrawn,
)
from midchannel.inside.teamwork.models import OBJECT_TYPES, NoticeKind, Post, Question
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MAX_TEXT = 20_000
NOBODY: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Posted:
    """A post with the questions it opened and those of its author that it answered.

    `freed` are posts and colleagues of whom no answer is expected any more, because another of their team or skill has given it.
    """

    post_id: int
    question_ids: tuple[int, ...]
    answered_ids: tuple[int, ...]
    freed: tuple[tuple[int, int], ...] = ()


@transaction.atomic
def write_post(
    viewer: Viewer,
    *,
    object_type: str,
    object_id: int,
    text: str,
    asked_ids: Sequence[int] = (),
    asked_as: Mapping[int, str] = NOBODY,
    scope_ids: tuple[int, ...] = (),
    now: datetime,
) -> Posted:
    """Write in an object's internal thread, asking some colleagues; it answers every open question to its author there.

    `asked_as` names the team or skill by which somebody is asked, beside those of `asked_ids`, who are asked by name. Raises InvalidError.
    """
    text = text.replace("\0", "").strip()
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidError(_("Write 1 to %(most)d characters.") % {"most": MAX_TEXT}, "text")
    if object_type not in OBJECT_TYPES:
        raise InvalidError(_("There is no internal thread on this."), "object_type")
    post = Post.objects.create(
        object_type=object_type, object_id=object_id, author_id=viewer.user_id, text=text, at=now
    )
    asked = dict.fromkeys(asked_ids, "")
    asked = {user_id: by for user_id, by in ({**asked_as, **asked}).items() if user_id != viewer.user_id}
    audit.record(_actor(viewer), "post.write", object_type=object_type, object_id=object_id, now=now, post_id=post.pk)
    events.emit(
        PostWritten(
            object_id=post.pk,
            scope_ids=scope_ids,
            user_ids=_in_thread(object_type, object_id, list(asked)),
            about_type=object_type,
            about_id=str(object_id),
        ),
        now=now,
    )
    answered = _answer_all(viewer, post, scope_ids, now=now)
    freed = _free_others(viewer, post, answered, now=now)
    return Posted(post.pk, _ask(viewer, post, asked, scope_ids, now=now), tuple(q.pk for q in answered), freed)


def _actor(viewer: Viewer) -> Actor:
    return Actor(viewer.name, viewer.user_id)


def _in_thread(object_type: str, object_id: int, more: Sequence[int]) -> tuple[int, ...]:
    """Who takes part in a thread: who wrote or was asked there, for live pages of those who see it by a grant alone."""
    rows = fetch(
        "SELECT author_id FROM post WHERE object_type = %s AND object_id = %s"
        " UNION SELECT asked_id FROM question WHERE object_type = %s AND object_id = %s LIMIT 200",
        [object_type, object_id, object_type, object_id],
    )
    return tuple(sorted({user_id for (user_id,) in rows} | set(more)))


def _ask(
    viewer: Viewer, post: Post, people: Mapping[int, str], scope_ids: tuple[int, ...], *, now: datetime
) -> tuple[int, ...]:
    asked = []
    for user_id, asked_as in people.items():
        question = Question.objects.create(
            post=post,
            object_type=post.object_type,
            object_id=post.object_id,
            asker_id=viewer.user_id,
            asked_id=user_id,
            asked_as=asked_as,
            asked_at=now,
        )
        asked.append(question.pk)
        events.emit(
            QuestionAsked(
                object_id=question.pk,
                scope_ids=scope_ids,
                user_ids=(viewer.user_id, user_id),
                about_type=post.object_type,
                about_id=str(post.object_id),
            ),
            now=now,
        )
    if people:
        notify(
            viewer,
            list(people),
            kind=NoticeKind.ASKED,
            object_type=post.object_type,
            object_id=post.object_id,
            text=rules.excerpt(post.text),
            now=now,
        )
    return tuple(asked)


def _answer_all(viewer: Viewer, post: Post, scope_ids: tuple[int, ...], *, now: datetime) -> list[Question]:
    open_questions = list(
        Question.objects.select_for_update()
        .filter(object_type=post.object_type, object_id=post.object_id, asked_id=viewer.user_id, closed_at=None)
        .order_by("id")
    )
    for question in open_questions:
        question.answer, question.closed_at = post, now
        question.save(update_fields=["answer", "closed_at"])
        events.emit(
            QuestionAnswered(
                object_id=question.pk,
                scope_ids=scope_ids,
                user_ids=(question.asker_id, viewer.user_id),
                about_type=post.object_type,
                about_id=str(post.object_id),
                seconds=max(0, int((now - question.asked_at).total_seconds())),
            ),
            now=now,
        )
    if open_questions:
        handle_notices(viewer.user_id, object_type=post.object_type, object_id=post.object_id, now=now)
        notify(
            viewer,
            list({question.asker_id for question in open_questions}),
            kind=NoticeKind.ANSWERED,
            object_type=post.object_type,
            object_id=post.object_id,
            text=rules.excerpt(post.text),
            now=now,
        )
    return open_questions


def _free_others(viewer: Viewer, post: Post, answered: list[Question], *, now: datetime) -> tuple[tuple[int, int], ...]:
    """Who was asked as the same team or skill need not answer any more. Returns their posts and ids."""
    freed = []
    for question in answered:
        if not question.asked_as:
            continue
        others = Question.objects.select_for_update().filter(
            post_id=question.post_id, asked_as=question.asked_as, closed_at=None
        )
        for other in others.order_by("id"):
            other.answer, other.closed_at = post, now
            other.save(update_fields=["answer", "closed_at"])
            freed.append((other.post_id, other.asked_id))
            _done_with(other, now=now)
    return tuple(freed)


def _done_with(question: Question, *, now: datetime) -> None:
    """The notice of somebody who is asked nothing else there any more goes."""
    about, about_id = question.object_type, question.object_id
    others = Question.objects.filter(asked_id=question.asked_id, object_type=about, object_id=about_id, closed_at=None)
    if not others.exists():
        handle_notices(question.asked_id, object_type=about, object_id=about_id, now=now)


@transaction.atomic
def withdraw_question(viewer: Viewer, question_id: int, *, now: datetime) -> None:
    """Whoever asked needs no answer any more. Raises QuestionNotFoundError, QuestionClosedError."""
    question = Question.objects.select_for_update().filter(pk=question_id, asker_id=viewer.user_id).first()
    if question is None:
        raise QuestionNotFoundError
    if question.closed_at is not None:
        raise QuestionClosedError
    question.closed_at = now
    question.save(update_fields=["closed_at"])
    about, about_id = question.object_type, question.object_id
    audit.record(
        _actor(viewer), "question.withdraw", object_type=about, object_id=about_id, now=now, question_id=question_id
    )
    events.emit(
        QuestionWithdrawn(
            object_id=question_id,
            user_ids=(question.asker_id, question.asked_id),
            about_type=about,
            about_id=str(about_id),
        ),
        now=now,
    )
    _done_with(question, now=now)
