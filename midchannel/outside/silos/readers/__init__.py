"""The kinds of business systems that can be read, one file each. What is heavy is imported when it is used."""

from midchannel.outside.silos.errors import SourceError
from midchannel.outside.silos.port import Reader
from midchannel.outside.silos.readers.files import FileReader
from midchannel.outside.silos.readers.sql import SqlReader
from midchannel.outside.silos.readers.tryton import TrytonReader

READERS: dict[str, Reader] = {reader.name: reader for reader in (FileReader(), SqlReader(), TrytonReader())}


def get_reader(name: str) -> Reader:
    """The reader of this kind. Raises SourceError when there is none."""
    if name not in READERS:
        raise SourceError(f"There is no reader {name[:40]!r}. There are: {', '.join(sorted(READERS))}.", permanent=True)
    return READERS[name]
