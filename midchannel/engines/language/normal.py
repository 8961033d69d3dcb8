"""One form for every text before it is read: bounded, composed, and with what carries no words put as signs.

Positions in the text as it arrived are `personal`'s business; here nothing points back.
"""

import html
import re
import unicodedata

MAX_READ = 3000
LINK, PERSON, NUMBER = "\ue000", "\ue001", "\ue002"

_LINK = re.compile(r"(?:https?://|www\.)\S+")
_PERSON = re.compile(r"(?<![\w.])@\w[\w.@-]*")
_NUMBER = re.compile(r"(?<!\w)\d[\d.,:/-]*(?!\w)")
_DIGIT = re.compile(r"\d")
_LONG = re.compile(r"([\w!?.])\1{2,}")
_THRICE = re.compile(r"(.)\1\1")
"""What a text must have in which something is held for long; much faster to look for."""
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ue000-\uf8ff]"
)


def read_form(text: str) -> str:
    """The text as the heads read it: at most MAX_READ characters, NFKC; links, people and numbers as one sign each.

    Letters held for long are cut to three; stacks of combining marks and unseen characters go.
    """
    text = text[: 2 * MAX_READ]
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", _MARKS.sub("", text)))
    text = text[:MAX_READ]
    if "://" in text or "www." in text:
        text = _LINK.sub(f" {LINK} ", text)
    if "@" in text:
        text = _PERSON.sub(f" {PERSON} ", text)
    if _DIGIT.search(text):
        text = _NUMBER.sub(NUMBER, text)
    text = " ".join(text.split())
    return _LONG.sub(r"\1\1\1", text) if _THRICE.search(text) else text
