"""How good a grouping is, against the truth."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence


def _pairs(counts: Counter[Hashable]) -> int:
    return sum(each * (each - 1) // 2 for each in counts.values())


def ratios(hit: float, said: float, true: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of `hit` right ones among `said` and `true`; nothing said and nothing true is perfect."""
    precision = hit / said if said else 1.0
    recall = hit / true if true else 1.0
    return precision, recall, 2.0 * precision * recall / (precision + recall) if precision + recall else 0.0


def cluster_grades(groups: Sequence[Hashable], truth: Sequence[Hashable]) -> dict[str, float]:
    """Cluster precision, recall and F1 over pairs within groups; F1 over groups that are exactly right; B-cubed F1 (Bagga, Baldwin, 1998).

    Exactly right groups are counted over all groups, those of one record among them.
    """
    both = Counter(zip(groups, truth, strict=True))
    said, true = Counter(groups), Counter(truth)
    precision, recall, f1 = ratios(_pairs(both), _pairs(said), _pairs(true))  # type: ignore[arg-type]
    members: dict[str, defaultdict[Hashable, set[int]]] = {"said": defaultdict(set), "true": defaultdict(set)}
    for at, (one, other) in enumerate(zip(groups, truth, strict=True)):
        members["said"][one].add(at)
        members["true"][other].add(at)
    exact = {frozenset(each) for each in members["said"].values()} & {
        frozenset(each) for each in members["true"].values()
    }
    size = max(1, len(groups))
    cubed = ratios(1.0, 1.0, 1.0)
    if groups:
        b_precision = sum(count * count / said[one] for (one, _), count in both.items()) / size
        b_recall = sum(count * count / true[other] for (_, other), count in both.items()) / size
        cubed = b_precision, b_recall, 2.0 * b_precision * b_recall / (b_precision + b_recall)
    return {
        "cluster_precision": precision,
        "cluster_recall": recall,
        "cluster_f1": f1,
        "exact_cluster_f1": ratios(len(exact), len(said), len(true))[2],
        "bcubed_f1": cubed[2],
    }


def pair_grades(hit: int, said: int, truth: Sequence[Hashable]) -> dict[str, float]:
    """Precision, recall and F1 of pairs said to match, over all true pairs."""
    precision, recall, f1 = ratios(hit, said, _pairs(Counter(truth)))
    return {"pair_precision": precision, "pair_recall": recall, "pair_f1": f1}
