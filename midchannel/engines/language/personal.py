"""What names or reaches a person in a text: e-mail addresses, telephone numbers, cards, bank accounts, network and street addresses.

Positions are those of the text as it was given. A number is told from its likes by its check digits (ISO/IEC 7812-1's Luhn for cards,
ISO 7064 mod 97-10 for IBAN), by the numbering plans of the world's telephones, or by the words around it. A match never overlaps
another: what is more certain comes first.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import phonenumbers

from midchannel.engines.language import postal

EMAIL, PHONE, CARD, IBAN, IP, ADDRESS = "email", "phone", "card", "iban", "ip", "address"
MAX_LENGTH = 20_000
"""So many characters are looked at; a post is shorter, and a time limit needs an end."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something personal: its type, where it stands (`text[start:end]`), and the value in its normal form."""

    type: str
    start: int
    end: int
    value: str


def find(text: str) -> list[Found]:
    """Everything personal in a text, in order, without overlap."""
    text = text[:MAX_LENGTH]
    taken: list[Found] = []
    for find_one in _finders(text):
        for found in find_one(text):
            if not any(found.start < other.end and other.start < found.end for other in taken):
                taken.append(found)
    return sorted(taken, key=lambda found: found.start) if len(taken) > 1 else taken


def _finders(text: str) -> Iterator[Callable[[str], Iterator[Found]]]:
    """Only those that can find anything: most texts have neither a digit nor an @."""
    if "@" in text or any(map(text.__contains__, _AT)):
        yield _emails
    colons = text.count(":") > 1
    digits = len(_DIGIT.findall(text))
    if digits >= FEWEST_IN_IBAN:
        yield _ibans
    if digits >= FEWEST_IN_CARD:
        yield _cards
    if colons or (digits >= 4 and text.count(".") > 2):
        yield _networks
    if digits >= FEWEST_IN_PHONE:
        yield _phones
    if digits:
        yield _addresses


FEWEST_IN_IBAN, FEWEST_IN_CARD, FEWEST_IN_PHONE = 8, 13, 7
_DIGIT, _DIGITS, _NO_DIGITS = re.compile(r"\d"), re.compile(r"\d+"), re.compile(r"\D+")
_AT = ("(at)", "[at]", "{at}", "<at>", " AT ", "(AT)", " dot ")

# --- e-mail ---
_LOCAL = r"[\w!#$%&'*+/=?^`{|}~-]{1,64}(?:\.[\w!#$%&'*+/=?^`{|}~-]{1,64}){0,7}"
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}"
_BETWEEN = re.compile(r"@(?<=[\w!#$%&'*+/=?^`{|}~-]@)[^\W_]")
"""An @ as it stands in an address: not the one before a name."""
_EMAIL = re.compile(rf"(?<![\w.@/]){_LOCAL}@{_HOST}(?![\w@])")
_SPELT = re.compile(
    r"(?<![\w.])([\w+-]{1,64}(?:\.[\w+-]{1,64}){0,7})\s{0,3}(?:\(at\)|\[at\]|\{at\}|<at>|\s@\s|\s\(?AT\)?\s|\sat(?=\s[\w.-]{1,60}\sdot\s))\s*"
    r"([\w-]+(?:(?:\.|\s*(?:\(dot\)|\[dot\]|\sdot\s|\sDOT\s|\(\.\))\s*)[\w-]+)+)"
)


def _emails(text: str) -> Iterator[Found]:
    if _BETWEEN.search(text):
        for match in _EMAIL.finditer(text):
            yield Found(EMAIL, match.start(), match.end(), match[0].lower())
    if " @ " not in text and not any(map(text.__contains__, _AT)):
        return
    for match in _SPELT.finditer(text):
        host = re.sub(r"\s*(?:\(dot\)|\[dot\]|\(\.\)|\bdot\b|\.)\s*", ".", match[2], flags=re.IGNORECASE)
        if re.fullmatch(_HOST, host):
            yield Found(EMAIL, match.start(), match.end(), f"{match[1]}@{host}".lower())


# --- numbers with check digits ---
_CARD = re.compile(r"(?<![\w+])\d(?:[ \t.\u00a0\u2009_/–-]{0,3}\d){12,23}(?!\w)")
_PREFIXES = re.compile(
    r"4\d{12}(?:\d{3}){0,2}$|5[1-5]\d{14}$|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}$|3[47]\d{13}$|3(?:0[0-5]|[689]\d)\d{11,16}$"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12,15}$|62\d{14,17}$|35(?:2[89]|[3-8]\d)\d{12,15}$|(?:5018|5020|5038|5893|6304|67\d\d)\d{8,15}$|9792\d{12}$|220[0-4]\d{12,15}$"
)
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \u00a0.-]?[A-Za-z0-9])")
IBAN_LENGTHS = {
    each[:2]: int(each[2:])
    for each in [
        "AD24",
        "AE23",
        "AL28",
        "AT20",
        "AZ28",
        "BA20",
        "BE16",
        "BG22",
        "BH22",
        "BI27",
        "BR29",
        "BY28",
        "CH21",
        "CR22",
        "CY28",
        "CZ24",
        "DE22",
        "DJ27",
        "DK18",
        "DO28",
        "EE20",
        "EG29",
        "ES24",
        "FI18",
        "FK18",
        "FO18",
        "FR27",
        "GB22",
        "GE22",
        "GI23",
        "GL18",
        "GR27",
        "GT28",
        "HN28",
        "HR21",
        "HU28",
        "IE22",
        "IL23",
        "IQ23",
        "IS26",
        "IT27",
        "JO30",
        "KW30",
        "KZ20",
        "LB28",
        "LC32",
        "LI21",
        "LT20",
        "LU20",
        "LV21",
        "LY25",
        "MC27",
        "MD24",
        "ME22",
        "MK19",
        "MN20",
        "MR27",
        "MT31",
        "MU30",
        "NI28",
        "NL18",
        "NO15",
        "OM23",
        "PK24",
        "PL28",
        "PS29",
        "PT25",
        "QA29",
        "RO24",
        "RS22",
        "RU33",
        "SA24",
        "SC31",
        "SD18",
        "SE24",
        "SI19",
        "SK24",
        "SM27",
        "SO23",
        "ST25",
        "SV28",
        "TL23",
        "TN24",
        "TR26",
        "UA29",
        "VA22",
        "VG24",
        "XK20",
        "YE30",
    ]
}
"""Lengths by country: the SWIFT IBAN registry."""


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def passes_mod97(iban: str) -> bool:
    """Whether an IBAN without spaces has its country's length and its check digits (ISO 13616)."""
    if IBAN_LENGTHS.get(iban[:2]) != len(iban):
        return False
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN_START.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper())
        if length is None:
            continue
        value, end = _take(text, match.start(), length)
        if value and passes_mod97(value) and not (end < len(text) and text[end].isalnum()):
            yield Found(IBAN, match.start(), end, value)


def _take(text: str, start: int, length: int) -> tuple[str, int]:
    """So many letters and digits from `start` on, single separators left out, and where they end; "" when there are fewer."""
    kept: list[str] = []
    last_was_gap = False
    for end in range(start, min(len(text), start + 3 * length)):
        letter = text[end]
        if letter.isascii() and letter.isalnum():
            kept.append(letter.upper())
            last_was_gap = False
            if len(kept) == length:
                return "".join(kept), end + 1
        elif letter in " \u00a0.-" and not last_was_gap:
            last_was_gap = True
        else:
            break
    return "", start


def _cards(text: str) -> Iterator[Found]:
    for match in _CARD.finditer(text):
        groups = list(_DIGITS.finditer(match[0]))
        for first, last in _card_spans(tuple(each.end() - each.start() for each in groups)):
            begin, end = groups[first].start(), groups[last - 1].end()
            digits = _digits_of(match[0][begin:end])
            if _PREFIXES.match(digits) and passes_luhn(digits) and len(set(digits)) > 1:
                yield Found(CARD, match.start() + begin, match.start() + end, digits)
                break


_CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (16,), (15,)}
"""How cards are written; where other numbers stand beside one, only these are looked for."""
_CARD_BEGINS = {group[0] for group in _CARD_GROUPS}


def _card_spans(sizes: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """From which group of digits to which (exclusive) a card may be, by how many each has: all of them first."""
    yield 0, len(sizes)
    for first, size in enumerate(sizes):
        if size not in _CARD_BEGINS:
            continue
        for length in (4, 3, 1):
            last = first + length
            if last <= len(sizes) and sizes[first:last] in _CARD_GROUPS and length < len(sizes):
                yield first, last


def _digits_of(written: str) -> str:
    """The digits in what is written, in whatever script, as those of ASCII."""
    digits = _NO_DIGITS.sub("", written)
    return digits if digits.isascii() else "".join(str(int(each)) for each in digits)


# --- network addresses ---
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?=[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:)[0-9a-fA-F:]{3,39}(?:\.\d{1,3}){0,3}(?![\w:])")
_VERSION = re.compile(r"\b(?:v|version|release|firmware|build|update|ver\.?|app)\s*:?\s*$", re.IGNORECASE)


def _networks(text: str) -> Iterator[Found]:
    for match in _IP4.finditer(text):
        if all(int(part) < 256 and str(int(part)) == part for part in match[0].split(".")) and not _VERSION.search(
            text[max(0, match.start() - 14) : match.start()]
        ):
            yield Found(IP, match.start(), match.end(), match[0])
    if text.count(":") > 1:
        for match in _IP6.finditer(text):
            try:
                value = str(ipaddress.IPv6Address(match[0].rstrip(".")))
            except ValueError:
                continue
            if re.search("[0-9a-fA-F]", match[0]):
                yield Found(IP, match.start(), match.end(), value)


# --- telephones ---
_NUMBER = re.compile(r"(?<![\w.,:/#=-])(?:\+|00)?\(?\d[\d ()\u00a0./\u2011–-]{5,22}\d(?!\w|[:%€$£]|[.,]\d|/\d)")
_CALL = re.compile(
    r"(?:tele?fono?|t[ée]l|phone|call|ring|text|sms|mobile?|mob|cell|whats ?app|handy|ruf|nummer|number|num[ée]ro|numero|llama|appel\w*|"
    r"contact|reach|dial|fax|hotline|फोन|कॉल|телефон|тел|звон\w*|звони|电话|手机|☎|📞|📱)\W{0,4}(?:\w+\W+){0,4}$",
    re.IGNORECASE,
)
_NOT_A_CALL = re.compile(
    r"(?:order|invoice|ticket|case|ref(?:erence)?|tracking|parcel|account|id|serial|isbn|booking|confirmation|bestell\w*|rechnung\w*|pedido|"
    r"commande|#|nr\.?|no\.?|sku|item|model|reservation|flight|claim|policy|imei|zip|gen|usd|eur|\$|€|£)\W{0,3}(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_GROUPED = re.compile(
    r"^(?:\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}|\(0?\d{2,5}\)[ ./-]?\d[\d .-]{4,12}\d|0\d{1,5}[ ./-]{1,3}\d[\d .-]{4,12}\d|1[ .-]\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})$"
)
_DATE = re.compile(r"^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?:\D.*)?$")
REGIONS = ("US", "GB", "DE", "FR", "IN", "ES", "IT", "BR", "NG", "KE", "ZA", "SE", "RU", "UA", "RO", "AU")
"""Where a number without its country may be from, when the words around it say that it is one."""


def _phones(text: str) -> Iterator[Found]:
    for match in _NUMBER.finditer(text):
        written = match[0]
        digits = _digits_of(written)
        if not 7 <= len(digits) <= 15 or len(set(digits)) < 3 or _DATE.match(written):
            continue
        before = text[max(0, match.start() - 45) : match.start()]
        if written.startswith(("+", "00")):
            number = _number_of("+" + digits.removeprefix("00") if written.startswith("00") else "+" + digits, None)
        elif _NOT_A_CALL.search(before) and not _CALL.search(before):
            continue
        elif _GROUPED.match(written.strip()) or _CALL.search(before):
            number = next(filter(None, (_number_of(digits, region) for region in REGIONS)), None)
        else:
            continue
        if number:
            yield Found(PHONE, match.start(), match.end(), number)


def _number_of(digits: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _addresses(text: str) -> Iterator[Found]:
    return (Found(ADDRESS, each.start(), each.end(), " ".join(each[0].split())) for each in postal.find(text))
