"""Some texts are read a second time, behind everything else: that is shown, and moves no measure."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.test import Client

from midchannel.engines.language import encoder
from midchannel.engines.language.encoder import Deeper
from midchannel.middle.signals import actions, queries
from midchannel.middle.signals.queries import counting, panel, twice
from midchannel.outside.channels.models import Activity
from midchannel.platform.accounts.models import User
from midchannel.platform.database.bulk import execute
from midchannel.platform.errors import NotAllowedError
from midchannel.usecases import case_plans, open_case, read_twice
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
SHIPPED = encoder.load


class Gloomy:
    """A larger model to which everything is bad."""

    def read(self, texts: Sequence[str]) -> list[Deeper]:
        """Say so."""
        return [Deeper(sentiment="negative", negative=0.9, positive=0.05, model="gloomy-1") for _ in texts]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("midchannel.platform.clock.now", lambda: LATER)
    monkeypatch.setattr(encoder, "load", Gloomy)
    desk = make_desk()
    read_twice.work(now=NOW)  # what came before is left
    return desk


def hear(desk: Desk, text: str, number: int, *, sure: float, who: str = "cara@example.com") -> int:
    """Somebody says something that is read as positive, so surely."""
    say(desk.square, str(number), text, who=who)
    activity_id = Activity.objects.get(text=text).pk
    execute(
        "UPDATE signal SET sentiment = 3, positive = %s, negative = 50, intents = 128, language = 'en' WHERE id = %s",
        [round(sure * 1000), activity_id],
    )
    return activity_id


def test_what_is_unsure_is_read_twice_and_shown_so_and_no_measure_moves(desk: Desk) -> None:
    unsure, sure = hear(desk, "Well, a card", 1, sure=0.5), hear(desk, "A lovely card", 2, sure=0.95)
    asked = counting.Asked(since=NOW - timedelta(days=1), until=LATER)
    counts, readers = counting.count_by_day(desk.ana, asked, zone="UTC"), panel.list_readers()

    assert read_twice.work(now=NOW) == 0, "a batch may still be under way"
    assert read_twice.work(now=LATER) == 1
    assert read_twice.work(now=LATER + timedelta(minutes=1)) == 0

    found = queries.of(desk.ana, [unsure, sure])
    assert found[sure].second is None
    assert (found[unsure].sentiment, found[unsure].as_shown.sentiment) == ("positive", "negative")
    assert counting.count_by_day(desk.ana, asked, zone="UTC") == counts
    assert panel.list_readers() == readers
    (row,) = twice.list_twice(since=NOW - timedelta(days=1))
    assert (row.model, row.texts, row.unsure, row.changed.part) == ("gloomy-1", 1, 1, 1)

    client = Client()
    client.force_login(User.objects.get(pk=desk.ana.user_id))
    form = client.get(f"/understanding/texts/{unsure}/").content.decode()
    assert re.search(r'value="negative"[^>]*checked', form)
    assert "read twice; at first positive" in client.get("/understanding/check/").content.decode()
    assert "gloomy-1" in client.get("/understanding/").content.decode()

    actions.correct(desk.ana, unsure, {"sentiment": ["positive"]}, now=LATER)
    assert queries.of(desk.ana, [unsure])[unsure].as_shown.sentiment == "positive", "a person has the last word"
    (row,) = twice.list_twice(since=NOW - timedelta(days=1))
    assert (row.first_right.part, row.second_right.part, row.first_right.whole) == (1, 0, 1)


def test_what_a_person_with_an_open_case_or_who_may_leave_says_is_read_twice(desk: Desk) -> None:
    case_plans.seed(desk.lea, now=NOW)
    conversation_id = say(desk.square, "0", "Zzz")
    open_case.from_conversation(desk.ana, conversation_id, plan="complaint", now=NOW)
    theirs = hear(desk, "A lovely card", 1, sure=0.95)
    leaving = hear(desk, "Lovely, but I go", 2, sure=0.95, who="dan@example.com")
    execute("UPDATE signal SET intents = 32 WHERE id = %s", [leaving])
    other = hear(desk, "A lovely house", 3, sure=0.95, who="eve@example.com")

    read_twice.work(now=LATER)

    found = queries.of(desk.ana, [theirs, leaving, other])
    assert [found[each].second is not None for each in (theirs, leaving, other)] == [True, True, False]
    assert actions.forget([theirs])["signal_second"] == 1


def test_the_model_that_ships_reads_what_came(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime", reason="the extra midchannel[encoder] is not installed")
    monkeypatch.setattr(encoder, "load", SHIPPED)
    late = hear(desk, "Three weeks, four mails, and still no parcel. I give up", 1, sure=0.5)
    glad = hear(desk, "Thank you so much, Ben at the counter was wonderful", 2, sure=0.5, who="dan@example.com")

    assert read_twice.work(now=LATER) == 2

    found = queries.of(desk.ana, [late, glad])
    assert [found[each].as_shown.sentiment for each in (late, glad)] == ["negative", "positive"]
    assert all(each.second and each.second.model.startswith("encoder/") for each in found.values())


def test_it_is_switched_off_by_a_lead_and_without_the_extra_nothing_happens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotAllowedError):
        actions.switch_second(desk.ana, is_on=False, now=NOW)
    client = Client()
    client.force_login(User.objects.get(pk=desk.lea.user_id))
    monkeypatch.setattr(encoder, "is_there", lambda: False)
    assert "not installed" in client.get("/settings/understanding/").content.decode()
    client.post("/settings/understanding/", {})
    assert not twice.is_second_on()
    hear(desk, "Well, a card", 1, sure=0.5)
    assert read_twice.work(now=LATER) == 0

    client.post("/settings/understanding/", {"is_on": "1"})
    monkeypatch.setattr(encoder, "load", lambda: None)
    assert read_twice.work(now=LATER) == 0
    monkeypatch.setattr(encoder, "load", Gloomy)
    assert read_twice.work(now=LATER) == 1


class Slow(Gloomy):
    """A larger model that takes its time: meanwhile something happens, with each text something else."""

    def __init__(self, happens: list[Callable[[], object]]) -> None:
        self.happens = happens

    def read(self, texts: Sequence[str]) -> list[Deeper]:
        """Say so, too late."""
        self.happens.pop()()
        return super().read(texts)


def test_of_a_text_that_changed_while_it_was_read_nothing_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    edited, erased = hear(desk, "Well, a card", 1, sure=0.5), hear(desk, "Well, a house", 2, sure=0.5)
    steps: list[Callable[[], object]] = [
        lambda: say(desk.square, "1", "A lovely card"),
        lambda: (execute("DELETE FROM activity WHERE id = %s", [erased]), actions.forget([erased])),
    ]
    monkeypatch.setattr(encoder, "load", lambda: Slow(steps))

    assert read_twice.work(now=LATER) == 0
    assert queries.of(desk.ana, [edited])[edited].second is None
    assert twice.list_twice(since=NOW - timedelta(days=1)) == []


def test_what_is_still_waiting_to_be_applied_is_read_twice_when_it_is(desk: Desk) -> None:
    before = hear(desk, "Well, a card", 1, sure=0.5)
    execute("UPDATE arrival SET waiting = true WHERE first_id = %s", [before])

    assert read_twice.work(now=LATER) == 0

    execute("UPDATE arrival SET waiting = false")
    assert read_twice.work(now=LATER) == 1
