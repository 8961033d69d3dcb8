"""From where to where an improvement may go."""

from midchannel.inside.improvements.models import State

MOVES: dict[str, tuple[str, ...]] = {
    State.OPEN: (State.DOING, State.DONE),
    State.DOING: (State.DONE, State.OPEN),
    State.DONE: (State.DOING,),
}


def may_move(before: str, after: str) -> bool:
    """Whether a state follows another."""
    return after in MOVES[before]
