"""Reading runs. For administrators and the terminal: what is imported is not narrowed by scope."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import NotFoundError
from midchannel.platform.imports.models import RowOutcome, Run, State

PAGE = 1000


class RunNotFoundError(NotFoundError):
    """There is no import with this number. `midchannel import --list` shows those that there are."""


@dataclass(frozen=True, slots=True)
class RunDetail:
    """A run; `counts` by outcome come from its rows in the database."""

    id: int
    name: str
    format: str
    target_id: int
    state: str
    rows: int
    by_name: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    counts: dict[RowOutcome, int]


@dataclass(frozen=True, slots=True)
class RowDetail:
    """What became of one row."""

    number: int
    outcome: RowOutcome
    item_id: int | None
    item_key: str
    mark: int | None
    code: str
    reason: str
    is_undone: bool


def get_run(run_id: int) -> RunDetail:
    """One run, with its rows counted."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise RunNotFoundError
    return _detail(run)


def list_runs(*, limit: int = 50) -> list[RunDetail]:
    """The newest runs first."""
    return [_detail(run) for run in Run.objects.order_by("-pk")[:limit]]


def find_undoing() -> int | None:
    """The run that has been taken back for longest and is not done yet."""
    return Run.objects.filter(state=State.UNDOING).order_by("pk").values_list("pk", flat=True).first()


def _detail(run: Run) -> RunDetail:
    rows = fetch("SELECT outcome, count(*) FROM import_row WHERE run_id = %s GROUP BY 1", [run.pk])
    counts = dict.fromkeys(RowOutcome, 0) | {RowOutcome(outcome): count for outcome, count in rows}
    return RunDetail(
        id=run.pk,
        name=run.name,
        format=run.format,
        target_id=run.target_id,
        state=run.state,
        rows=run.rows,
        by_name=run.by_name,
        started_at=run.started_at,
        finished_at=run.finished_at,
        undone_at=run.undone_at,
        counts=counts,
    )


def list_rows(run_id: int, *, after: int = 0, limit: int = PAGE, only: RowOutcome | None = None) -> list[RowDetail]:
    """Rows in the order of the file, behind row `after`."""
    return _rows(
        "number > %s AND (%s::int IS NULL OR outcome = %s) ORDER BY number LIMIT %s",
        [run_id, after, only, only, limit],
    )


def list_to_undo(run_id: int, *, before: int | None = None, limit: int = PAGE) -> list[RowDetail]:
    """The last rows that were not taken back yet, in front of row `before`: so that those that were are not passed over again."""
    return _rows(
        "NOT is_undone AND (%s::bigint IS NULL OR number < %s) ORDER BY number DESC LIMIT %s",
        [run_id, before, before, limit],
    )


def walk_rows(run_id: int, *, only: RowOutcome | None = None) -> Iterator[RowDetail]:
    """All rows of a run."""
    after = 0
    while rows := list_rows(run_id, after=after, only=only):
        yield from rows
        after = rows[-1].number


def _rows(where: str, parameters: list[object]) -> list[RowDetail]:
    rows = fetch(
        "SELECT number, outcome, item_id, item_key, mark, code, reason, is_undone FROM import_row WHERE run_id = %s AND "
        + where,
        parameters,
    )
    return [RowDetail(row[0], RowOutcome(row[1]), *row[2:]) for row in rows]
