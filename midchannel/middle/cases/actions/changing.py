"""Another plan for one running case, and the way back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.casework import changing
from midchannel.engines.casework.machine import Outcome
from midchannel.engines.casework.state import decode, encode
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.errors import PlanNotFoundError
from midchannel.middle.cases.events import CasePlanChanged
from midchannel.middle.cases.models import Case, PlanVersion
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError


@transaction.atomic
def change_plan(
    viewer: Viewer, case_id: int, text: str, *, reason: str, now: datetime, revision: int | None = None
) -> int:
    """Let this case follow another plan, of its own. Returns the revision. `queries.preview_plan` shows the difference beforehand.

    Raises CaseNotFoundError, PlanWrongError with every problem and its place, NotNowError, MovedOnError, InvalidError without a reason.
    """
    reason = _checked(reason)
    case = keeping.lock(viewer, case_id, revision=revision)
    said = plans.read(text).plan
    number = PlanVersion.objects.filter(case_id=case.pk).count() + 1
    version = PlanVersion.objects.create(
        id=ids.take(1, now=now)[0], name=said.id, number=number, title=said.title, text=text, case_id=case.pk, reason=reason,
        made_at=now, made_by_id=viewer.user_id, made_by_name=viewer.name,
    )  # fmt: skip
    return _change(viewer, case, version, now=now)


@transaction.atomic
def follow_version(
    viewer: Viewer, case_id: int, version_id: int, *, reason: str, now: datetime, revision: int | None = None
) -> int:
    """Let this case follow a saved version of a plan. Returns the revision; `take_back_plan` leads back.

    Raises CaseNotFoundError, PlanNotFoundError, NotNowError, MovedOnError, InvalidError without a reason.
    """
    reason = _checked(reason)
    case = keeping.lock(viewer, case_id, revision=revision)
    version = PlanVersion.objects.filter(pk=version_id, case_id=None).first()
    if version is None:
        raise PlanNotFoundError
    return _change(viewer, case, version, now=now, reason=reason[:500])


def _checked(reason: str) -> str:
    if not reason.strip():
        raise InvalidError(_("Say why the plan of this case changes."), "reason")
    return reason.strip()


def _change(viewer: Viewer, case: Case, version: PlanVersion, *, now: datetime, reason: str = "") -> int:
    before = keeping.state_of(case)
    old, new = plans.ready(case.plan_version_id, case.scope_id), plans.ready(version.pk, case.scope_id)
    with keeping.refusals():
        outcome = changing.change(old, before, new, now=now, by=viewer.name)
    case.before_version_id, case.before_snapshot = case.plan_version_id, encode(before)
    _follow(viewer, case, version, outcome, now=now, reason=reason)
    case.changed_revision = case.revision
    case.save(update_fields=["changed_revision"])
    return case.revision


@transaction.atomic
def take_back_plan(viewer: Viewer, case_id: int, *, now: datetime) -> int:
    """Let this case follow the plan again that it followed before: exactly as it was when nothing has happened since. Returns the revision.

    Raises CaseNotFoundError, ConflictError where nothing was changed, NotNowError.
    """
    case = keeping.lock(viewer, case_id)
    if case.before_version_id is None or case.before_snapshot is None:
        raise ConflictError(_("The plan of this case was not changed."))
    old, new = plans.ready(case.before_version_id, case.scope_id), plans.ready(case.plan_version_id, case.scope_id)
    current, before = keeping.state_of(case), decode(bytes(case.before_snapshot))
    with keeping.refusals():
        if case.revision == case.changed_revision:
            outcome = changing.back(new, current, old, before, changed=current, now=now, by=viewer.name)
        else:
            outcome = changing.change(new, current, old, now=now, by=viewer.name)
    version = PlanVersion.objects.get(pk=case.before_version_id)
    case.before_version_id = case.before_snapshot = case.changed_revision = None
    _follow(viewer, case, version, outcome, now=now)
    return case.revision


def _follow(
    viewer: Viewer, case: Case, version: PlanVersion, outcome: Outcome, *, now: datetime, reason: str = ""
) -> None:
    case.plan_version_id = version.pk
    ready = plans.ready(version.pk, case.scope_id)
    keeping.keep(case, ready, outcome, by=viewer.actor, now=now)
    said = {"reason": reason} if reason else {}
    keeping.note(viewer.actor, "case.change_plan", case, now=now, version=version.pk, **said)
    keeping.tell(CasePlanChanged, case, ready, now=now, version=version.number)
