"""What a person says about a text holds at once, stays, is told, and changes how the next one like it is read."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from midchannel.engines.language.reading import Reading
from midchannel.middle.signals import actions, queries
from midchannel.middle.signals.errors import SignalNotFoundError
from midchannel.middle.signals.models import Calibration, Correction, Topic
from midchannel.middle.signals.queries import panel
from midchannel.outside.channels.models import Activity
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import name_topic, reread, understand
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db
ODD = "The green parcel is sick, absolutely sick"


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def hear(desk: Desk, text: str, number: int = 1) -> int:
    say(desk.square, str(number), text)
    return Activity.objects.get(text=text).pk


def test_a_correction_holds_at_once_is_told_and_is_on_record(desk: Desk) -> None:
    activity_id = hear(desk, ODD)
    before = queries.of(desk.ana, [activity_id])[activity_id]

    after = actions.correct(desk.ana, activity_id, {"sentiment": ["positive"]}, now=NOW)

    assert (after.sentiment, after.corrected, after.mood) == ("positive", ("sentiment",), 1.0)
    kept = Correction.objects.get()
    assert (kept.holds, kept.shown, kept.language) == (["positive"], [before.sentiment], before.language)
    assert set(kept.said) == {"negative", "neutral", "positive"}
    assert Entry.objects.get(action="signal.correct").details == {"what": "sentiment", "holds": "positive"}
    assert StoredEvent.objects.get(kind="signal.corrected").object_id == activity_id


def test_the_last_word_is_the_latest_and_both_are_kept(desk: Desk) -> None:
    activity_id = hear(desk, ODD)
    actions.correct(desk.ana, activity_id, {"intents": ["complaint", "question"]}, now=NOW)
    after = actions.correct(desk.ana, activity_id, {"intents": []}, now=NOW)

    assert after.intents == ()
    assert list(Correction.objects.order_by("id").values_list("is_last", flat=True)) == [False, True]


def test_what_a_person_said_stays_when_the_text_is_read_again(desk: Desk) -> None:
    activity_id = hear(desk, ODD)
    actions.correct(desk.ana, activity_id, {"spam": ["spam"]}, now=NOW)
    actions.correct(desk.ana, activity_id, {"spam": []}, now=NOW)
    actions.correct(desk.ana, activity_id, {"urgency": ["urgent"]}, now=NOW)
    actions.correct(desk.ana, activity_id, {"language": ["de"]}, now=NOW)
    before = actions.correct(desk.ana, activity_id, {"topics": ["Parcels"]}, now=NOW)

    run = reread.begin(desk.lea, since=NOW - timedelta(days=1), now=NOW)
    while reread.work(now=NOW):
        pass

    again = queries.of(desk.ana, [activity_id])[activity_id]
    assert (again.is_spam, again.is_urgent, again.language, again.topics) == (False, True, "de", ("Parcels",))
    assert again.press == before.press, "what presses rests on what a person said"
    run.refresh_from_db()
    assert (run.done, run.changed, run.ended_at) == (1, 0, NOW)


def test_an_edit_that_comes_while_history_is_read_again_has_the_last_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity_id = hear(desk, "This is wonderful, I love it")
    read_texts = understand.read_texts

    def slowly(given: Sequence[str], own: queries.Own) -> list[Reading]:
        monkeypatch.setattr(understand, "read_texts", read_texts)
        say(desk.square, "1", "This is terrible, I am very disappointed")
        return read_texts(given, own)

    monkeypatch.setattr(understand, "read_texts", slowly)
    reread.begin(desk.lea, since=NOW - timedelta(days=1), now=NOW)
    reread.work(now=NOW)

    assert queries.of(desk.ana, [activity_id])[activity_id].sentiment == "negative"


def test_the_next_text_like_it_is_read_otherwise_and_others_are_not(desk: Desk) -> None:
    first = hear(desk, ODD)
    before = queries.of(desk.ana, [first])[first]
    other = hear(desk, "This is terrible, I am very disappointed", 2)
    actions.correct(desk.ana, first, {"sentiment": ["positive"]}, now=NOW)

    assert actions.learn_if_due(now=NOW)
    assert not actions.learn_if_due(now=NOW)
    like = hear(desk, "My green parcel is sick, absolutely sick!", 3)
    unlike = hear(desk, "This is terrible, I am so very disappointed", 4)

    found = queries.of(desk.ana, [like, other, unlike])
    assert found[like].positive > before.positive
    assert found[like].positive > 0.5
    assert found[unlike].sentiment == found[other].sentiment == "negative"
    used = Calibration.objects.get(is_used=True)
    assert found[like].reader_id != found[other].reader_id
    assert used.measured["sentiment"]["positive"]["corrections"] == 1


def test_of_two_who_name_the_topic_of_a_post_at_once_both_are_heard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity_id = hear(desk, ODD)
    hold = actions.hold

    def waits(activity_ids: Sequence[int]) -> None:
        monkeypatch.setattr(actions, "hold", hold)
        actions.correct(desk.ben, activity_id, {"topics": ["Colours"]}, now=NOW)
        hold(activity_ids)

    monkeypatch.setattr(actions, "hold", waits)
    name_topic.name_topic(desk.ana, [activity_id], "Parcels", now=NOW)

    assert set(queries.of(desk.ana, [activity_id])[activity_id].topics) == {"Colours", "Parcels"}


def test_a_topic_that_is_named_is_there_from_then_on(desk: Desk) -> None:
    activity_id = hear(desk, ODD)
    actions.correct(desk.ana, activity_id, {"topics": ["Parcels", " Parcels "]}, now=NOW)

    assert [topic.name for topic in Topic.objects.all()] == ["Parcels"]


@pytest.mark.parametrize(
    ("what", "holds"),
    [
        ("sentiment", ["happy"]),
        ("sentiment", ["positive", "negative"]),
        ("language", ["xx-none"]),
        ("intents", ["to buy"]),
        ("topics", ["x" * 61]),
    ],
)
def test_what_is_not_offered_is_refused(desk: Desk, what: str, holds: list[str]) -> None:
    with pytest.raises(InvalidError):
        actions.correct(desk.ana, hear(desk, ODD), {what: holds}, now=NOW)


def test_who_may_not_see_the_post_may_not_correct_it(desk: Desk) -> None:
    with pytest.raises(SignalNotFoundError):
        actions.correct(desk.kim, hear(desk, ODD), {"spam": []}, now=NOW)


def test_a_new_calibration_is_weighed_on_the_same_texts(desk: Desk) -> None:
    for number in range(panel.LEAST):
        say(desk.square, f"p{number}", f"The weather report number {number} is fine")
    assert reread.read_panel(now=NOW)
    assert not reread.read_panel(now=NOW)
    for number in range(12):
        actions.correct(
            desk.ana,
            hear(desk, f"The weather report is really number {number}", 100 + number),
            {"sentiment": ["positive"]},
            now=NOW,
        )
    actions.learn_if_due(now=NOW)
    hear(desk, "Another one", 200)
    assert reread.read_panel(now=NOW)

    old, new = panel.list_readers()
    shift = next(each for each in panel.list_shifts(old.id, new.id) if each.measure == "mood")
    assert (old.calibration, shift.texts) == (0, panel.LEAST)
    assert new.calibration > 0
    assert shift.low <= shift.mean <= shift.high
    assert shift.mean > 0


def test_topics_that_people_gave_are_read_in_texts_like_those(desk: Desk) -> None:
    about = {
        "Cards": "my card is blocked and the new card {} has not come",
        "App": "the app crashes when I log in, screen {}",
    }
    number = 0
    for name, words in about.items():
        for n in range(9):
            number += 1
            actions.correct(desk.ana, hear(desk, words.format(n), number), {"topics": [name]}, now=NOW)
    used = actions.learn(now=NOW)
    like = hear(desk, "where is my new card, it has not come yet", 100)
    odd = hear(desk, "zzz qqq", 101)

    found = queries.of(desk.ana, [like, odd])
    assert found[like].topics == ("Cards",)
    assert found[odd].topics == ()
    assert used.measured["topics"]["Cards"]["corrections"] == 9


def test_what_was_learned_from_erased_texts_is_learned_without_them(desk: Desk) -> None:
    activity_id = hear(desk, ODD)
    actions.correct(desk.ana, activity_id, {"sentiment": ["positive"]}, now=NOW)
    assert actions.learn_if_due(now=NOW)
    counts = actions.forget([activity_id])

    assert (counts["signal"], counts["signal_correction"]) == (1, 1)
    assert actions.learn_if_due(now=NOW)
    assert not actions.learn_if_due(now=NOW)
    assert all(row.body in ({}, {"heads": {}}) for row in Calibration.objects.all())
