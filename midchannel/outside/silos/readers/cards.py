"""vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350): one after the other, a broken one alone is refused, pictures become a hash."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from midchannel.outside.silos.port import Row
from midchannel.platform.imports import reading

COLUMNS = (
    "uid", "name", "given_name", "family_name", "nickname", "email", "phone", "organisation", "job_title", "street", "postcode", "city",
    "state", "country", "birth_date", "gender", "language", "website", "note", "photo", "changed",
)  # fmt: skip
MAX_CARD_CHARACTERS = 2_000_000
# How a line with parameters begins. The library tries every way to split one that is broken, and that takes for ever.
WITH_PARAMETERS = re.compile(r"(?:[a-z0-9_-]++\.)?+[a-z0-9_-]++;", re.IGNORECASE)
PARAMETERS = re.compile(
    r"(?:[a-z0-9_-]++\.)?+[a-z0-9_-]++(?:;(?=[;:]))?+(?:;[a-z0-9_-]++(?:[=,](?:\"[^\"]*+\"|[^\";:,]*+))*+)*+:",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[^:\r\n]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
PICTURE = re.compile(r"^(?:\w+\.)?PHOTO[^:\n]*:(.+)$", re.IGNORECASE | re.MULTILINE)
BEGIN, END = "BEGIN:VCARD", "END:VCARD"


def count(path: Path) -> int:
    """How many cards begin in a file."""
    with path.open("rb") as file:
        return sum(line.strip().upper() == BEGIN.encode() for line in file)


def read(path: Path, *, encoding: str = "", skip: int = 0) -> Iterator[Row]:
    """The cards of a file behind the first `skip`, each as a row of `COLUMNS`."""
    return (row for row in _read(path, encoding, skip) if row.number > skip)


def _read(path: Path, encoding: str, skip: int) -> Iterator[Row]:
    number = 0
    lines: list[str] | None = None
    size = 0
    with path.open(encoding=encoding or reading.encoding_of(path), errors="replace", newline="") as file:
        while line := file.readline(MAX_CARD_CHARACTERS):
            word = line.strip().upper()
            if word == BEGIN:
                if lines is not None:
                    yield Row(number, refused="this card is cut off: the next one begins before its END:VCARD")
                number, lines, size = number + 1, [line], 0
            elif lines is not None:
                size += len(line)
                if size <= MAX_CARD_CHARACTERS:
                    lines.append(line)
                if word == END:
                    yield _row(number, lines, size) if number > skip else Row(number)
                    lines = None
    if lines is not None:
        yield Row(number, refused="this card is cut off: the file ends before its END:VCARD")


def _row(number: int, lines: list[str], size: int) -> Row:
    import vobject

    if size > MAX_CARD_CHARACTERS:
        return Row(
            number, refused=f"this card has more than {MAX_CARD_CHARACTERS:,} characters; export it without its picture"
        )
    text = "".join(_without_soft_breaks(lines))
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    if any(WITH_PARAMETERS.match(line) and not PARAMETERS.match(line) for line in re.split(r"[\r\n]+", unfolded)):
        return Row(
            number, refused="not readable as a vCard: the parameters of a line, in front of its colon, are broken"
        )
    try:
        card = vobject.readOne(text)
        values = _values(card) | {"photo": _picture(unfolded)}
    except Exception as error:  # noqa: BLE001 - the library raises whatever a stranger's bytes provoke; the card is refused with it
        return Row(
            number, refused=f"not readable as a vCard: {' '.join(str(error).split())[:300] or type(error).__name__}"
        )
    if any("\N{REPLACEMENT CHARACTER}" in str(value) for value in values.values()):
        return Row(number, refused="it cannot be read in this encoding: choose the file's encoding, such as cp1252")
    return Row(number, values)


def _without_soft_breaks(lines: Iterable[str]) -> Iterator[str]:
    """Lines as vCard 2.1 folds what is quoted-printable, by an equals sign at the end of a line, made one again."""
    is_quoted = is_soft = False
    for line in lines:
        is_quoted = is_quoted if is_soft else bool(QUOTED.match(line))
        is_soft = is_quoted and line.rstrip("\r\n").endswith("=")
        yield line.rstrip("\r\n")[:-1] if is_soft else line


def _values(card: Any) -> dict[str, Any]:
    held = card.contents
    name = held["n"][0].value if "n" in held else None
    place = held["adr"][0].value if "adr" in held else None
    organisation = held["org"][0].value if "org" in held else []
    emails = [_bare(each.value, "mailto:") for each in held.get("email", [])]
    phones = [_bare(each.value, "tel:") for each in held.get("tel", [])]
    return {
        "uid": _uid(held, emails, phones),
        "name": _first(held, "fn"),
        "given_name": _joined(getattr(name, "given", "")),
        "family_name": _joined(getattr(name, "family", "")),
        "nickname": _first(held, "nickname"),
        "email": emails,
        "phone": phones,
        "organisation": (organisation if isinstance(organisation, str) else " ".join(organisation[:1])),
        "job_title": _first(held, "title") or _first(held, "role"),
        "street": _joined(getattr(place, "street", "")),
        "postcode": _joined(getattr(place, "code", "")),
        "city": _joined(getattr(place, "city", "")),
        "state": _joined(getattr(place, "region", "")),
        "country": _joined(getattr(place, "country", "")),
        "birth_date": _birth_date(_first(held, "bday")),
        "gender": _first(held, "gender").partition(";")[0],
        "language": _first(held, "lang"),
        "website": [str(each.value) for each in held.get("url", [])],
        "note": _first(held, "note"),
        "changed": _first(held, "rev"),
    }


def _uid(held: dict[str, Any], emails: list[str], phones: list[str]) -> str:
    """The card's own name; else what names the person: their first address or number."""
    known = _first(held, "uid")
    if known:
        return known
    if emails:
        return f"mailto:{emails[0].lower()}"
    return f"tel:{phones[0]}" if phones else ""


def _first(held: dict[str, Any], key: str) -> str:
    return _joined(held[key][0].value) if held.get(key) else ""


def _joined(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return " ".join(str(part).strip() for part in parts if part).strip()


def _bare(value: Any, scheme: str) -> str:
    text = str(value).strip()
    return text[len(scheme) :] if text.lower().startswith(scheme) else text


def _birth_date(text: str) -> str:
    """RFC 6350 writes 19800102; a day without a year is no birth date one can compare."""
    digits = text[:8]
    if len(digits) == 8 and digits.isdecimal():
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return "" if text.startswith("--") else text[:10]


def _picture(unfolded: str) -> str:
    """The hash of the picture's bytes, so that the same face can be known without being kept. An address is not fetched."""
    found = PICTURE.search(unfolded)
    if not found:
        return ""
    coded = re.sub(r"\s", "", found[1].rpartition("base64,")[2])
    try:
        content = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return hashlib.sha256(content).hexdigest() if content else ""
