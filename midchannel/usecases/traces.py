"""What tells somebody in a text: their addresses, their names, and lines they wrote that others quoted. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

ERASED = "[erased]"
FILES = "mbox|eml|zip|csv|jsonl?|txt|pdf|vcf|parquet"
SHORTEST_NAME = 3
SHORTEST_QUOTE = 12


@dataclass(frozen=True, slots=True)
class Traces:
    """How to take somebody out of a text. `addresses` name them and nobody else; names are others' too, so `take_out_words` is for places
    that are about them.
    """

    addresses: tuple[str, ...]
    names: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def take_out_addresses(self) -> Callable[[str], str]:
        """Replaces their addresses, whatever their case, where they stand alone and not inside another one."""
        return _replacing([_alone(address) for address in _longest_first(self.addresses)])

    @property
    def take_out_words(self) -> Callable[[str], str]:
        """Replaces addresses, names and parts of names, and lines they wrote."""
        quoted = [re.escape(line) for line in _longest_first(self.lines)]
        known = [_alone(text) for text in _longest_first([*self.addresses, *self.names, *_parts(self.names)])]
        return _replacing([*quoted, *known])


def quotable(texts: Iterable[str]) -> tuple[str, ...]:
    """The lines of some texts that are long enough to be known again where somebody quotes them."""
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return tuple(sorted(line for line in lines if len(line) >= SHORTEST_QUOTE))


def _parts(names: Sequence[str]) -> list[str]:
    return [part for name in names for part in re.split(r"[\s,]+", name) if len(part) >= SHORTEST_NAME]


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if len(text) >= SHORTEST_NAME}, key=lambda text: (-len(text), text))


def _alone(text: str) -> str:
    return rf"(?<![\w.+-]){re.escape(text)}(?![\w-]|\.(?!(?:{FILES})\b)\w)" if text[-1:].isalnum() else re.escape(text)


def _replacing(patterns: Sequence[str]) -> Callable[[str], str]:
    if not patterns:
        return lambda text: text
    found = re.compile("|".join(patterns), re.IGNORECASE)
    return lambda text: found.sub(ERASED, text)
