"""Storms are found soon, and false alarms come no more often than was said: on streams of which nothing is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from midchannel.engines.alarm import baseline, rising, shares, storms
from midchannel.engines.alarm.baseline import DAY, WEEK
from midchannel.engines.alarm.storms import Hours, Sign, Watch

Counts = NDArray[np.int_]
LEARNED = 8 * WEEK


def quiet_stream(
    seed: int, weeks: int, *, level: float, size: float | None = None, bad: float = 0.2
) -> tuple[Counts, Counts]:
    """An ordinary search: busy by day, quiet at night and on Sundays; Poisson, or more uneven (`size` of a negative binomial)."""
    chance = np.random.default_rng(seed)
    hour = np.arange(weeks * WEEK)
    means = level * (1 + 0.8 * np.sin((hour % DAY - 8) / DAY * 2 * np.pi)) * np.where(hour % WEEK // DAY == 6, 0.5, 1.0)
    rates = means if size is None else chance.gamma(size, means / size)
    people = chance.poisson(rates)
    return people, chance.binomial(people, bad)


def hours_of(people: Counts, unhappy: Counts, until: int) -> Hours:
    begin = max(0, until - LEARNED)
    length = until - begin
    return Hours(people[begin:until], unhappy[begin:until], begin % WEEK, np.ones(length, bool))


def alarms_in(people: Counts, unhappy: Counts, watch: Watch) -> list[tuple[int, Sign]]:
    """Every alarm of a stream, hour by hour, as the loop would raise them: one a storm."""
    found: list[tuple[int, Sign]] = []
    known, quiet_at = None, 0
    for until in range(LEARNED, len(people) + 1):
        hours = hours_of(people, unhappy, until)
        if known is None or until % DAY == 0:
            known = storms.learn(hours)
        if until < quiet_at:
            continue
        crossing = storms.find(hours, known, watch, is_hour_over=True)
        if crossing:
            found.append((until, crossing.sign))
            quiet_at = until + DAY
    return found


@pytest.mark.parametrize(("level", "size"), [(0.3, None), (4.0, None), (4.0, 6.0), (30.0, 20.0)])
def test_false_alarms_are_no_more_than_stated(level: float, size: float | None) -> None:
    weeks, allowed_every = 26, 2.0
    streams = 3

    alarms = sum(
        len(alarms_in(*quiet_stream(seed, 8 + weeks, level=level, size=size), Watch(allowed_every)))
        for seed in range(streams)
    )

    stated = streams * weeks / allowed_every
    assert alarms <= stated, f"{alarms} false alarms where at most {stated:.0f} were stated"


def test_a_storm_is_found_in_its_first_hour_and_once() -> None:
    people, unhappy = quiet_stream(7, 10, level=4.0)
    at = 9 * WEEK + 3 * DAY + 10
    people[at : at + 6] += 40
    unhappy[at : at + 6] += 35

    found = alarms_in(people, unhappy, Watch(8.0))

    assert found[0][0] == at + 1
    assert len([each for each in found if at < each[0] <= at + DAY]) == 1


def test_a_turn_of_mood_is_found_though_no_more_is_said_than_usual() -> None:
    people, unhappy = quiet_stream(11, 10, level=6.0)
    at = 9 * WEEK + 2 * DAY
    unhappy[at : at + DAY] = np.random.default_rng(1).binomial(people[at : at + DAY], 0.7)

    found = alarms_in(people, unhappy, Watch(8.0))

    assert any(sign is Sign.MOOD and at < when <= at + DAY for when, sign in found)


def test_two_weeks_of_past_are_needed() -> None:
    people, unhappy = quiet_stream(3, 3, level=4.0)
    people[-1] = 500
    short = Hours(people[-10 * DAY :], unhappy[-10 * DAY :], 0, np.ones(10 * DAY, bool))

    assert storms.find(short, storms.learn(short), Watch(8.0), is_hour_over=True) is None


def test_it_is_calm_when_some_whole_hours_were_ordinary() -> None:
    people, unhappy = quiet_stream(5, 10, level=4.0)
    end = 10 * WEEK
    people[end - 8 : end - 4] = 60
    known = storms.learn(hours_of(people, unhappy, end))

    assert not storms.is_calm(hours_of(people, unhappy, end - 4), known)
    assert not storms.is_calm(hours_of(people, unhappy, end - 2), known)
    people[end - 4 :] = 3
    assert storms.is_calm(hours_of(people, unhappy, end), known)


def test_hours_of_storms_are_not_learned_from() -> None:
    people, unhappy = quiet_stream(5, 9, level=4.0)
    people[2 * WEEK : 2 * WEEK + 48] = 200
    ordinary = np.ones(len(people), bool)
    ordinary[2 * WEEK : 2 * WEEK + 48] = False

    learned = storms.learn(Hours(people, unhappy, 0, ordinary))
    misled = storms.learn(Hours(people, unhappy, 0, np.ones(len(people), bool)))

    assert learned.counts.means.mean() == pytest.approx(3.8, rel=0.1)
    assert misled.counts.means.mean() > 2 * learned.counts.means.mean()


@given(st.floats(0.01, 500), st.floats(0.0, 3.0), st.floats(1e-7, 0.3))
def test_a_limit_is_the_first_count_as_unlikely_as_asked(mean: float, spread: float, chance: float) -> None:
    limit = baseline.limit_of(mean, spread, chance, 1)

    assert baseline.above(limit, mean, spread) <= chance
    assert limit == 1 or baseline.above(limit - 1, mean, spread) > chance


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.01, 0.9), st.floats(2, 1e5))
def test_a_share_grows_less_likely_with_every_one_more(of: int, count: int, share: float, firmness: float) -> None:
    count = min(count, of)

    here = baseline.share_above(count, of, share, firmness)
    assert 0 <= here <= 1
    assert baseline.share_above(count + 1, of, share, firmness) <= here + 1e-9 if count < of else True


@given(st.floats(1.0, 50.0), st.booleans(), st.booleans())
def test_what_is_watched_shares_the_false_alarms_allowed(weeks: float, volume: bool, mood: bool) -> None:
    watch = Watch(weeks, volume=volume, mood=mood)
    total = sum(watch.chance(sign) * storms.TESTS_A_WEEK[sign] for sign in Sign) if volume or mood else 1 / weeks

    assert total == pytest.approx(1 / weeks)


def test_of_many_terms_that_do_not_rise_few_are_shown() -> None:
    chance = np.random.default_rng(4)
    often = {f"word{number}": float(each) for number, each in enumerate(chance.gamma(1.0, 20.0, size=400))}
    shown = 0
    for _ in range(40):
        now = {term: int(chance.poisson(mean / 7)) for term, mean in often.items()}
        before = {term: int(chance.poisson(mean)) for term, mean in often.items()}
        shown += bool(rising.rising(now, before, people_now=1000, people_before=7000))

    assert shown <= 0.05 * 40 + 3, "of 40 quiet weeks at most about 2 show anything"


def test_what_rises_is_shown_with_how_much() -> None:
    now = {"outage": 30, "card": 100, "app": 14}
    before = {"outage": 10, "card": 700, "app": 90}

    found = rising.rising(now, before, people_now=1000, people_before=7000)

    assert [each.term for each in found] == ["outage"]
    assert 10 < found[0].low < found[0].ratio < found[0].high < 50


def test_a_part_of_a_longer_term_said_by_the_same_people_is_left_out() -> None:
    people = frozenset(range(20))
    rises = rising.rising({"card arrival": 20, "arrival": 21, "outage": 19}, {}, people_now=100, people_before=700)
    who = {"card arrival": people, "arrival": people | {99}, "outage": frozenset(range(50, 69))}

    assert {each.term for each in rising.common_root(who, rises)} == {"card arrival", "outage"}


def test_one_loud_person_does_not_decide() -> None:
    posts = dict.fromkeys(range(20), (1, 0)) | dict.fromkeys(range(20, 40), (0, 1)) | {99: (0, 400)}

    by_people = shares.shares(["Lantern", "Other"], posts)
    by_posts = shares.shares(["Lantern", "Other"], posts, by_people=False)

    assert by_people[0].share == pytest.approx(20 / 41)
    assert by_posts[0].share < 0.05
    assert by_posts[0].high > 0.4, "without the loud one it would be half: the interval says so"
    assert by_posts[1].loudest > 0.9


@given(st.dictionaries(st.integers(0, 50), st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20), st.booleans())
def test_shares_lie_in_their_intervals_and_make_a_whole(posts: dict[int, tuple[int, int]], by_people: bool) -> None:
    found = shares.shares(
        ["a", "b"], {person: each for person, each in posts.items() if sum(each)}, by_people=by_people
    )

    assert all(0 <= each.low <= each.share <= each.high <= 1 for each in found)
    if any(sum(each) for each in posts.values()):
        assert sum(each.share for each in found) == pytest.approx(1)
