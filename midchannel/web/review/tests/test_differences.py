"""Differences, through their pages."""

import pytest

from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.actions import differing
from midchannel.middle.customers.actions.differing import Change
from midchannel.usecases import settle_difference
from midchannel.web.review.tests.conftest import HTMX, NOW, browser, pair_of
from tests import company as companies
from tests.company import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(company: Company) -> int:
    """Ana and Anna would become one."""
    pair = pair_of(company)
    one, two = pair.left.record_id, pair.right.record_id
    edge = {
        "record": two,
        "other": one,
        "verdict": "auto",
        "weight": 9.0,
        "rule": "learned/2",
        "evidence": pair.evidence,
    }
    change = Change("join", [[one], [two]], [[one, two]], [edge])
    return differing.keep_difference([change], engine="duckdb", version="learned/2", records=3, now=NOW)


def names(company: Company) -> list[str]:
    return sorted(row.name for row in customers.list_customers(companies.viewer_of(company.agent)).items)


def item_of(company: Company, difference_id: int) -> int:
    from midchannel.middle.customers.queries import differing as reading

    return reading.list_items(companies.viewer_of(company.lead), difference_id).items[0].id


def test_the_list_and_one_difference_show_what_would_change(company: Company, proposed: int) -> None:
    client = browser(company.lead)

    listed = client.get("/review/differences/").content.decode()
    page = client.get(f"/review/differences/{proposed}/").content.decode()
    splits = client.get(f"/review/differences/{proposed}/?kind=split").content.decode()

    assert "1 comes together" in listed
    assert "2 customers become one" in page
    assert "Anna Lima" in page
    assert "Telephone" in page
    assert "Nothing of this kind" in splits


def test_one_item_is_done_and_taken_back(company: Company, proposed: int) -> None:
    client, item = browser(company.lead), item_of(company, proposed)

    done = client.post(
        f"/review/differences/{proposed}/items/{item}/", {"what": "apply"}, headers=HTMX
    ).content.decode()
    one = names(company)
    back = client.post(f"/review/differences/{proposed}/items/{item}/", {"what": "undo"}, headers=HTMX).content.decode()

    assert one == ["Ana Lima", "Bo Berg"]
    assert "Take it back" in done
    assert 'id="difference-head"' in done
    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]
    assert "Taken back" in back


def test_everything_is_done_at_once_and_taken_back(company: Company, proposed: int) -> None:
    client = browser(company.lead)

    done = client.post(f"/review/differences/{proposed}/settle/", {"what": "apply"}, follow=True).content.decode()
    one = names(company)
    part = client.post(f"/review/differences/{proposed}/settle/", {"what": "undo"}, headers=HTMX)

    assert one == ["Ana Lima", "Bo Berg"]
    assert "Done: 1 change" in done
    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]
    assert "mc:difference.settled" in part.headers["HX-Trigger"]


def test_a_long_one_goes_on_by_itself_and_shows_how_far_it_is(
    company: Company, proposed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle_difference, "go_on", lambda *_a, **_k: 7)

    part = browser(company.lead).post(f"/review/differences/{proposed}/settle/", {"what": "apply"}, headers=HTMX)

    assert "settle/?what=apply" in part.content.decode()
    assert "Working: 0 of 1" in part.content.decode()


def test_leaving_it_changes_nothing(company: Company, proposed: int) -> None:
    client, item = browser(company.lead), item_of(company, proposed)

    left = client.post(
        f"/review/differences/{proposed}/items/{item}/", {"what": "decline"}, headers=HTMX
    ).content.decode()
    again = client.post(f"/review/differences/{proposed}/items/{item}/", {"what": "apply"}, headers=HTMX)

    assert "Left as it was" in left
    assert again.status_code == 409
    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]


def test_only_leads_see_differences(company: Company, proposed: int) -> None:
    client = browser(company.agent)

    for address in ("", f"{proposed}/", f"{proposed}/items/"):
        assert client.get(f"/review/differences/{address}", headers=HTMX).status_code == 403, address
    assert client.post(f"/review/differences/{proposed}/settle/", {"what": "apply"}, headers=HTMX).status_code == 403
    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]


def test_without_any_the_page_says_what_it_is_for(company: Company) -> None:
    page = browser(company.lead).get("/review/differences/").content.decode()

    assert "Nothing is proposed" in page
    assert "midchannel identity resolve" in page
