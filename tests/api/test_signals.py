"""What texts say, for machines: by message, and as a list that every condition narrows."""

import pytest
from django.test import Client

from midchannel.middle.signals.models import Correction
from midchannel.platform import clock
from midchannel.platform.accounts.actions import tokens
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import RIGHTS
from midchannel.platform.audit.models import Entry
from tests.api.conftest import Machine
from tests.desk import make_desk, say

pytestmark = pytest.mark.django_db
BAD = "This is terrible, my card was stolen! Help me urgently"


def machine_of(viewer: Viewer) -> Machine:
    return Machine(Client(), tokens.issue_api_token(viewer, name="test", rights=RIGHTS, now=clock.now()).token)


def test_signals_are_listed_narrowed_and_asked_for_one_by_one() -> None:
    desk = make_desk()
    conversation_id = say(desk.square, "1", BAD)
    say(desk.square, "2", "Thank you so much, you were wonderful!", who="dan@example.com")
    machine = machine_of(desk.ana)

    page = machine.get("signals?limit=1")
    assert machine.status == 200
    (newest,) = page["items"]
    (older,) = machine.get(f"signals?limit=1&cursor={page['next_cursor']}")["items"]
    assert (newest["sentiment"], older["sentiment"]) == ("positive", "negative")
    assert (older["conversation_id"], older["is_urgent"], older["urgency_rules"][0]) == (
        str(conversation_id),
        True,
        "theft",
    )
    assert [
        each["message_id"] for each in machine.get("signals?is_urgent=true&sentiment=negative&language=en")["items"]
    ] == [older["message_id"]]
    assert machine.get(f"messages/{older['message_id']}/signal") == older
    assert machine.get("conversations/counts")["pressing"] == 2
    assert machine.get("conversations?view=pressing")["items"][0]["id"] == str(conversation_id)

    stranger = machine_of(desk.kim)
    assert stranger.get("signals")["items"] == []
    stranger.get(f"messages/{older['message_id']}/signal")
    assert stranger.status == 404


def test_what_a_machine_says_of_a_text_holds_at_once_and_is_on_record_and_all_of_it_or_nothing() -> None:
    desk = make_desk()
    say(desk.square, "1", BAD)
    machine = machine_of(desk.ana)
    before = machine.get("signals")["items"][0]
    path = f"messages/{before['message_id']}/signal"

    after = machine.ask(
        "PATCH", path, {"sentiment": "neutral", "intents": ["idea"], "is_urgent": False, "topics": ["Cards"]}
    )

    assert (machine.status, after["sentiment"], after["intents"], after["is_urgent"]) == (
        200,
        "neutral",
        ["idea"],
        False,
    )
    assert (after["topics"], after["is_spam"], after["language"]) == (["Cards"], before["is_spam"], before["language"])
    assert set(after["said_by_a_person"]) == {"sentiment", "intents", "urgency", "topics"}
    assert machine.get(path) == after
    assert Correction.objects.filter(by_user_id=desk.ana.user_id, is_last=True).count() == 4
    assert Entry.objects.filter(action="signal.correct").count() == 4

    for refused in ({}, {"sentiment": "happy"}, {"sentiment": "positive", "language": "xx-none"}, {"mood": 1}):
        machine.ask("PATCH", path, refused)
        assert machine.status == 422, refused
    assert machine.get(path) == after


def test_who_may_not_see_a_text_or_may_only_read_does_not_correct_it() -> None:
    desk = make_desk()
    say(desk.square, "1", BAD)
    message_id = machine_of(desk.ana).get("signals")["items"][0]["message_id"]
    reader = tokens.issue_api_token(desk.ana, name="reads", rights=["read:conversations"], now=clock.now()).token

    for machine, status in ((machine_of(desk.kim), 404), (Machine(Client(), reader), 403)):
        machine.ask("PATCH", f"messages/{message_id}/signal", {"sentiment": "neutral"})
        assert machine.status == status
    assert not Correction.objects.exists()
