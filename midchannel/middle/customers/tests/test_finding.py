"""Finding customers."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.middle.customers import queries
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
NAMES = ("Ana Lima", "Bruno Keller", "Chiara Rossi", "Anatol von Berg", "O'Hara_%")

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    company = companies.make_company(now=NOW)
    for number, name in enumerate(NAMES):
        moment = NOW + timedelta(minutes=number)
        companies.say(company, company.chat, f"Hello from {name}", by=name, at=moment)
        companies.hear(now=moment)
    return company


def viewer(company: companies.Company) -> Viewer:
    return companies.viewer_of(company.agent)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lima", ["Ana Lima"]),
        ("ana", ["Anatol von Berg", "Ana Lima"]),
        ("ANA li", ["Ana Lima"]),
        ("berg", ["Anatol von Berg"]),
        ("bruno.keller@", ["Bruno Keller"]),
        ("o'hara", ["O'Hara_%"]),
        ("o'hara_%", ["O'Hara_%"]),
        ("%", []),
        ("__", []),
        ("a", []),
        ("", []),
        ("lima rossi", []),
        ("& | ! :* ()", []),
        ("\\", []),
        ("nobody", []),
    ],
)
def test_people_are_found_by_words_and_beginnings(company: companies.Company, text: str, names: list[str]) -> None:
    found = queries.find_customers(viewer(company), text)

    assert [row.name for row in found.items] == names


def test_the_list_has_everybody_once_and_whoever_was_in_touch_last_first(company: companies.Company) -> None:
    moment = NOW + timedelta(hours=1)
    companies.say(company, company.public, "Me again", by="Bruno Keller", at=moment)
    companies.hear(now=moment)

    rows, cursor = [], None
    while True:
        page = queries.list_customers(viewer(company), cursor, limit=2)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break

    assert [row.name for row in rows] == ["Bruno Keller", "O'Hara_%", "Anatol von Berg", "Chiara Rossi", "Ana Lima"]


def test_search_is_paged_by_key(company: companies.Company) -> None:
    first = queries.find_customers(viewer(company), "ana", limit=1)
    rest = queries.find_customers(viewer(company), "ana", first.next_cursor, limit=1)

    assert [row.name for row in first.items + rest.items] == ["Anatol von Berg", "Ana Lima"]
    assert rest.next_cursor is None


def test_whoever_was_asked_about_a_conversation_sees_its_customer(company: companies.Company) -> None:
    conversation_id = fetch("SELECT id FROM conversation ORDER BY id LIMIT 1")[0][0]
    outsider = companies.viewer_of(company.outsider)
    assert queries.find_customers(outsider, "lima").items == []

    accounts.grant(outsider.user_id, object_type="conversation", object_id=conversation_id, now=NOW, by=Actor("Mia", 1))

    assert [row.name for row in queries.find_customers(outsider, "ana").items] == ["Ana Lima"]


def test_a_lead_finds_every_customer(company: companies.Company) -> None:
    lead = Viewer(99, "Lou", "lead", ())

    assert len(queries.list_customers(lead).items) == len(NAMES)
    assert [row.name for row in queries.find_customers(lead, "rossi").items] == ["Chiara Rossi"]


def test_names_of_many_handles_take_one_query(company: companies.Company, django_assert_num_queries: object) -> None:
    handle_ids = [row[0] for row in fetch("SELECT id FROM handle ORDER BY id")]

    with django_assert_num_queries(1):  # type: ignore[operator]
        names = queries.get_names(handle_ids)

    assert [names[handle_id].name for handle_id in handle_ids] == list(NAMES)
