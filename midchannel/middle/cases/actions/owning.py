"""Whose a case is, and who does which item."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.errors import CaseNotFoundError
from midchannel.middle.cases.events import CaseMoved
from midchannel.middle.cases.models import Case, PlanItem
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotFoundError


@transaction.atomic
def hand_over(viewer: Viewer, case_id: int, *, owner_id: int | None, now: datetime) -> None:
    """Make somebody else its owner, or nobody. Raises CaseNotFoundError, InvalidError for who does not see the case."""
    case = keeping.lock(viewer, case_id)
    if owner_id is not None:
        _check_sees(case, owner_id)
    if case.owner_id == owner_id:
        return
    before, case.owner_id = case.owner_id, owner_id
    case.save(update_fields=["owner_id"])
    keeping.note(viewer.actor, "case.hand_over", case, now=now, owner_id=owner_id, from_owner_id=before)
    keeping.tell(CaseMoved, case, plans.ready(case.plan_version_id), now=now, opened=[], ended=[])


@transaction.atomic
def assign(viewer: Viewer, case_id: int, instance: int, *, assignee_id: int | None, now: datetime) -> None:
    """Who does an item of a case, or nobody yet. Raises CaseNotFoundError, NotFoundError where it is not there, InvalidError."""
    case = keeping.lock(viewer, case_id)
    if assignee_id is not None:
        _check_sees(case, assignee_id)
    if not PlanItem.objects.filter(case_id=case.pk, instance=instance).update(assignee_id=assignee_id):
        raise NotFoundError
    keeping.note(viewer.actor, "case.assign", case, now=now, instance=instance, assignee_id=assignee_id)
    keeping.tell(CaseMoved, case, plans.ready(case.plan_version_id), now=now, opened=[], ended=[])


def _check_sees(case: Case, user_id: int) -> None:
    other = accounts.get_viewer(user_id)
    if other is None or not Case.objects.visible_to(other).filter(pk=case.pk).exists():
        raise InvalidError(_("This colleague does not see the case. Bring them to it first."), "owner_id") from (
            None if other else CaseNotFoundError()
        )
