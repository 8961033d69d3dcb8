"""How people write where somebody lives: streets with their numbers, boxes and postcodes, by country."""

import re
from collections.abc import Iterator

_NAME = r"(?:[A-ZÀ-ÞА-Я][\w'’.-]*)"
_BEGUN = r"[A-ZÀ-Þ][\w.-]"
_HOUSE, _POSTCODE, _STATE = (
    re.compile(r"\d[A-Za-z]?,? +[A-ZÀ-ÞА-Я0-9]"),
    re.compile(r"\d[A-Z]{2}"),
    re.compile(r"[A-Z]{2} \d{5}"),
)
_ADDRESSES: list[tuple[re.Pattern[str] | tuple[str, ...], re.Pattern[str]]] = [
    # 221B Baker Street, 1600 Pennsylvania Ave NW
    (
        _HOUSE,
        re.compile(
            rf"(?<![\w#$€£.,-])\d{{1,5}}[A-Za-z]?,? +(?:(?:[NSEW]|North|South|East|West)\.? +)?(?:{_NAME} +|\d{{1,3}}(?:st|nd|rd|th) +){{1,4}}"
            r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Crescent|Cres|"
            r"Close|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Gardens|Grove|Mews|Row|Trail|Quay|Hill|Park)\b\.?(?!['’]s)"
        ),
    ),
    # the same in small letters, where a house number and the full word leave no doubt
    (
        ("street", "avenue", "boulevard", "lane"),
        re.compile(
            r"(?<![\w#$€£.,-])\d{1,5}[a-z]? (?!(?:st|nd|rd|th)\b)(?:[a-z]{3,} ){1,2}(?:street|avenue|boulevard|lane)\b(?! ?(?:view|art|food|cred|style))"
        ),
    ),
    # Musterstraße 12a, Hauptstr. 5, Kerkstraat 7, Storgatan 3
    (
        (
            "stra",
            "str.",
            "weg",
            "platz",
            "gasse",
            "allee",
            "damm",
            "ufer",
            "ring",
            "laan",
            "plein",
            "gracht",
            "gata",
            "vägen",
            "vei",
            "vej",
        ),
        re.compile(
            rf"(?<!\w){_BEGUN}*(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|damm|ufer|ring|straat|laan|plein|gracht|gatan|vägen|gata|veien|vej)"
            r"(?:,? (?:Nr\. ?)?)\d{1,4} ?[a-zA-Z]?(?!\w)"
        ),
    ),
    (
        ("stra", "str.", "weg", "platz", "gasse", "allee", "damm", "ufer"),
        re.compile(
            rf"(?<!\w)(?:(?:Am|An der|Auf der|Im|In der|Zum|Zur|Unter den) )?{_NAME} (?:Straße|Strasse|Str\.|Weg|Platz|Allee|Damm|Gasse|Ufer) \d{{1,4}} ?[a-zA-Z]?(?!\w)"
        ),
    ),
    # 12 rue de la Paix
    (
        ("rue", "avenue", "av.", "boulevard", "bd", "place", "allée", "chemin", "impasse", "quai", "cours", "route"),
        re.compile(
            r"(?<![\w-])\d{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d|[Pp]lace|[Aa]llée|[Cc]hemin|[Ii]mpasse|[Qq]uai|[Cc]ours|[Rr]oute) "
            rf"(?:(?:de|du|des|la|le|les|l['’]|d['’]|à|aux?|et) ?)*{_NAME}(?: {_NAME}| de| la| du)*",
        ),
    ),
    # Calle Mayor 5, Via Roma, 12, Rua Augusta 1500, Strada Lungă nr. 5, ул. Ленина, 12
    (
        (
            "calle",
            "c/",
            "av",
            "plaza",
            "paseo",
            "carrera",
            "cra",
            "camino",
            "via",
            "piazza",
            "corso",
            "largo",
            "rua",
            "r.",
            "praça",
            "travessa",
            "alameda",
            "rodovia",
            "strada",
            "str.",
            "bulevardul",
            "bd.",
            "aleea",
            "jalan",
            "jl.",
        ),
        re.compile(
            r"(?<!\w)(?:Calle|C/|Avenida|Av\.|Avda\.?|Plaza|Paseo|Carrera|Cra\.?|Camino|Via|Viale|Piazza|Corso|Largo|Rua|R\.|Praça|Travessa|Alameda|"
            rf"Rodovia|Strada|Str\.|Bulevardul|Bd\.|Aleea|Jalan|Jl\.) ?(?:(?:de|del|di|da|do|das|dos|della|la|las|los|el) )*{_NAME}(?: (?:de|del|di|da|do|dos|la|y|e|{_NAME})){{0,4}}"
            r",? ?(?:n[ºo°r]\.? ?|#|núm\.? ?)?\d{1,5}(?:-\d{1,4})? ?[a-zA-Z]?(?!\w)"
        ),
    ),
    (
        ("ул", "вул", "пр.", "просп", "пер.", "бульвар", "пл."),
        re.compile(
            r"(?<!\w)(?:ул\.|улица|вул\.|вулиця|пр\.|проспект|пер\.|бульвар|пл\.) ?[\w -]{3,40}?,? ?(?:д\.|дом|буд\.|№)? ?\d{1,4}[а-я]?(?!\w)",
            re.IGNORECASE,
        ),
    ),
    (
        ("box", "postfach", "apartado", "bp", "caixa"),
        re.compile(r"(?<!\w)(?:P\.? ?O\.? ?Box|Postfach|Apartado|BP|Caixa Postal) ?:?#? ?\d{2,7}", re.IGNORECASE),
    ),
    # postcodes that are no other number: SW1A 1AA; 10115 Berlin; CA 90210
    (
        _POSTCODE,
        re.compile(r"(?<!\w)(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[A-Z])?) \d[ABD-HJLNP-UW-Z]{2})(?!\w)"),
    ),
    (
        _STATE,
        re.compile(
            r"(?<!\w)[A-Z][a-z]+,? (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?(?!\w)"
        ),
    ),
    (("号",), re.compile(r"(?>[一-鿿]{2,8}?[省市区县]){1,4}[一-鿿]{1,12}[路街道巷]\d{1,5}号")),
]


def find(text: str) -> Iterator[re.Match[str]]:
    """Every stretch that reads as an address, by each of the ways in turn; they may overlap."""
    low = text.lower()
    for hint, pattern in _ADDRESSES:
        if not (any(map(low.__contains__, hint)) if isinstance(hint, tuple) else hint.search(text)):
            continue
        yield from pattern.finditer(text)
