"""From a row of a business system to a document: which column means what. Pure.

A customer, contact or organisation becomes a profile (an `Update` of a `Person` or `Organization` with its attributes), an order an
`mc:Order` of the customer's handle. The key is the row's number in its own system: it names the handle, and says what is the same row
next time.
"""

import unicodedata
from collections.abc import Mapping as Values
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from midchannel.engines.identity import fields as standard
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object, Provenance, Tie
from midchannel.outside.silos import values
from midchannel.outside.silos.errors import BadMappingError

CUSTOMERS, CONTACTS, ORGANISATIONS, ORDERS = KINDS = ("customers", "contacts", "organisations", "orders")
IGNORED = ""
TIE = "organisation_key"
PROFILE_FIELDS = (*standard.STANDARD, TIE)
ORDER_FIELDS = (
    "customer_key", "number", "ordered_at", "total", "currency", "state", "sku", "item", "quantity", "price",
)  # fmt: skip
LINE_FIELDS = ("sku", "item", "quantity", "price")
MANY_VALUED = ("email", "phone", "website")
OWN = "x_"

MAX_KEY, MAX_VALUE, MAX_VALUES, MAX_COLUMNS, MAX_LINES = 500, 2000, 20, 200, 1000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = timedelta(days=1)

KEY_NAMES = (
    "id", "key", "uid", "number", "no", "customerid", "customernumber", "customerno", "clientid", "contactid", "partyid", "userid",
    "accountid", "organisationid", "organizationid", "companyid", "orderid", "ordernumber", "orderno", "uuid", "code", "kundennummer",
    "debitor",
)  # fmt: skip
CHANGED_NAMES = (
    "changed", "changedat", "changedon", "updated", "updatedat", "updatedon", "modified", "modifiedat", "modifiedon", "lastmodified",
    "lastupdated", "lastchange", "writedate", "rev", "geaendertam", "geandertam",
)  # fmt: skip
ORDER_NAMES: dict[str, tuple[str, ...]] = {
    "customer_key": ("customer", "customerid", "customernumber", "customerno", "clientid", "party", "partyid", "userid", "accountid",
                     "kundennummer", "buyerid"),
    "number": ("number", "ordernumber", "orderno", "name", "bestellnummer", "auftragsnummer"),
    "ordered_at": ("date", "orderdate", "orderedat", "orderedon", "createdat", "created", "saledate", "placedat", "time", "datum",
                   "bestelldatum"),
    "total": ("total", "amount", "totalamount", "grandtotal", "sum", "value", "ordertotal", "betrag", "summe", "revenue"),
    "currency": ("currency", "currencycode", "waehrung", "wahrung"),
    "state": ("state", "status", "orderstatus"),
    "sku": ("sku", "productcode", "articlenumber", "itemcode", "productid", "artikelnummer", "ean"),
    "item": ("item", "itemname", "product", "productname", "article", "title", "description", "artikel"),
    "quantity": ("quantity", "qty", "units", "count", "menge", "anzahl"),
    "price": ("price", "unitprice", "itemprice", "preis", "einzelpreis"),
}  # fmt: skip
TIE_NAMES = ("organisationid", "organizationid", "companyid", "accountid", "organisationkey", "parentid")


class Mapping(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a source is read: what a row is, its key, when it was changed, and what each column means ("" is not used).

    `verified`: the system has proof of addresses and numbers, such as a sign-in. `zone` is of times that name none.
    """

    kind: str
    key: str
    changed: str = ""
    fields: dict[str, str] = {}
    zone: str = "UTC"
    date_format: str = ""
    verified: bool = False

    @property
    def has_lines(self) -> bool:
        """Whether an order may be several rows, one a line."""
        return self.kind == ORDERS and any(meaning in LINE_FIELDS for meaning in self.fields.values())


@dataclass(frozen=True, slots=True)
class Source:
    """What is true of every row of a silo: where its attributes come from, and until when they may be used."""

    provenance: Provenance
    expires_days: int | None = None

    def period(self, now: datetime) -> int:
        """Which half of the time until expiry this is: what is still there in the next is delivered anew, and so expires later."""
        return int(now.timestamp() // (self.expires_days * 43_200)) if self.expires_days else 0


def plain(name: str) -> str:
    """A column's name without case, accents and what is no letter."""
    apart = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return "".join(letter for letter in apart if letter.isalnum())


def fields_of(kind: str) -> tuple[str, ...]:
    """What a column can mean where a row is of this kind."""
    return ORDER_FIELDS if kind == ORDERS else PROFILE_FIELDS


def guess(columns: Sequence[str], kind: str) -> Mapping:
    """What the columns probably mean, by their names; a person looks at it before anything is read."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    key = next((by_name[name] for name in _key_names(kind) if name in by_name), columns[0] if columns else "")
    changed = next((by_name[name] for name in CHANGED_NAMES if name in by_name), "")
    meanings: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        meaning = IGNORED if column in {key, changed} else _meaning(column, kind)
        if meaning in taken and meaning not in MANY_VALUED:
            meaning = IGNORED
        taken.add(meaning)
        meanings[column] = meaning
    return Mapping(kind=kind, key=key, changed=changed, fields=meanings)


def _key_names(kind: str) -> tuple[str, ...]:
    own = {
        ORDERS: ("orderid", "ordernumber", "orderno"),
        CONTACTS: ("contactid",),
        ORGANISATIONS: ("organisationid", "companyid"),
    }
    return ("id", *own.get(kind, ("customerid", "customernumber", "kundennummer")), *KEY_NAMES)


def _meaning(column: str, kind: str) -> str:
    name = plain(column)
    if kind == ORDERS:
        return next((meaning for meaning, names in ORDER_NAMES.items() if name in names), IGNORED)
    if kind == CONTACTS and name in TIE_NAMES:
        return TIE
    return standard.recognise(column) or IGNORED


def check(mapping: Mapping, columns: Sequence[str]) -> None:
    """Raises BadMappingError when rows could not be read by it: a column that is not there, no key, an order of nobody."""
    if mapping.kind not in KINDS:
        raise BadMappingError(f"There is no kind {mapping.kind[:40]!r}. Choose one of: {', '.join(KINDS)}.", "kind")
    if mapping.key not in columns:
        raise BadMappingError("Say which column is the key: what names a row in its system, and never changes.", "key")
    if mapping.changed and mapping.changed not in columns:
        raise BadMappingError(f"There is no column {mapping.changed[:80]!r}.", "changed")
    if len(mapping.fields) > MAX_COLUMNS:
        raise BadMappingError(
            f"At most {MAX_COLUMNS} columns can be used. Leave some out of the query or the file.", "fields"
        )
    for column, meaning in mapping.fields.items():
        if column not in columns:
            raise BadMappingError(f"There is no column {column[:80]!r}.", "fields")
        if (
            meaning
            and meaning not in fields_of(mapping.kind)
            and not (meaning.startswith(OWN) and mapping.kind != ORDERS)
        ):
            raise BadMappingError(f"There is no field {meaning[:80]!r}.", "fields")
    meant = set(mapping.fields.values()) - {IGNORED}
    if mapping.kind == ORDERS and not {"customer_key", "total"} <= meant:
        raise BadMappingError("An order needs the customer's key and a total: say which columns they are.", "fields")
    if mapping.kind != ORDERS and not meant - {TIE}:
        raise BadMappingError("Say what at least one column means: a name, an address, a number.", "fields")
    try:
        ZoneInfo(mapping.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadMappingError(f"There is no time zone {mapping.zone[:40]!r}.", "zone") from error


def key_of(row: Values[str, Any], mapping: Mapping) -> str:
    """The row's key. Raises RowError when it has none."""
    key = values.text_of(row.get(mapping.key))
    if not key:
        raise values.RowError(
            f"no key: {mapping.key[:60]!r} is empty. Fill it in the source, or choose another column as the key"
        )
    if len(key) > MAX_KEY:
        raise values.RowError(
            f"the key has {len(key):,} characters, and at most {MAX_KEY} are taken: is it the right column?"
        )
    return key


def document_of(rows: Sequence[Values[str, Any]], mapping: Mapping, source: Source, *, now: datetime) -> Document:
    """The document that a row makes, or the rows of one order. The same rows make the same but for `expires_at`. Raises RowError."""
    key = key_of(rows[0], mapping)
    changed_at = _changed_at(rows[0], mapping, now)
    if mapping.kind == ORDERS:
        return _order(key, rows, mapping, source, changed_at, now=now)
    return _profile(key, rows[0], mapping, source, changed_at, now=now)


def content_of(document: Document, source: Source, *, now: datetime) -> int:
    """A signed 64-bit hash of what a row says: what tells a changed row from an unchanged one."""
    actor = document.actor
    assert isinstance(actor, Actor)  # noqa: S101 - we made it
    provenance = msgspec.structs.replace(actor.provenance or Provenance(), expires_at=None)
    said = msgspec.json.encode(
        [actor.type, actor.id, actor.name, actor.attributes, actor.identifiers, actor.ties, provenance, document.data,
         document.object.published if document.data and isinstance(document.object, Object) else None, source.period(now)],
        order="sorted",
    )  # fmt: skip
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big", signed=True)


def _provenance(source: Source, now: datetime) -> Provenance:
    if source.expires_days is None:
        return source.provenance
    return msgspec.structs.replace(source.provenance, expires_at=now + timedelta(days=source.expires_days))


def _profile(
    key: str, row: Values[str, Any], mapping: Mapping, source: Source, changed_at: datetime | None, *, now: datetime
) -> Document:
    attributes: dict[str, Any] = {}
    tie = ""
    for column, meaning in mapping.fields.items():
        said = values.several(row.get(column)) if meaning in MANY_VALUED else [values.text_of(row.get(column))]
        said = [each[:MAX_VALUE] for each in said if each][:MAX_VALUES]
        if not said or not meaning:
            continue
        if meaning == TIE:
            tie = said[0][:MAX_KEY]
        elif meaning in MANY_VALUED:
            attributes[meaning] = list(dict.fromkeys([*attributes.get(meaning, []), *said]))[:MAX_VALUES]
        else:
            attributes.setdefault(meaning, said[0])
    if not attributes and not tie:
        raise values.RowError("nothing is said about this one: every column that means something is empty")
    type_ = "Organization" if mapping.kind == ORGANISATIONS else "Person"
    actor = Actor(
        id=key,
        type=type_,
        name=_name_of(attributes, mapping.kind) or None,
        attributes=attributes,
        identifiers=[
            Identifier(name, value, verified=True)
            for name in ("email", "phone")
            for value in (attributes.get(name, []) if mapping.verified else [])
        ],
        provenance=_provenance(source, now),
        ties=[Tie(tie, role=attributes.get("job_title", ""))] if tie else None,
    )
    return Document(
        type="Update",
        actor=actor,
        object=Object(id=f"profile:{key}", type=type_, published=changed_at),
        audience="private",
    )


def _name_of(attributes: Values[str, Any], kind: str) -> str:
    if kind == ORGANISATIONS and attributes.get("organisation"):
        return str(attributes["organisation"])
    whole = attributes.get("full_name") or " ".join(
        str(attributes[part]) for part in ("given_name", "family_name") if part in attributes
    )
    return str(whole or attributes.get("organisation") or "")


def _order(
    key: str,
    rows: Sequence[Values[str, Any]],
    mapping: Mapping,
    source: Source,
    changed_at: datetime | None,
    *,
    now: datetime,
) -> Document:
    said = _Said(rows[0], mapping)
    customer = said.get("customer_key")
    if not customer:
        raise values.RowError("the order has no customer: the column of the customer's key is empty")
    ordered_at = said.moment("ordered_at") or changed_at
    if ordered_at is not None and not EARLIEST <= ordered_at <= now + LATEST:
        raise values.RowError(
            f"the order's time {ordered_at:%Y-%m-%d} cannot be right: choose another column, or give its format"
        )
    total = said.number("total")
    data: dict[str, Any] = {
        "number": said.get("number") or key,
        "total": total,
        "currency": said.get("currency")[:10].upper(),
    }
    if said.get("state"):
        data["state"] = said.get("state")[:100]
    lines = [line for row in rows[:MAX_LINES] if (line := _line(_Said(row, mapping)))]
    if len(rows) > MAX_LINES:
        raise values.RowError(
            f"the order has {len(rows):,} lines; at most {MAX_LINES:,} are taken: is the key that of an order?"
        )
    if lines:
        data["lines"] = lines
    return Document(
        type="Create",
        actor=Actor(id=customer[:MAX_KEY], provenance=_provenance(source, now)),
        object=Object(id=f"order:{key}", type="mc:Order", published=ordered_at),
        audience="private",
        data=data,
    )


def _line(said: "_Said") -> dict[str, Any]:
    line = {"sku": said.get("sku")[:200], "name": said.get("item")[:500]}
    numbers = {"quantity": said.number("quantity", needed=False), "price": said.number("price", needed=False)}
    return {name: value for name, value in {**line, **numbers}.items() if value not in ("", None)}


class _Said:
    """A row, by the meaning of its columns."""

    def __init__(self, row: Values[str, Any], mapping: Mapping) -> None:
        self.row = row
        self.mapping = mapping
        self.columns = {meaning: column for column, meaning in reversed(mapping.fields.items()) if meaning}

    def get(self, meaning: str) -> str:
        return values.text_of(self.row.get(self.columns.get(meaning, "")))

    def number(self, meaning: str, *, needed: bool = True) -> float | int | None:
        column = self.columns.get(meaning, "")
        value = self.row.get(column)
        if value is None or not values.text_of(value):
            if needed:
                raise values.RowError(f"{column[:60]!r} is empty: an order needs its {meaning}")
            return None
        return values.number_of(value, column)

    def moment(self, meaning: str) -> datetime | None:
        column = self.columns.get(meaning, "")
        value = self.row.get(column)
        return _moment(value, column, self.mapping) if value is not None and values.text_of(value) else None


def _changed_at(row: Values[str, Any], mapping: Mapping, now: datetime) -> datetime | None:
    """When the row was changed; None where that is not known or cannot be: it does not decide whether the row is taken."""
    value = row.get(mapping.changed) if mapping.changed else None
    if value is None or not values.text_of(value):
        return None
    try:
        moment = _moment(value, mapping.changed, mapping)
    except values.RowError:
        return None
    return moment if EARLIEST <= moment <= now else None


def _moment(value: Any, column: str, mapping: Mapping) -> datetime:
    return values.moment_of(value, column, zone=ZoneInfo(mapping.zone), date_format=mapping.date_format)
