"""PageRank, its intervals and communities of a large graph, and lifetime values of many customers: CPU seconds and memory.

`midchannel bench influence --people 100000 --ties 1000000`. The graph is made of circles in which few are listened to by many, as in life.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from midchannel.engines import influence, lifetime
from midchannel.engines.influence import Graph


def town(people: int, ties: int, *, circles: int = 400, seed: int = 5) -> Graph:
    """Four of five ties stay in one's circle; whom one listens to follows a power law."""
    chance = np.random.default_rng(seed)
    circle = chance.integers(0, circles, people)
    order = np.argsort(circle, kind="stable")
    starts, sizes = np.searchsorted(circle[order], np.arange(circles)), np.bincount(circle, minlength=circles)
    sources = chance.integers(0, people, ties)
    skew = chance.random(ties) ** 3
    near = order[starts[circle[sources]] + (skew * sizes[circle[sources]]).astype(np.int64)]
    far = (skew * people).astype(np.int64)
    targets = np.where(chance.random(ties) < 0.8, near, far)
    return influence.graph_of(people, sources, targets, chance.random(ties) + 0.05)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, and what came of it."""
    begin = time.process_time()
    result = work()
    return round(time.process_time() - begin, 2), result


def shop(customers: int, seed: int = 7) -> tuple[np.ndarray, ...]:
    """Orders of as many customers as BG/NBD and Gamma-Gamma suppose them: repeats, last, age, mean."""
    chance = np.random.default_rng(seed)
    age = chance.uniform(10, 150, customers)
    rate, leaves = chance.gamma(0.6, 1 / 6, customers), chance.beta(0.8, 3.0, customers)
    repeats, last, at = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    here = np.ones(customers, dtype=bool)
    while np.any(here):
        at = np.where(here, at + chance.exponential(1, customers) / rate, at)
        here &= at < age
        repeats[here] += 1
        last[here] = at[here]
        here &= chance.random(customers) > leaves
    level = chance.gamma(4, 1 / 60, customers)
    return (
        repeats,
        last,
        age,
        np.where(repeats > 0, chance.gamma(6 * np.maximum(repeats, 1)) / (level * np.maximum(repeats, 1)), 0),
    )


def main(arguments: list[str] | None = None) -> None:
    """Run it and print one JSON object."""
    parser = argparse.ArgumentParser(prog="midchannel bench influence")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--ties", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=100_000)
    given = parser.parse_args(arguments)
    graph = town(given.people, given.ties)
    figures: dict[str, Any] = {"people": given.people, "ties": given.ties, "edges": len(graph.weights)}
    figures["pagerank_cpu_s"], _rank = timed(lambda: influence.pagerank(graph))
    figures["with_intervals_cpu_s"], _standing = timed(lambda: influence.standing_of(graph))
    for method in ("labels", "plm"):
        try:
            figures[f"{method}_cpu_s"], groups = timed(lambda method=method: influence.group(graph, method=method))  # type: ignore[misc]
        except ImportError:
            continue
        figures[f"{method}_communities"] = len(groups.sizes)
        figures[f"{method}_modularity"] = round(groups.modularity, 3)
    repeats, last, age, mean = shop(given.customers)
    figures["customers"] = given.customers
    figures["fit_cpu_s"], purchasing = timed(lambda: lifetime.fit_purchasing(repeats, last, age))
    figures["fit_spending_cpu_s"], spending = timed(lambda: lifetime.fit_spending(repeats, mean))
    figures["values_cpu_s"], _values = timed(
        lambda: lifetime.value_of(
            purchasing, spending, repeats=repeats, last=last, age=age, mean=mean, horizon=52.0, draws=400
        )
    )
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
