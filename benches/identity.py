"""Who is who among a million records of eight sources: batch, real time, and whether both decide alike.

`python -m benches.identity --records N` (or `midchannel bench identity`) invents the records (`benches/people.py`), learns weights from
a part of them, decides about all, and writes customers and the reason of every link; then scores pairs one by one as real time does, and
lets a part arrive one by one in two orders. Prints one JSON object; `train`, `batch` and the arrivals each run in a process of their own.
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benches import people

TRAINED = 30_000
"""So many of the records are learned from."""


def load(path: Path, *, most: int | None = None) -> tuple[Any, Any]:
    """The records as a frame, and the truth."""
    from midchannel.platform.analysis import tables

    table = tables.read(path)
    size = min(most or 10**9, len(table["id"].codes))
    person = np.asarray(table["person"].values)[table["person"].codes[:size]]
    raw = {name: table[name].first(size) for name in people.FIELDS}
    return tables.to_frame(raw, {}), person


def train(folder: Path) -> dict[str, Any]:
    """Learn from a part of the records."""
    from midchannel.platform.analysis import learning, pairing

    began = time.perf_counter()
    part, _ = load(folder / "records.parquet", most=TRAINED)
    learned = learning.train(part, *pairing.of_frame(part), version="bench/1")
    (folder / "model.json").write_text(learned.to_json())
    return {"train_seconds": round(time.perf_counter() - began, 1)}


def batch(folder: Path) -> dict[str, Any]:
    """Decide about all of them, and write ids and explanations."""
    from midchannel.engines.identity import model
    from midchannel.platform.analysis import grading, resolving

    began, cpu = time.perf_counter(), time.process_time()
    by = model.Model.from_json((folder / "model.json").read_text())
    table, person = load(folder / "records.parquet")
    loaded = time.perf_counter()
    found = resolving.resolve(by, table)
    resolved = time.perf_counter()
    resolving.write(found, folder, ids=np.arange(table.size, dtype=np.int64))
    ended = time.perf_counter()
    auto = found.verdicts == model.AUTO
    links = found.weighed
    right = person[links.left[auto]] == person[links.right[auto]]
    grades = grading.cluster_grades(found.groups.tolist(), person.tolist())
    return {
        "batch_seconds": round(ended - began, 1),
        "batch_cpu_seconds": round(time.process_time() - cpu, 1),
        "load_seconds": round(loaded - began, 1),
        "resolve_seconds": round(resolved - loaded, 1),
        "write_seconds": round(ended - resolved, 1),
        "batch_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "links": len(links.left),
        "auto_links": int(auto.sum()),
        "review_links": int((found.verdicts == model.REVIEW).sum()),
        "auto_link_precision": round(float(right.mean()), 5),
        "customers": len(np.unique(found.groups)),
        **{name: round(value, 4) for name, value in grades.items()},
        **alike(by, table, found),
    }


def alike(by: Any, table: Any, found: Any) -> dict[str, Any]:
    """How often one pair scored by itself gets the verdict of the batch, and what it costs."""
    some = np.random.default_rng(2).choice(len(found.weighed.left), min(20_000, len(found.weighed.left)), replace=False)
    pairs = [(table.record(int(found.weighed.left[at])), table.record(int(found.weighed.right[at]))) for at in some]
    began = time.process_time()
    scores = [by.score(*each) for each in pairs]
    spent = time.process_time() - began
    same = sum(score.verdict == found.verdicts[at] for score, at in zip(scores, some, strict=True))
    return {"pairs_alike": round(same / len(some), 5), "score_cpu_us": round(spent / len(some) * 1e6, 1)}


class Arriving:
    """Real time without a database: keys, candidates, scores, and the touched component split anew."""

    def __init__(self, by: Any, records: list[Any]) -> None:
        self.by, self.records = by, records
        self.holders: dict[int, list[int]] = defaultdict(list)
        self.edges: dict[int, dict[int, Any]] = defaultdict(dict)
        self.linked: dict[int, set[int]] = defaultdict(set)

    def arrive(self, at: int) -> None:
        """A record is met: what it is linked to."""
        from midchannel.engines.identity import clusters, keys, model

        candidates: set[int] = set()
        for key in keys.blocking_keys(self.records[at]):
            if len(self.holders[key]) < keys.CROWD:
                candidates.update(self.holders[key])
            self.holders[key].append(at)
        for other in candidates:
            score = self.by.score(self.records[min(at, other)], self.records[max(at, other)])
            if score.verdict != model.NONE:
                edge = clusters.Edge(min(at, other), max(at, other), score.weight, score.verdict)
                self.edges[at][other] = self.edges[other][at] = edge
                if score.verdict == model.AUTO:
                    self.linked[at].add(other)
                    self.linked[other].add(at)

    def customers(self) -> dict[int, int]:
        """For each record the smallest of its group."""
        from midchannel.engines.identity import clusters

        found: dict[int, int] = {}
        for first in range(len(self.records)):
            if first in found:
                continue
            touched, waiting = {first}, [first]
            while waiting:
                new = self.linked[waiting.pop()] - touched
                touched |= new
                waiting += new
            facts = {
                each: {
                    name: self.records[each].values[name][0]
                    for name in clusters.GUARDED
                    if name in self.records[each].values
                }
                for each in touched
            }
            edges = {edge for each in touched for edge in self.edges[each].values()}
            for members in clusters.partition(touched, edges, facts=facts):
                found.update(dict.fromkeys(members, min(members)))
        return found


def arrivals(folder: Path) -> dict[str, Any]:
    """A part arrives one by one in two orders; the batch decides about the same part."""
    from midchannel.engines.identity import model
    from midchannel.platform.analysis import resolving

    by = model.Model.from_json((folder / "model.json").read_text())
    part, _ = load(folder / "records.parquet", most=20_000)
    records = [part.record(at) for at in range(part.size)]
    ends = []
    for seed in (1, 2):
        arriving = Arriving(by, records)
        began = time.process_time()
        for at in np.random.default_rng(seed).permutation(part.size).tolist():
            arriving.arrive(at)
        spent = time.process_time() - began
        ends.append(arriving.customers())
    batch_ = resolving.resolve(by, part).groups.tolist()
    return {
        "arrived": part.size,
        "arrival_cpu_us": round(spent / part.size * 1e6, 1),
        "same_whatever_the_order": round(_same(ends[0], ends[1]), 5),
        "batch_and_real_time_alike": round(_same(ends[0], dict(enumerate(batch_))), 5),
    }


def _same(one: dict[int, int], other: dict[int, int]) -> float:
    """The share of records whose customer has exactly the same records in both."""
    groups: list[dict[int, set[int]]] = []
    for of in (one, other):
        found: dict[int, set[int]] = defaultdict(set)
        for record, group in of.items():
            found[group].add(record)
        groups.append(found)
    return sum(groups[0][one[each]] == groups[1][other[each]] for each in one) / max(1, len(one))


def _apart(work: Callable[[Path], dict[str, Any]], folder: Path) -> dict[str, Any]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (folder,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="midchannel-identity-") as place:
        folder = Path(place)
        people.write(folder / "records.parquet", records=asked.records, seed=asked.seed)
        found: dict[str, Any] = {"records": asked.records}
        for work in (train, batch, arrivals):
            found |= _apart(work, folder)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
