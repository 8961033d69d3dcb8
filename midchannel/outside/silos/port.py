"""The seam that every kind of business system implements."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from midchannel.outside.channels.port import Settings

Mark = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source, with up to three values as they stand there."""

    name: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What a source has: its columns, the first rows, and about how many rows (None: not known without reading all)."""

    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the source, its values by column, or why it cannot be read. `mark` is where to go on behind it."""

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)
    mark: Mark = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read: the columns of the key and of the time of change, if there is one; what a row is (`mapping.KINDS`).

    `since` is the cursor of the last complete run, empty for all; `after` the mark of the last row this run has done.
    """

    kind: str
    key: str
    changed: str = ""
    since: Mark = field(default_factory=dict)
    after: Mark = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """A source being read. `cursor` is right once all `rows` have been read: the next run's `since`.

    `is_full`: all the source has is read, so what is not among it is missing there. `is_snapshot`: nothing that is changed meanwhile is
    shown again, so a key that comes twice is a mistake in the source. `total`: about how many there will be.
    """

    rows: Iterator[Row]
    cursor: Mark = field(default_factory=dict)
    is_full: bool = True
    is_snapshot: bool = True
    total: int | None = None

    def close(self) -> None:
        """Let go of the source, wherever reading has come to."""
        if isinstance(self.rows, Generator):
            self.rows.close()


class Reader(Protocol):
    """One kind of business system. Nothing is ever written to it. Raise SourceError for what a person should know."""

    name: str

    def check(self, settings: Settings, *, kind: str) -> list[str]:
        """Try the connection. What is wrong, in words with the remedy; empty when all is well."""

    def look(self, settings: Settings, *, kind: str) -> Look:
        """The columns and the first rows, for the mapping."""

    def read(self, settings: Settings, asked: Asked) -> Reading:
        """The rows, streamed, in an order in which `mark` says where to go on. Raises SourceChangedError when it cannot go on."""
