"""The states of a request, and which may follow which. Checked when this module is loaded."""

from collections.abc import Mapping

from midchannel.middle.consents.errors import RequestOvertakenError
from midchannel.middle.consents.models import RequestState as State

# waiting: its time has not come, or nobody has taken it up. stopped: the customer is made of other records than when it was asked.
# working: the export is being made, or the rows are being removed. cleaning: rows are gone, tables and files follow.
MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.WORKING, State.STOPPED, State.WITHDRAWN}),
    State.STOPPED: frozenset({State.WAITING, State.WITHDRAWN}),
    State.WORKING: frozenset({State.CLEANING, State.READY, State.WAITING, State.STOPPED, State.WITHDRAWN}),
    State.CLEANING: frozenset({State.DONE}),
    State.READY: frozenset({State.EXPIRED}),
    State.DONE: frozenset(),
    State.EXPIRED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
OPEN = (State.WAITING, State.STOPPED, State.WORKING, State.CLEANING)


def check_move(current: str, target: State) -> None:
    """Raise RequestOvertakenError unless `target` may follow."""
    if target not in MOVES[State(current)]:
        raise RequestOvertakenError


def _check_graph() -> None:
    if set(State) != set(MOVES):
        raise RuntimeError(f"the graph of states has a gap: {set(State) - set(MOVES)}")
    reached = {State.WAITING}
    while grown := {target for state in reached for target in MOVES[state]} - reached:
        reached |= grown
    if reached != set(State):
        raise RuntimeError(f"states nobody reaches: {set(State) - reached}")


_check_graph()
