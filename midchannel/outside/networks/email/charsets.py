"""Bytes and headers of strangers to text. Nothing here raises: what cannot be decoded is replaced."""

import codecs
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp

MAX_HEADER = 10_000
FALLBACK = "cp1252"

# Python codecs that are no character sets, or are slow or strange on hostile input.
NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
)
SINGLE_BYTE = re.compile(r"^(iso8859-\d+|cp12\d\d|latin-1|ascii)$")

FOLD = re.compile(r"[\r\n]+[ \t]*")
ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode(content: bytes, charset: str = "") -> str:
    """Text in the charset that is claimed, or in the one it plainly is: UTF-8 when it is valid, else Windows' Western one."""
    name = _codec_of(charset)
    if not name or SINGLE_BYTE.match(name):
        # Many programs claim a Western charset and send UTF-8; by chance, text is hardly ever valid UTF-8.
        try:
            return clean(content.decode("utf-8"))
        except UnicodeDecodeError:
            name = name if name and name not in ("ascii", "iso8859-1", "latin-1") else FALLBACK
    try:
        return clean(content.decode(name))
    except (UnicodeError, ValueError, LookupError):
        pass
    try:
        return clean(content.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(content.decode(FALLBACK, "replace"))


def _codec_of(charset: str) -> str:
    label = charset.strip().strip("\"'").lower()
    if not label or len(label) > 40 or not label.isascii():
        return ""
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    return "" if info.name in NOT_CHARSETS or not info._is_text_encoding else info.name


def clean(text: str) -> str:
    """Without NUL, control characters and lone surrogates; line ends as newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", text.removeprefix("\ufeff")).encode("utf-8", "replace").decode("utf-8")


def unfold(raw: str) -> str:
    """A header's value on one line, as text; raw eight-bit bytes (surrogate escapes) are decoded."""
    value = FOLD.sub(" ", raw[:MAX_HEADER]).strip()
    if value.isascii():
        return clean(value)
    return decode(value.encode("utf-8", "surrogateescape"))


def decode_header(raw: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded; a character cut in two by adjacent words is put together."""
    value = unfold(raw)
    pieces: list[str] = []
    held, held_charset, end = b"", "", 0
    for match in ENCODED_WORD.finditer(value):
        gap = value[end : match.start()]
        charset, encoding, encoded = match.groups()
        charset = charset.partition("*")[0].lower()
        if held and (gap.strip() or charset != held_charset):
            pieces.append(decode(held, held_charset))
            held = b""
        if gap.strip() or not end:
            pieces.append(gap)
        held, held_charset, end = held + _word(encoding, encoded), charset, match.end()
    if held:
        pieces.append(decode(held, held_charset))
    return " ".join("".join([*pieces, value[end:]]).split())


def _word(encoding: str, encoded: str) -> bytes:
    ascii_only = encoded.encode("ascii", "replace")
    if encoding in "qQ":
        return a2b_qp(ascii_only, header=True)
    try:
        return a2b_base64(ascii_only + b"=" * (-len(ascii_only) % 4))
    except (Base64Error, ValueError):
        return ascii_only
