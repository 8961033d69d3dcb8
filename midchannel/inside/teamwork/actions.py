"""The only writes of internal threads. The caller has proven the object; `scope_ids` are those of whoever sees it, for live pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.errors import QuestionClosedError, QuestionNotFoundError
from midchannel.inside.teamwork.events import (
    NoticeHandled,
    NoticeMade,
    PostWritten,
    QuestionAnswered,
    QuestionAsked,
    QuestionWithdrawn,
)
from midchannel.inside.teamwork.models import OBJECT_TYPES, NoticeKind, NoticeRow, Post, Question
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Posted:
    """A post with the questions it opened and those of its author that it answered."""

    post_id: int
    question_ids: tuple[int, ...]
    answered_ids: tuple[int, ...]


@transaction.atomic
def write_post(
    viewer: Viewer,
    *,
    object_type: str,
    object_id: int,
    text: str,
    asked_ids: Sequence[int] = (),
    scope_ids: tuple[int, ...] = (),
    now: datetime,
) -> Posted:
    """Write in an object's internal thread, asking some colleagues; it answers every open question to its author there.

    Raises InvalidError.
    """
    text = text.replace("\0", "").strip()
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidError(_("Write 1 to %(most)d characters.") % {"most": MAX_TEXT}, "text")
    if object_type not in OBJECT_TYPES:
        raise InvalidError(_("There is no internal thread on this."), "object_type")
    post = Post.objects.create(
        object_type=object_type, object_id=object_id, author_id=viewer.user_id, text=text, at=now
    )
    asked_ids = [user_id for user_id in dict.fromkeys(asked_ids) if user_id != viewer.user_id]
    audit.record(_actor(viewer), "post.write", object_type=object_type, object_id=object_id, now=now, post_id=post.pk)
    events.emit(
        PostWritten(
            object_id=post.pk,
            scope_ids=scope_ids,
            user_ids=_in_thread(object_type, object_id, asked_ids),
            about_type=object_type,
            about_id=str(object_id),
        ),
        now=now,
    )
    answered = _answer_all(viewer, post, scope_ids, now=now)
    return Posted(post.pk, _ask(viewer, post, asked_ids, scope_ids, now=now), answered)


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
    viewer: Viewer, post: Post, asked_ids: Sequence[int], scope_ids: tuple[int, ...], *, now: datetime
) -> tuple[int, ...]:
    asked = []
    for user_id in asked_ids:
        question = Question.objects.create(
            post=post,
            object_type=post.object_type,
            object_id=post.object_id,
            asker_id=viewer.user_id,
            asked_id=user_id,
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
    if asked_ids:
        notify(
            viewer,
            asked_ids,
            kind=NoticeKind.ASKED,
            object_type=post.object_type,
            object_id=post.object_id,
            text=rules.excerpt(post.text),
            now=now,
        )
    return tuple(asked)


def _answer_all(viewer: Viewer, post: Post, scope_ids: tuple[int, ...], *, now: datetime) -> tuple[int, ...]:
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
    return tuple(question.pk for question in open_questions)


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
    others = Question.objects.filter(asked_id=question.asked_id, object_type=about, object_id=about_id, closed_at=None)
    if not others.exists():
        handle_notices(question.asked_id, object_type=about, object_id=about_id, now=now)


@transaction.atomic
def notify(
    by: Viewer,
    user_ids: Sequence[int],
    *,
    kind: str,
    object_type: str,
    object_id: int,
    text: str,
    now: datetime,
) -> None:
    """Give colleagues a notice about an object; who has one about it open gets no second one, but this one counts and is the one shown.

    That somebody is asked stays shown before anything else that happens there.
    """
    for user_id in sorted(set(user_ids)):
        rows = fetch(
            "INSERT INTO notice AS n (user_id, object_type, object_id, kind, by_id, text, count, at) VALUES (%s, %s, %s, %s, %s, %s, 1, %s)"
            " ON CONFLICT (user_id, object_type, object_id) WHERE handled_at IS NULL DO UPDATE SET count = n.count + 1, at = excluded.at,"
            " kind = CASE WHEN n.kind = 'asked' THEN n.kind ELSE excluded.kind END,"
            " by_id = CASE WHEN n.kind = 'asked' AND excluded.kind <> 'asked' THEN n.by_id ELSE excluded.by_id END,"
            " text = CASE WHEN n.kind = 'asked' AND excluded.kind <> 'asked' THEN n.text ELSE excluded.text END RETURNING id, kind",
            [user_id, object_type, object_id, str(kind), by.user_id, text, now],
        )
        events.emit(
            NoticeMade(
                object_id=rows[0][0],
                user_ids=(user_id,),
                notice=rows[0][1],
                about_type=object_type,
                about_id=str(object_id),
            ),
            now=now,
        )


@transaction.atomic
def mark_seen(viewer: Viewer, *, object_type: str, object_id: int, now: datetime) -> None:
    """The viewer has looked at an object: its notice is done with, unless it asks them something they have not answered."""
    asked = Question.objects.filter(
        asked_id=viewer.user_id, object_type=object_type, object_id=object_id, closed_at=None
    )
    if not asked.exists():
        handle_notices(viewer.user_id, object_type=object_type, object_id=object_id, now=now)


def handle_notices(user_id: int, *, object_type: str, object_id: int, now: datetime) -> None:
    """Close a person's notice about an object, in the caller's transaction."""
    rows = fetch(
        "UPDATE notice SET handled_at = %s WHERE user_id = %s AND object_type = %s AND object_id = %s AND handled_at IS NULL RETURNING id",
        [now, user_id, object_type, object_id],
    )
    for (notice_id,) in rows:
        events.emit(
            NoticeHandled(object_id=notice_id, user_ids=(user_id,), about_type=object_type, about_id=str(object_id)),
            now=now,
        )


@transaction.atomic
def dismiss_notice(viewer: Viewer, notice_id: int, *, now: datetime) -> None:
    """Put one of the viewer's notices away. Again is harmless; a question stays open."""
    row = NoticeRow.objects.filter(pk=notice_id, user_id=viewer.user_id, handled_at=None).first()
    if row is not None:
        handle_notices(viewer.user_id, object_type=row.object_type, object_id=row.object_id, now=now)


def forget_notices(*, before: datetime) -> int:
    """Remove notices that were handled before a moment."""
    return execute("DELETE FROM notice WHERE handled_at < %s", [before])


def forget_objects(object_type: str, object_ids: Sequence[int]) -> None:
    """Remove the internal threads and notices of objects that are removed as if they had never been. In the caller's transaction."""
    ids = list(object_ids)
    Question.objects.filter(object_type=object_type, object_id__in=ids).delete()
    Post.objects.filter(object_type=object_type, object_id__in=ids).delete()
    NoticeRow.objects.filter(object_type=object_type, object_id__in=ids).delete()


def forget_people(user_ids: Sequence[int]) -> None:
    """Remove what colleagues who never were have written and been told. In the caller's transaction."""
    ids = list(user_ids)
    NoticeRow.objects.filter(Q(user_id__in=ids) | Q(by_id__in=ids)).delete()
    Question.objects.filter(Q(asker_id__in=ids) | Q(asked_id__in=ids)).delete()
    Post.objects.filter(author_id__in=ids).delete()
