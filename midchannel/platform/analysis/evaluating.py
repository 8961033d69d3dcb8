"""Deciding about a whole file without labels, and comparing with the truth: `midchannel identity evaluate`."""

import resource
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from midchannel.platform.analysis import grading, grouping, learning, pairing, tables, weighing

EVEN = 0.5
"""The probability from which a pair counts as one person where nobody reviews."""

FAINT = -12.0
"""Pairs of less bits support nothing."""


class UnknownColumnError(ValueError):
    """This column is not in the file."""


def evaluate(
    records: Path, *, truth: str, mapping: Mapping[str, str], ignored: Collection[str] = (), seed: int = 0
) -> dict[str, float]:
    """Learn from a file without looking at column `truth`, group its records, and grade the groups. `mapping`: field -> column."""
    began = time.perf_counter()
    table = tables.read(records)
    for name in (truth, *mapping.values(), *ignored):
        if name not in table:
            raise UnknownColumnError(f"{records} has no column {name!r}; it has {', '.join(table)}.")
    said = table.pop(truth)
    true = [str(said.values[code]) if code >= 0 else f"alone {at}" for at, code in enumerate(said.codes)]
    kept = {name: values for name, values in table.items() if name not in ignored}
    frame = tables.to_frame(kept, {column: field for field, column in mapping.items()})
    del table, kept
    left, right = pairing.of_frame(frame)
    learned = replace(learning.train(frame, left, right, version="evaluate", seed=seed), auto=EVEN)
    weighed = weighing.weigh(learned, frame, left, right, least=FAINT)
    verdicts = np.where(weighed.weight > 0.0, "auto", "none")
    groups = grouping.partition(frame, weighed, verdicts, guarded=())
    codes = np.unique(np.array(true, dtype=object).astype(str), return_inverse=True)[1] if true else np.empty(0, int)
    joined = weighed.weight > 0.0
    hit = int((codes[weighed.left[joined]] == codes[weighed.right[joined]]).sum())
    grades = grading.pair_grades(hit, int(joined.sum()), true) | grading.cluster_grades(groups.tolist(), true)
    return {
        **{name: round(value, 5) for name, value in grades.items()},
        "records": frame.size,
        "pairs_compared": len(left),
        "seconds": round(time.perf_counter() - began, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
