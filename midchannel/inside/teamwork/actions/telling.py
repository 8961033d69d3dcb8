"""Notices: what tells a colleague that something is meant for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from midchannel.inside.teamwork.events import NoticeHandled, NoticeMade
from midchannel.inside.teamwork.models import NoticeRow, Question
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.events import actions as events


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
    _notify(by.user_id, user_ids, kind=kind, object_type=object_type, object_id=object_id, text=text, now=now)


@transaction.atomic
def notify_from_outside(
    user_ids: Sequence[int], *, kind: str, object_type: str, object_id: int, text: str, now: datetime
) -> None:
    """The same where nobody of the company did it: a partner wrote."""
    _notify(0, user_ids, kind=kind, object_type=object_type, object_id=object_id, text=text, now=now)


def _notify(
    by_id: int, user_ids: Sequence[int], *, kind: str, object_type: str, object_id: int, text: str, now: datetime
) -> None:
    for user_id in sorted(set(user_ids)):
        rows = fetch(
            "INSERT INTO notice AS n (user_id, object_type, object_id, kind, by_id, text, count, at) VALUES (%s, %s, %s, %s, %s, %s, 1, %s)"
            " ON CONFLICT (user_id, object_type, object_id) WHERE handled_at IS NULL DO UPDATE SET count = n.count + 1, at = excluded.at,"
            " kind = CASE WHEN n.kind = 'asked' THEN n.kind ELSE excluded.kind END,"
            " by_id = CASE WHEN n.kind = 'asked' AND excluded.kind <> 'asked' THEN n.by_id ELSE excluded.by_id END,"
            " text = CASE WHEN n.kind = 'asked' AND excluded.kind <> 'asked' THEN n.text ELSE excluded.text END RETURNING id, kind",
            [user_id, object_type, object_id, str(kind), by_id, text, now],
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
