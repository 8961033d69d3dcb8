"""What somebody has just done in a case is taken back, as long as nothing else has happened there since."""

from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.casework import changing
from midchannel.engines.casework import events as happenings
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.errors import MovedOnError
from midchannel.middle.cases.events import CaseTakenBack
from midchannel.middle.cases.models import CaseEvent
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError

LONGEST = timedelta(minutes=10)


@transaction.atomic
def undo(viewer: Viewer, case_id: int, *, revision: int, now: datetime) -> int:
    """Take back the viewer's own last command, which led to `revision`: the case is exactly as before it. Returns the new revision.

    Both stay in the list of events. Raises CaseNotFoundError; MovedOnError when anything has happened since; ConflictError for what
    somebody else did, what is too long ago, and a change of plan, which has its own way back.
    """
    case = keeping.lock(viewer, case_id, revision=revision)
    asked = CaseEvent.objects.filter(case_id=case.pk, body__is="asked").order_by("-seq").first()
    if asked is None or asked.by_user_id != viewer.user_id or now - asked.at > LONGEST:
        raise ConflictError(_("Only what you did yourself, a moment ago, can be taken back here."))
    if asked.body.get("command") is None:
        raise ConflictError(_("This was no step of the plan."))
    before = happenings.replay(_events(case_id, seq__lt=asked.seq))
    taken_back = _events(case_id, seq__gte=asked.seq)
    ready, current = plans.ready(case.plan_version_id, case.scope_id), keeping.state_of(case)
    # The list of events and the case have to say the same.
    if happenings.replay(taken_back, onto=before) != current:
        raise MovedOnError
    with keeping.refusals():
        outcome = changing.back(ready, current, ready, before, changed=current, now=now, by=viewer.name)
    keeping.keep(case, ready, outcome, by=viewer.actor, now=now)
    keeping.note(viewer.actor, "case.undo", case, now=now, seq=asked.seq)
    milestones = keeping.reached(ready, taken_back)
    keeping.tell(CaseTakenBack, case, ready, now=now, milestones=milestones, is_open=case.ended_at is None)
    return case.revision


def _events(case_id: int, **which: int) -> list[happenings.AnyEvent]:
    rows = CaseEvent.objects.filter(case_id=case_id, **which).order_by("seq").values_list("body", flat=True)
    return msgspec.convert(list(rows), list[happenings.AnyEvent], str_keys=True)
