"""Running cases brought to another version of their plan: looked at first, moved by groups in the background, each taken back alone.

The rows are the queue: whatever crashes, the next call goes on with what is still waiting.
"""

from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.casework import state as states
from midchannel.middle.cases import moves, plans
from midchannel.middle.cases.actions import changing, drafting
from midchannel.middle.cases.errors import CaseNotFoundError, NotNowError, PlanNotFoundError
from midchannel.middle.cases.models import Case, PlanVersion
from midchannel.middle.cases.plan_models import MovedState, MoveState, PlanMove, PlanMoveCase
from midchannel.platform import ids
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import execute
from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError

LOOKS, MOVES = 100, 25
WAKE = "plan_moves"


@transaction.atomic
def begin_move(viewer: Viewer, version_id: int, *, now: datetime) -> int:
    """Look at what a saved version would come to in every running case of its plan that the viewer sees. Nothing is moved yet.

    Returns the move. Raises NotAllowedError, PlanNotFoundError; ConflictError while another move of this plan runs.
    """
    drafting.check_may_edit(viewer)
    version = PlanVersion.objects.filter(pk=version_id, case_id=None).first()
    if version is None:
        raise PlanNotFoundError
    if PlanMove.objects.filter(plan=version.name, state=MoveState.RUNNING).exists():
        raise ConflictError(_("Cases of this plan are being moved right now. Wait until that is done, or stop it."))
    move = PlanMove.objects.create(
        id=ids.take(1, now=now)[0], plan=version.name, version_id=version.pk, by_id=viewer.user_id, by_name=viewer.name, made_at=now
    )  # fmt: skip
    others = PlanVersion.objects.filter(name=version.name).exclude(pk=version.pk).values("pk")
    found = Case.objects.visible_to(viewer).filter(ended_at=None, plan_version_id__in=others).order_by("pk")
    PlanMoveCase.objects.bulk_create(
        (PlanMoveCase(move_id=move.pk, case_id=each) for each in found.values_list("pk", flat=True).iterator()),
        batch_size=1000,
    )
    if not PlanMoveCase.objects.filter(move_id=move.pk).exists():
        PlanMove.objects.filter(pk=move.pk).update(state=MoveState.READY)
    _wake()
    return move.pk


@transaction.atomic
def look_again(viewer: Viewer, move_id: int) -> None:
    """Look anew at every case that was not moved. Raises NotFoundError, NotAllowedError, ConflictError while it runs."""
    move = _locked(viewer, move_id)
    if move.state == MoveState.RUNNING:
        raise ConflictError(_("The cases are being moved right now. Wait until that is done, or stop it."))
    rows = PlanMoveCase.objects.filter(move_id=move.pk).exclude(state__in=[MovedState.MOVED, MovedState.GONE])
    has_rows = bool(rows.update(state=MovedState.WAITING))
    move.state = MoveState.LOOKING if has_rows else MoveState.READY
    move.save(update_fields=["state"])
    _wake()


@transaction.atomic
def run_move(viewer: Viewer, move_id: int, groups: list[str], *, reason: str, now: datetime) -> int:
    """Move the cases of these groups, in the background. Returns how many. Raises NotFoundError, NotAllowedError, InvalidError without a
    reason or a group, ConflictError when not everything was looked at yet.
    """
    move = _locked(viewer, move_id)
    if move.state in {MoveState.LOOKING, MoveState.RUNNING}:
        raise ConflictError(_("Not everything was looked at yet. Wait a moment."))
    if not reason.strip():
        raise InvalidError(_("Say why: it stands in every case that is moved."), "reason")
    chosen = PlanMoveCase.objects.filter(
        move_id=move.pk, group_key__in=groups, state__in=[MovedState.LOOKED, MovedState.DIFFERS]
    ).exclude(says__kind=moves.CANNOT)
    count = chosen.update(state=MovedState.CHOSEN)
    if not count:
        raise InvalidError(_("Choose at least one group of cases."), "groups")
    move.state, move.reason, move.ended_at = MoveState.RUNNING, reason.strip()[:500], None
    move.save(update_fields=["state", "reason", "ended_at"])
    audit.record(
        viewer.actor,
        "case_plan.move",
        object_type="case_plan",
        object_id=move.version_id,
        now=now,
        cases=count,
        reason=move.reason,
    )
    _wake()
    return count


@transaction.atomic
def stop_move(viewer: Viewer, move_id: int, *, now: datetime) -> None:
    """Leave the cases that were not moved yet as they are. Raises NotFoundError, NotAllowedError."""
    move = _locked(viewer, move_id)
    if move.state == MoveState.RUNNING:
        PlanMoveCase.objects.filter(move_id=move.pk, state=MovedState.CHOSEN).update(state=MovedState.LOOKED)
        _end(move, MoveState.STOPPED, now=now)


@transaction.atomic
def take_back_move(viewer: Viewer, move_id: int, case_id: int, *, now: datetime) -> None:
    """The way back for one case. Raises NotFoundError, NotAllowedError, CaseNotFoundError, NotNowError; ConflictError where it follows
    another plan by now.
    """
    move = _locked(viewer, move_id)
    row = (
        PlanMoveCase.objects.filter(move_id=move.pk, case_id=case_id, state=MovedState.MOVED)
        .select_for_update()
        .first()
    )
    case = Case.objects.visible_to(viewer).filter(pk=case_id).first()
    if row is None or case is None:
        raise NotFoundError
    if case.plan_version_id != move.version_id:
        raise ConflictError(_("This case follows another plan by now."))
    changing.take_back_plan(viewer, case_id, now=now)
    row.state, row.at = MovedState.BACK, now
    row.save(update_fields=["state", "at"])


def work(*, now: datetime) -> bool:
    """Looks at, or moves, the next portion; whether there may be more. Workers may call it side by side."""
    return _look_some(now=now) or _move_some(now=now)


@transaction.atomic
def _look_some(*, now: datetime) -> bool:
    move = (
        PlanMove.objects.filter(state=MoveState.LOOKING).order_by("made_at").select_for_update(skip_locked=True).first()
    )
    if move is None:
        return False
    rows = list(PlanMoveCase.objects.filter(move_id=move.pk, state=MovedState.WAITING).order_by("case_id")[:LOOKS])
    cases = Case.objects.in_bulk([each.case_id for each in rows])
    own = set(
        PlanVersion.objects.filter(pk__in={each.plan_version_id for each in cases.values()}, case_id__isnull=False)
        .values_list("pk", flat=True)
    )  # fmt: skip
    for row in rows:
        case = cases.get(row.case_id)
        _look(row, case, move, is_own=case is not None and case.plan_version_id in own, now=now)
    PlanMoveCase.objects.bulk_update(rows, ["state", "revision", "group_key", "says", "at"])
    if len(rows) < LOOKS:
        move.state = MoveState.READY
        move.save(update_fields=["state"])
    return True


def _look(row: PlanMoveCase, case: Case | None, move: PlanMove, *, is_own: bool, now: datetime) -> None:
    row.at = now
    if case is None or case.ended_at is not None or case.plan_version_id == move.version_id:
        row.state = MovedState.GONE
        return
    coming = _coming(case, move, is_own=is_own, now=now)
    row.state, row.revision, row.group_key = MovedState.LOOKED, case.revision, coming.key
    row.says = msgspec.to_builtins(coming.says)


def _coming(case: Case, move: PlanMove, *, is_own: bool, now: datetime) -> moves.Coming:
    old, new = plans.ready(case.plan_version_id, case.scope_id), plans.ready(move.version_id, case.scope_id)
    return moves.look(old, states.decode(bytes(case.snapshot)), new, is_own=is_own, now=now)


def _move_some(*, now: datetime) -> bool:
    """A portion of one move, every case in a transaction of its own."""
    running = PlanMove.objects.filter(state=MoveState.RUNNING).order_by("made_at").first()
    if running is None:
        return False
    viewer = accounts.get_viewer(running.by_id)
    for _number in range(MOVES):
        if viewer is None or not _move_next(viewer, running.pk, now=now):
            return _finish(running.pk, is_stopped=viewer is None, now=now)
    return True


@transaction.atomic
def _move_next(viewer: Viewer, move_id: int, *, now: datetime) -> bool:
    move = PlanMove.objects.filter(pk=move_id, state=MoveState.RUNNING).first()
    rows = PlanMoveCase.objects.filter(move_id=move_id, state=MovedState.CHOSEN)
    row = rows.order_by("case_id").select_for_update(skip_locked=True).first()
    if move is None or row is None:
        return False
    case = Case.objects.visible_to(viewer).filter(pk=row.case_id).select_for_update(of=("self",), no_key=True).first()
    if case is None or case.ended_at is not None or case.plan_version_id == move.version_id:
        row.state = MovedState.GONE
    elif case.revision != row.revision and _differs(row, case, move, now=now):
        row.state = MovedState.DIFFERS
    else:
        row.state = _followed(viewer, row, move, now=now)
    row.at = now
    row.save()
    return True


def _differs(row: PlanMoveCase, case: Case, move: PlanMove, *, now: datetime) -> bool:
    """Looks anew at a case that has moved on; whether something else would come of it than what was agreed to."""
    is_own = PlanVersion.objects.filter(pk=case.plan_version_id, case_id__isnull=False).exists()
    coming = _coming(case, move, is_own=is_own, now=now)
    agreed = row.group_key
    row.revision, row.group_key, row.says = case.revision, coming.key, msgspec.to_builtins(coming.says)
    return coming.key != agreed


def _followed(viewer: Viewer, row: PlanMoveCase, move: PlanMove, *, now: datetime) -> MovedState:
    try:
        with transaction.atomic():
            changing.follow_version(viewer, row.case_id, move.version_id, reason=move.reason, now=now)
    except (NotNowError, CaseNotFoundError) as refused:
        row.says = msgspec.to_builtins(moves.Says(moves.CANNOT, why=refused.reason))
        return MovedState.REFUSED
    return MovedState.MOVED


@transaction.atomic
def _finish(move_id: int, *, is_stopped: bool, now: datetime) -> bool:
    """Ends a move in which nothing waits any more; while another worker still has rows of it, it goes on."""
    move = PlanMove.objects.filter(pk=move_id, state=MoveState.RUNNING).select_for_update().first()
    left = PlanMoveCase.objects.filter(move_id=move_id, state=MovedState.CHOSEN)
    if move is None or (left.exists() and not is_stopped):
        return False
    left.update(state=MovedState.LOOKED)
    _end(move, MoveState.STOPPED if is_stopped else MoveState.DONE, now=now)
    return False


def _end(move: PlanMove, state: MoveState, *, now: datetime) -> None:
    move.state, move.ended_at = state, now
    move.save(update_fields=["state", "ended_at"])


def _locked(viewer: Viewer, move_id: int) -> PlanMove:
    drafting.check_may_edit(viewer)
    move = PlanMove.objects.filter(pk=move_id, by_id=viewer.user_id).select_for_update().first()
    if move is None:
        raise NotFoundError
    return move


def _wake() -> None:
    execute("SELECT pg_notify(%s, '')", [WAKE])
