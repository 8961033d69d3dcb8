"""Tryton by its JSON-RPC: parties with their addresses and contact mechanisms, and sales with their lines. Nothing is written.

A party counts as changed when one of its addresses or mechanisms has. Times are those of Tryton's server: what was written there up to the
moment at which a run begins to read is that run's; the next one begins there.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from midchannel.outside.channels.port import Settings
from midchannel.outside.silos.errors import SourceError
from midchannel.outside.silos.port import Asked, Column, Look, Reading, Row
from midchannel.outside.silos.readers import samples
from midchannel.platform import http

PARTY_COLUMNS = (
    "id", "code", "name", "email", "phone", "mobile", "website", "street", "postal_code", "city", "state", "country", "tax_number",
    "language", "active", "changed",
)  # fmt: skip
SALE_COLUMNS = (
    "id", "number", "reference", "party", "party_code", "date", "state", "total", "currency", "sku", "product", "quantity", "unit_price",
    "changed",
)  # fmt: skip
SAMPLE_ROWS = 20
PAGE = 500
OVERLAP = timedelta(seconds=5)
"""Tryton writes a row's time when its transaction begins to write, and shows it when that is done."""
ORDERS = "orders"
PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
PARTY_FIELDS = (
    "code", "name", "active", "lang.code", "tax_identifier.code", "addresses", "contact_mechanisms", "create_date", "write_date",
)  # fmt: skip
ADDRESS_FIELDS = ("party", "street", "postal_code", "city", "subdivision.name", "country.code")
MECHANISM_FIELDS = ("party", "type", "value")
SALE_FIELDS = (
    "number", "reference", "party", "party.code", "sale_date", "state", "total_amount", "currency.code", "lines", "create_date",
    "write_date",
)  # fmt: skip
LINE_FIELDS = ("sale", "product.code", "product.rec_name", "description", "quantity", "unit_price")


class TrytonReader:
    """A Tryton server: address, database, user."""

    name = "tryton"

    def check(self, settings: Settings, *, kind: str) -> list[str]:
        """Whether the server lets us in, and lets us read what is wanted."""
        try:
            self.look(settings, kind=kind)
        except SourceError as error:
            return [error.reason]
        return []

    def look(self, settings: Settings, *, kind: str) -> Look:
        """The columns and the first rows."""
        with _Session(settings) as session:
            model, columns = _what(kind)
            ids = session.call(f"model.{model}.search", [[], 0, SAMPLE_ROWS, [["id", "ASC"]]])
            rows = [values for _id, values in _load(session, kind, ids)]
            count = session.call(f"model.{model}.search_count", [[]])
        return Look(tuple(Column(name, samples.of(rows, name)) for name in columns), tuple(rows), int(count))

    def read(self, settings: Settings, asked: Asked) -> Reading:
        """What changed since the last complete run, page by page in the order of ids."""
        reading = Reading(iter(()), cursor=dict(asked.since), is_full="until" not in asked.since, is_snapshot=False)
        reading.rows = _rows(settings, asked, reading)
        return reading


def _what(kind: str) -> tuple[str, tuple[str, ...]]:
    return ("sale.sale", SALE_COLUMNS) if kind == ORDERS else ("party.party", PARTY_COLUMNS)


def _rows(settings: Settings, asked: Asked, reading: Reading) -> Iterator[Row]:
    model, _columns = _what(asked.kind)
    number, last = int(asked.after.get("number", 0)), int(asked.after.get("id", 0))
    with _Session(settings) as session:
        until = str(asked.after.get("until") or _latest(session, asked.kind))
        wanted = _changed(session, asked.kind, str(asked.since["until"])) if "until" in asked.since else None
        reading.cursor = {"until": until}
        while True:
            among = [] if wanted is None else [["id", "in", [each for each in wanted if each > last][:PAGE]]]
            ids = session.call(f"model.{model}.search", [[["id", ">", last], *among], 0, PAGE, [["id", "ASC"]]])
            if not ids:
                return
            for identifier, values in _load(session, asked.kind, ids):
                number += 1
                yield Row(number, values, {"until": until, "id": identifier, "number": number})
            last = ids[-1]


def _sources(kind: str) -> tuple[tuple[str, str], ...]:
    """The models whose change is a change of what is read, and which of their fields says of which."""
    if kind == ORDERS:
        return (("sale.sale", "id"), ("sale.line", "sale"))
    return (("party.party", "id"), ("party.address", "party"), ("party.contact_mechanism", "party"))


def _latest(session: "_Session", kind: str) -> str:
    """The newest time written so far in what is read, as Tryton says it."""
    newest = datetime(1970, 1, 1, tzinfo=UTC)
    for model, _owner in _sources(kind):
        for name in ("create_date", "write_date"):
            found = session.call(f"model.{model}.search_read", [[[name, "!=", None]], 0, 1, [[name, "DESC"]], [name]])
            newest = max([newest, *(_moment(row[name]) for row in found if row[name])])
    return newest.isoformat()


def _changed(session: "_Session", kind: str, since: str) -> list[int]:
    """The ids of what was changed since, or whose parts were."""
    at = datetime.fromisoformat(since) - OVERLAP
    found: set[int] = set()
    for model, owner in _sources(kind):
        domain = ["OR", ["create_date", ">=", _sent(at)], ["write_date", ">=", _sent(at)]]
        place = 0
        while rows := session.call(f"model.{model}.search_read", [domain, place, PAGE, [["id", "ASC"]], [owner]]):
            found |= {int(row[owner]) for row in rows if row[owner]}
            place += len(rows)
    return sorted(found)


def _load(session: "_Session", kind: str, ids: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    """Rows by id, in the order of the ids; an order with several lines is several rows."""
    if kind == ORDERS:
        return _load_sales(session, ids)
    rows = _by_id(session.call("model.party.party.read", [list(ids), list(PARTY_FIELDS)]))
    addresses = _parts(
        session, "party.address", [a for row in rows.values() for a in row["addresses"]], ADDRESS_FIELDS, "party"
    )
    ways = [m for row in rows.values() for m in row["contact_mechanisms"]]
    mechanisms = _parts(session, "party.contact_mechanism", ways, MECHANISM_FIELDS, "party")
    return [
        (each, _party(rows[each], addresses.get(each, []), mechanisms.get(each, []))) for each in ids if each in rows
    ]


def _by_id(rows: Sequence[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {int(row["id"]): row for row in rows}


def _parts(
    session: "_Session", model: str, ids: Sequence[int], fields: Sequence[str], owner: str
) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for start in range(0, len(ids), PAGE):
        rows = _by_id(session.call(f"model.{model}.read", [list(ids[start : start + PAGE]), list(fields)]))
        for each in ids[start : start + PAGE]:
            if each in rows:
                found.setdefault(int(rows[each][owner]), []).append(rows[each])
    return found


def _party(row: dict[str, Any], addresses: list[dict[str, Any]], mechanisms: list[dict[str, Any]]) -> dict[str, Any]:
    place = addresses[0] if addresses else {}

    def ways(*types: str) -> list[str]:
        return [m["value"] for m in mechanisms if m["type"] in types and m["value"]]

    return {
        "id": row["id"],
        "code": row["code"],
        "name": row["name"],
        "email": ways("email"),
        "phone": ways("phone", "sip"),
        "mobile": ways("mobile"),
        "website": ways("website"),
        "street": place.get("street"),
        "postal_code": place.get("postal_code"),
        "city": place.get("city"),
        "state": _dotted(place, "subdivision", "name"),
        "country": _dotted(place, "country", "code"),
        "tax_number": _dotted(row, "tax_identifier", "code"),
        "language": _dotted(row, "lang", "code"),
        "active": row["active"],
        "changed": _last_change([row]),
    }


def _load_sales(session: "_Session", ids: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    rows = _by_id(session.call("model.sale.sale.read", [list(ids), list(SALE_FIELDS)]))
    lines = _parts(session, "sale.line", [line for row in rows.values() for line in row["lines"]], LINE_FIELDS, "sale")
    return [(each, _sale(rows[each], line)) for each in ids if each in rows for line in (lines.get(each) or [{}])]


def _sale(row: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "number": row["number"],
        "reference": row["reference"],
        "party": row["party"],
        "party_code": _dotted(row, "party", "code"),
        "date": _day(row["sale_date"]) or _last_change([row])[:10],
        "state": row["state"],
        "total": _number(row["total_amount"]),
        "currency": _dotted(row, "currency", "code"),
        "sku": _dotted(line, "product", "code"),
        "product": _dotted(line, "product", "rec_name") or line.get("description"),
        "quantity": _number(line.get("quantity")),
        "unit_price": _number(line.get("unit_price")),
        "changed": _last_change([row]),
    }


def _dotted(row: dict[str, Any], name: str, part: str) -> Any:
    """What `read` gives for "name.part"."""
    inner = row.get(f"{name}.")
    return inner.get(part) if isinstance(inner, dict) else None


def _last_change(rows: Sequence[dict[str, Any]]) -> str:
    times = [_moment(row[name]) for row in rows for name in ("create_date", "write_date") if row.get(name)]
    return max(times).isoformat() if times else ""


def _moment(value: Any) -> datetime:
    """A time of Tryton's: {"__class__": "datetime", "year": ...}, in UTC."""
    if not isinstance(value, dict) or value.get("__class__") != "datetime":
        raise SourceError(
            "Tryton gave a time in a form that is not known. Is its version newer than 8?", permanent=True
        )
    year, month, day, hour, minute, second, part = (int(value.get(name, 0)) for name in PARTS)
    return datetime(year, month, day, hour, minute, second, part, tzinfo=UTC)


def _sent(moment: datetime) -> dict[str, Any]:
    return {"__class__": "datetime", **{name: getattr(moment, name) for name in PARTS}}


def _day(value: Any) -> str:
    return f"{value['year']:04}-{value['month']:02}-{value['day']:02}" if isinstance(value, dict) else ""


def _number(value: Any) -> Any:
    return Decimal(value["decimal"]) if isinstance(value, dict) and value.get("__class__") == "Decimal" else value


class _Session:
    """Signed in to one database of a Tryton server; signs out at the end."""

    def __init__(self, settings: Settings) -> None:
        base = str(settings.config.get("url", "")).rstrip("/")
        self.database = str(settings.config.get("database", ""))
        self.url = f"{base}/{self.database}/rpc/"
        self.user = str(settings.config.get("user", ""))
        self.password = settings.secrets.get("password", "")
        self.headers: dict[str, str] = {}
        self.context: dict[str, Any] = {}

    def __enter__(self) -> "_Session":
        if not self.database or not self.database.replace("_", "").replace("-", "").isalnum():
            raise SourceError("Give the name of Tryton's database: letters, digits, dashes.", permanent=True)
        found = self.call("common.db.login", [self.user, {"password": self.password}, "en"], with_context=False)
        if not isinstance(found, list) or len(found) < 2:
            raise SourceError("Tryton does not know this user and password.", permanent=True)
        token = base64.b64encode(f"{self.user}:{found[0]}:{found[1]}".encode()).decode()
        self.headers = {"Authorization": f"Session {token}"}
        preferred = self.call("model.res.user.get_preferences", [True])
        self.context = {name: preferred[name] for name in ("company", "language") if preferred.get(name)}
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.call("common.db.logout", [], with_context=False)
        except SourceError:
            return  # the session ends by itself

    def call(self, method: str, parameters: list[Any], *, with_context: bool = True) -> Any:
        """One call. Raises SourceError with what the server said."""
        body = {"id": 1, "method": method, "params": [*parameters, self.context] if with_context else parameters}
        try:
            answer = http.ask_json(self.url, body, headers=self.headers)
        except http.ServerError as error:
            raise _refused(error) from error
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise SourceError("What answers there is not Tryton.", permanent=True)
        if answer.get("error"):
            raise _said(answer["error"])
        return answer["result"]


def _refused(error: http.ServerError) -> SourceError:
    if error.status in {401, 403}:
        return SourceError(
            "Tryton does not know this user and password, or does not let them read this.", permanent=True
        )
    if error.status == 404:
        return SourceError("There is no such database on this Tryton server.", permanent=True)
    return SourceError(f"Tryton: {error.reason}")


def _flat(error: Any) -> Iterator[str]:
    """The texts in an error of Tryton's, which is a list of texts and lists."""
    if isinstance(error, list):
        for each in error:
            yield from _flat(each)
    elif isinstance(error, str) and error.strip():
        yield error


def _said(error: Any) -> SourceError:
    words = list(_flat(error))
    if words and words[0] == "LoginException":
        return SourceError("Tryton does not know this user and password.", permanent=True)
    return SourceError(f"Tryton answered: {' '.join(' '.join(words[:2]).split())[:400]}")
