"""Characters that lie about a text: controls, bidirectional overrides, lone surrogates. Made visible, removed or fenced in."""

import re
import unicodedata

LIMIT = 100_000
# Overrides and embeddings turn a text around; isolates that are never closed swallow what follows.
OVERRIDES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), None)
VISIBLE_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
# A pile of combining marks ("zalgo") climbs over its neighbours: four on one letter are enough for any script.
PILE = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def cleaned(text: str) -> str:
    """The text without what cannot be seen and only misleads; line ends are `\\n`; controls stay, for `shown` to mark."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = SURROGATE.sub("\ufffd", text).translate(OVERRIDES)
    return PILE.sub(r"\1", INVISIBLE.sub("", text))


def picture(control: str) -> str:
    """A control character's picture: `␀` for NUL, `␛` for escape, a replacement sign for the others."""
    code = ord(control)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"


def name(control: str) -> str:
    """What a control character is called, for its tooltip: `U+0000`."""
    return f"U+{ord(control):04X}"


def one_line(text: str, *, length: int = 300) -> str:
    """A text's first `length` characters on one line, with nothing in it that a list could trip over."""
    head = cleaned(text[: length * 4])
    head = VISIBLE_CONTROL.sub(lambda m: picture(m.group()), head)
    line = " ".join(head.split())
    return line if len(line) <= length else unicodedata.normalize("NFC", line[: length - 1]).rstrip() + "…"
