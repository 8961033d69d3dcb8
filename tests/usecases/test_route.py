"""A new conversation waits where the first fitting rule says; a rule that breaks delays nobody."""

from dataclasses import replace

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from midchannel.inside.service import errors, routing
from midchannel.inside.service.routing import Rule, Said
from midchannel.middle.conversations.models import Conversation
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db
BAD = "This is terrible, my card was stolen! Help me urgently"


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_what_is_urgent_and_negative_goes_to_the_other_team(desk: Desk) -> None:
    rule = Rule(name="Stolen", queue_id=desk.other_queue_id, sentiments=("negative",), is_urgent=True)
    routing.keep_rule(desk.lea, rule, now=NOW)
    moved = Conversation.objects.get(pk=say(desk.square, "1", BAD))
    stayed = Conversation.objects.get(pk=say(desk.square, "2", "Thank you, wonderful!", who="dan@example.com"))

    assert (moved.queue_id, stayed.queue_id) == (desk.other_queue_id, desk.queue_id)
    assert moved.scope_id in desk.kim.scope_ids
    assert moved.first_answer_due_at is None
    assert Entry.objects.get(action="conversation.route").details["rule"] == "Stolen"


def test_the_first_that_fits_decides_and_they_can_change_places(desk: Desk) -> None:
    home = routing.keep_rule(desk.lea, Rule(name="A", queue_id=desk.queue_id, languages=("en",)), now=NOW)
    routing.keep_rule(desk.lea, Rule(name="B", queue_id=desk.other_queue_id, languages=("en",)), now=NOW)
    assert Conversation.objects.get(pk=say(desk.square, "1", BAD)).queue_id == desk.queue_id

    routing.move_rule(desk.lea, home, up=False, now=NOW)
    assert [rule.name for rule in routing.list_rules()] == ["B", "A"]
    assert Conversation.objects.get(pk=say(desk.square, "2", BAD, who="d@e.f")).queue_id == desk.other_queue_id


def test_a_rule_that_breaks_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    routing.keep_rule(desk.lea, Rule(name="A", queue_id=desk.other_queue_id, languages=("en",)), now=NOW)

    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("midchannel.inside.service.routing.first_fitting", fail)
    assert Conversation.objects.get(pk=say(desk.square, "1", BAD)).queue_id == desk.queue_id


def test_a_rule_without_a_condition_is_refused_and_only_leads_write_any(desk: Desk) -> None:
    with pytest.raises(InvalidError):
        routing.keep_rule(desk.lea, Rule(name="All", queue_id=desk.queue_id), now=NOW)
    with pytest.raises(errors.LeadsOnlyError):
        routing.keep_rule(desk.ana, Rule(name="A", queue_id=desk.queue_id, languages=("en",)), now=NOW)


def test_a_lead_writes_and_removes_a_rule_on_the_settings_page(desk: Desk) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=desk.lea.user_id))
    assert "No routing rules yet" in client.get("/settings/routing/").content.decode()
    given = {
        "name": "Leaving",
        "intents": ["churn_risk", "cancellation"],
        "queue_id": desk.other_queue_id,
        "is_active": "on",
    }
    assert client.post("/settings/routing/new/", given).status_code == 302
    html = client.get("/settings/routing/").content.decode()
    assert "May leave or Cancels" in html
    (rule,) = routing.list_rules()
    assert client.post("/settings/routing/new/", given).status_code == 422
    assert client.get(f"/settings/routing/{rule.id}/").status_code == 200
    client.post(f"/settings/routing/{rule.id}/remove/")
    assert routing.list_rules() == []


SAID = st.builds(
    Said,
    channel_id=st.integers(1, 3),
    language=st.sampled_from(["", "de", "en"]),
    sentiment=st.sampled_from(["", "negative", "positive"]),
    intents=st.lists(st.sampled_from(["complaint", "question"]), max_size=2),
    topic_ids=st.lists(st.integers(1, 3), max_size=2),
    is_urgent=st.booleans(),
)


@given(SAID, st.lists(st.sampled_from(["complaint", "question"]), max_size=2), st.booleans())
def test_one_condition_more_never_fits_more_texts(said: Said, intents: list[str], is_urgent: bool) -> None:
    rule = Rule(name="", queue_id=1, languages=("de",), intents=tuple(intents), is_urgent=is_urgent)

    if routing.fits(replace(rule, sentiments=("negative",)), said):
        assert routing.fits(rule, said)
