"""Where other engines read the standard in their own way. Models that say such a thing in their own extensions are always understood; these
are the readings that no model can say.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """A reading of the standard."""

    name: str
    drops_orphans: bool = False
    """An event listener for which nobody waits any more is ended."""
    ignores_waiting_repetitions: bool = False
    """The next instance of a repeatable item, as long as it waits, does not keep its stage open."""
    tells_the_newborn: bool = False
    """What a stage creates when it starts hears the events of the same step that came before."""


STANDARD = Dialect("cmmn11")
CAMUNDA = Dialect("camunda7")
FLOWABLE = Dialect("flowable", drops_orphans=True, ignores_waiting_repetitions=True, tells_the_newborn=True)
DIALECTS = {each.name: each for each in (STANDARD, CAMUNDA, FLOWABLE)}
