"""Times of timers."""

from datetime import UTC, datetime

import pytest

from midchannel.engines.casework import times

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "following"),
    [
        ("PT4H", "2026-01-31T16:00Z", None),
        ("P1M", "2026-02-28T12:00Z", None),
        ("P1Y2M3DT4H5M6S", "2027-04-03T16:05:06Z", None),
        ("P2W", "2026-02-14T12:00Z", None),
        ("2026-12-24", "2026-12-24T00:00Z", None),
        ("2026-12-24T18:00+01:00", "2026-12-24T17:00Z", None),
        ("R/PT1H", "2026-01-31T13:00Z", "2026-01-31T14:00Z"),
        ("R1/PT1H", "2026-01-31T13:00Z", None),
        ("R3/2026-02-01T00:00Z/P1D", "2026-02-01T00:00Z", "2026-02-02T00:00Z"),
    ],
)
def test_when_a_timer_goes_off(text: str, first: str, following: str | None) -> None:
    schedule = times.read_schedule(text)

    assert schedule.first(NOON) == datetime.fromisoformat(first)
    assert schedule.following(schedule.first(NOON)) == (datetime.fromisoformat(following) if following else None)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "soon", "P1.5M", "R0/PT1H", "R/PT0S", "R3", "R1000000/PT1H", "P9999Y", "2026-13-01", "R2/x/PT1H"],
)
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        times.read_schedule(text)
