"""What waits is taken, paid for and settled. Each is one row's state, so that a crash anywhere is taken up from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from midchannel.engines.assistance.asking import Purpose, visible
from midchannel.inside.assistance import queries
from midchannel.inside.assistance.models import ASKED, DONE, FAILED, NOTHING, WAITING, Assistance
from midchannel.inside.assistance.queries import Access
from midchannel.platform.database.bulk import execute, fetch

MOST_TRIES = 2
GRACE = timedelta(seconds=60)
MOST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Task:
    """Something taken by the loop, with the endpoint to ask. `tries` tells this taking from a later one."""

    id: int
    tries: int
    conversation_id: int
    message_id: int | None
    purpose: Purpose
    language: str
    asked_by_id: int
    access: Access


def take_next(*, now: datetime) -> Task | None:
    """The oldest that waits, or whose taker died; in the caller's transaction. None when there is none.

    What was begun twice is given up, as is what was switched off meanwhile.
    """
    while True:
        row = (
            Assistance.objects.select_for_update(skip_locked=True)
            .filter(state__in=[WAITING, ASKED])
            .exclude(state=ASKED, until__gte=now)
            .order_by("id")
            .first()
        )
        if row is None:
            return None
        access = queries.open_endpoint()
        if row.tries >= MOST_TRIES:
            give_up(row.pk, row.tries, "interrupted", now=now)
        elif access is None or Purpose(row.purpose) not in access.purposes:
            _end(row, FAILED, "off", now=now)
        else:
            row.state, row.tries = ASKED, row.tries + 1
            row.until = now + timedelta(seconds=access.timeout_seconds) + GRACE
            row.save(update_fields=["state", "tries", "until"])
            return Task(
                row.pk, row.tries, row.conversation_id, row.message_id, Purpose(row.purpose), row.language, row.asked_by_id, access
            )  # fmt: skip


def hold(task: Task, message_ids: Sequence[int], *, tokens: int, now: datetime) -> bool:
    """Set the most aside that it may cost, in the transaction of `take_next`. False, and given up, when the day's budget is too small."""
    day = now.date()
    if tokens > task.access.tokens_a_day or not _spend(day, tokens, most=task.access.tokens_a_day):
        give_up(task.id, task.tries, "budget", now=now)
        return False
    Assistance.objects.filter(pk=task.id).update(message_ids=list(message_ids), held_tokens=tokens, held_on=day)
    return True


@transaction.atomic
def settle(
    task: Task, *, text: str = "", source_ids: Sequence[int] = (), tokens: int | None = None, now: datetime
) -> None:  # fmt: skip
    """Keep what came of it: a text with its sources, or that there was nothing useful. `tokens` is what it cost; None: what was set aside.

    Does nothing when the row is gone, or was taken by another meanwhile.
    """
    row = _taken(task.id, task.tries)
    if row is None:
        return
    if tokens is not None and row.held_on is not None:
        spend(row.held_on, tokens - row.held_tokens)
    row.text, row.source_ids = text, list(source_ids)
    _end(row, DONE if text else NOTHING, "", now=now)


@transaction.atomic
def give_up(assistance_id: int, tries: int, reason: str, *, detail: str = "", now: datetime) -> None:
    """It came to nothing; `reason` is one of `queries.REASONS`, `detail` what the server said."""
    row = _taken(assistance_id, tries)
    if row is not None:
        row.detail = visible(detail[:MOST_DETAIL])
        _end(row, FAILED, reason, now=now)


def spend(day: date, tokens: int) -> None:
    """Count tokens, whatever the budget says; fewer than none gives back what was set aside."""
    execute(
        "INSERT INTO assistance_spent AS s (day, tokens) VALUES (%(day)s, greatest(%(tokens)s, 0))"
        " ON CONFLICT (day) DO UPDATE SET tokens = greatest(s.tokens + %(tokens)s, 0)",
        {"day": day, "tokens": tokens},
    )


def _spend(day: date, tokens: int, *, most: int) -> bool:
    found = fetch(
        "INSERT INTO assistance_spent AS s (day, tokens) VALUES (%(day)s, %(tokens)s)"
        " ON CONFLICT (day) DO UPDATE SET tokens = s.tokens + %(tokens)s WHERE s.tokens + %(tokens)s <= %(most)s RETURNING 1",
        {"day": day, "tokens": tokens, "most": most},
    )
    return bool(found)


def _taken(assistance_id: int, tries: int) -> Assistance | None:
    return Assistance.objects.select_for_update().filter(pk=assistance_id, tries=tries, state=ASKED).first()


def _end(row: Assistance, state: str, reason: str, *, now: datetime) -> None:
    row.state, row.reason, row.settled_at, row.until = state, reason, now, None
    row.save()
