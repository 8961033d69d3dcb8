"""From a row of a table to a document: which column means what, and how times, durations and directions are written. Pure."""

import codecs
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object
from midchannel.platform.errors import InvalidError

KINDS = ("post", "message", "mail", "call")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What columns are called, by what they mean; the first that a header has is taken. Compared without case, spaces, dashes and underscores.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "externalid", "messageid", "postid", "tweetid", "callid", "ticketid", "uuid", "guid", "reference", "key"),
    "kind": ("kind", "type", "messagetype", "medium"),
    "from": ("from", "sender", "fromaddress", "author", "authorid", "actor", "handle", "caller", "callerid", "callingnumber", "fromnumber",
             "user", "userid", "username", "account", "absender", "anrufer", "de", "expediteur", "appelant"),
    "name": ("name", "fromname", "authorname", "sendername", "callername", "displayname", "fullname", "customername", "customer"),
    "to": ("to", "recipient", "toaddress", "receiver", "called", "callednumber", "callee", "tonumber", "destination", "an", "empfanger",
           "angerufener", "destinataire"),
    "subject": ("subject", "title", "betreff", "objet", "asunto"),
    "text": ("text", "body", "content", "message", "comment", "description", "note", "notes", "tweet", "nachricht", "inhalt", "notiz",
             "texte", "mensaje", "texto"),
    "html": ("html", "bodyhtml", "htmlbody"),
    "at": ("at", "date", "datetime", "time", "timestamp", "created", "createdat", "createdon", "sent", "sentat", "published", "publishedat",
           "posted", "postedat", "started", "startedat", "starttime", "start", "begin", "datum", "zeit", "zeitpunkt", "fecha"),
    "in_reply_to": ("inreplyto", "replyto", "replytoid", "inreplytoid", "parent", "parentid", "thread", "threadid", "conversationid"),
    "direction": ("direction", "inout", "inorout", "richtung", "sens"),
    "audience": ("audience", "visibility", "privacy"),
    "duration": ("duration", "durationseconds", "seconds", "length", "talktime", "dauer", "duree", "duracion"),
    "email": ("email", "emailaddress", "mail", "customeremail"),
    "phone": ("phone", "phonenumber", "telephone", "mobile", "telefon", "customerphone"),
    "customer_number": ("customernumber", "customerno", "customerid", "clientid", "kundennummer"),
    "url": ("url", "link", "permalink"),
}  # fmt: skip
FIELDS = tuple(SYNONYMS)
SETTINGS = ("kind", "zone", "date_format", "encoding", "delimiter", "verified", "columns", "values")
IDENTIFIERS = ("email", "phone", "customer_number")

INWARD = {"in", "inbound", "incoming", "received", "eingehend", "entrant", "entrante", "i"}
OUTWARD = {"out", "outbound", "outgoing", "sent", "ausgehend", "sortant", "saliente", "o"}
PRIVATE_WORDS = {"private", "direct", "dm", "privat", "prive", "1", "true", "yes"}

FORMS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?$")
CLOCKED = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.\d+)?$")
ISO_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$", re.IGNORECASE)


class MappingError(InvalidError):
    """The mapping cannot be used."""


class RowError(Exception):
    """A row that makes no document; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is read: field to column, and what is true of all rows. `values` translate what stands in a column, by field."""

    columns: Mapping[str, str]
    kind: str = ""
    zone: tzinfo = UTC
    date_format: str = ""
    encoding: str = ""
    delimiter: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    verified: bool = False
    ignored: tuple[str, ...] = ()


def plan_for(header: Sequence[str], mapping: str = "") -> Plan:
    """The plan for a table with these columns; `mapping` is the text of a mapping file (TOML) and goes before synonyms.

    Raises MappingError when it cannot be used, or when nothing tells who said something.
    """
    given = _mapping_of(mapping)
    chosen = _columns_given(given, header)
    taken = set(chosen.values())
    plain = {_plain(name): name for name in reversed(header)}
    for meaning, names in SYNONYMS.items():
        column = next((plain[name] for name in names if name in plain and plain[name] not in taken), None)
        if meaning not in chosen and column is not None:
            chosen[meaning] = column
            taken.add(column)
    if not {"from", *IDENTIFIERS} & chosen.keys():
        raise MappingError(
            f"No column says who wrote or called. The columns are: {_named(header)}."
            " Name one `from`, or give a mapping file.",
            "mapping",
        )
    return Plan(
        columns=chosen,
        kind=_kind_given(given),
        zone=_zone_of(str(given.get("zone", "UTC"))),
        date_format=str(given.get("date_format", "")),
        encoding=file_form_of(mapping)[0],
        delimiter=file_form_of(mapping)[1],
        values=_values_given(given),
        verified=given.get("verified") is True,
        ignored=tuple(name for name in header if name and name not in taken),
    )


def file_form_of(mapping: str) -> tuple[str, str]:
    """The encoding and the delimiter that a mapping file names, or nothing. Raises MappingError."""
    given = _mapping_of(mapping)
    encoding, delimiter = str(given.get("encoding", "")), str(given.get("delimiter", ""))
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError as error:
        raise MappingError(
            f"There is no encoding {encoding[:40]!r}. Give one such as utf-8 or cp1252.", "mapping"
        ) from error
    if len(delimiter) > 1:
        raise MappingError("The delimiter is one character.", "mapping")
    return encoding, delimiter


def _mapping_of(text: str) -> dict[str, object]:
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping file is not TOML: {error}.", "mapping") from error
    for name in given:
        if name not in SETTINGS:
            raise MappingError(f"A mapping file has no {name[:40]!r}. It may have: {', '.join(SETTINGS)}.", "mapping")
    return given


def _named(header: Sequence[str]) -> str:
    return ", ".join(name[:40] for name in header[:20])


def _columns_given(given: Mapping[str, object], header: Sequence[str]) -> dict[str, str]:
    columns = given.get("columns", {})
    if not isinstance(columns, dict):
        raise MappingError("The mapping file's [columns] is not a table of field = column.", "mapping")
    for meaning, column in columns.items():
        if meaning not in SYNONYMS:
            raise MappingError(f"There is no field {meaning!r}. The fields are: {', '.join(FIELDS)}.", "mapping")
        if column not in header:
            raise MappingError(
                f"The file has no column {str(column)[:80]!r}. The columns are: {_named(header)}.", "mapping"
            )
    return {str(meaning): str(column) for meaning, column in columns.items()}


def _values_given(given: Mapping[str, object]) -> dict[str, dict[str, str]]:
    values = given.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(words, dict) for words in values.values()):
        raise MappingError(
            "The mapping file's [values] has tables such as [values.direction] with word = meaning.", "mapping"
        )
    return {
        meaning: {str(word).casefold(): str(said) for word, said in words.items()} for meaning, words in values.items()
    }


def _kind_given(given: Mapping[str, object]) -> str:
    kind = str(given.get("kind", ""))
    if kind and kind not in KINDS:
        raise MappingError(f"There is no kind {kind[:40]!r}. The kinds are: {', '.join(KINDS)}.", "mapping")
    return kind


def _zone_of(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MappingError(
            f"There is no time zone {name[:40]!r}. Give one such as Europe/Berlin.", "mapping"
        ) from error


def _plain(name: str) -> str:
    folded = name.casefold().translate(str.maketrans("äöüéèáíóñç", "aoueeaionc"))
    return "".join(letter for letter in folded if letter.isalnum())


def document_of(row: Mapping[str, str], plan: Plan) -> Document:
    """The document a row makes. Raises RowError."""
    said = _Said(row, plan)
    kind = said.kind()
    author, other = said.get("from"), said.get("to")
    identifiers = [Identifier(type_, value, plan.verified) for type_ in IDENTIFIERS if (value := said.get(type_))]
    is_out = said.is_outward()
    if not author and not is_out and identifiers:
        author = identifiers[0].value
    if not author and not (is_out and other):
        raise RowError("nobody is named as author or caller: fill the column, or map another one to `from`")
    external_id = said.get("id") or _made_up_id(row)
    person = Actor(
        id=other if is_out else author,
        name=None if is_out and author else said.get("name") or None,
        identifiers=identifiers,
    )
    return Document(
        type="Create",
        id=external_id,
        actor=Actor(id=author or "us") if is_out else person,
        object=_object_of(said, kind, external_id),
        audience="private" if kind != "post" or said.get("audience").casefold() in PRIVATE_WORDS else "public",
        direction="out" if is_out else "in",
        participants=[person] if is_out and other else [],
    )


def _object_of(said: "_Said", kind: str, external_id: str) -> Object:
    html, text = said.get("html"), said.get("text")
    seconds = said.seconds()
    return Object(
        id=external_id,
        type={"mail": "mc:Mail", "call": "mc:Call"}.get(kind, "Note"),
        content=html or text,
        media_type="text/html" if html else "text/plain",
        name=said.get("subject") or None,
        url=said.get("url") or None,
        in_reply_to=said.get("in_reply_to") or None,
        published=said.moment(),
        duration=f"PT{seconds}S" if seconds is not None else None,
    )


def _made_up_id(row: Mapping[str, str]) -> str:
    """The same row has the same id, so that it is known when it comes again."""
    content = "\0".join(f"{name}\1{value}" for name, value in sorted(row.items()))
    return f"row:{blake2b(content.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"


class _Said:
    """A row, by the meaning of its columns."""

    def __init__(self, row: Mapping[str, str], plan: Plan) -> None:
        self.row = row
        self.plan = plan

    def get(self, meaning: str) -> str:
        value = (self.row.get(self.plan.columns.get(meaning, "")) or "").strip()
        return self.plan.values.get(meaning, {}).get(value.casefold(), value)

    def kind(self) -> str:
        word = self.plan.kind or self.get("kind").casefold()
        kind = {"tweet": "post", "note": "post", "e-mail": "mail", "email": "mail", "chat": "message", "dm": "message", "sms": "message",
                "phone": "call", "telephone": "call", "anruf": "call"}.get(word, word)  # fmt: skip
        if kind in KINDS:
            return kind
        if word:
            raise RowError(
                f"the kind {word[:40]!r} is not known: use one of {', '.join(KINDS)}, or translate it in a mapping file"
            )
        columns = self.plan.columns
        if "duration" in columns and "to" in columns:
            return "call"
        return "mail" if "subject" in columns else "message"

    def is_outward(self) -> bool:
        word = self.get("direction").casefold()
        if not word or word in INWARD:
            return False
        if word in OUTWARD:
            return True
        raise RowError(f"the direction {word[:40]!r} is not known: use in or out, or translate it in a mapping file")

    def moment(self) -> datetime | None:
        text = self.get("at")
        return _moment_of(text, self.plan) if text else None

    def seconds(self) -> int | None:
        text = self.get("duration")
        return _seconds_of(text) if text else None


def moment_of(text: str, *, zone: tzinfo = UTC, date_format: str = "") -> datetime:
    """The moment a text says, in the zone where it names none. Raises RowError for what cannot be read, or may mean two days."""
    return _moment_of(text, Plan(columns={}, zone=zone, date_format=date_format))


def _moment_of(text: str, plan: Plan) -> datetime:
    try:
        moment = _parse(text, plan.date_format)
    except (ValueError, OverflowError) as error:
        hint = "give its date_format in a mapping file" if not str(error).startswith("may be") else str(error)
        raise RowError(f"the time {text[:40]!r} cannot be read: {hint}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=plan.zone)


def _parse(text: str, date_format: str) -> datetime:
    if date_format:
        return datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone is the plan's
    if text.replace(".", "", 1).isdecimal() and len(text) >= 9:
        number = float(text)
        return EPOCH + timedelta(seconds=number / 1000 if number > 1e11 else number)
    if slashed := SLASHED.match(text):
        return _slashed(slashed)
    for form in ("", *FORMS):
        try:
            return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - the zone is the plan's
        except ValueError:
            continue
    return parsedate_to_datetime(text)


def _slashed(match: re.Match[str]) -> datetime:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first <= 12 and second <= 12 and first != second:
        raise ValueError('may be day/month or month/day; give date_format in a mapping file, such as "%d/%m/%Y %H:%M"')
    day, month = (first, second) if first > 12 or first == second else (second, first)
    hour, minute, second_ = int(match[4] or 0), int(match[5] or 0), int(match[6] or 0)
    if match[7]:
        hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
    return datetime(year, month, day, hour, minute, second_)  # noqa: DTZ001 - the zone is the plan's


def _seconds_of(text: str) -> int:
    if text.replace(".", "", 1).isdecimal():
        return int(float(text))
    if clocked := CLOCKED.match(text):
        return int(clocked[1] or 0) * 3600 + int(clocked[2]) * 60 + int(clocked[3])
    spelled = ISO_DURATION.match(text)
    if spelled and any(spelled.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in spelled.groups())
        return int(days * 86400 + hours * 3600 + minutes * 60 + seconds)
    raise RowError(f"the duration {text[:40]!r} cannot be read: give seconds, minutes:seconds or hours:minutes:seconds")
