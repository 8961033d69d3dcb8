"""From pairs to customers: groups whose members support each other on average, never chains of neighbours.

Two groups join when the average support over all pairs between them, where a pair nobody scored supports nothing, is at least half.
A must-link joins whatever the support, a cannot-link and a conflict of facts (two ERP numbers) keep apart whatever the support; people
(must, cannot) come before facts, and cannot before must. The result depends on neither order nor names of the records, only on edges.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from midchannel.engines.identity import levels, model

GUARDED = ("erp_number", "birth_date")
"""Fields of which one customer has one value; groups with two of them are not joined by a program."""

JOIN = 0.5
"""The average support from which two groups are one."""


class Edge(NamedTuple):
    """A scored or decided pair: `weight` in bits (log2 odds, as `Score.weight`), `verdict` one of must, auto, review, none, cannot."""

    left: int
    right: int
    weight: float
    verdict: str


def support(edge: Edge) -> float:
    """How much a pair supports being one customer, from 0 to 1; what is for people to say supports little."""
    if edge.verdict in {model.MUST, model.CANNOT}:
        return float(edge.verdict == model.MUST)
    return model.probability(edge.weight) * (1.0 if edge.verdict == model.AUTO else 0.25)


def partition(
    record_ids: Iterable[int], edges: Iterable[Edge], *, facts: Mapping[int, Mapping[str, str]] | None = None
) -> list[set[int]]:
    """Split records into customers, in the order of their smallest ids. Edges to other records are ignored.

    `facts` are, for each record that has any, its values of GUARDED fields. Deterministic whatever the order of the arguments.
    """
    return _Partition(sorted(set(record_ids)), edges, facts or {}).run()


def held_apart(parts: Sequence[set[int]], edges: Iterable[Edge]) -> list[Edge]:
    """Edges that would join two parts by themselves but for a constraint, a fact or their neighbours: for review."""
    of = {record: at for at, part in enumerate(parts) for record in part}
    crossing = (each for each in edges if each.left in of and each.right in of and of[each.left] != of[each.right])
    return sorted(each for each in crossing if each.verdict in {model.MUST, model.AUTO})


class _Partition:
    """Agglomeration by a heap: the best supported pair of groups first, ties by smallest ids."""

    def __init__(self, records: list[int], edges: Iterable[Edge], facts: Mapping[int, Mapping[str, str]]) -> None:
        self.members: dict[int, set[int]] = {each: {each} for each in records}
        self.facts = {each: {name: {value} for name, value in facts.get(each, {}).items() if value} for each in records}
        self.sums: dict[int, dict[int, float]] = {each: {} for each in records}
        self.cannot: dict[int, set[int]] = {each: set() for each in records}
        self.must: list[tuple[int, int]] = []
        self.moved: dict[int, int] = {}
        for (left, right), (value, verdict) in self._best(edges).items():
            if verdict == model.CANNOT:
                self.cannot[left].add(right)
                self.cannot[right].add(left)
                continue
            if verdict == model.MUST:
                self.must.append((left, right))
            if value > 0.0:
                self.sums[left][right] = self.sums[right][left] = value

    def _best(self, edges: Iterable[Edge]) -> dict[tuple[int, int], tuple[float, str]]:
        """One value a pair: cannot wins, then must, then the highest support."""
        rank = {model.CANNOT: 2, model.MUST: 1}
        best: dict[tuple[int, int], tuple[int, float, str]] = {}
        for each in edges:
            if each.left == each.right or each.left not in self.members or each.right not in self.members:
                continue
            pair = (min(each.left, each.right), max(each.left, each.right))
            found = (rank.get(each.verdict, 0), support(each), each.verdict)
            best[pair] = max(best.get(pair, found), found)
        return {pair: (value, verdict) for pair, (_, value, verdict) in best.items()}

    def run(self) -> list[set[int]]:
        for left, right in sorted(self.must):
            one, other = self._holder(left), self._holder(right)
            if one != other and other not in self.cannot[one]:
                self._join(one, other)
        heap = [
            (-value / (len(self.members[one]) * len(self.members[other])), one, other)
            for one, others in self.sums.items()
            for other, value in others.items()
            if one < other
        ]
        heapq.heapify(heap)
        while heap:
            best, one, other = heapq.heappop(heap)
            if -best < JOIN - 1e-9:
                break
            if self._average(one, other) != -best or self._conflict(one, other):
                continue
            kept = self._join(one, other)
            for next_ in self.sums[kept]:
                heapq.heappush(heap, (-self._average(kept, next_), min(kept, next_), max(kept, next_)))
        return [self.members[each] for each in sorted(self.members)]

    def _holder(self, record: int) -> int:
        while record in self.moved:
            record = self.moved[record]
        return record

    def _average(self, one: int, other: int) -> float:
        value = self.sums.get(one, {}).get(other)
        return 0.0 if value is None else value / (len(self.members[one]) * len(self.members[other]))

    def _conflict(self, one: int, other: int) -> bool:
        if other in self.cannot[one]:
            return True
        theirs = self.facts[other]
        return any(name in theirs and _clash(name, values, theirs[name]) for name, values in self.facts[one].items())

    def _join(self, one: int, other: int) -> int:
        """Join two groups under the smaller id, which both groups' smallest record has."""
        kept, gone = min(one, other), max(one, other)
        self.moved[gone] = kept
        self.members[kept] |= self.members.pop(gone)
        for name, values in self.facts.pop(gone).items():
            self.facts[kept].setdefault(name, set()).update(values)
        for record, value in self.sums.pop(gone).items():
            del self.sums[record][gone]
            if record != kept:
                self.sums[kept][record] = self.sums[record][kept] = self.sums[kept].get(record, 0.0) + value
        for record in self.cannot.pop(gone):
            self.cannot[record].discard(gone)
            self.cannot[record].add(kept)
            self.cannot[kept].add(record)
        return kept


def _clash(name: str, ones: set[str], others: set[str]) -> bool:
    """Whether the values of a fact cannot be one's: all different, and no date is the other mistyped."""
    if not ones.isdisjoint(others):
        return False
    return name != "birth_date" or not any(levels.is_mistyped(one, other) for one in ones for other in others)
