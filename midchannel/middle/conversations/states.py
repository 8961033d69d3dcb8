"""The states of a conversation, and which may follow which. Checked when this module is loaded."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from midchannel.middle.conversations.errors import IllegalMoveError
from midchannel.middle.conversations.models import State

# From each state to those a person, the clock or a message may move it to. What the customer says opens all but spam.
MOVES: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.WAITING, State.SNOOZED, State.RESOLVED, State.SPAM}),
    State.WAITING: frozenset({State.OPEN, State.SNOOZED, State.RESOLVED, State.SPAM}),
    State.SNOOZED: frozenset({State.OPEN, State.WAITING, State.SNOOZED, State.RESOLVED, State.SPAM}),
    State.RESOLVED: frozenset({State.OPEN, State.WAITING, State.SPAM}),
    State.SPAM: frozenset({State.OPEN}),
}
START = frozenset({State.OPEN, State.WAITING, State.RESOLVED, State.SPAM})


def name_of(state: int) -> str:
    """The word for a state: open, waiting, snoozed, resolved or spam."""
    return State(state).name.lower()


def moves_from(state: int) -> tuple[str, ...]:
    """The words for the states that may follow, in their order."""
    return tuple(name_of(other) for other in sorted(MOVES[State(state)]))


def check_move(current: int, target: State) -> None:
    """Raise IllegalMoveError unless `target` may follow `current`."""
    if target not in MOVES[State(current)]:
        raise IllegalMoveError(
            _("A conversation that is %(current)s cannot become %(target)s.")
            % {"current": name_of(current), "target": name_of(target)}
        )


def _check_graph() -> None:
    missing = set(State) - set(MOVES)
    reached = set(START)
    while grown := {target for state in reached for target in MOVES.get(state, ())} - reached:
        reached |= grown
    stuck = {state for state in State if not MOVES.get(state)}
    if missing or stuck or reached != set(State):
        raise RuntimeError(f"the graph of states has a gap: missing {missing}, stuck {stuck}, reached {reached}")


_check_graph()
