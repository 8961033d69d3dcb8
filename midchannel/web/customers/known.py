"""What is known of a customer: every value with the source it comes from, its age, and what other sources say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.middle.customers.survivorship import MANY, Attribute, Value
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import weighing
from midchannel.web.understanding import said

FIRST = ("full_name", "given_name", "family_name", "email", "phone", "customer_number", "erp_number", "birth_date", "organisation",
         "job_title", "street", "house_number", "address", "postcode", "city", "state", "country", "language", "website")  # fmt: skip
SOURCES = {
    "email": gettext_lazy("E-mail"),
    "telephone": gettext_lazy("Telephone"),
    "call": gettext_lazy("Telephone"),
    "webchat": gettext_lazy("Web chat"),
    "bluesky": gettext_lazy("Bluesky"),
    "fediverse": gettext_lazy("The fediverse"),
    "community": gettext_lazy("The community"),
    "simulator": gettext_lazy("Simulator"),
    "collector": gettext_lazy("Collector"),
    "import": gettext_lazy("Import"),
    "segment": gettext_lazy("Tracking"),
}
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A value as one source tells it. `notes` say why it holds or not: confirmed, trusted, expiring."""

    value: str
    source: str
    icon: str
    at: datetime | None
    is_proven: bool
    notes: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Known:
    """A field: the value that holds, and the others. `several`: others hold as well (a second telephone)."""

    label: str
    best: Told
    others: tuple[Told, ...]
    several: bool
    is_disputed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All fields: those one looks for first, and the rest."""

    first: tuple[Known, ...]
    rest: tuple[Known, ...]
    disputed: int


def sheet_of(attributes: Sequence[Attribute], *, now: datetime) -> Sheet:
    """The fields in the order in which people look for them."""
    order = {name: index for index, name in enumerate(FIRST)}
    ordered = sorted(attributes, key=lambda each: (order.get(each.field, len(order)), each.field))
    found = [_known(each, now=now) for each in ordered if each.field != "avatar"]
    return Sheet(tuple(found[:SHOWN]), tuple(found[SHOWN:]), sum(each.is_disputed for each in found))


def source_words(source: str) -> str:
    """What a source is called."""
    known = SOURCES.get(source)
    return str(known) if known else source.replace("_", " ")[:60] or _("Unknown")


def icon_of(source: str) -> str:
    """Its drawing: networks have their own, business systems share one."""
    return NETWORK_ICONS.get(source, "database")


def _known(attribute: Attribute, *, now: datetime) -> Known:
    several = attribute.field in MANY
    return Known(
        label=weighing.label_of(attribute.field),
        best=_told(attribute.field, attribute.best, now=now),
        others=tuple(_told(attribute.field, each, now=now) for each in attribute.others),
        several=several,
        is_disputed=attribute.is_disputed,
        why=_why(attribute),
    )


def _told(field: str, value: Value, *, now: datetime) -> Told:
    notes = []
    if value.is_proven:
        notes.append(_("confirmed"))
    if value.expires_at is not None:
        days = max(0, (value.expires_at - now).days)
        notes.append(_("used for %d more days") % days)
    if value.lawful_basis:
        notes.append(value.lawful_basis)
    return Told(
        said.language_name(value.value) if field == "language" else value.value,
        source_words(value.source),
        icon_of(value.source),
        value.said_at,
        value.is_proven,
        ", ".join(notes),
        f"record-{value.record_id}",
    )


def _why(attribute: Attribute) -> str:
    """Why this value holds and not another."""
    if not attribute.others or attribute.field in MANY:
        return ""
    best, second = attribute.best, attribute.others[0]
    if best.value.casefold() == second.value.casefold():
        return _("All sources agree.")
    if best.is_proven and not second.is_proven:
        return _("This one holds because it is confirmed.")
    if best.trust != second.trust:
        return _("This one holds because its source is trusted more.")
    if best.said_at != second.said_at:
        return _("This one holds because it was said last.")
    return _("This one holds because it was known first.")
