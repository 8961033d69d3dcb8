"""What texts say, for machines: by message, and as a list that every condition narrows."""

import pytest
from django.test import Client

from midchannel.platform import clock
from midchannel.platform.accounts.actions import tokens
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import RIGHTS
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
