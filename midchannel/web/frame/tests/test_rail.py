"""The rail shows what exists and may be entered."""

from dataclasses import replace

import pytest

from midchannel.web.frame import rail


@pytest.fixture
def everything_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rail, "exists", lambda path: True)
    monkeypatch.setattr(rail, "PLACES", tuple(replace(place, only_if=None) for place in rail.PLACES))


def test_what_does_not_answer_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rail, "exists", lambda path: path == "/inbox/")

    assert [place.path for place in rail.places_for("administrator")] == ["/inbox/"]


def test_an_address_that_nobody_answers_does_not_exist() -> None:
    assert rail.exists("/signin/")
    assert not rail.exists("/nowhere/")


@pytest.mark.parametrize(("role", "sees"), [("agent", False), ("lead", True), ("administrator", True)])
def test_arrivals_and_settings_are_for_those_who_lead(everything_exists: None, role: str, sees: bool) -> None:
    paths = [place.path for place in rail.places_for(role)]

    assert ("/arrivals/" in paths) is sees
    assert ("/settings/" in paths) is sees
    assert "/inbox/" in paths


def test_every_place_has_its_own_key_and_icon() -> None:
    assert len({place.key for place in rail.PLACES}) == len(rail.PLACES)
    assert len({place.icon for place in rail.PLACES}) == len(rail.PLACES)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/cases/7/room/", "/cases/"),
        ("/settings/cases/", "/settings/"),
        ("/plans/", "/cases/"),
        ("/understanding/check/", "/measures/"),
        ("/notices/", ""),
    ],
)
def test_an_address_lights_up_the_place_it_begins_with(path: str, place: str) -> None:
    assert rail.place_at(path) == place
