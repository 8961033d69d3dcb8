"""Which pairs to compare: those that share a key, the rarest keys first, within a budget."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from midchannel.engines.identity import keys
from midchannel.platform.analysis.frame import Codes, Column, Frame, Longs

WHOLE = 2_500
"""A table of no more records than this is compared pair by pair."""

A_RECORD = 100
"""So many pairs a record are compared at most."""

BUDGET = 6_000_000
"""So many pairs are compared at most in a table of no more than BUDGET / A_LARGE_RECORD records."""

A_LARGE_RECORD = 5
"""So many pairs a record are compared at most in a larger table."""

CROWD = 1_000
"""The most records that share a key which is followed in a table."""

_Keys = tuple[Longs, Codes]
"""Keys and the records that have them, side by side."""


def of_frame(table: Frame, *, crowd: int = CROWD) -> tuple[Longs, Longs]:
    """The pairs of a table to compare, by place, the smaller first, each once."""
    if table.size <= WHOLE:
        left, right = np.triu_indices(table.size, 1)
        return left.astype(np.int64), right.astype(np.int64)
    blocks = [_blocks(found, crowd) for found in of_recipes(table)]
    budget = max(min(BUDGET, A_RECORD * table.size), A_LARGE_RECORD * table.size)
    most = _longest(blocks, 2 * budget)
    pairs = np.empty(0, np.int64)
    waiting: list[Longs] = []
    for length in range(2, most + 1):
        for found in blocks:
            waiting += found.pairs(length, table.size)
        if sum(map(len, waiting)) > min(4_000_000, budget // 4):
            pairs, waiting = _once(np.concatenate([pairs, *waiting])), []
        if len(pairs) > budget:
            break
    pairs = _once(np.concatenate([pairs, *waiting]))
    return pairs // table.size, pairs % table.size


class _Blocks:
    """The blocks of one kind of key: records in the order of their keys, where each block starts, how long it is."""

    def __init__(self, records: Codes, starts: Longs, lengths: Longs) -> None:
        self.records, self.starts, self.lengths = records, starts, lengths

    def pairs(self, length: int, size: int) -> Iterator[Longs]:
        """All pairs within the blocks of one length, each pair as one number."""
        blocks = self.starts[self.lengths == length]
        ones, others = np.triu_indices(length, 1)
        for part in np.array_split(blocks, max(1, len(blocks) * len(ones) // 2_000_000)) if len(blocks) else []:
            left = self.records[part[:, None] + ones].ravel().astype(np.int64)
            right = self.records[part[:, None] + others].ravel().astype(np.int64)
            apart = left != right
            yield _once((np.minimum(left, right) * size + np.maximum(left, right))[apart])


def _blocks(found: _Keys, crowd: int) -> _Blocks:
    """The useful blocks of keys: of two records at least, and no crowd."""
    numbers, records = found
    order = np.argsort(numbers, kind="stable")
    numbers, records = numbers[order], records[order]
    starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]]) if len(numbers) else np.empty(0, np.int64)
    lengths = np.diff(np.r_[starts, len(numbers)])
    useful = (lengths > 1) & (lengths <= crowd)
    kept = np.repeat(useful, lengths)
    lengths = lengths[useful]
    return _Blocks(records[kept], np.r_[0, np.cumsum(lengths)[:-1]] if len(lengths) else starts[:0], lengths)


def _longest(blocks: list[_Blocks], budget: int) -> int:
    """The length of the longest blocks that the budget reaches, when shorter ones come first."""
    counts = np.zeros(1, np.int64)
    for each in blocks:
        found = np.bincount(each.lengths) if len(each.lengths) else counts[:1]
        counts = np.pad(counts, (0, max(0, len(found) - len(counts))))
        counts[: len(found)] += found
    lengths = np.arange(len(counts))
    wanted = np.cumsum(counts * lengths * (lengths - 1) // 2)
    return max(2, int(np.searchsorted(wanted, budget, side="right")) - 1) if wanted[-1] > budget else len(counts) - 1


def of_recipes(table: Frame) -> Iterator[_Keys]:
    """The keys of all records by the name of their recipe, as `keys.blocking_keys` makes them for one, but for the numbers."""
    named: dict[str, list[_Keys]] = defaultdict(list)
    features = _Features(table)
    for recipe in keys.RECIPES:
        if len(recipe.features) == 1:
            named[recipe.name] += features.each(recipe.features[0])
        else:
            named[recipe.name] += features.both(recipe)
    named["whole"] += features.whole()
    for field, column in table.columns.items():
        if keys.is_worded(field):
            named[field] += [_words(field, column)]
    for several in filter(None, named.values()):
        yield np.concatenate([numbers for numbers, _ in several]), np.concatenate([records for _, records in several])


class _Features:
    """Features of all records as numbers, 0 for none."""

    def __init__(self, table: Frame) -> None:
        self.table = table
        self.known: dict[str, Longs] = {}

    def _of_values(self, name: str) -> Longs:
        field, spell = keys.FEATURES[name]
        if name not in self.known:
            self.known[name] = _hashed(self.table.columns[field], spell)
        return self.known[name]

    def each(self, name: str) -> Iterator[_Keys]:
        """Keys of a feature of every value."""
        field = keys.FEATURES[name][0]
        if field in self.table.columns:
            of_values = self._of_values(name)
            for codes in self.table.columns[field].codes:
                numbers = of_values[codes]
                records = np.flatnonzero(numbers).astype(np.int32)
                yield numbers[records], records

    def both(self, recipe: keys.Recipe) -> Iterator[_Keys]:
        """Keys of two features of first values."""
        field, other = (keys.FEATURES[each][0] for each in recipe.features)
        if field in self.table.columns and other in self.table.columns:
            one, two = (
                self._of_values(name)[self.table.columns[keys.FEATURES[name][0]].codes[0]] for name in recipe.features
            )
            if recipe.any_order:
                one, two = np.minimum(one, two), np.maximum(one, two)
            records = np.flatnonzero((one != 0) & (two != 0)).astype(np.int32)
            yield one[records] * np.int64(6364136223846793005) + two[records], records

    def whole(self) -> Iterator[_Keys]:
        """Keys of given and family name in one word."""
        parts = []
        for name in keys.WHOLE:
            field, spell = keys.FEATURES[name]
            column = self.table.columns.get(field)
            if column is not None:
                parts.append(np.array([*(spell(str(each)) for each in column.values), ""], object)[column.codes[0]])
        if parts:
            wholes = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            numbers = np.fromiter((_number(each) if len(each) >= 4 else 0 for each in wholes), np.int64, len(wholes))
            records = np.flatnonzero(numbers).astype(np.int32)
            yield numbers[records], records


def _number(text: str) -> int:
    """A number that is not 0 for a text; the same within one process."""
    return hash(text) or 1


def _hashed(column: Column, spell: Callable[[str], str]) -> Longs:
    """A number for the feature of each value; the last is for no value."""
    made = (spell(str(each)) for each in column.values)
    return np.fromiter((*(_number(each) if each else 0 for each in made), 0), np.int64, len(column.values) + 1)


def _words(field: str, column: Column) -> _Keys:
    """Keys of the words in a text."""
    found = [keys.words(field, str(each)) for each in column.values]
    counts = np.fromiter((*map(len, found), 0), np.int64, len(found) + 1)
    starts = np.r_[0, np.cumsum(counts)[:-1]]
    numbers = np.fromiter((_number(each) for words in found for each in words), np.int64, int(counts.sum()))
    codes = column.codes[0]
    each = counts[codes]
    records = np.repeat(np.arange(len(codes), dtype=np.int32), each)
    within = np.arange(len(records)) - np.repeat(np.cumsum(each) - each, each)
    return numbers[np.repeat(starts[codes], each) + within], records


def _once(numbers: Longs) -> Longs:
    """Each number once, sorted; by sorting, for hashing takes ten times as long on numbers like these."""
    found = np.sort(numbers)
    return found[np.r_[True, found[1:] != found[:-1]]] if len(found) else found
