"""How cases of a plan go: time to each milestone, paths, rework, what is added by hand, and those that swarmed beside those that did not.

Of cases opened in a period, from their traces, which are made of the cases' events. Never by person: a trace does not say who.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.inside.swarms.models import Swarm
from midchannel.insight.facts import spreads
from midchannel.insight.facts.spreads import Quantile
from midchannel.insight.outcomes.periods import Period
from midchannel.middle.cases import plans, shares
from midchannel.middle.cases.models import Case, CaseTrace, PlanVersion
from midchannel.middle.cases.shares import Difference, Share
from midchannel.platform.accounts.queries import Viewer

MOST = 20_000
MOST_PATHS = 8
MOST_ROWS = 500
FIELDS = (
    "case_id", "milestones", "path", "items", "added", "again", "reopened", "touches", "is_good", "opened_at", "ended_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanName:
    """A plan that cases followed in the period, and how many."""

    name: str
    title: str
    cases: int


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone: how many of the cases reached it, and the median time of those from their opening, in seconds."""

    key: str
    title: str
    share: Share
    median: Quantile | None


@dataclass(frozen=True, slots=True)
class Path:
    """A row of milestones, in the order they were reached, and the share of the ended cases that took it. `key` names it."""

    key: str
    titles: tuple[str, ...]
    share: Share


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of things within cases, with the interval of 95 % over the cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the cases: how many ended well of those that ended, how long they took, and what they cost in touches."""

    cases: int
    good: Share
    seconds: Quantile | None
    touches: Quantile | None


@dataclass(frozen=True, slots=True)
class CaseMeasures:
    """The measures of one plan."""

    cases: int
    ended: int
    milestones: tuple[Reached, ...]
    paths: tuple[Path, ...]
    other_paths: int
    rework: Share
    by_hand: Ratio | None
    swarmed: Group
    alone: Group
    difference: Difference


@dataclass(frozen=True, slots=True)
class CaseBehind:
    """A case behind a number."""

    id: int
    title: str
    opened_at: datetime
    ended_at: datetime | None
    seconds: int | None
    touches: int


def list_plans_of(viewer: Viewer, period: Period) -> list[PlanName]:
    """Plans by the number of cases opened in the period that the viewer may see, most first."""
    counted: Counter[str] = Counter(_seen(viewer, period).values_list("plan", flat=True)[:MOST])
    titles = dict(PlanVersion.objects.filter(is_current=True, name__in=counted).values_list("name", "title"))
    return [PlanName(name, titles.get(name, name), count) for name, count in counted.most_common()]


def get_case_measures(viewer: Viewer, plan: str, period: Period) -> CaseMeasures:
    """All measures of a plan. Four reads."""
    rows = list(_seen(viewer, period).filter(plan=plan).order_by("-case_id").values(*FIELDS)[:MOST])
    titles = _titles(plan)
    ended = [row for row in rows if row["ended_at"] is not None]
    swarmed_ids = _swarmed([row["case_id"] for row in rows])
    swarmed = _group([row for row in rows if row["case_id"] in swarmed_ids])
    alone = _group([row for row in rows if row["case_id"] not in swarmed_ids])
    paths = Counter(_path_key(row) for row in ended)
    return CaseMeasures(
        cases=len(rows),
        ended=len(ended),
        milestones=tuple(_reached(key, title, rows) for key, title in titles.items()),
        paths=tuple(
            Path(key, tuple(titles.get(each, each) for each in key.split(",") if each), shares.share(count, len(ended)))
            for key, count in paths.most_common(MOST_PATHS)
        ),
        other_paths=max(0, len(paths) - MOST_PATHS),
        rework=shares.share(sum(_is_rework(row) for row in rows), len(rows)),
        by_hand=_ratio([(row["added"], row["items"]) for row in rows]),
        swarmed=swarmed,
        alone=alone,
        difference=shares.difference(swarmed.good, alone.good),
    )


def list_cases_behind(viewer: Viewer, plan: str, period: Period, what: str) -> list[CaseBehind]:
    """The cases behind a number (`all`, `ended`, `rework`, `by_hand`, `swarmed`, `alone`, `milestone:KEY`, `path:KEY`), newest first."""
    rows = list(_seen(viewer, period).filter(plan=plan).order_by("-case_id").values(*FIELDS)[:MOST])
    kind, _colon, key = what.partition(":")
    is_swarm_asked = kind in {"swarmed", "alone"}
    ids = _swarmed([row["case_id"] for row in rows] if is_swarm_asked else [])
    tests: Mapping[str, Callable[[dict[str, Any]], bool]] = {
        "all": lambda row: True,
        "ended": lambda row: row["ended_at"] is not None,
        "rework": _is_rework,
        "by_hand": lambda row: row["added"] > 0,
        "swarmed": lambda row: row["case_id"] in ids,
        "alone": lambda row: row["case_id"] not in ids,
        "milestone": lambda row: key in row["milestones"],
        "path": lambda row: row["ended_at"] is not None and _path_key(row) == key,
    }
    if kind not in tests:
        return []
    found = [row for row in rows if tests[kind](row)][:MOST_ROWS]
    titles = dict(Case.objects.filter(pk__in=[row["case_id"] for row in found]).values_list("pk", "title"))
    return [
        CaseBehind(
            row["case_id"], titles.get(row["case_id"], ""), row["opened_at"], row["ended_at"], _seconds(row, kind, key), row["touches"]
        )
        for row in found
    ]  # fmt: skip


def _seen(viewer: Viewer, period: Period) -> Any:
    seen = Case.objects.visible_to(viewer).values("pk")
    return CaseTrace.objects.filter(opened_at__gte=period.since, opened_at__lt=period.until, case_id__in=seen)


def _swarmed(case_ids: Sequence[int]) -> frozenset[int]:
    return frozenset(Swarm.objects.filter(case_id__in=case_ids).values_list("case_id", flat=True))


def _titles(plan: str) -> dict[str, str]:
    """The milestones of the current version by the end of their keys, in the order of the plan."""
    version = PlanVersion.objects.filter(name=plan, is_current=True).values_list("pk", flat=True).first()
    if version is None:
        return {}
    nodes = plans.ready(version).nodes
    return {key.rpartition("/")[2]: node.item.title for key, node in nodes.items() if node.family == "milestone"}


def _reached(key: str, title: str, rows: Sequence[dict[str, Any]]) -> Reached:
    times = [row["milestones"][key] for row in rows if key in row["milestones"]]
    spread = Counter(spreads.bucket_of(each) for each in times)
    return Reached(key, title, shares.share(len(times), len(rows)), spreads.quantile(spread, 0.5))


def _path_key(row: dict[str, Any]) -> str:
    return ",".join(row["path"])


def _is_rework(row: dict[str, Any]) -> bool:
    return bool(row["again"] or row["reopened"])


def _seconds(row: dict[str, Any], kind: str, key: str) -> int | None:
    if kind == "milestone":
        found: int | None = row["milestones"].get(key)
        return found
    return int((row["ended_at"] - row["opened_at"]).total_seconds()) if row["ended_at"] else None


def _group(rows: Sequence[dict[str, Any]]) -> Group:
    ended = [row for row in rows if row["ended_at"] is not None]
    took = Counter(spreads.bucket_of(max(0, _seconds(row, "", "") or 0)) for row in ended)
    touches = Counter(spreads.bucket_of(row["touches"]) for row in ended)
    return Group(
        len(rows),
        shares.share(sum(bool(row["is_good"]) for row in ended), len(ended)),
        spreads.quantile(took, 0.5),
        spreads.quantile(touches, 0.5),
    )


def _ratio(pairs: Sequence[tuple[int, int]]) -> Ratio | None:
    """Sum over sum, with the interval of a ratio of totals. Formula: Cochran, Sampling Techniques (1977), 6.19; None of nothing."""
    part, whole, count = sum(a for a, _b in pairs), sum(b for _a, b in pairs), len(pairs)
    if not whole:
        return None
    value = part / whole
    if count < 2:
        return Ratio(value, 0.0, 1.0)
    spread = sum((a - value * b) ** 2 for a, b in pairs) * count / (count - 1)
    half = spreads.NORMAL_95 * math.sqrt(spread) / whole
    return Ratio(value, max(0.0, value - half), min(1.0, value + half))
