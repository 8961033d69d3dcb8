"""Words with places to fill in. Pure."""

import re

MAX_TEXT = 5_000
PLACES = ("first_name",)
PLACE = re.compile(r"\{([^{}]*)\}")
NAMELESS = re.compile(r"[ \t]*\{first_name\}")
LEADING = re.compile(r"^[\s,;:!-]+")


def unknown_places(text: str) -> list[str]:
    """Names in braces that nothing fills in."""
    return sorted({name for name in PLACE.findall(text) if name not in PLACES})


def first_name(name: str) -> str:
    """How to address somebody: the first word of their name, or nothing when it is no name (an address, a number)."""
    words = name.split()
    if not words or "@" in name or not any(letter.isalpha() for letter in words[0]):
        return ""
    return words[0]


def fill(text: str, name: str) -> str:
    """The words for one person. Without a name the place closes up: "Hello {first_name}," becomes "Hello,"."""
    given = first_name(name)
    if given:
        return text.replace("{first_name}", given).strip()
    return LEADING.sub("", NAMELESS.sub("", text)).strip()
