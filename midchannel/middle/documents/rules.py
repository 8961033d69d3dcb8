"""Which documents are taken, and what they are. Pure."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from midchannel.middle.documents.errors import DocumentRefusedError

MAX_BYTES = 100_000_000
MAX_NAME = 150
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_ANY: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document that is taken: its media type, and how its content begins (nothing: as text)."""

    media_type: str
    begins: tuple[bytes, ...]


KINDS = {
    "pdf": Kind("application/pdf", (b"%PDF-",)),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": Kind("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", (b"RIFF",)),
    "heic": Kind("image/heic", (b"\x00\x00\x00",)),
    "tif": Kind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "tiff": Kind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "docx": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIPPED),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIPPED),
    "pptx": Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", _ZIPPED),
    "odt": Kind("application/vnd.oasis.opendocument.text", _ZIPPED),
    "ods": Kind("application/vnd.oasis.opendocument.spreadsheet", _ZIPPED),
    "odp": Kind("application/vnd.oasis.opendocument.presentation", _ZIPPED),
    "doc": Kind("application/msword", _OLD_OFFICE),
    "xls": Kind("application/vnd.ms-excel", _OLD_OFFICE),
    "ppt": Kind("application/vnd.ms-powerpoint", _OLD_OFFICE),
    "zip": Kind("application/zip", _ZIPPED),
    "mp4": Kind("video/mp4", (b"\x00\x00\x00",)),
    "mp3": Kind("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "wav": Kind("audio/wav", (b"RIFF",)),
    "ogg": Kind("audio/ogg", (b"OggS",)),
    "txt": Kind("text/plain", _ANY),
    "log": Kind("text/plain", _ANY),
    "md": Kind("text/markdown", _ANY),
    "csv": Kind("text/csv", _ANY),
    "json": Kind("application/json", _ANY),
    "xml": Kind("application/xml", _ANY),
    "eml": Kind("message/rfc822", _ANY),
    "ics": Kind("text/calendar", _ANY),
    "rtf": Kind("application/rtf", (b"{\\rtf",)),
}


def safe_name(name: str) -> str:
    """A name without a path and without what cannot be in one."""
    last = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    cleaned = "".join(each for each in last if each.isprintable()).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot:
        return cleaned[:MAX_NAME] or "document"
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"[:MAX_NAME]


def kind_of(name: str) -> Kind:
    """What a document is by its name. Raises DocumentRefusedError for a kind that is not taken."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in KINDS:
        words = _(
            "“%(name)s” is not taken: only pictures, PDF, office documents, text, mails, sound, video and ZIP files are."
        )
        raise DocumentRefusedError(words % {"name": name}, "files")
    return KINDS[ending]


def check_beginning(name: str, beginning: bytes) -> str:
    """The media type of a document whose content begins like this. Raises DocumentRefusedError when it is not what its name says."""
    kind = kind_of(name)
    if not beginning:
        raise DocumentRefusedError(_("“%(name)s” is empty.") % {"name": name}, "files")
    is_right = beginning.startswith(kind.begins) if kind.begins else b"\0" not in beginning
    if not is_right:
        raise DocumentRefusedError(_("“%(name)s” is not what its name says it is.") % {"name": name}, "files")
    return kind.media_type
