"""Finding a file again."""

from midchannel.platform.files import actions
from midchannel.platform.files.models import StoredFile


def read(sha256: str) -> bytes:
    """The content. Raises FileNotFoundError when it is not kept here."""
    return actions.path_of(sha256).read_bytes()


def get_file(sha256: str) -> StoredFile | None:
    """The row, or None."""
    return StoredFile.objects.filter(sha256=sha256).first()
