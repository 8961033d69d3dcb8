"""The graph of states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.middle.conversations import states
from midchannel.middle.conversations.errors import IllegalMoveError
from midchannel.middle.conversations.models import State


@given(st.sampled_from(State), st.sampled_from(State))
def test_only_declared_moves_are_allowed(current: State, target: State) -> None:
    if target in states.MOVES[current]:
        states.check_move(current, target)
    else:
        with pytest.raises(IllegalMoveError):
            states.check_move(current, target)


def test_spam_leads_only_back_to_open() -> None:
    assert states.moves_from(State.SPAM) == ("open",)


def test_every_state_can_become_open_again() -> None:
    assert all(State.OPEN in states.MOVES[state] for state in State if state != State.OPEN)
