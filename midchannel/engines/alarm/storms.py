"""When a search leaves what is ordinary, and when it is calm again; so that false alarms come no more often than was said.

Three things are looked at, each with its part of the false alarms that are allowed: the people of a clock hour, the people of a day
(UTC), and the share of those in a bad mood over 24 hours. Within an hour or a day the count only grows, so looking every minute is one
test and not sixty; the share is looked at once an hour, when the hour is over. If a week has n tests that each go wrong with a chance of
at most a / n, at most a false alarms a week are expected, however the tests hang together (the expectation of a sum is the sum of the
expectations). Counts are whole numbers and one storm is one alarm, so in truth there are fewer.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from midchannel.engines.alarm import baseline
from midchannel.engines.alarm.baseline import DAY, WEEK, Baseline

LEAST_PEOPLE = 5
LEAST_FOR_MOOD = 12
CALM_CHANCE = 0.05
CALM_HOURS = 3
# After so many hours a new height is no storm any more but how it is.
LONGEST_HOURS = 72


class Sign(StrEnum):
    """What is out of the ordinary."""

    HOUR = "hour"
    DAY = "day"
    MOOD = "mood"


PARTS = {Sign.HOUR: 0.4, Sign.DAY: 0.2, Sign.MOOD: 0.4}
TESTS_A_WEEK = {Sign.HOUR: WEEK, Sign.DAY: 7, Sign.MOOD: WEEK}


@dataclass(frozen=True, slots=True)
class Watch:
    """One false alarm in so many weeks, shared by what is watched (`volume`, `mood`)."""

    weeks: float
    volume: bool = True
    mood: bool = True

    def chance(self, sign: Sign) -> float:
        """How unlikely a single test has to be; 0 for what is not watched."""
        used = {each: part for each, part in PARTS.items() if (self.mood if each is Sign.MOOD else self.volume)}
        if sign not in used:
            return 0.0
        return used[sign] / sum(used.values()) / (self.weeks * TESTS_A_WEEK[sign])


@dataclass(frozen=True, slots=True)
class Crossing:
    """Something is out of the ordinary: how many there were, how many are ordinary, where the limit was, and the chance of it."""

    sign: Sign
    count: int
    expected: float
    limit: int
    chance: float
    of: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """Consecutive hours of a search, the last one still running: people, and those of them in a bad mood. `first_slot`: hour of the week.

    `ordinary` says which hours are learned from (False: storms of the past).
    """

    people: NDArray[np.int_]
    unhappy: NDArray[np.int_]
    first_slot: int
    ordinary: NDArray[np.bool_]

    @property
    def last_slot(self) -> int:
        """Of the hour that runs."""
        return (self.first_slot + len(self.people) - 1) % WEEK

    @property
    def past(self) -> int:
        """How many hours are learned from: all but the last day, which is judged."""
        return max(len(self.people) - DAY, 0)


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What was learned: counts, and the share in a bad mood with its firmness."""

    counts: Baseline
    share: float
    firmness: float


def learn(hours: Hours) -> Ordinary:
    """What is ordinary, from the past of some hours."""
    past = hours.past
    kept = hours.ordinary[:past]
    counts = baseline.learn(hours.people[:past].astype(float), hours.first_slot, kept)
    days = past // DAY
    people = (hours.people[:past] * kept)[: days * DAY].reshape(days, DAY).sum(axis=1).astype(float)
    unhappy = (hours.unhappy[:past] * kept)[: days * DAY].reshape(days, DAY).sum(axis=1).astype(float)
    share, firmness = baseline.learn_share(unhappy, people)
    return Ordinary(counts, share, firmness)


def find(hours: Hours, known: Ordinary, watch: Watch, *, is_hour_over: bool) -> Crossing | None:
    """What is out of the ordinary now, the least likely first; None while too little is known, or all is as usual.

    `is_hour_over`: the last hour has just ended and not only begun; then the mood is looked at.
    """
    if not known.counts.is_known:
        return None
    found = [_hour(hours, known.counts, watch.chance(Sign.HOUR)), _day(hours, known.counts, watch.chance(Sign.DAY))]
    if is_hour_over:
        found.append(_mood(hours, known, watch.chance(Sign.MOOD)))
    crossings = [each for each in found if each is not None]
    return min(crossings, key=lambda each: each.chance) if crossings else None


def _hour(hours: Hours, counts: Baseline, chance: float) -> Crossing | None:
    people = int(hours.people[-1])
    if people < LEAST_PEOPLE or not chance:
        return None
    slot = hours.last_slot
    found = counts.hour_above(slot, people)
    if found > chance:
        return None
    limit = counts.hour_limit(slot, chance, LEAST_PEOPLE)
    return Crossing(Sign.HOUR, people, float(counts.means[slot]), limit, found)


def _day(hours: Hours, counts: Baseline, chance: float) -> Crossing | None:
    since = hours.last_slot % DAY
    people = int(hours.people[-since - 1 :].sum())
    if people < LEAST_PEOPLE or not chance:
        return None
    slot = hours.last_slot - since
    found = counts.day_above(slot, people)
    if found > chance:
        return None
    mean = float(counts.means[[(slot + each) % WEEK for each in range(DAY)]].sum())
    return Crossing(Sign.DAY, people, mean, baseline.limit_of(mean, counts.day_spread, chance, LEAST_PEOPLE), found)


def _mood(hours: Hours, known: Ordinary, chance: float) -> Crossing | None:
    people, unhappy = int(hours.people[-DAY:].sum()), int(hours.unhappy[-DAY:].sum())
    if people < LEAST_FOR_MOOD or not chance:
        return None
    found = baseline.share_above(unhappy, people, known.share, known.firmness)
    if found > chance:
        return None
    limit = next(
        each
        for each in range(int(people * known.share), people + 1)
        if baseline.share_above(each, people, known.share, known.firmness) <= chance
    )
    return Crossing(Sign.MOOD, unhappy, people * known.share, limit, found, of=people)


def is_calm(hours: Hours, known: Ordinary) -> bool:
    """Whether the last whole hours, and the one that runs, were nothing special."""
    count = len(hours.people)
    if count <= CALM_HOURS:
        return False
    slots = [(hours.first_slot + count - 1 - back) % WEEK for back in range(CALM_HOURS + 1)]
    people = [int(each) for each in hours.people[: -CALM_HOURS - 2 : -1]]
    return all(
        each < LEAST_PEOPLE or known.counts.hour_above(slot, each) > CALM_CHANCE
        for slot, each in zip(slots, people, strict=True)
    )
