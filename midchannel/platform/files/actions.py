"""Keeping a file so that a crash leaves either all of it or nothing."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from midchannel.platform.files.models import StoredFile


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.DATA) / "files" / sha256[:2] / sha256


class TooLargeError(Exception):
    """The content is larger than allowed. Nothing of it was kept."""


def keep(content: bytes, *, media_type: str, now: datetime) -> StoredFile:
    """Write the content durably (temporary file, fsync, rename), then its row. The same content again is the same row."""
    return keep_stream([content], media_type=media_type, most_bytes=len(content), now=now)


def keep_stream(chunks: Iterable[bytes], *, media_type: str, most_bytes: int, now: datetime) -> StoredFile:
    """The same, piece by piece: never more than one piece in memory. Raises TooLargeError."""
    folder = Path(settings.DATA) / "files"
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as temporary:
            for chunk in chunks:
                size += len(chunk)
                if size > most_bytes:
                    raise TooLargeError
                digest.update(chunk)
                temporary.write(chunk)
            path = path_of(digest.hexdigest())
            if not path.exists():
                temporary.flush()
                os.fsync(temporary.fileno())
                path.parent.mkdir(parents=True, exist_ok=True)
                Path(name).rename(path)
    finally:
        Path(name).unlink(missing_ok=True)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=digest.hexdigest(), defaults={"size_bytes": size, "media_type": media_type, "created_at": now}
    )
    return stored
