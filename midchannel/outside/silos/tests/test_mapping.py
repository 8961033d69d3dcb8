"""From rows to documents: names are recognised, values are read however they are written, and whatever stands in a row breaks nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.outside.channels import documents
from midchannel.outside.channels.vocabulary import Actor, Object, Provenance, encode
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import values
from midchannel.outside.silos.mapping import Mapping

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SOURCE = mappings.Source(Provenance("business", 80, "contract"))

anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.decimals(), st.datetimes(), st.dates(),
    st.lists(st.text(), max_size=5),
)  # fmt: skip
COLUMNS = ("id", "name", "email", "phone", "changed", "total", "customer", "sku", "qty", "price", "date", "company_id")
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, anything))


def read(kind: str, row: dict[str, Any]) -> Any:
    mapping = mappings.guess(COLUMNS, kind)
    return mappings.document_of([row], mapping, SOURCE, now=NOW)


@pytest.mark.parametrize("kind", mappings.KINDS)
@settings(max_examples=300)
@given(row=rows)
def test_whatever_stands_in_a_row_it_becomes_a_document_that_arrives_or_is_refused(
    kind: str, row: dict[str, Any]
) -> None:
    try:
        document = read(kind, row)
    except values.RowError:
        return

    envelope = documents.read(encode(document), now=NOW)
    assert envelope.address
    assert envelope.external_id.startswith(("profile:", "order:"))


@given(row=rows)
def test_the_same_row_says_the_same_and_a_changed_name_does_not(row: dict[str, Any]) -> None:
    row |= {"id": "17", "name": "Ana"}
    first, again = read("customers", row), read("customers", dict(reversed(list(row.items()))))
    other = read("customers", row | {"name": "Bo"})

    assert mappings.content_of(first, SOURCE, now=NOW) == mappings.content_of(
        again, SOURCE, now=NOW + timedelta(days=400)
    )
    assert mappings.content_of(first, SOURCE, now=NOW) != mappings.content_of(other, SOURCE, now=NOW)


@given(value=anything)
def test_every_value_has_a_text_that_a_database_can_hold(value: Any) -> None:
    text = values.text_of(value)

    assert "\0" not in text
    text.encode()
    assert values.text_of(text) == text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.234,50", 1234.5), ("1,234.50", 1234.5), ("1234,5", 1234.5), ("1 234,50 €", 1234.5), ("EUR 12", 12), ("1,234", 1234),
        ("1.234.567", 1234567), ("-3,5", -3.5), ("0,125", 0.125), (Decimal("4.50"), 4.5), (7, 7), (2.5, 2.5), ("1'234.50", 1234.5),
        ("12,345", 12345), ("1e3", 1000), ("12 pcs", 12),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(written: Any, meant: float) -> None:
    assert values.number_of(written) == meant


@pytest.mark.parametrize(
    "written", ["", "twelve", "1.2.3,4,5", "nan", "1e999", "2 of 30", "1.234.56,7.8", True, "--1", "9" * 30]
)
def test_what_is_no_amount_is_refused(written: Any) -> None:
    with pytest.raises(values.RowError):
        values.number_of(written, "total")


@pytest.mark.parametrize(
    ("columns", "kind", "expected"),
    [
        (
            ["Kundennummer", "Vorname", "Nachname", "E-Mail", "Telefon", "Geändert am"],
            "customers",
            {"key": "Kundennummer", "changed": "Geändert am", "Vorname": "given_name", "Nachname": "family_name", "E-Mail": "email",
             "Telefon": "phone"},
        ),
        (
            ["contact_id", "company_id", "First Name", "Job Title", "Mobile", "Phone"],
            "contacts",
            {"key": "contact_id", "company_id": "organisation_key", "First Name": "given_name", "Job Title": "job_title",
             "Mobile": "phone", "Phone": "phone"},
        ),
        (
            ["id", "customer_id", "order_date", "grand_total", "currency", "sku", "qty", "unit_price", "updated_at"],
            "orders",
            {"key": "id", "customer_id": "customer_key", "order_date": "ordered_at", "grand_total": "total", "sku": "sku",
             "qty": "quantity", "unit_price": "price", "changed": "updated_at"},
        ),
        (["a", "b"], "customers", {"key": "a", "changed": "", "b": ""}),
    ],
)  # fmt: skip
def test_columns_are_recognised_by_their_names(columns: list[str], kind: str, expected: dict[str, str]) -> None:
    mapping = mappings.guess(columns, kind)

    told = {"key": mapping.key, "changed": mapping.changed, **mapping.fields}
    assert {name: told[name] for name in expected} == expected


def test_several_addresses_come_from_one_cell_and_from_several_columns() -> None:
    mapping = Mapping("customers", "id", fields={"a": "email", "b": "email", "c": "phone"})
    row = {"id": 1, "a": "x@y.example; z@y.example", "b": ["w@y.example", "x@y.example"], "c": "+1 234|+1 235"}

    actor = mappings.document_of([row], mapping, SOURCE, now=NOW).actor

    assert isinstance(actor, Actor)
    assert actor.attributes == {
        "email": ["x@y.example", "z@y.example", "w@y.example"],
        "phone": ["+1 234", "+1 235"],
    }


def test_only_what_a_system_has_proof_of_is_verified() -> None:
    row = {"id": 1, "mail": "x@y.example"}
    mapping = Mapping("customers", "id", fields={"mail": "email"})

    without = mappings.document_of([row], mapping, SOURCE, now=NOW).actor
    proven = mappings.document_of([row], msgspec.structs.replace(mapping, verified=True), SOURCE, now=NOW).actor

    assert isinstance(without, Actor)
    assert isinstance(proven, Actor)
    assert without.identifiers == []
    assert [each.verified for each in proven.identifiers] == [True]


def test_a_time_that_may_be_two_days_is_refused_until_its_form_is_given() -> None:
    mapping = Mapping(
        "orders", "id", fields={"who": "customer_key", "sum": "total", "day": "ordered_at"}, zone="Europe/Berlin"
    )
    row = {"id": "A1", "who": "17", "sum": "3", "day": "03/04/2026"}
    with pytest.raises(values.RowError, match="may be day/month or month/day"):
        mappings.document_of([row], mapping, SOURCE, now=NOW)

    told = msgspec.structs.replace(mapping, date_format="%d/%m/%Y")
    said = mappings.document_of([row], told, SOURCE, now=NOW).object

    assert isinstance(said, Object)
    assert said.published is not None
    assert said.published.isoformat() == "2026-04-03T00:00:00+02:00"


def test_a_time_that_cannot_be_is_refused_for_an_order_and_ignored_for_a_person() -> None:
    order = Mapping("orders", "id", fields={"who": "customer_key", "sum": "total", "day": "ordered_at"})
    person = Mapping("customers", "id", changed="day", fields={"who": "full_name"})
    row = {"id": "A1", "who": "17", "sum": "3", "day": date(2999, 1, 1)}

    with pytest.raises(values.RowError, match="cannot be right"):
        mappings.document_of([row], order, SOURCE, now=NOW)
    said = mappings.document_of([row], person, SOURCE, now=NOW).object
    assert isinstance(said, Object)
    assert said.published is None
