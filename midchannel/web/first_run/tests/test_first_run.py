"""The first run and invitations, through the pages."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from midchannel.inside.service.models import Queue
from midchannel.platform.accounts import actions, queries
from midchannel.platform.accounts.errors import AlreadyFoundedError
from midchannel.platform.accounts.models import Team, User
from midchannel.platform.audit.models import Entry

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
PASSWORD = "a sentence about the sea"
FIRST = {
    "company": "Tide & Co",
    "team": "Customer service",
    "name": "Ada Falk",
    "email": "Ada@example.org",
    "password": PASSWORD,
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/signin/", "/inbox/", "/settings/people/", "/nothing/"])
def test_without_any_account_every_page_leads_to_the_first_run(client: Client, address: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/first-run/")


@pytest.mark.django_db
def test_the_first_run_makes_administrator_team_and_queue_and_signs_in(client: Client) -> None:
    page = client.get("/first-run/")
    answer = client.post("/first-run/", FIRST)

    user = User.objects.get()
    assert page.status_code == 200
    assert answer.headers["Location"] == "/first-run/next/"
    assert (user.email, user.role, user.mention) == ("ada@example.org", "administrator", "ada-falk")
    assert queries.viewer_for(user).scope_ids == (Team.objects.get().scope_id,)
    assert Queue.objects.get().team == Team.objects.get()
    assert client.get("/first-run/next/").status_code == 200
    assert {"account.create", "team.create", "queue.create"} <= set(Entry.objects.values_list("action", flat=True))


@pytest.mark.django_db
def test_the_first_run_happens_once(client: Client) -> None:
    client.post("/first-run/", FIRST)

    again = Client().post("/first-run/", FIRST | {"email": "eve@example.org"})

    assert again.headers["Location"] == "/signin/"
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "password1234", "ada@example.org", ""])
def test_a_weak_password_is_refused_beside_its_field(client: Client, password: str) -> None:
    answer = client.post("/first-run/", FIRST | {"password": password})

    assert answer.status_code == 422
    assert "id_password_error" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_that_race_for_the_first_run_one_wins() -> None:
    start, outcomes = threading.Barrier(2), []

    def run(number: int) -> None:
        start.wait()
        try:
            actions.found(company="C", team="T", name="N", email=f"n{number}@x.example", password=PASSWORD, now=NOW)
            outcomes.append("made")
        except AlreadyFoundedError:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["late", "made"]
    assert User.objects.count() == 1


@pytest.fixture
def administrator(client: Client) -> Client:
    client.post("/first-run/", FIRST)
    return client


def invite(administrator: Client, **more: object) -> str:
    """The path of a new invitation's link."""
    page = administrator.post("/settings/people/invite/", {"email": "bo@example.org", "role": "agent", **more})
    found = re.search(r"/invitation/[\w-]+/", page.content.decode())
    assert found, page.content.decode()
    return found.group()


@pytest.mark.django_db
def test_an_invitation_makes_an_account_once(administrator: Client) -> None:
    link = invite(administrator, role="lead", team_ids=[Team.objects.get().pk], name="Bo Ek")

    page = Client().get(link)
    first = Client().post(link, {"name": "Bo Ek", "password": PASSWORD})
    second = Client().post(link, {"name": "Eve", "password": PASSWORD})

    bo = User.objects.get(email="bo@example.org")
    assert "Bo Ek" in page.content.decode()
    assert (first.status_code, second.status_code) == (302, 404)
    assert (bo.role, queries.viewer_for(bo).scope_ids) == ("lead", (Team.objects.get().scope_id,))


@pytest.mark.django_db
def test_who_forgot_their_password_chooses_another_by_a_link_that_works_once(administrator: Client) -> None:
    Client().post(invite(administrator, name="Bo Ek"), {"name": "Bo Ek", "password": PASSWORD})
    bo = User.objects.get(email="bo@example.org")
    elsewhere = Client()
    elsewhere.force_login(bo)
    page = administrator.post(f"/settings/people/{bo.pk}/password/").content.decode()
    link = re.search(r"/password/new/[^<\s]+/", page)
    assert link

    weak = Client().post(link[0], {"password": "short"})
    first = Client().post(link[0], {"password": "another sentence, about boats"})
    second = Client().post(link[0], {"password": "a sentence of somebody who found the link"})

    bo.refresh_from_db()
    assert (weak.status_code, first.status_code, second.status_code) == (422, 302, 404)
    assert bo.check_password("another sentence, about boats")
    assert elsewhere.get("/inbox/").status_code == 302
    assert {"account.offer_password", "account.password"} <= set(Entry.objects.values_list("action", flat=True))


@pytest.mark.django_db
def test_a_link_for_a_password_is_made_by_administrators_and_lasts_a_day(administrator: Client) -> None:
    Client().post(invite(administrator, name="Bo Ek"), {"name": "Bo Ek", "password": PASSWORD})
    bo, boss = User.objects.get(email="bo@example.org"), User.objects.get(role="administrator")
    colleague = Client()
    colleague.force_login(bo)
    old = actions.offer_new_password(queries.viewer_for(boss), bo.pk, now=datetime.now(UTC) - timedelta(days=1))
    ended = actions.offer_new_password(queries.viewer_for(boss), bo.pk, now=datetime.now(UTC))
    actions.end_sessions(queries.viewer_for(boss), bo.pk, now=NOW)

    assert colleague.post(f"/settings/people/{boss.pk}/password/").status_code in {302, 403, 404}
    for token in (old, ended, "nonsense", ended[:-1]):
        assert Client().get(f"/password/new/{token}/").status_code == 404
        assert Client().post(f"/password/new/{token}/", {"password": "a sentence of Eve's own"}).status_code == 404
    bo.refresh_from_db()
    assert bo.check_password(PASSWORD)


@pytest.mark.django_db
def test_an_invitation_that_is_taken_back_replaced_or_old_does_not_work(administrator: Client) -> None:
    replaced = invite(administrator)
    taken_back = invite(administrator)
    viewer = queries.viewer_for(User.objects.get())
    administrator.post(f"/settings/invitations/{queries.list_invitations(viewer, now=NOW)[0].id}/revoke/")
    old = actions.invite(viewer, email="cy@example.org", now=datetime.now(UTC) - timedelta(days=8))

    for link in (replaced, taken_back, f"/invitation/{old}/", "/invitation/nonsense/"):
        assert Client().get(link).status_code == 404
        assert Client().post(link, {"name": "Eve", "password": PASSWORD}).status_code == 404
    assert User.objects.count() == 1
