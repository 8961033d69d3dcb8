"""Finding a file again."""

from collections.abc import Iterator
from pathlib import Path

from midchannel.platform.files import actions
from midchannel.platform.files.models import StoredFile

PIECE = 256 * 1024


def read(sha256: str) -> bytes:
    """The content. Raises FileNotFoundError when it is not kept here."""
    return actions.path_of(sha256).read_bytes()


def read_stream(sha256: str) -> Iterator[bytes]:
    """The content piece by piece. Raises FileNotFoundError at once when it is not kept here."""
    path = actions.path_of(sha256)
    path.stat()
    return _pieces(path)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def get_file(sha256: str) -> StoredFile | None:
    """The row, or None."""
    return StoredFile.objects.filter(sha256=sha256).first()
