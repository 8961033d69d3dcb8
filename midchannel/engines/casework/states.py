"""The states of a plan item and of a case, and the only ways from one to another. Source: CMMN 1.1 (formal/2016-12-01), 8.4.2."""

from enum import StrEnum


class State(StrEnum):
    """Where an instance is; a case knows `closed` besides."""

    AVAILABLE = "available"
    ENABLED = "enabled"
    DISABLED = "disabled"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    FAILED = "failed"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CLOSED = "closed"


class Transition(StrEnum):
    """What happened to an instance: the standard events that on-parts wait for."""

    CREATE = "create"
    ENABLE = "enable"
    START = "start"
    MANUAL_START = "manualStart"
    DISABLE = "disable"
    REENABLE = "reenable"
    COMPLETE = "complete"
    TERMINATE = "terminate"
    EXIT = "exit"
    FAULT = "fault"
    REACTIVATE = "reactivate"
    SUSPEND = "suspend"
    RESUME = "resume"
    PARENT_SUSPEND = "parentSuspend"
    PARENT_RESUME = "parentResume"
    OCCUR = "occur"
    PARENT_TERMINATE = "parentTerminate"
    CLOSE = "close"


class FileTransition(StrEnum):
    """What happened to something in the case file."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADD_CHILD = "addChild"
    REMOVE_CHILD = "removeChild"
    ADD_REFERENCE = "addReference"
    REMOVE_REFERENCE = "removeReference"


class VariableTransition(StrEnum):
    """What happened to a value of the case (an on-part that Camunda added to the standard)."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


_A, _E, _D, _T = State.AVAILABLE, State.ENABLED, State.DISABLED, State.ACTIVE
_S, _F, _C, _X = State.SUSPENDED, State.FAILED, State.COMPLETED, State.TERMINATED
ENDED = frozenset({_C, _X, State.CLOSED})
OCCUPIED = frozenset({_T, _S, _F})
"""A child in one of these keeps its stage from completing."""

BACK = None
"""The state before: where parentResume leads."""

_WORK: dict[Transition, tuple[frozenset[State], State | None]] = {
    Transition.ENABLE: (frozenset({_A}), _E),
    Transition.START: (frozenset({_A}), _T),
    Transition.MANUAL_START: (frozenset({_E}), _T),
    Transition.DISABLE: (frozenset({_E}), _D),
    Transition.REENABLE: (frozenset({_D}), _E),
    Transition.COMPLETE: (frozenset({_T}), _C),
    Transition.TERMINATE: (frozenset({_T}), _X),
    Transition.EXIT: (frozenset({_A, _E, _D, _T, _F, _S}), _X),
    Transition.FAULT: (frozenset({_T}), _F),
    Transition.REACTIVATE: (frozenset({_F}), _T),
    Transition.SUSPEND: (frozenset({_T}), _S),
    Transition.RESUME: (frozenset({_S}), _T),
    Transition.PARENT_SUSPEND: (frozenset({_A, _E, _D, _T}), _S),
    Transition.PARENT_RESUME: (frozenset({_S}), BACK),
}
_MOMENT: dict[Transition, tuple[frozenset[State], State | None]] = {
    Transition.OCCUR: (frozenset({_A}), _C),
    Transition.TERMINATE: (frozenset({_A}), _X),
    Transition.SUSPEND: (frozenset({_A}), _S),
    Transition.RESUME: (frozenset({_S}), _A),
    Transition.PARENT_SUSPEND: (frozenset({_A}), _S),
    Transition.PARENT_RESUME: (frozenset({_S}), BACK),
    Transition.PARENT_TERMINATE: (frozenset({_A, _S}), _X),
}
_CASE: dict[Transition, tuple[frozenset[State], State | None]] = {
    Transition.COMPLETE: (frozenset({_T}), _C),
    Transition.TERMINATE: (frozenset({_T}), _X),
    Transition.EXIT: (frozenset({_T, _F}), _X),
    Transition.FAULT: (frozenset({_T}), _F),
    Transition.SUSPEND: (frozenset({_T}), _S),
    Transition.REACTIVATE: (frozenset({_C, _X, _F, _S}), _T),
    Transition.CLOSE: (frozenset({_C, _X, _F, _S}), State.CLOSED),
}
TABLES: dict[str, dict[Transition, tuple[frozenset[State], State | None]]] = {
    "case": _CASE,
    "stage": _WORK,
    "task": _WORK,
    "milestone": _MOMENT,
    "listener": _MOMENT,
}
"""By family: which transition leads from which states to which."""


def is_allowed(family: str, transition: Transition, state: State) -> bool:
    """Whether an instance of this family may go this way from this state."""
    sources, _ = TABLES[family].get(transition, (frozenset(), None))
    return state in sources


def destination(family: str, transition: Transition) -> State | None:
    """Where a transition leads; `BACK` for the state before."""
    return TABLES[family][transition][1]
