"""What people see of what texts say: in the inbox, on the customer's page, in Measures and on the page Understanding."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from midchannel.middle.signals import queries
from midchannel.middle.signals.models import Calibration, Correction, Reread
from midchannel.outside.channels.models import Activity
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.web.understanding import said
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db
BAD = "This is terrible, my card was stolen! Help me urgently"
GOOD = "Thank you so much, you were wonderful!"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("midchannel.platform.clock.now", lambda: NOW)
    return make_desk()


def page(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=viewer.user_id))
    return client


def heard(text: str) -> int:
    return Activity.objects.get(text=text).pk


def part(client: Client, href: str, **given: Any) -> str:
    answer = (
        client.post(href, given, headers={"HX-Request": "true"})
        if given
        else client.get(href, headers={"HX-Request": "true"})
    )
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_what_presses_most_is_on_top_and_says_why(desk: Desk) -> None:
    say(desk.square, "1", GOOD)
    say(desk.square, "2", BAD, who="dan@example.com")
    html = page(desk.ana).get("/inbox/pressing/").content.decode()

    assert html.index("my card was stolen") < html.index("you were wonderful")
    assert "On top because: urgent (theft or fraud, says it is urgent)" in html
    assert ">Urgent</span>" in html
    assert 'title="Happy"' in html


def test_the_pages_of_that_view_go_on_where_they_ended(desk: Desk) -> None:
    from midchannel.middle.conversations import queries as conversations

    made = [say(desk.square, str(n), BAD if n % 3 == 0 else GOOD, who=f"p{n}@example.com") for n in range(7)]
    seen, cursor = [], None
    while True:
        found = conversations.list_conversations(desk.ana, view="pressing", cursor=cursor, limit=2)
        seen += [row.id for row in found.items]
        cursor = found.next_cursor
        if not cursor:
            break
    assert sorted(seen) == sorted(made)
    assert set(seen[:3]) == {made[0], made[3], made[6]}


def test_one_key_says_what_a_message_says_and_it_is_shown_at_once(desk: Desk) -> None:
    conversation_id = say(desk.square, "1", BAD)
    client, activity_id = page(desk.ana), heard(BAD)
    href = f"/inbox/c/{conversation_id}/m/{activity_id}/says/"
    whole = client.get(f"/inbox/c/{conversation_id}/").content.decode()
    assert f'hx-get="{href}"' in whole
    assert 'data-key="l"' in whole
    assert re.search(r'title="Mood: \d+% sure">Negative', whole)

    form = part(client, href)
    assert "So it was read by the program" in form
    assert 'value="negative" data-key="1" checked' in form
    bubble = part(client, href, then="keep", sentiment="positive", intents=["praise"], topics="Cards", language="de")

    assert f'id="message-{activity_id}"' in bubble
    assert 'title="Mood: A colleague says so">Positive' in bubble
    assert "Praise" in bubble
    assert ">German<" in bubble
    signal = queries.of_known([activity_id])[activity_id]
    assert (signal.sentiment, signal.topics, signal.is_urgent) == ("positive", ("Cards",), False)


def test_right_as_it_is_confirms_what_is_shown(desk: Desk) -> None:
    conversation_id = say(desk.square, "1", BAD)
    part(page(desk.ana), f"/inbox/c/{conversation_id}/m/{heard(BAD)}/says/", then="right")

    assert all(row.holds == row.shown for row in Correction.objects.all())
    assert Correction.objects.filter(what="sentiment", holds=["negative"]).exists()


def test_who_may_not_see_it_may_not_say_it(desk: Desk) -> None:
    conversation_id = say(desk.square, "1", BAD)
    href = f"/inbox/c/{conversation_id}/m/{heard(BAD)}/says/"

    assert page(desk.kim).post(href, {"sentiment": "positive"}).status_code == 404
    assert page(desk.kim).get(f"/understanding/texts/{heard(BAD)}/").status_code == 404


def test_a_customer_has_a_mood_over_time(desk: Desk) -> None:
    conversation_id = say(desk.square, "1", BAD)
    say(desk.square, "2", GOOD, behind="1")
    customer_id = fetch(
        "SELECT customer_id FROM source_record WHERE handle_id = (SELECT handle_id FROM conversation LIMIT 1)"
    )[0][0]
    html = page(desk.ana).get(f"/customers/{customer_id}/mood/").content.decode()

    assert "The last text is positive; it has turned 1 time in 2 texts." in html
    assert f"/inbox/c/{conversation_id}/?m={heard(BAD)}" in html


def test_measures_show_shares_with_intervals_and_the_texts_behind_them(desk: Desk) -> None:
    say(desk.square, "1", BAD)
    say(desk.square, "2", GOOD, who="dan@example.com")
    client = page(desk.ana)
    html = client.get("/measures/mood/").content.decode()
    assert "How people feel" in html
    assert "50" in html

    rows = client.get("/measures/mood/texts/?days=28&label=negative").content.decode()
    assert "my card was stolen" in rows
    assert "you were wonderful" not in rows
    assert "my card was stolen" not in page(desk.kim).get("/measures/mood/texts/?days=28").content.decode()
    assert client.get("/measures/mood/texts/?label=none").status_code == 404


def test_understanding_tells_how_well_and_what_was_learned(desk: Desk) -> None:
    lead, client = page(desk.lea), page(desk.ana)
    assert "Nothing was read yet" in lead.get("/understanding/").content.decode()
    say(desk.square, "1", BAD)
    html = client.get("/understanding/check/").content.decode()
    assert "my card was stolen" in html
    part(client, f"/understanding/texts/{heard(BAD)}/?of=sample", then="right")
    assert "no text left" in client.get("/understanding/check/").content.decode()
    assert client.post("/understanding/learn/").status_code == 403
    assert lead.post("/understanding/learn/").status_code == 302
    assert Calibration.objects.filter(is_used=True).count() == 1

    html = lead.get("/understanding/?of=sample").content.decode()
    assert '100 %</strong> <span class="quiet">1 of 1' in html
    assert "between 21 % and 100 %" in html
    assert "sure: so in" in html
    assert "too few to hold any out" in html
    assert lead.post("/understanding/reread/", {"since": "2026-01-01"}).status_code == 302
    assert Reread.objects.get().ended_at is None
    assert lead.post("/understanding/reread/", {"since": "yesterday"}).status_code == 302


def test_what_was_said_otherwise_can_be_looked_at(desk: Desk) -> None:
    conversation_id = say(desk.square, "1", BAD)
    client = page(desk.ana)
    part(client, f"/inbox/c/{conversation_id}/m/{heard(BAD)}/says/", then="keep", sentiment="positive")

    html = client.get("/understanding/examples/?what=sentiment&label=negative").content.decode()
    assert "my card was stolen" in html


def test_on_a_page_of_its_own_it_is_kept_too(desk: Desk) -> None:
    say(desk.square, "1", BAD)
    client, href = page(desk.ana), f"/understanding/texts/{heard(BAD)}/"
    html = client.get(href).content.decode()
    form = html[html.index(f'action="{href}"') - 100 : html.index(f'action="{href}"') + 200]
    assert "hx-post" not in form
    assert "my card was stolen" in html

    answer = client.post(href, {"then": "keep", "sentiment": "mixed"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/understanding/")
    assert queries.of_known([heard(BAD)])[heard(BAD)].sentiment == "mixed"


def test_who_asks_politely_is_not_shown_as_happy(desk: Desk) -> None:
    say(desk.square, "1", GOOD)
    glad = queries.of_known([heard(GOOD)])[heard(GOOD)]

    assert said.mood_of(glad) == "happy"
    for intent in ("question", "complaint", "churn_risk", "cancellation"):
        assert said.mood_of(replace(glad, intents=(*glad.intents, intent))) == ""
    assert said.mood_of(replace(glad, intents=())) == ""
    assert said.mood_of(replace(glad, intents=(), corrected=("sentiment",))) == "happy"
