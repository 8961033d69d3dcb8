"""Deciding again about everything: pairs, weights, groups and why, for a whole table at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from midchannel.engines.identity import model
from midchannel.platform.analysis import grouping, pairing, weighing
from midchannel.platform.analysis.frame import Frame, Longs
from midchannel.platform.analysis.grouping import Verdicts
from midchannel.platform.analysis.weighing import Weighed


@dataclass(frozen=True)
class Resolved:
    """What a model makes of a table: for each record its group (the smallest place in it); the pairs that count, and what of each."""

    groups: Longs
    weighed: Weighed
    verdicts: Verdicts
    comparisons: tuple[model.Comparison, ...]

    def explain(self, at: int, frame: Frame) -> list[model.Contribution]:
        """Why a pair counts, field by field, as `Score.contributions` (the bits rounded to single precision)."""
        found = []
        for place, each in enumerate(self.comparisons):
            level = int(self.weighed.levels[at, place])
            if level >= 0:
                sides = (self.weighed.left[at], self.weighed.right[at])
                values = [_first(frame, each.field, int(side)) for side in sides]
                found.append(
                    model.Contribution(each.field, each.names[level], float(self.weighed.bits[at, place]), *values)
                )
        return found


def _first(frame: Frame, field: str, record: int) -> str:
    column = frame.columns.get(field)
    code = int(column.codes[0, record]) if column is not None else -1
    return str(column.values[code]) if column is not None and code >= 0 else ""


def resolve(by: model.Model, frame: Frame) -> Resolved:
    """Weigh every pair that shares a key, and group the records; pairs that are not even for review are left out."""
    left, right = pairing.of_frame(frame)
    weighed = weighing.weigh(by, frame, left, right, least=float(np.log2(by.review / (1.0 - by.review))))
    verdicts = weighed.verdicts(by)
    groups = grouping.partition(frame, weighed, verdicts)
    return Resolved(groups, weighed, verdicts, by.comparisons)


def write(resolved: Resolved, folder: Path, *, ids: Longs) -> None:
    """Write `customers.parquet` (record, customer) and `links.parquet` (left, right, weight, verdict, and level and bits of each field)."""
    pq.write_table(
        pa.table({"record": ids, "customer": ids[resolved.groups]}), folder / "customers.parquet", compression="zstd"
    )
    found = resolved.weighed
    with pq.ParquetWriter(
        folder / "links.parquet", _batch(resolved, ids, slice(0, 0)).schema, compression="zstd"
    ) as writer:
        for start in range(0, len(found.left), 250_000):
            writer.write_batch(_batch(resolved, ids, slice(start, start + 250_000)))


def _batch(resolved: Resolved, ids: Longs, rows: slice) -> pa.RecordBatch:
    found = resolved.weighed
    columns = {
        "left": ids[found.left[rows]],
        "right": ids[found.right[rows]],
        "weight": found.weight[rows],
        "verdict": pa.array(resolved.verdicts[rows].astype(object), pa.string()).dictionary_encode().cast(pa.string()),
    }
    for name, values in _why(resolved, rows):
        columns[name] = values
    return pa.RecordBatch.from_pydict(columns)


def _why(resolved: Resolved, rows: slice) -> Iterator[tuple[str, np.ndarray]]:
    for at, each in enumerate(resolved.comparisons):
        yield f"{each.field}_level", resolved.weighed.levels[rows, at]
        yield f"{each.field}_bits", resolved.weighed.bits[rows, at]
