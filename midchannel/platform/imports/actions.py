"""The only writes of this room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import array, copy_rows, execute
from midchannel.platform.imports.models import RowOutcome, Run, State


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one row, to be kept."""

    number: int
    outcome: RowOutcome
    item_id: int | None = None
    item_key: str = ""
    mark: int | None = None
    code: str = ""
    reason: str = ""


@transaction.atomic
def begin(
    *,
    name: str,
    fingerprint: str,
    format_: str,
    options: dict[str, object],
    target_type: str,
    target_id: int,
    by: Actor,
    now: datetime,
) -> tuple[int, int]:
    """Begin a run, or go on with one of the same file that was interrupted: (run id, rows that are done)."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{target_id}:{fingerprint}"])
    same = Run.objects.filter(
        fingerprint=fingerprint, target_type=target_type, target_id=target_id, options=options, state=State.RUNNING
    )
    known = same.order_by("-pk").first()
    if known is not None:
        return known.pk, known.rows
    run = Run.objects.create(
        name=name,
        fingerprint=fingerprint,
        format=format_,
        options=options,
        target_type=target_type,
        target_id=target_id,
        by_name=by.name,
        by_user_id=by.user_id,
        started_at=now,
    )
    audit.record(by, "import.begin", object_type="import", object_id=run.pk, now=now, target_id=target_id)
    return run.pk, 0


def keep(run_id: int, rows: Sequence[Done], *, position: int) -> None:
    """Keep what became of some rows and that everything up to `position` is done, in the transaction that delivered them."""
    copy_rows(
        "import_row",
        ("run_id", "number", "outcome", "item_id", "item_key", "mark", "code", "reason", "is_undone"),
        (
            (
                run_id,
                row.number,
                int(row.outcome),
                row.item_id,
                _clean(row.item_key),
                row.mark,
                row.code,
                _clean(row.reason),
                False,
            )
            for row in rows
        ),
    )
    Run.objects.filter(pk=run_id).update(rows=position)


def _clean(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()[:2000]


def hold(run_id: int) -> Run:
    """Lock a run until the transaction ends, so that two processes do not import the same rows. Raises Run.DoesNotExist."""
    return Run.objects.select_for_update().get(pk=run_id)


@transaction.atomic
def finish(run_id: int, *, now: datetime) -> None:
    """Every row is done."""
    Run.objects.filter(pk=run_id, state=State.RUNNING).update(state=State.DONE, finished_at=now)


@transaction.atomic
def begin_undo(run_id: int, *, by: Actor, now: datetime) -> None:
    """Begin to take back what a run brought. A run that was being taken back goes on."""
    run = hold(run_id)
    if run.state in {State.RUNNING, State.DONE}:
        run.state = State.UNDOING
        run.save(update_fields=["state"])
        audit.record(by, "import.undo", object_type="import", object_id=run_id, now=now)


def mark_undone(run_id: int, numbers: Sequence[int]) -> None:
    """These rows were taken back, in the caller's transaction."""
    execute(
        "UPDATE import_row SET is_undone = true WHERE run_id = %s AND number = ANY(%s::bigint[])",
        [run_id, array(numbers)],
    )


def finish_undo(run_id: int, *, now: datetime) -> None:
    """Everything was taken back."""
    Run.objects.filter(pk=run_id, state=State.UNDOING).update(state=State.UNDONE, undone_at=now)
