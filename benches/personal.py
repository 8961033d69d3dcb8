"""Made-up posts that hold something personal, and posts that do not: what `midchannel language evaluate --task pii` is measured on.

midchannel bench personal --rows > pii.tsv

Numbers have true check digits and plans; how they are written, and the sentence around them, is drawn by chance from how people write.
"""

import argparse
import random
import string
import time
from collections.abc import Callable

import msgspec
import phonenumbers

from midchannel.engines.language import grading

_AROUND = (
    "hi, {} please get back to me", "{}", "my details: {} thanks", "you can use {} for that", "still waiting!! {}", "it is {}, I told you three times",
    "Bitte nehmen Sie {} und melden Sie sich", "por favor usad {} gracias", "voici {} merci", "DM sent. {} 😡", "name: Jo Miller, {}", "order 88213 - {}",
)  # fmt: skip
_CALL = ("call me on {}", "my number is {}", "phone: {}", "ring {}", "Tel. {}", "text me at {}", "whatsapp {}", "meine Nummer: {}", "mi teléfono es {}", "📞 {}")  # fmt: skip
_ADDRESSES = (
    "{n} {Name} Street", "{n} {Name} Ave", "{n}{l} {Name} Road", "{Name}straße {n}", "{Name}str. {n}{l}", "{n} rue de la {Name}", "{n} avenue {Name}", "Calle {Name} {n}",
    "Via {Name} {n}", "Rua {Name}, {n}", "{Name}weg {n}", "Strada {Name} nr. {n}", "ул. Ленина, {n}", "PO Box {n}{n}", "{n} {Name} Lane", "{n} {Name} Drive", "Avenida {Name} {n}",
)  # fmt: skip
_NAMES = (
    "Oak",
    "Mill",
    "Garden",
    "Linden",
    "Rosen",
    "Haupt",
    "Kirch",
    "Mayor",
    "Roma",
    "Paix",
    "Victor",
    "Station",
    "Schiller",
    "Augusta",
)
_IBANS = {"DE": 18, "FR": 23, "ES": 20, "NL": 14, "GB": 18, "IT": 23, "PL": 24, "SE": 20, "PT": 21, "RO": 20}
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "IN", "BR", "NG", "SE", "KE", "ZA")


def rows(number: int, seed: int = 7) -> list[tuple[str, str]]:
    """Texts and the type of what is in each, `number` of every type."""
    chance = random.Random(seed)
    made: dict[str, Callable[[random.Random], str]] = {
        "email": _email, "card": _card, "iban": _iban, "ip": _network, "phone": _phone, "address": _address,
    }  # fmt: skip
    return [(chance.choice(_AROUND).format(make(chance)), name) for name, make in made.items() for _ in range(number)]


def _email(chance: random.Random) -> str:
    name = chance.choice(("ana.perez", "jo_miller", "k.o-brien", "info", "max+shop", "lena1987", "a.b.c"))
    host, end = (
        chance.choice(("example", "mail-server", "gmx", "my.company")),
        chance.choice(("com", "de", "co.uk", "org", "com.br")),
    )
    plain = f"{name}@{host}.{end}"
    return chance.choice(
        (
            plain,
            plain,
            plain,
            plain.upper(),
            f"{name} (at) {host}.{end}",
            f"{name}[at]{host}[dot]{end}",
            f"<{plain}>",
            f"mailto:{plain}",
        )
    )


def _card(chance: random.Random) -> str:
    prefix, length = chance.choice(
        (
            ("4", 16),
            ("51", 16),
            ("55", 16),
            ("2221", 16),
            ("34", 15),
            ("37", 15),
            ("6011", 16),
            ("3530", 16),
            ("36", 14),
            ("62", 16),
        )
    )
    digits = prefix + "".join(chance.choices(string.digits, k=length - len(prefix) - 1))
    digits = next(digits + last for last in string.digits if _luhn(digits + last))
    gap = chance.choice(("", " ", " ", "-", ".", " - "))
    size = 4 if length == 16 else 0
    return (
        gap.join(digits[at : at + 4] for at in range(0, 16, 4))
        if size
        else gap.strip().join((digits[:4], digits[4:10], digits[10:]))
    )


def _luhn(digits: str) -> bool:
    doubled = [int(each) * (2 if at % 2 else 1) for at, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _iban(chance: random.Random) -> str:
    country, length = chance.choice(list(_IBANS.items()))
    letters = "".join(chance.choices(string.ascii_uppercase, k=4)) if country in {"NL", "GB", "RO"} else ""
    account = letters + "".join(chance.choices(string.digits, k=length - len(letters)))
    number = int("".join(str(int(each, 36)) for each in account + country + "00"))
    whole = f"{country}{98 - number % 97:02d}{account}"
    spaced = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    return chance.choice((whole, spaced, spaced, whole.lower(), spaced.replace(" ", "-")))


def _network(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return ".".join(str(chance.randint(1, 254)) for _ in range(4))
    parts = [f"{chance.randint(1, 0xFFFF):x}" for _ in range(8)]
    return ":".join(parts) if chance.random() < 0.5 else ":".join(parts[:3]) + "::" + parts[3]


def _phone(chance: random.Random) -> str:
    region = chance.choice(_REGIONS)
    kind = chance.choice((phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE))
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        raise ValueError(f"There is no example of a number of {region}.")
    written, number = str(example.national_number), example
    for _ in range(20):
        changed = written[:-4] + "".join(chance.choices(string.digits, k=4))
        other = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(changed))
        if phonenumbers.is_valid_number(other) and len(set(changed)) > 3:
            number = other
            break
    form = phonenumbers.PhoneNumberFormat
    if chance.random() < 0.5:
        return phonenumbers.format_number(number, chance.choice((form.INTERNATIONAL, form.E164)))
    return chance.choice(_CALL).format(phonenumbers.format_number(number, form.NATIONAL))


def _address(chance: random.Random) -> str:
    return chance.choice(_ADDRESSES).format(
        n=chance.randint(1, 199), l=chance.choice("abc"), Name=chance.choice(_NAMES)
    )


def main(arguments: list[str] | None = None) -> None:
    """Print how 300 posts of each type are read, or with --rows the posts themselves, tab-separated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", action="store_true")
    given = parser.parse_args(arguments)
    made = rows(300)
    if given.rows:
        print("text\tlabels", *("\t".join(row) for row in made), sep="\n")
        return
    grade = grading.grade("pii", [(text, frozenset((name,))) for text, name in made], clock=time.process_time)
    print(msgspec.json.format(msgspec.json.encode(grade)).decode())


if __name__ == "__main__":
    main()
