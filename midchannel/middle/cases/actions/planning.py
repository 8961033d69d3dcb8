"""Plans, as versions that never change."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.models import PlanVersion
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import NotAllowedError


@transaction.atomic
def save_plan(viewer: Viewer | None, text: str, *, now: datetime, reason: str = "") -> int:
    """A new version of the plan that the text names, current from now on; the same text again is the same one. Running cases keep theirs.

    Returns the version. Raises PlanWrongError with every problem and its place; NotAllowedError for who does not lead. None as viewer is
    the program itself.
    """
    if viewer is not None and not viewer.is_lead:
        raise NotAllowedError(_("Only a lead can change a plan."))
    said = plans.read(text).plan
    current = PlanVersion.objects.filter(name=said.id, is_current=True).select_for_update().first()
    if current is not None and current.text == text:
        return current.pk
    by = viewer.actor if viewer else Actor("casework")
    if current is not None:
        current.is_current = False
        current.save(update_fields=["is_current"])
    version = PlanVersion.objects.create(
        id=ids.take(1, now=now)[0], name=said.id, number=keeping.next_number(said.id), title=said.title, text=text, is_current=True,
        reason=reason, made_at=now, made_by_id=by.user_id, made_by_name=by.name,
    )  # fmt: skip
    audit.record(by, "case_plan.save", object_type="case_plan", object_id=version.pk, now=now, number=version.number)
    return version.pk
