"""The pages of improvements."""

from datetime import timedelta

import pytest
from django.test import Client

from midchannel.outside.channels.models import Delivery
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import improve
from tests import company as companies

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    now = clock.now()
    company = companies.make_company(now=now - timedelta(days=1))
    companies.fill(company, now=now, count=6)
    return company


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def conversations() -> list[int]:
    return [row[0] for row in fetch("SELECT id FROM conversation ORDER BY id")]


def begun(company: companies.Company) -> int:
    viewer = companies.viewer_of(company.agent)
    found = improve.begin(viewer, "Cards arrive <b>faster</b>", conversation_id=conversations()[0], now=clock.now())
    for conversation_id in conversations()[1:]:
        improve.tie(viewer, conversation_id, found, clock.now())
    return found


def test_an_improvement_is_begun_from_a_conversation(company: companies.Company) -> None:
    client = client_of(company.agent)
    given = {
        "title": "Cards faster",
        "change": "Two days",
        "owner_id": company.lead.pk,
        "conversation": conversations()[0],
    }

    answer = client.post("/improvements/new/", given, follow=True)

    assert answer.context["book"].asked == 1
    assert answer.context["item"].owner_name == company.lead.name
    assert b"Cards faster" in client.get("/improvements/").content


def test_the_first_use_says_what_it_is_for(company: companies.Company) -> None:
    assert b"No improvements yet" in client_of(company.agent).get("/improvements/").content


def test_everything_a_stranger_or_colleague_wrote_is_escaped(company: companies.Company) -> None:
    found = begun(company)
    for path in ("/improvements/", f"/improvements/{found}/", f"/improvements/for/{conversations()[0]}/"):
        assert b"<b>faster" not in client_of(company.agent).get(path).content


def test_a_conversation_is_tied_and_untied(company: companies.Company) -> None:
    found = begun(company)
    client = client_of(company.agent)
    first = conversations()[0]

    client.post(f"/improvements/{found}/untie/", {"conversation": first})
    assert [each.id for each in client.get(f"/improvements/for/{first}/").context["tied"]] == []
    client.post(f"/improvements/{found}/tie/", {"conversation": first})
    assert [each.id for each in client.get(f"/improvements/for/{first}/").context["tied"]] == [found]


def test_words_are_looked_at_before_they_are_approved(company: companies.Company) -> None:
    found = begun(company)
    client = client_of(company.agent)
    tell = f"/improvements/{found}/tell/"
    client.post(f"/improvements/{found}/move/", {"state": "done"})

    looked = client.post(tell, {"step": "look", "text": "Hello {first_name}, it is done."})
    assert {each.text.split(",")[0] for each in looked.context["previews"]} <= {
        f"Hello {name.split()[0]}" for name in companies.PEOPLE
    }
    changed = client.post(
        tell, {"step": "approve", "text": "Something else", "looked_at": "Hello {first_name}, it is done."}
    )
    assert changed.status_code == 200
    approved = client.post(
        tell,
        {"step": "approve", "text": "Hello {first_name}, it is done.", "looked_at": "Hello {first_name}, it is done."},
    )
    assert approved.status_code == 302
    while improve.tell_next(now=clock.now()):
        pass

    assert Delivery.objects.count() == 6
    page = client.get(f"/improvements/{found}/")
    assert page.context["book"].on_its_way == 6
    assert page.context["waiting"] == 0


def test_words_with_an_unknown_place_are_explained(company: companies.Company) -> None:
    found = begun(company)
    client = client_of(company.agent)
    client.post(f"/improvements/{found}/move/", {"state": "done"})

    answer = client.post(f"/improvements/{found}/tell/", {"step": "look", "text": "Hello {surname}"})

    assert answer.status_code == 422
    assert "surname" in str(answer.context["form"].errors["text"])


def test_somebody_else_may_not_approve(company: companies.Company) -> None:
    found = begun(company)
    client_of(company.agent).post(f"/improvements/{found}/move/", {"state": "done"})

    answer = client_of(company.colleague).post(
        f"/improvements/{found}/tell/", {"step": "approve", "text": "x", "looked_at": "x"}
    )

    assert answer.status_code in {302, 403}
    assert fetch("SELECT count(*) FROM improvement_telling") == [(0,)]
    assert not client_of(company.colleague).get(f"/improvements/{found}/").context["item"].may_tell


def test_another_team_sees_the_improvement_and_not_who_asked(company: companies.Company) -> None:
    found = begun(company)

    page = client_of(company.outsider).get(f"/improvements/{found}/")

    assert page.context["askers"] == []
    assert page.context["book"].hidden == 6
    assert not any(person.encode() in page.content for person in companies.PEOPLE)
    assert client_of(company.outsider).get(f"/improvements/for/{conversations()[0]}/").status_code == 404


def test_a_colleague_is_asked_in_the_internal_thread(company: companies.Company) -> None:
    found = begun(company)
    client = client_of(company.agent)

    client.post(f"/improvements/{found}/ask/", {"text": f"Is it rolled out, @{company.colleague.mention}?"})

    posts = client.get(f"/improvements/{found}/").context["posts"]
    assert [post.audience for post in posts] == ["internal"]


def test_what_is_not_there_is_not_found(company: companies.Company) -> None:
    client = client_of(company.agent)
    for path in ("/improvements/999/", "/improvements/999/tell/", "/improvements/999/edit/"):
        assert client.get(path).status_code == 404
