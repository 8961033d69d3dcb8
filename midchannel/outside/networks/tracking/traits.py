"""Traits, as Segment's specification names them, into the standard fields of a person or an organisation; the others begin with `x_`."""

import re
from collections.abc import Iterator
from typing import Any

MAX_VALUE = 2_000
MAX_FIELDS = 150
MAX_DEPTH = 3

# Compared without case, spaces, dashes and underscores. Sorted by what they become.
PERSON = {
    "firstname": "given_name", "givenname": "given_name",
    "lastname": "family_name", "familyname": "family_name", "surname": "family_name",
    "name": "full_name", "fullname": "full_name", "displayname": "full_name",
    "username": "handle", "login": "handle", "nickname": "handle",
    "birthday": "birth_date", "birthdate": "birth_date", "dateofbirth": "birth_date", "dob": "birth_date",
    "gender": "gender", "sex": "gender",
    "email": "email", "emailaddress": "email", "mail": "email",
    "phone": "phone", "phonenumber": "phone", "mobile": "phone", "mobilephone": "phone", "telephone": "phone",
    "street": "street", "addressstreet": "street", "addressline1": "street",
    "postalcode": "postcode", "postcode": "postcode", "zip": "postcode", "zipcode": "postcode",
    "addresspostalcode": "postcode", "addresszip": "postcode",
    "city": "city", "addresscity": "city", "town": "city",
    "state": "state", "region": "state", "addressstate": "state", "addressregion": "state",
    "country": "country", "addresscountry": "country",
    "address": "address", "addressformatted": "address",
    "company": "organisation", "companyname": "organisation", "organization": "organisation", "organisation": "organisation",
    "employer": "organisation",
    "title": "job_title", "jobtitle": "job_title", "position": "job_title",
    "website": "website", "url": "website", "homepage": "website",
    "description": "biography", "bio": "biography", "about": "biography",
    "customernumber": "customer_number", "customerno": "customer_number",
    "language": "language", "locale": "language",
}  # fmt: skip
ORGANISATION = {
    **{key: PERSON[key] for key in ("email", "emailaddress", "mail", "phone", "phonenumber", "telephone", "website", "url", "homepage",
                                    "description", "about", "customernumber", "customerno", "language", "locale")},
    **{key: field for key, field in PERSON.items() if field in {"street", "postcode", "city", "state", "country", "address"}},
    "name": "full_name", "displayname": "full_name", "companyname": "full_name",
}  # fmt: skip
LISTS = frozenset({"email", "phone", "website"})
# Said by the tracker about itself, not about the person.
NOT_TRAITS = frozenset({"createdat", "id", "userid", "anonymousid"})
SEPARATORS = re.compile(r"[\s_.\-]+")
UNWORD = re.compile(r"[\W_]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
BIRTH = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?$")


def of_person(traits: dict[str, Any]) -> dict[str, Any]:
    """What traits say about a person: standard fields to a text, a number or a list of texts."""
    return _fields(traits, PERSON)


def of_organisation(traits: dict[str, Any]) -> dict[str, Any]:
    """What a group's traits say about an organisation."""
    return _fields(traits, ORGANISATION)


def _fields(traits: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in _flat(traits):
        plain = SEPARATORS.sub("", name).casefold()
        if plain in NOT_TRAITS:
            continue
        field = words.get(plain)
        if field is None:
            field = "x_" + _snake(name)
        elif field == "birth_date":
            told.setdefault(field, _day(value))
        if field in LISTS and field in told:
            told[field] = _more(told[field], value)
        else:
            told.setdefault(field, value)
        if len(told) >= MAX_FIELDS:
            break
    return told


def _flat(told: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every value that says something, with its path: `address.city`. A company's name is the company."""
    for name, value in told.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, dict):
            if depth < MAX_DEPTH:
                yield from _flat(value, path, depth + 1)
        elif isinstance(value, list):
            texts = [text for text in map(_scalar, value[:50]) if text is not None]
            if texts:
                yield path, texts if len(texts) > 1 else texts[0]
        elif (text := _scalar(value)) is not None:
            yield path, text


def _scalar(value: object) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value if abs(value) < 1e300 else None
    if isinstance(value, str):
        return value.strip()[:MAX_VALUE] or None
    return None


def _snake(name: str) -> str:
    return UNWORD.sub("_", CAMEL.sub("_", name).casefold()).strip("_")[:90] or "unnamed"


def _day(value: Any) -> Any:
    """A birthday's day, without the time of day that some clients add."""
    found = BIRTH.match(value) if isinstance(value, str) else None
    return found[1] if found else value


def _more(known: Any, value: Any) -> list[Any]:
    every = [*(known if isinstance(known, list) else [known]), *(value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(every))
