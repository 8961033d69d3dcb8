"""Which decisions stand: pure. Rows are only ever added; what a later row takes back does not stand, and of a pair one word holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from midchannel.engines.identity.clusters import Edge

JOINING = frozenset({"must", "auto", "link"})
MEANING = {"link": "must", "apart": "cannot"}
SAID = frozenset({"same-device/1", "shared-device/1", "alias/1"})
PROVEN = 30.0
"""The weight, in bits, of an edge that no model weighed: a proof, or a person's word."""


@dataclass(frozen=True, slots=True)
class Row:
    """A decision as it is kept."""

    id: int
    record_id: int
    other_id: int | None
    verdict: str
    weight: float | None
    by_user_id: int | None
    reverts_id: int | None
    act_id: int | None
    by_rule: str = ""

    @property
    def is_weighed(self) -> bool:
        """Whether comparing the records anew may take it back: neither a person said it, nor a source that watched them."""
        return self.by_user_id is None and self.by_rule not in SAID

    @property
    def pair(self) -> tuple[int, int]:
        """The two records, the smaller id first; a row without another record is a pair with itself."""
        other = self.record_id if self.other_id is None else self.other_id
        return (min(self.record_id, other), max(self.record_id, other))

    @property
    def is_joining(self) -> bool:
        """Whether it says that both are one."""
        return self.other_id is not None and self.verdict in JOINING


def undone(rows: Iterable[Row]) -> set[int]:
    """The ids of the rows that a standing row takes back. Taking back may be taken back."""
    gone: set[int] = set()
    for row in sorted(rows, key=lambda each: -each.id):
        if row.reverts_id is not None and row.id not in gone:
            gone.add(row.reverts_id)
    return gone


def standing(rows: Iterable[Row]) -> dict[tuple[int, int], Row]:
    """For each pair the decision that holds: a person's last word, else the machine's."""
    rows = list(rows)
    gone = undone(rows)
    held: dict[tuple[int, int], Row] = {}
    for row in sorted(rows, key=lambda each: each.id):
        if row.id in gone or row.reverts_id is not None or row.other_id is None:
            continue
        before = held.get(row.pair)
        if before is None or row.by_user_id is not None or before.by_user_id is None:
            held[row.pair] = row
    return held


def edges(held: Iterable[Row]) -> list[Edge]:
    """Decisions as the partition takes them."""
    return [
        Edge(*row.pair, PROVEN if row.weight is None else row.weight, MEANING.get(row.verdict, row.verdict))
        for row in held
    ]
