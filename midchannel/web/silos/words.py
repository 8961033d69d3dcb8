"""Silos in words: kinds, fields, outcomes, states."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos.queries import SiloDetail, SiloRunDetail


@dataclass(frozen=True, slots=True)
class ReaderKind:
    """A kind of business system one can connect."""

    name: str
    title: str
    words: str
    icon: str


def reader_kinds() -> dict[str, ReaderKind]:
    """The kinds that can be connected."""
    kinds = (
        ReaderKind("file", _("File"), _("CSV, Parquet or vCard: uploaded, or left in a folder by another system."), "file"),
        ReaderKind("sql", _("SQL database"), _("A query over PostgreSQL, SQLite, MySQL and others. Nothing is written."), "database"),
        ReaderKind("tryton", _("Tryton"), _("Parties with their addresses, and sales, from the ERP itself."), "factory"),
    )  # fmt: skip
    return {kind.name: kind for kind in kinds}


def kind_names() -> dict[str, str]:
    """What a row can be."""
    return {
        "customers": _("A customer (a person)"),
        "contacts": _("A contact (a person at an organisation)"),
        "organisations": _("An organisation"),
        "orders": _("An order, or a line of one"),
    }


def kind_short(kind: str) -> str:
    """What its rows are, in a word."""
    return {
        "customers": _("customers"),
        "contacts": _("contacts"),
        "organisations": _("organisations"),
        "orders": _("orders"),
    }.get(kind, kind)


def field_names() -> dict[str, str]:
    """What a column can mean."""
    return {
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "full_name": _("Full name"),
        "handle": _("User name"),
        "birth_date": _("Birth date"),
        "gender": _("Gender"),
        "email": _("E-mail (one or several)"),
        "phone": _("Phone (one or several)"),
        "street": _("Street"),
        "house_number": _("House number"),
        "address": _("Address in one piece"),
        "postcode": _("Postcode"),
        "city": _("City"),
        "state": _("State or region"),
        "country": _("Country"),
        "organisation": _("Organisation's name"),
        "job_title": _("Job title"),
        "website": _("Website (one or several)"),
        "biography": _("About them"),
        "avatar": _("Picture (its hash)"),
        "customer_number": _("Customer number, the same in all your systems"),
        "erp_number": _("ERP number, the same in all your systems"),
        "tax_number": _("Tax or official number"),
        "language": _("Language"),
        "organisation_key": _("Key of their organisation"),
        "customer_key": _("Key of the customer"),
        "number": _("Order number"),
        "ordered_at": _("When it was ordered"),
        "total": _("Total"),
        "currency": _("Currency"),
        "sku": _("Line: article number"),
        "item": _("Line: article"),
        "quantity": _("Line: quantity"),
        "price": _("Line: price"),
    }


def fields_of(kind: str) -> dict[str, str]:
    """What a column can mean where a row is of this kind: the state of an order is another than a person's."""
    return field_names() | ({"state": _("State of the order")} if kind == mappings.ORDERS else {})


def field_name(name: str, kind: str) -> str:
    """One field in words."""
    if name.startswith(mappings.OWN):
        return name.removeprefix(mappings.OWN)
    return fields_of(kind).get(name, name)


def outcome_names() -> dict[str, str]:
    """What became of a row."""
    return {
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "duplicate": _("seen before"),
        "parked": _("parked"),
        "refused": _("refused"),
    }


def bases() -> list[tuple[str, str]]:
    """On what basis data about people are held (Article 6(1) of the GDPR)."""
    return [
        ("", _("Not said yet")),
        ("contract", _("A contract with them")),
        ("consent", _("Their consent")),
        ("legitimate interest", _("A legitimate interest of the company")),
        ("legal obligation", _("A legal obligation")),
        ("public task", _("A task in the public interest")),
        ("vital interests", _("Vital interests")),
    ]


def intervals() -> list[tuple[str, str]]:
    """When a silo is read."""
    return [
        ("", _("Only by hand")),
        ("5", _("Every 5 minutes")),
        ("15", _("Every 15 minutes")),
        ("60", _("Every hour")),
        ("360", _("Every 6 hours")),
        ("1440", _("Every day")),
        ("10080", _("Every week")),
    ]


def interval_name(minutes: int | None) -> str:
    """When it is read, in words."""
    return dict(intervals()).get(str(minutes or ""), "")


def state_of(silo: SiloDetail) -> tuple[str, str]:
    """A silo's light and words: (dot, words)."""
    if silo.health == "closed":
        return "", _("Closed")
    if silo.health == "paused":
        return "warm", _("Paused")
    if not silo.is_mapped:
        return "warm", _("Not mapped yet")
    if silo.health == "failing":
        return "loss", _("Cannot be read")
    if silo.run_id is not None and silo.due_at is None:
        return "warm", _("Half-way")
    return ("good", _("Being read")) if silo.run_id is not None else ("good", _("Works"))


def run_state(run: SiloRunDetail, silo: SiloDetail) -> str:
    """Where a run stands."""
    if run.state == "running":
        return _("Waits to go on") if run.reason or silo.health != "ok" else _("Running")
    if run.state == "done" and run.is_stopped:
        return _("Stopped half-way")
    return {"done": _("Done"), "undoing": _("Being taken back"), "undone": _("Taken back")}.get(run.state, run.state)
