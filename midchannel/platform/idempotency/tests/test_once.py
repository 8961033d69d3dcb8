"""Once for a key, however often it is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.platform.accounts import actions as accounts
from midchannel.platform.database.bulk import fetch
from midchannel.platform.idempotency import actions
from midchannel.platform.idempotency.actions import Answer
from midchannel.platform.idempotency.errors import KeyReusedError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HASH = b"h" * 32


@pytest.fixture
def user_id() -> int:
    return accounts.create_person(email="a@example.org", name="A", password=None, now=NOW, role="agent").pk


def ask(user_id: int, key: str = "k", *, request_hash: bytes = HASH, now: datetime = NOW, body: str = "done") -> str:
    """What somebody hears who asks; `body` is what the work would answer now."""
    with actions.once(user_id, key, request_hash=request_hash, now=now) as turn:
        if turn.given:
            return f"again: {turn.given.body}"
        if body:
            turn.answer = Answer(201, "/there", body)
        return body


def test_the_second_time_the_first_answer_is_given(user_id: int) -> None:
    assert ask(user_id) == "done"
    assert ask(user_id, body="twice") == "again: done"


def test_another_request_under_the_same_key_is_refused(user_id: int) -> None:
    ask(user_id)

    with pytest.raises(KeyReusedError):
        ask(user_id, request_hash=b"x" * 32)


def test_a_refusal_leaves_the_key_free(user_id: int) -> None:
    assert ask(user_id, body="") == ""
    assert ask(user_id, request_hash=b"x" * 32) == "done"


def test_what_breaks_in_the_middle_leaves_nothing(user_id: int) -> None:
    with pytest.raises(RuntimeError), actions.once(user_id, "k", request_hash=HASH, now=NOW):
        raise RuntimeError

    assert ask(user_id) == "done"


def test_people_do_not_meet_each_others_keys(user_id: int) -> None:
    other = accounts.create_person(email="b@example.org", name="B", password=None, now=NOW, role="agent").pk
    ask(user_id)

    assert ask(other, request_hash=b"x" * 32) == "done"


def test_after_a_day_a_key_is_forgotten(user_id: int) -> None:
    ask(user_id)
    later = NOW + timedelta(hours=25)

    assert ask(user_id, now=later, body="anew") == "anew"
    assert actions.forget_answers(now=later + timedelta(hours=25)) == 1
    assert actions.forget_answers(now=later + timedelta(hours=25)) == 0


def test_what_is_kept_cannot_be_read_in_the_table(user_id: int) -> None:
    ask(user_id, body="mc_secret")

    rows = fetch("SELECT sealed FROM given_answer")
    assert b"mc_secret" not in bytes(rows[0][0])
