"""Linking and unlinking by people, through the doors."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.middle.customers import actions, queries
from midchannel.middle.customers.errors import (
    CustomerNotFoundError,
    DecisionNotFoundError,
    NothingToDoError,
    OvertakenError,
    RecordNotFoundError,
)
from midchannel.middle.customers.models import LinkDecision
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.models import Entry
from midchannel.platform.database.bulk import fetch
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    company = companies.make_company(now=NOW)
    for number, name in enumerate(("Ana Lima", "A. Lima")):
        moment = NOW + timedelta(minutes=number)
        companies.say(company, company.chat, "Hello", by=name, at=moment)
        companies.hear(now=moment)
    return company


def mia(company: companies.Company) -> Viewer:
    return companies.viewer_of(company.agent)


def kim(company: companies.Company) -> Viewer:
    return companies.viewer_of(company.outsider)


def state() -> list[tuple[int, int, str]]:
    """All that linking changes: which record is with whom, and how they are called."""
    records = fetch("SELECT id, customer_id, name FROM source_record ORDER BY id")
    return [*records, *fetch("SELECT id, 0, name FROM customer ORDER BY id")]


def two(company: companies.Company) -> tuple[queries.CustomerDetail, queries.CustomerDetail]:
    found = queries.list_customers(mia(company)).items
    by_name = {row.name: queries.get_customer(mia(company), row.id) for row in found}
    return by_name["Ana Lima"], by_name["A. Lima"]


def test_a_first_meeting_is_told_as_the_reason(company: companies.Company) -> None:
    ana, _ = two(company)

    why = ana.records[0].why

    assert why is not None
    assert (why.verdict, why.rule, why.person) == ("link", "first-seen/1", "")


def test_linking_two_customers_makes_one_with_both_handles(company: companies.Company) -> None:
    ana, other = two(company)

    actions.link_customers(mia(company), other.id, into_id=ana.id, reason="Same letter head", now=LATER)

    joined = queries.get_customer(mia(company), ana.id)
    assert [record.name for record in joined.records] == ["Ana Lima", "A. Lima"]
    why = joined.records[1].why
    assert why is not None
    assert (why.person, why.evidence["reason"], why.at) == ("Mia Berg", "Same letter head", LATER)
    assert queries.find_successor(mia(company), other.id) == ana.id
    assert [row.name for row in queries.list_customers(mia(company)).items] == ["Ana Lima"]


def test_unlinking_restores_both_exactly(company: companies.Company) -> None:
    before = state()
    ana, other = two(company)
    actions.link_customers(mia(company), ana.id, into_id=other.id, now=LATER)

    actions.unlink(mia(company), ana.records[0].id, now=LATER)

    assert state() == before


def test_undoing_a_link_restores_both_exactly(company: companies.Company) -> None:
    before = state()
    ana, other = two(company)
    decisions = actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)

    actions.undo_decision(mia(company), decisions[0], now=LATER)

    assert state() == before
    assert queries.get_customer(mia(company), other.id).records[0].why is not None


def test_undoing_an_unlink_links_again(company: companies.Company) -> None:
    ana, other = two(company)
    actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)
    linked = state()
    apart = actions.unlink(mia(company), other.records[0].id, now=LATER)

    actions.undo_decision(mia(company), apart, now=LATER)

    assert state() == linked


def test_only_the_last_word_about_a_record_can_be_undone(company: companies.Company) -> None:
    ana, other = two(company)
    (linked,) = actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)
    apart = actions.unlink(mia(company), other.records[0].id, now=LATER)

    with pytest.raises(OvertakenError):
        actions.undo_decision(mia(company), linked, now=LATER)

    actions.undo_decision(mia(company), apart, now=LATER)
    actions.undo_decision(mia(company), linked, now=LATER)
    with pytest.raises(OvertakenError):
        actions.undo_decision(mia(company), linked, now=LATER)


def test_the_record_that_began_a_customer_can_leave_it(company: companies.Company) -> None:
    ana, other = two(company)
    actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)

    actions.unlink(mia(company), ana.records[0].id, now=LATER)

    names = sorted(row.name for row in queries.list_customers(mia(company)).items)
    assert names == ["A. Lima", "Ana Lima"]
    assert queries.get_customer(mia(company), ana.id).name == "Ana Lima"
    assert queries.get_customer(mia(company), other.id).name == "A. Lima"


def test_the_only_record_of_a_customer_cannot_be_taken_apart(company: companies.Company) -> None:
    ana, _ = two(company)

    with pytest.raises(NothingToDoError):
        actions.unlink(mia(company), ana.records[0].id, now=LATER)


def test_decisions_are_only_ever_added(company: companies.Company) -> None:
    ana, other = two(company)
    first = set(LinkDecision.objects.values_list("pk", flat=True))
    (linked,) = actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)
    actions.undo_decision(mia(company), linked, now=LATER)

    after = set(LinkDecision.objects.values_list("pk", flat=True))

    assert first < after
    assert len(after) == len(first) + 2


def test_another_teams_agent_can_neither_see_nor_link(company: companies.Company) -> None:
    ana, other = two(company)
    (linked,) = actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)

    assert queries.list_customers(kim(company)).items == []
    assert queries.find_customers(kim(company), "lima").items == []
    with pytest.raises(CustomerNotFoundError):
        queries.get_customer(kim(company), ana.id)
    with pytest.raises(RecordNotFoundError):
        actions.unlink(kim(company), other.records[0].id, now=LATER)
    with pytest.raises(CustomerNotFoundError):
        actions.link_customers(kim(company), other.id, into_id=ana.id, now=LATER)
    with pytest.raises(DecisionNotFoundError):
        actions.undo_decision(kim(company), linked, now=LATER)


def test_each_decision_leaves_an_audit_row(company: companies.Company) -> None:
    ana, other = two(company)

    (linked,) = actions.link_customers(mia(company), other.id, into_id=ana.id, now=LATER)
    apart = actions.unlink(mia(company), other.records[0].id, now=LATER)
    actions.undo_decision(mia(company), apart, now=LATER)

    written = Entry.objects.filter(object_type="customer", actor_id=company.agent.pk).order_by("pk")
    assert [entry.action for entry in written] == ["customer.link", "customer.apart", "customer.undo"]
    assert linked


def test_a_record_that_a_person_placed_is_never_moved_by_the_rule(company: companies.Company) -> None:
    ana, other = two(company)
    faces = [
        actions.Face(record.handle_id or 0, record.name, record.address, False, (("email", "ana@lima.example", True),))
        for record in (ana.records[0], other.records[0])
    ]
    actions.recognise(faces[:1], now=LATER)
    actions.recognise(faces[1:], now=LATER)
    assert queries.get_customer(mia(company), ana.id).handle_ids == ana.handle_ids + other.handle_ids

    actions.unlink(mia(company), other.records[0].id, now=LATER)
    actions.recognise(faces, now=LATER)

    assert queries.get_customer(mia(company), ana.id).handle_ids == ana.handle_ids
