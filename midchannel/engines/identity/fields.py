"""What can be compared: the standard fields of a person or organisation, the columns they go by, and their normal form.

`read` makes a `Record` of whatever a source says. Everything that decides (`keys`, `model`, training) sees records only, so a value
is spelled one way wherever it comes from: an arriving handle, a file of a million rows, a form.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Values = Mapping[str, tuple[str, ...]]

STANDARD = (
    "given_name", "family_name", "full_name", "handle", "birth_date", "gender", "email", "phone", "street", "house_number",
    "address", "postcode", "city", "state", "country", "organisation", "job_title", "website", "biography", "avatar",
    "customer_number", "erp_number", "tax_number", "language",
)  # fmt: skip
UNKNOWN = "x_"
"""What the name of a field begins with whose meaning is not known: it is compared as plain text."""

MANY = 4
"""So many values of one field are compared; who has more e-mail addresses than this is not recognised by them."""

_COLUMNS = {
    "given_name": "given first forename firstname givenname fname first_name given_name christian_name vorname prenom nombre",
    "family_name": "surname last lastname family familyname lname sname last_name second_name nachname nom apellido",
    "full_name": "name fullname full_name person_name display_name displayname first_and_surname contact_name customer_name nom_complet",
    "handle": "handle username user_name user login screen_name nickname nick account twitter mastodon bluesky preferred_username",
    "birth_date": "dob birthdate birthday date_of_birth birth_date dateofbirth geburtsdatum birth",
    "gender": "gender sex geschlecht",
    "email": "email e_mail mail email_address emailaddress mail_address",
    "phone": "phone telephone tel mobile cell phone_number phonenumber telephone_number mobile_number fax phone_1 phone_2 telefon",
    "street": "street street_name streetname road strasse",
    "house_number": "street_number house_number housenumber house_no street_no number_of_house hausnummer",
    "address": "address address_1 address1 addr street_address full_address address_line_1 postal_address adresse",
    "postcode": "postcode post_code zip zipcode zip_code postal_code postalcode plz postcode_fake",
    "city": "city town suburb locality place municipality ort stadt ville",
    "state": "state province region county bundesland",
    "country": "country nation country_code land",
    "organisation": "organisation organization company company_name employer org business firm organisation_name firma",
    "job_title": "job_title job occupation profession position role beruf",
    "website": "website url homepage web site link",
    "biography": "biography bio about description_of_person",
    "avatar": "avatar picture photo",
    "customer_number": "customer_number customer_no customernumber customer_id kundennummer",
    "erp_number": "erp_number erp erp_id debtor_number debitor",
    "tax_number": "tax_number ssn soc_sec_id social_security_number nin national_id tax_id vat vat_number tin passport",
    "language": "language lang locale",
}
_NAMED = {column: standard for standard, columns in _COLUMNS.items() for column in columns.split()}


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says, in normal form: for each field its values, none of them empty; and which (field, value) it had proof of."""

    values: Values
    verified: frozenset[tuple[str, str]] = field(default=frozenset())


def recognise(column: str) -> str | None:
    """The standard field that goes by this column name, or None."""
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.strip()).lower()).strip("_")
    return plain if plain in STANDARD else _NAMED.get(plain) or _NAMED.get(plain.replace("_", ""))


def read(attributes: Mapping[str, object], *, verified: Iterable[tuple[str, str]] = ()) -> Record:
    """A record of raw attributes. Keys are standard fields, or `x_...` compared as text; others, and what is empty, are left out.

    A value may be a list. `verified` are (field, raw value) of which the source had proof.
    """
    values: dict[str, tuple[str, ...]] = {}
    for name, raw in attributes.items():
        if raw.__class__ is str and name in _NORMAL:
            one = _NORMAL[name](raw[:500]).strip()
            if one:
                values[name] = (one,)
        elif found := normal(name, raw):
            values[name] = found
    if "full_name" in values:
        complete(values)
    if not verified:
        return Record(values)
    return Record(values, frozenset((name, each) for name, raw in verified for each in normal(name, raw)))


def normal(name: str, raw: object) -> tuple[str, ...]:
    """The normal forms of a raw value or list of values, in order, each once, at most MANY; empty for what says nothing."""
    spell = _NORMAL.get(name)
    if raw is None or (spell is None and not name.startswith(UNKNOWN)):
        return ()
    spell = spell or unknown
    if raw.__class__ is str:
        one = spell(raw[:500]).strip()
        return (one,) if one else ()
    several = raw if isinstance(raw, list | tuple | set | frozenset) else (raw,)
    found = dict.fromkeys(spell(_plain(each)).strip() for each in several if each is not None)
    return tuple(each for each in found if each)[:MANY]


def complete(values: dict[str, tuple[str, ...]]) -> None:
    """Tell the parts of a full name apart where only the whole is known: the last of several words is the family's."""
    whole = values.get("full_name")
    if whole and "given_name" not in values and "family_name" not in values:
        words = whole[0].split()
        values["given_name"] = (words[0],)
        if len(words) > 1:
            values["family_name"] = (words[-1],)


def _plain(raw: object) -> str:
    if isinstance(raw, float):
        return "" if raw != raw else str(int(raw)) if raw.is_integer() else str(raw)  # noqa: PLR0124 - not a number is not itself
    return str(raw)[:500]


_PUNCTUATION = re.compile(r"[\W_]+")
_NOTHING = frozenset(("", "nan", "none", "null", "n a", "na", "nil", "unknown", "not available", "nat", "undefined"))


def fold(raw: str) -> str:
    """Without accents, in small letters. Letters of other scripts stay."""
    if raw.isascii():
        return raw.lower()
    apart = unicodedata.normalize("NFKD", raw.casefold())
    return unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each)))


def text(raw: str) -> str:
    """Words of letters and digits in small letters, one space between them."""
    words = _PUNCTUATION.sub(" ", fold(raw)).strip()
    return "" if words in _NOTHING else words


def unknown(raw: str) -> str:
    """A value of a column nobody knows: a number or a date as one, else text."""
    plain = raw.strip()
    if _NUMBER.fullmatch(plain):
        return f"{float(plain):.12g}"
    return date(plain) if _DATE.fullmatch(plain) else text(plain)


_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?", re.ASCII)
_HONORIFICS = frozenset(
    ["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "dame", "lord", "lady", "rev", "herr", "frau", "mme"]
)


def name(raw: str) -> str:
    """A person's name: apostrophes close up, what is before or behind the name goes."""
    words = text(raw.replace("'", "").replace("\u2019", "")).split()
    if len(words) > 1 and words[0] in _HONORIFICS:
        words = words[1:]
    return " ".join(words)


def handle(raw: str) -> str:
    """A user name without @, and without the host of a federated one."""
    return fold(raw.strip().removeprefix("@").partition("@")[0])


def email(raw: str) -> str:
    """An address in small letters; what a mail server ignores in it is left out."""
    plain = fold(raw.strip()).removeprefix("mailto:")
    local, at, host = plain.rpartition("@")
    if not at or not host:
        return "" if plain in _NOTHING else plain
    local = local.partition("+")[0]
    if host in {"gmail.com", "googlemail.com"}:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}"


def digits(raw: str) -> str:
    """The digits of a value, in any script."""
    return "".join(str(unicodedata.digit(each)) for each in raw if each.isdigit())


def phone(raw: str) -> str:
    """The last nine digits: what is the same with and without the country."""
    found = digits(raw).lstrip("0")
    return found[-9:] if len(found) >= 5 else ""


def number(raw: str) -> str:
    """An official number: letters and digits only, capitals."""
    plain = _PUNCTUATION.sub("", fold(raw)).upper()
    return "" if plain.lower() in _NOTHING or not plain.strip("0") else plain


def website(raw: str) -> str:
    """An address without scheme, www and trailing slash."""
    return re.sub(r"^(https?:)?//", "", fold(raw.strip())).removeprefix("www.").rstrip("/")


_MONTHS = {
    each: at
    for at, each in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}


def date(raw: str) -> str:
    """Eight digits YYYYMMDD, with 00 for what is not known; other words stay text. A day comes before its month unless it cannot."""
    plain = raw.strip()
    parts = [int(each) for each in re.findall(r"\d+", plain.partition("T")[0].partition(" 0")[0])]
    if len(plain) == 8 and plain.isdigit():
        return plain
    word = re.search(r"[a-z]{3,}", plain.lower())
    if word and word[0][:3] in _MONTHS and len(parts) == 2:
        day, year = sorted(parts)
        return _joined(year, _MONTHS[word[0][:3]], day)
    if len(parts) >= 3 and not word:
        first, second, third = parts[:3]
        if first > 31:
            return _joined(first, second, third)
        day, month = (second, first) if second > 12 >= first else (first, second)
        return _joined(third if third > 99 else third + (1900 if third > 30 else 2000), month, day)
    if len(parts) == 1 and len(str(parts[0])) == 4:
        return _joined(parts[0], 0, 0)
    return text(raw)


def _joined(year: int, month: int, day: int) -> str:
    return f"{year % 10_000:04}{month % 100:02}{day % 100:02}"


def gender(raw: str) -> str:
    """The first letter: m, f, or what else is said."""
    return {"w": "f"}.get(text(raw)[:1], text(raw)[:1])


_LEGAL = frozenset(
    [
        "gmbh",
        "ag",
        "kg",
        "ohg",
        "ug",
        "mbh",
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "llc",
        "llp",
        "plc",
        "corp",
        "corporation",
        "co",
        "company",
        "sa",
        "sas",
        "sarl",
        "srl",
        "bv",
        "nv",
        "oy",
        "ab",
        "as",
        "the",
    ]
)
_STREETS = {
    "street": "st", "strasse": "st", "str": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr",
    "lane": "ln", "court": "ct", "place": "pl", "square": "sq", "highway": "hwy", "parkway": "pkwy", "crescent": "cr", "cres": "cr",
    "terrace": "tce", "north": "n", "south": "s", "east": "e", "west": "w", "suite": "ste", "saint": "st",
}  # fmt: skip


def organisation(raw: str) -> str:
    """A company's name without its legal form."""
    words = text(raw.replace("&", " ").replace(".", "")).split()
    kept = [each for each in words if each not in _LEGAL]
    return " ".join(kept or words)


def address(raw: str) -> str:
    """Words of an address, the common ones abbreviated."""
    return " ".join(_STREETS.get(each, each) for each in text(raw).split())


_NORMAL: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(STANDARD, text),
    **dict.fromkeys(("given_name", "family_name", "full_name"), name),
    **dict.fromkeys(("postcode", "customer_number", "erp_number", "tax_number", "house_number"), number),
    **dict.fromkeys(("street", "address"), address),
    "handle": handle, "birth_date": date, "gender": gender, "email": email, "phone": phone, "website": website,
    "organisation": organisation,
}  # fmt: skip
_NORMAL = {each: functools.lru_cache(maxsize=20_000)(spell) for each, spell in _NORMAL.items()}
