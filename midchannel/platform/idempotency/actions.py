"""Do something once for a key, however often it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from midchannel.platform import secrets
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.idempotency.errors import KeyReusedError

KEPT = timedelta(hours=24)
FORGOTTEN_AT_ONCE = 5000


@dataclass(slots=True)
class Answer:
    """What was answered: the status, where the new thing is, and the body."""

    status: int
    location: str
    body: str


@dataclass(slots=True)
class Turn:
    """A request that has the key. `given` is the answer it got before; None the first time: set `answer` to keep one.

    Without an answer (it was refused) the key stays free.
    """

    given: Answer | None = None
    answer: Answer | None = None


CLAIM = """
INSERT INTO given_answer (user_id, key, request_hash, status, location, sealed, at) VALUES (%s, %s, %s, 0, '', '', %s)
ON CONFLICT (user_id, key) DO UPDATE SET request_hash = excluded.request_hash, status = 0, location = '', sealed = '', at = excluded.at
    WHERE given_answer.at < %s RETURNING id
"""


@contextmanager
def once(user_id: int, key: str, *, request_hash: bytes, now: datetime) -> Iterator[Turn]:
    """One transaction for the key, the work and its answer: a crash in between leaves nothing, and a repeat that comes at the same
    time waits for the first. Raises KeyReusedError when the key came with another request within 24 hours.
    """
    with transaction.atomic():
        claimed = fetch(CLAIM, [user_id, key, request_hash, now, now - KEPT])
        if not claimed:
            yield Turn(given=_given(user_id, key, request_hash))
            return
        turn = Turn()
        yield turn
        if turn.answer is None:
            execute("DELETE FROM given_answer WHERE id = %s", [claimed[0][0]])
            return
        execute(
            "UPDATE given_answer SET status = %s, location = %s, sealed = %s WHERE id = %s",
            [
                turn.answer.status,
                turn.answer.location,
                secrets.seal(turn.answer.body, place=_place(user_id, key)),
                claimed[0][0],
            ],
        )


def _given(user_id: int, key: str, request_hash: bytes) -> Answer:
    rows = fetch(
        "SELECT request_hash, status, location, sealed FROM given_answer WHERE user_id = %s AND key = %s",
        [user_id, key],
    )
    if not rows or bytes(rows[0][0]) != request_hash:
        raise KeyReusedError(field="Idempotency-Key")
    _, status, location, sealed = rows[0]
    return Answer(status, location, secrets.unseal(sealed, place=_place(user_id, key)))


def _place(user_id: int, key: str) -> str:
    return f"given_answer.sealed:{user_id}:{key}"


def forget_answers(*, now: datetime) -> int:
    """Forget what is older than 24 hours; returns how many. Called by the clockwork."""
    rows = fetch(
        "DELETE FROM given_answer WHERE id IN (SELECT id FROM given_answer WHERE at < %s ORDER BY at LIMIT %s) RETURNING id",
        [now - KEPT, FORGOTTEN_AT_ONCE],
    )
    return len(rows)
