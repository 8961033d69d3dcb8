"""Search, through its pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from midchannel.middle.cases import actions as cases
from midchannel.platform.accounts import queries
from midchannel.platform.accounts.models import User
from midchannel.usecases import case_plans
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    company = companies.make_company(now=NOW)
    companies.fill(company, now=NOW, count=12)
    companies.say(company, company.chat, "A <b>dirigible</b> for Ana", by="Ana Lima", at=NOW + timedelta(hours=1))
    companies.hear(now=NOW + timedelta(hours=1))
    return company


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_people_and_words_are_found_together(company: companies.Company) -> None:
    page = browser(company.agent).get("/search/?q=ana").content.decode()

    assert "People" in page
    assert "What was said" in page
    assert "Ana Lima" in page
    assert "<mark>Ana</mark>" in page
    assert "<b>dirigible" not in page


def test_cases_are_found_by_their_words_the_open_ones_first(company: companies.Company) -> None:
    agent = queries.viewer_for(company.agent)
    case_plans.seed(queries.viewer_for(company.lead), now=NOW)
    for title in ("Dirigible without a basket", "Dirigible lost over sea"):
        cases.open_case(agent, plan="complaint", title=title, scope_id=agent.scope_ids[0], values={}, now=NOW)
    client = browser(company.agent)

    page = client.get("/search/?q=dirigible sea").content.decode()
    part = client.get("/search/quick?q=dirigible", headers=HTMX).content.decode()
    strange = browser(company.outsider).get("/search/?q=dirigible sea").content.decode()

    assert "Dirigible lost over sea" in page
    assert "Dirigible without a basket" not in page
    assert part.count("/cases/") == 2
    assert "lost over sea" not in strange


def test_the_palette_finds_while_one_types(company: companies.Company) -> None:
    client = browser(company.agent)

    part = client.get("/search/quick?q=dirig", headers=HTMX).content.decode()
    nothing = client.get("/search/quick?q=zzzz", headers=HTMX).content.decode()
    short = client.get("/search/quick?q=z", headers=HTMX).content.decode()
    page = client.get("/search/quick?q=dirig")

    assert "<mark>dirigible</mark>" in part
    assert "menu-item" in part
    assert "Nobody and nothing found" in nothing
    assert short.strip() == ""
    assert page.headers["Location"] == "/search/?q=dirig"


def test_another_teams_agent_finds_nothing(company: companies.Company) -> None:
    client = browser(company.outsider)

    assert "Nothing found" in client.get("/search/?q=dirigible").content.decode()
    assert "Nobody and nothing" in client.get("/search/quick?q=dirig", headers=HTMX).content.decode()


@pytest.mark.parametrize("text", ["", "%", "'\"<script>", "a" * 500, "\\", "\u2013", "&cursor=x"])
def test_any_text_answers_a_page(company: companies.Company, text: str) -> None:
    client = browser(company.agent)

    page = client.get("/search/", {"q": text})
    part = client.get("/search/quick", {"q": text}, headers=HTMX)

    assert (page.status_code, part.status_code) == (200, 200)
    assert "'\"<script>" not in page.content.decode()


def test_a_cursor_that_was_not_made_here_is_refused(company: companies.Company) -> None:
    assert browser(company.agent).get("/search/?q=ana&cursor=nonsense").status_code == 400


def test_search_takes_the_same_queries_however_much_there_is(
    company: companies.Company, django_assert_max_num_queries: object
) -> None:
    client = browser(company.agent)

    with django_assert_max_num_queries(17):  # type: ignore[operator]
        client.get("/search/?q=the")
