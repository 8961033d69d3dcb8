"""Every page of the settings, by role, in its states."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from midchannel.config import wiring
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.models import Entry
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

AGENT_PAGES = ("/settings/you/", "/settings/you/tokens/new/", "/settings/canned/")
LEAD_PAGES = (
    "/settings/queues/",
    "/settings/queues/new/",
    "/settings/channels/",
    "/settings/blocked/",
    "/settings/canned/new/",
)
ADMINISTRATOR_PAGES = (
    "/settings/people/",
    "/settings/people/invite/",
    "/settings/teams/",
    "/settings/teams/new/",
    "/settings/audit/",
    "/settings/channels/new/",
    "/settings/channels/new/email/",
    "/settings/channels/new/collector/",
    "/settings/channels/new/simulator/",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    wiring.connect_networks()
    return companies.make_company(now=NOW)


@pytest.fixture
def boss(company: companies.Company) -> User:
    return company.administrator


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_everybody_has_the_pages_of_their_role_and_no_other(company: companies.Company, boss: User) -> None:
    agent, lead, administrator = browser(company.agent), browser(company.lead), browser(boss)

    for address in AGENT_PAGES:
        assert agent.get(address).status_code == 200, address
    for address in LEAD_PAGES:
        assert (agent.get(address).status_code, lead.get(address).status_code) == (403, 200), address
    for address in ADMINISTRATOR_PAGES:
        assert (lead.get(address).status_code, administrator.get(address).status_code) == (403, 200), address


def test_pages_want_a_sign_in_and_lead_back(company: companies.Company) -> None:
    answer = Client().get("/settings/audit/?kind=team")
    part = Client().get("/settings/audit/", headers={"HX-Request": "true"})

    assert answer.headers["Location"] == "/signin/?next=/settings/audit/%3Fkind%3Dteam"
    assert part.headers["HX-Redirect"] == "/signin/"


def test_an_administrator_changes_people(company: companies.Company, boss: User) -> None:
    client, agent = browser(boss), browser(company.agent)

    client.post(f"/settings/people/{company.agent.pk}/role/", {"role": "lead"})
    assert agent.get("/settings/channels/").status_code == 200
    client.post(f"/settings/people/{company.agent.pk}/deactivate/")

    assert agent.get("/settings/you/").headers["Location"].startswith("/signin/")
    assert "Cannot sign in any more" in client.get("/settings/people/").content.decode()


def test_the_last_administrator_is_told_why_not(company: companies.Company, boss: User) -> None:
    client = browser(boss)

    answer = client.post(
        f"/settings/people/{boss.pk}/deactivate/",
        headers={"Referer": "http://testserver/settings/people/"},
        follow=True,
    )

    assert "last administrator" in answer.content.decode()
    assert browser(boss).get("/settings/you/").status_code == 200


def test_signing_out_everywhere_keeps_this_session_alone(company: companies.Company) -> None:
    here, there = browser(company.agent), browser(company.agent)

    here.post("/settings/you/sign-out-everywhere/")

    assert here.get("/settings/you/").status_code == 200
    assert there.get("/settings/you/").status_code == 302


def test_a_token_is_shown_once(company: companies.Company) -> None:
    client = browser(company.agent)

    shown = client.post("/settings/you/tokens/new/", {"name": "Script", "rights": ["read:customers"]}).content.decode()
    listed = client.get("/settings/you/").content.decode()

    assert "mca_" in shown
    assert "Script" in listed
    assert "mca_" not in listed


def test_a_collector_is_opened_and_its_token_shown_once(company: companies.Company, boss: User) -> None:
    client = browser(boss)
    given = {"name": "Shop", "purpose": "Orders", "queue_id": company.queue.pk}

    shown = client.post("/settings/channels/new/collector/", given).content.decode()
    listed = client.get("/settings/channels/").content.decode()

    assert 'id="secret"' in shown
    assert "mc_" in shown
    assert "Shop" in listed
    assert "mc_" not in listed


def test_a_channel_of_a_name_that_is_taken_is_refused_beside_the_field(company: companies.Company, boss: User) -> None:
    given = {"name": "Chat", "purpose": "Orders", "queue_id": company.queue.pk}

    answer = browser(boss).post("/settings/channels/new/collector/", given)

    assert answer.status_code == 422
    assert "id_name_error" in answer.content.decode()


def test_a_goal_without_a_day_is_refused(company: companies.Company, boss: User) -> None:
    given = {
        "name": "Shop",
        "purpose": "Orders",
        "queue_id": company.queue.pk,
        "goal-measure": "contacts",
        "goal-target": "5",
    }

    answer = browser(boss).post("/settings/channels/new/collector/", given)

    assert answer.status_code == 422
    assert "id_goal-due_on_error" in answer.content.decode()


def test_the_simulator_is_opened_slowed_paused_and_seen(company: companies.Company, boss: User) -> None:
    client = browser(boss)
    given = {"name": "Box", "purpose": "To try", "queue_id": company.queue.pk, "per_minute": "3"}

    opened = client.post("/settings/channels/new/simulator/", given)
    address = opened.headers["Location"]
    client.post(f"{address}pace/", {"per_minute": "7"})
    client.post(f"{address}pace/", {"run": "off"})
    page = client.get(address).content.decode()

    assert 'value="7"' in page
    assert "Let them speak" in page


def test_a_mailbox_that_does_not_answer_is_not_kept(company: companies.Company, boss: User) -> None:
    client = browser(boss)
    given = {
        "name": "Mail",
        "purpose": "Letters",
        "queue_id": company.queue.pk,
        "address": "help@example.org",
        "password": "Sesam-47",
        "imap_host": "127.0.0.1",
        "imap_port": "1",
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": "1",
        "smtp_security": "none",
    }

    tried = client.post("/settings/channels/check/", given, headers={"HX-Request": "true"})
    refused = client.post("/settings/channels/new/email/", given)
    kept = client.post("/settings/channels/new/email/", given | {"anyway": "1"})

    assert "does not work yet" in tried.content.decode()
    assert refused.status_code == 422
    assert "Sesam-47" not in refused.content.decode()
    assert kept.status_code == 302
    page = client.get(kept.headers["Location"]).content.decode()
    assert "127.0.0.1" in page
    assert "Sesam-47" not in page


def test_an_incomplete_mailbox_is_told_what_is_missing(company: companies.Company, boss: User) -> None:
    tried = browser(boss).post("/settings/channels/check/", {"address": "help"}, headers={"HX-Request": "true"})

    assert "IMAP: Server" in tried.content.decode()


def test_a_channel_is_paused_resumed_and_closed(company: companies.Company, boss: User) -> None:
    client, address = browser(boss), f"/settings/channels/{company.chat.pk}/"

    client.post(f"{address}pause/")
    paused = client.get(address).content.decode()
    client.post(f"{address}resume/")
    client.post(f"{address}close/")
    closed = client.get(address).content.decode()

    assert "Paused" in paused
    assert "Closed" in closed
    assert "Change it" not in closed


def test_queues_and_canned_replies_are_made_and_changed(company: companies.Company) -> None:
    client = browser(company.lead)

    made = client.post(
        "/settings/queues/new/", {"name": "Refunds", "team_id": company.service.pk, "first_answer_minutes": "30"}
    )
    taken = client.post("/settings/queues/new/", {"name": "Refunds", "team_id": company.service.pk})
    changed = client.post(f"/settings/queues/{company.queue.pk}/", {"name": "First line", "resolution_hours": "24"})
    client.post(
        "/settings/canned/new/", {"shortcut": "bye", "title": "Good bye", "body": "Bye {first_name}", "team_id": ""}
    )

    assert (made.status_code, taken.status_code, changed.status_code) == (302, 422, 302)
    page = client.get("/settings/queues/").content.decode()
    assert "First line" in page
    assert "Refunds" in page
    assert "::bye" in client.get("/settings/canned/").content.decode()


def test_the_audit_log_is_narrowed_and_read_on(company: companies.Company, boss: User) -> None:
    client = browser(boss)
    Entry.objects.bulk_create(
        [
            Entry(at=NOW, actor_name="Boss", actor_id=boss.pk, action="team.name", object_type="team", object_id=n)
            for n in range(60)
        ]
    )

    first = client.get(f"/settings/audit/?kind=team&person={boss.pk}").content.decode()
    more = first.partition("cursor=")[2].partition('"')[0]
    rest = client.get(f"/settings/audit/?kind=team&cursor={more}", headers={"HX-Request": "true"}).content.decode()
    nothing = client.get("/settings/audit/?kind=nothing").content.decode()

    assert first.count("renamed a team") == 50
    assert rest.count("renamed a team") == 10
    assert "<html" not in rest
    assert "Nothing was written" in nothing


def test_the_list_of_channels_takes_the_same_queries_however_many_there_are(
    company: companies.Company, boss: User, django_assert_max_num_queries: object
) -> None:
    client = browser(boss)
    for number in range(20):
        companies.open_channel(f"Channel {number}", company.queue, is_public=True, now=NOW)

    with django_assert_max_num_queries(7):  # type: ignore[operator]
        client.get("/settings/channels/")


def test_people_of_other_teams_channels_are_not_there_for_agents(company: companies.Company) -> None:
    outsider = account_queries.viewer_for(company.outsider)

    assert browser(company.outsider).get(f"/settings/channels/{company.chat.pk}/").status_code == 403
    assert outsider.scope_ids


def test_the_demo_is_removed_from_the_channels_page(company: companies.Company, boss: User) -> None:
    client = browser(boss)
    company.chat.is_demo = True
    company.chat.save()
    offered = client.get("/settings/channels/").content.decode()

    answer = client.post("/settings/demo/remove/", follow=True)
    refused = browser(company.lead).post("/settings/demo/remove/")

    assert "Remove the demo" in offered
    assert "Remove the demo" not in answer.content.decode()
    assert refused.status_code == 403
