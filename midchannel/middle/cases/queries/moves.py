"""Moves of running cases to another version: how far they are, by groups of what would come of it, and case by case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from midchannel.middle.cases.models import Case, PlanVersion
from midchannel.middle.cases.moves import CANNOT, Says
from midchannel.middle.cases.plan_models import MovedState, MoveState, PlanMove, PlanMoveCase
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotFoundError

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move in a list."""

    id: int
    plan: str
    number: int
    state: str
    reason: str
    by: str
    made_at: datetime
    ended_at: datetime | None
    counts: dict[str, int]
    """How many cases, by `MovedState`."""

    @property
    def total(self) -> int:
        """All its cases."""
        return sum(self.counts.values())

    @property
    def is_busy(self) -> bool:
        """Whether the background has something to do."""
        return self.state in {MoveState.LOOKING, MoveState.RUNNING}


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case of a move; `number` is the version it follows now."""

    id: int
    title: str
    number: int
    state: str
    says: Says
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Cases in which the same would come of it, with the first of them."""

    key: str
    says: Says
    count: int
    examples: tuple[MovedCase, ...]

    @property
    def can_move(self) -> bool:
        """Whether they can be moved at all."""
        return self.says.kind != CANNOT


def list_moves(viewer: Viewer, plan: str, *, most: int = 10) -> list[MoveRow]:
    """The viewer's moves of a plan, the newest first."""
    return _rows(list(PlanMove.objects.filter(plan=plan, by_id=viewer.user_id).order_by("-made_at")[:most]))


def get_move(viewer: Viewer, move_id: int) -> MoveRow:
    """A move of the viewer. Raises NotFoundError."""
    found = PlanMove.objects.filter(pk=move_id, by_id=viewer.user_id).first() if viewer.is_lead else None
    if found is None:
        raise NotFoundError
    return _rows([found])[0]


def list_groups(viewer: Viewer, move_id: int) -> list[MoveGroup]:
    """What was looked at and not moved, by what would come of it; the largest first, what cannot be last."""
    rows = PlanMoveCase.objects.filter(
        move_id=move_id, state__in=[MovedState.LOOKED, MovedState.DIFFERS], case_id__in=_seen(viewer)
    )
    counts = dict(rows.values_list("group_key").annotate(n=Count("pk")).values_list("group_key", "n"))
    nth = Window(RowNumber(), partition_by=F("group_key"), order_by="case_id")
    first = list(rows.annotate(nth=nth).filter(nth__lte=EXAMPLES).order_by("case_id"))
    cases = {each.id: each for each in _cases(viewer, first)}
    examples: dict[str, list[MovedCase]] = {}
    for row in first:
        examples.setdefault(row.group_key, []).append(cases[row.case_id])
    groups = [MoveGroup(key, found[0].says, counts[key], tuple(found)) for key, found in examples.items()]
    return sorted(groups, key=lambda each: (not each.can_move, -each.count, each.key))


def list_moved(
    viewer: Viewer, move_id: int, *, states: tuple[str, ...], after: int = 0, most: int = 50
) -> list[MovedCase]:
    """Cases of a move in one of these states, by id."""
    rows = PlanMoveCase.objects.filter(move_id=move_id, state__in=states, case_id__in=_seen(viewer), case_id__gt=after)
    return _cases(viewer, rows.order_by("case_id")[:most])


def _seen(viewer: Viewer) -> QuerySet[Case, Any]:
    return Case.objects.visible_to(viewer).values("pk")


def _rows(found: list[PlanMove]) -> list[MoveRow]:
    numbers = dict(PlanVersion.objects.filter(pk__in={each.version_id for each in found}).values_list("pk", "number"))
    counts: dict[int, dict[str, int]] = {}
    cases = PlanMoveCase.objects.filter(move_id__in=[each.pk for each in found])
    for move_id, state, count in cases.values_list("move_id", "state").annotate(n=Count("pk")):
        counts.setdefault(move_id, {})[state] = count
    return [
        MoveRow(each.pk, each.plan, numbers.get(each.version_id, 0), each.state, each.reason, each.by_name, each.made_at, each.ended_at,
                counts.get(each.pk, {}))
        for each in found
    ]  # fmt: skip


def _cases(viewer: Viewer, rows: Iterable[PlanMoveCase]) -> list[MovedCase]:
    found = list(rows)
    cases = (
        Case.objects.visible_to(viewer).defer("snapshot", "before_snapshot").in_bulk([each.case_id for each in found])
    )
    numbers = dict(
        PlanVersion.objects.filter(pk__in={each.plan_version_id for each in cases.values()}).values_list("pk", "number")
    )
    return [
        MovedCase(each.case_id, cases[each.case_id].title, numbers.get(cases[each.case_id].plan_version_id, 0), each.state,
                  msgspec.convert(each.says, Says) if each.says else Says(CANNOT), each.at)
        for each in found
        if each.case_id in cases
    ]  # fmt: skip
