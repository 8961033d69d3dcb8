"""The pages of Measures: every number leads to its rows; nobody sees another person's figures."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import URLPattern

from midchannel.insight.facts import actions as facts
from midchannel.insight.outcomes import actions as outcomes
from midchannel.middle.conversations.events import ConversationAnswered
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.platform.database.bulk import fetch
from midchannel.platform.events import actions as events
from midchannel.platform.events.models import StoredEvent
from midchannel.web.measures import urls
from tests import company as companies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr(
        "midchannel.platform.events.queries.list_after",
        lambda cursor, *, limit: list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit]),
    )


@pytest.fixture
def company() -> companies.Company:
    now = clock.now()
    company = companies.make_company(now=now - timedelta(days=1))
    companies.fill(company, now=now, count=9)
    while facts.project(now=now):
        pass
    return company


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answered_by(user: User, *, count: int) -> None:
    """Some answers that this person wrote."""
    for conversation_id, scope_id, message_id in fetch(
        "SELECT c.id, c.scope_id, max(m.id) FROM conversation c JOIN message m ON m.conversation_id = c.id"
        " GROUP BY 1, 2 ORDER BY 1 LIMIT %s",
        [count],
    ):
        fetch("UPDATE message SET author_id = %s WHERE id = %s RETURNING 1", [user.pk, message_id])
        event = ConversationAnswered(
            object_id=conversation_id,
            scope_ids=(scope_id,),
            channel_id=1,
            message_id=str(message_id),
            seconds=120,
            is_first=True,
        )
        events.emit(event, now=clock.now())
    facts.project(now=clock.now())


def test_every_link_of_a_number_opens_its_rows(company: companies.Company) -> None:
    client = client_of(company.agent)
    page = client.get("/measures/")
    links = sorted(
        {unescape(link) for link in re.findall(r'href="(/measures/[a-z_]+/rows/[^"]*)"', page.content.decode())}
    )

    assert len(links) > 10
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200
        total = answer.context["total"]
        assert len(answer.context["rows"]) == min(total, 50), link


def test_the_page_says_how_many_contacts_there_were(company: companies.Company) -> None:
    page = client_of(company.agent).get("/measures/?days=7")

    tile = next(tile for tile in page.context["tiles"] if tile.label == "Contacts")
    assert tile.value == str(len(fetch("SELECT 1 FROM conversation")))


def test_somebody_in_no_busy_team_sees_the_first_use(company: companies.Company) -> None:
    page = client_of(company.outsider).get("/measures/")

    assert page.context["first"] is not None
    assert b"Nothing to measure yet" in page.content


@pytest.mark.parametrize(
    "query",
    [
        "days=7",
        "days=90",
        "from=2026-01-01&to=2026-02-01",
        "from=x&to=y",
        "days=abc",
        "from=2026-02-01&to=0001-01-01",
        "from=9999-12-31&to=9999-12-31",
    ],
)
def test_any_days_can_be_asked_for(company: companies.Company, query: str) -> None:
    assert client_of(company.agent).get(f"/measures/?{query}").status_code == 200


def test_the_days_are_the_readers(company: companies.Company) -> None:
    client = client_of(company.agent)
    client.cookies["tz"] = "Pacific/Kiritimati"

    page = client.get("/measures/")

    assert page.context["chosen"].period.zone == "Pacific/Kiritimati"


def test_no_address_and_no_parameter_shows_a_leader_anothers_figures(company: companies.Company) -> None:
    answered_by(company.agent, count=5)
    lead, agent = client_of(company.lead), client_of(company.agent)
    mine = agent.get("/measures/mine/")
    assert next(t.value for t in mine.context["tiles"] if t.label == "Replies sent") == "5"
    assert agent.get("/measures/mine/replies/rows/").context["total"] == 5

    for name in ("user", "user_id", "person", "owner", "actor", "agent", "by", "own", "author", "key"):
        for value in (company.agent.pk, company.agent.email, company.agent.mention, "1"):
            page = lead.get("/measures/mine/", {name: value})
            assert [t.value for t in page.context["tiles"]] == ["0", "\N{EN DASH}", "0", "0"]
            assert lead.get("/measures/mine/replies/rows/", {name: value}).context["total"] == 0
            team = lead.get("/measures/replies/rows/", {name: value})
            assert team.context["total"] == 5
            assert company.agent.name.encode() not in team.content


def test_no_address_of_measures_names_a_person() -> None:
    named = {
        name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern) for name in pattern.pattern.converters
    }

    assert named == {"measure_id"}


@pytest.mark.parametrize("path", ["/measures/nonsense/rows/", "/measures/mine/contacts/rows/"])
def test_what_is_no_measure_is_not_found(company: companies.Company, path: str) -> None:
    assert client_of(company.agent).get(path).status_code == 404


def test_rows_are_paged_by_key(company: companies.Company) -> None:
    client = client_of(company.agent)
    assert client.get("/measures/contacts/rows/?cursor=nonsense").status_code in {400, 422}


def test_only_leads_set_goals_and_the_goal_is_shown(company: companies.Company) -> None:
    given = {
        "measure": "first_answer",
        "target": "30",
        "due_on": "2099-01-01",
        "channel_id": company.chat.pk,
        "note": "For the customers",
    }
    assert client_of(company.agent).post("/measures/goals/new/", given).status_code == 403

    assert client_of(company.lead).post("/measures/goals/new/", given).status_code == 302

    outcomes.freeze_baseline(company.chat.pk, now=clock.now())
    page = client_of(company.agent).get("/measures/goals/")
    assert [post.target for post in page.context["posts"]] == ["at most 30 min"]
    assert [before.channel for before in page.context["baselines"]] == ["Chat"]
    assert client_of(company.outsider).get("/measures/goals/").context["posts"] == []


def test_a_goal_that_cannot_be_is_explained_at_its_field(company: companies.Company) -> None:
    given = {"measure": "contacts", "target": "30", "due_on": "2020-01-01", "channel_id": "", "note": ""}

    answer = client_of(company.lead).post("/measures/goals/new/", given)

    assert answer.status_code == 422
    assert "due_on" in answer.context["form"].errors


def test_nobody_sees_measures_without_signing_in(company: companies.Company) -> None:
    for path in ("/measures/", "/measures/mine/", "/measures/goals/", "/measures/contacts/rows/"):
        assert Client().get(path).status_code == 302


def test_the_page_asks_the_database_a_fixed_number_of_questions(
    company: companies.Company, django_assert_max_num_queries: object
) -> None:
    client = client_of(company.agent)
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        client.get("/measures/")
