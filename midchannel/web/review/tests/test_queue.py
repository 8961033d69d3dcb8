"""The queue, through its pages."""

import pytest
from django.test import Client

from midchannel.middle.customers import actions
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import reviewing
from midchannel.web.review.tests.conftest import HTMX, NOW, browser, pair_of
from tests import company as companies
from tests.company import Company

pytestmark = pytest.mark.django_db


def names(company: Company) -> list[str]:
    return sorted(row.name for row in customers.list_customers(companies.viewer_of(company.agent)).items)


def test_a_question_shows_both_with_what_speaks_for_and_against(company: Company) -> None:
    page = browser(company.agent).get("/review/").content.decode()

    assert "Ana Lima" in page
    assert "Anna Lima" in page
    assert "1 waits" in page
    assert "Telephone" in page
    assert "very strongly for" in page
    assert "may be shared in a household" in page
    assert "Birth date of Anna Lima is not known" in page
    assert 'value="same" data-key="s"' in page
    assert "log2" not in page


def test_the_same_makes_one_customer_and_the_next_question_is_there(company: Company) -> None:
    client, pair = browser(company.agent), pair_of(company)

    answer = client.post(
        f"/review/{pair.id}/answer/", {"answer": "same", "reason": "Told me on the phone"}, headers=HTMX
    )

    assert names(company) == ["Ana Lima", "Bo Berg"]
    assert "<html" not in answer.content.decode()
    assert "Nobody to tell apart" in answer.content.decode()
    assert "Ana Lima and Anna Lima: the same" in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == "/review/"


def test_undo_gives_both_back_and_asks_again(company: Company) -> None:
    client, pair = browser(company.agent), pair_of(company)
    client.post(f"/review/{pair.id}/answer/", {"answer": "same"}, headers=HTMX)

    undone = client.post(f"/review/{pair.id}/undo/", headers=HTMX)

    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]
    assert f"/review/{pair.id}/answer/" in undone.content.decode()


def test_different_keeps_them_apart_and_is_not_asked_again(company: Company) -> None:
    client, pair = browser(company.agent), pair_of(company)

    client.post(f"/review/{pair.id}/answer/", {"answer": "different"})

    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]
    assert reviewing.list_pairs(companies.viewer_of(company.agent)) == []
    assert "two different" in client.get("/review/").content.decode()


def test_later_puts_a_question_at_the_end(company: Company) -> None:
    client, pair = browser(company.agent), pair_of(company)

    answer = client.post(f"/review/{pair.id}/answer/", {"answer": "later"}, headers=HTMX)

    assert client.session["review_later"] == [pair.id]
    assert f"/review/{pair.id}/answer/" in answer.content.decode()


def test_whoever_comes_second_is_told_what_was_answered(company: Company) -> None:
    pair = pair_of(company)
    actions.answer_pair(companies.viewer_of(company.colleague), pair.id, label="different", now=NOW)
    client = browser(company.agent)

    late = client.post(f"/review/{pair.id}/answer/", {"answer": "same"}, headers=HTMX)
    seen = client.get(f"/review/{pair.id}/").content.decode()

    assert late.status_code == 409
    assert "Tom Adeyemi answered this already" in late.content.decode()
    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]
    assert "Answered already" in seen


def test_another_team_is_asked_nothing_and_finds_nothing(company: Company) -> None:
    pair = pair_of(company)
    client = browser(company.outsider)

    assert "Lima" not in client.get("/review/").content.decode()
    assert client.get(f"/review/{pair.id}/", headers=HTMX).status_code == 404
    for way in ("answer", "undo"):
        assert client.post(f"/review/{pair.id}/{way}/", {"answer": "same"}, headers=HTMX).status_code == 404
    assert names(company) == ["Ana Lima", "Anna Lima", "Bo Berg"]


def test_a_part_is_a_part_and_a_page_a_page(company: Company) -> None:
    client, pair = browser(company.agent), pair_of(company)

    part = client.get(f"/review/{pair.id}/", headers=HTMX | {"HX-Target": "section#question"}).content.decode()
    page = client.get(f"/review/{pair.id}/").content.decode()

    assert "<html" not in part
    assert "<html" in page
    assert "The same" in part


def test_text_from_strangers_is_escaped(company: Company) -> None:
    page = browser(company.agent).get("/review/").content.decode()

    assert "<b>red" not in page


def test_nobody_signed_in_is_led_to_the_sign_in(company: Company) -> None:
    assert "/signin/" in Client().get("/review/").headers["Location"]


def test_a_question_takes_the_same_queries_however_many_wait(
    company: Company, django_assert_max_num_queries: object
) -> None:
    client = browser(company.agent)

    with django_assert_max_num_queries(30):  # type: ignore[operator]
        client.get("/review/")
