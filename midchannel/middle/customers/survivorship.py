"""Which of several sources is right about a customer: pure rules, the same for every field, each answer with the record it came from.

In order: what has not expired; what its source proved; the more trusted source; what was said last; the older record. Fields of which
one may have several (addresses, numbers) keep all, best first. What a source does not say never hides what another says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

MANY = frozenset({"email", "phone", "website", "handle"})
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Named(Protocol):
    """What naming needs of a record."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def trust(self) -> int: ...
    @property
    def expires_at(self) -> datetime | None: ...


def name_of(records: Sequence[Named], *, now: datetime) -> str:
    """What a customer is called: as the most trusted of their records that has a name, among equals the oldest."""
    named = [each for each in records if each.name and not (each.expires_at and each.expires_at <= now)]
    best = min(named or records, key=lambda each: (-each.trust, each.id))
    return best.name


@dataclass(frozen=True, slots=True)
class Said:
    """What one record says, with its source."""

    record_id: int
    source: str
    kind: int
    trust: int
    lawful_basis: str
    said_at: datetime | None
    expires_at: datetime | None
    attributes: dict[str, Any]
    proven: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field, and where it comes from."""

    value: str
    record_id: int
    source: str
    kind: int
    trust: int
    lawful_basis: str
    said_at: datetime | None
    expires_at: datetime | None
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of a customer: the value that holds, and those of other sources (`others`), best first.

    `is_disputed` where another source says something else of a field that has one value.
    """

    field: str
    best: Value
    others: tuple[Value, ...]

    @property
    def value(self) -> str:
        """The value that holds."""
        return self.best.value

    @property
    def is_disputed(self) -> bool:
        """Whether sources disagree."""
        return self.field not in MANY and any(each.value.casefold() != self.value.casefold() for each in self.others)


def survive(records: Iterable[Said], *, now: datetime) -> tuple[Attribute, ...]:
    """The fields of a customer, by name, each with the value that holds and where it comes from."""
    said: dict[str, list[Value]] = {}
    for record in records:
        if record.expires_at is not None and record.expires_at <= now:
            continue
        for field, raw in record.attributes.items():
            for each in raw if isinstance(raw, list) else [raw]:
                if each not in (None, ""):
                    said.setdefault(field, []).append(_value(record, field, str(each)))
    return tuple(_attribute(field, values) for field, values in sorted(said.items()))


def _value(record: Said, field: str, value: str) -> Value:
    return Value(
        value,
        record.record_id,
        record.source,
        record.kind,
        record.trust,
        record.lawful_basis,
        record.said_at,
        record.expires_at,
        (field, value.casefold()) in record.proven,
    )


def _attribute(field: str, values: list[Value]) -> Attribute:
    ordered = sorted(
        values, key=lambda v: (not v.is_proven, -v.trust, -(v.said_at or LONG_AGO).timestamp(), v.record_id)
    )
    once = {value.value.casefold(): value for value in reversed(ordered)}
    kept = [value for value in ordered if once[value.value.casefold()] is value]
    return Attribute(field, kept[0], tuple(kept[1:]))
