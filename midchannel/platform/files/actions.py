"""Keeping a file so that a crash leaves either all of it or nothing."""

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from midchannel.platform.files.models import StoredFile


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.DATA) / "files" / sha256[:2] / sha256


def keep(content: bytes, *, media_type: str, now: datetime) -> StoredFile:
    """Write the content durably (temporary file, fsync, rename), then its row. The same content again is the same row."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
        Path(temporary.name).rename(path)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size_bytes": len(content), "media_type": media_type, "created_at": now}
    )
    return stored
