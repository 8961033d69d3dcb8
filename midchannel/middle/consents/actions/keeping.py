"""How long things are kept, as administrators decide it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.consents.models import RetentionRule
from midchannel.middle.consents.retention import KINDS
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError, NotAllowedError

MOST_DAYS = 36_500


class MayNotSetRetentionError(NotAllowedError):
    """Only administrators decide how long things are kept."""


@transaction.atomic
def set_rule(viewer: Viewer, kind: str, *, days: int, is_on: bool, now: datetime) -> None:
    """Keep a kind of thing for so many days, or (off) for good. Raises MayNotSetRetentionError, InvalidError."""
    if not viewer.is_administrator or viewer.is_machine:
        raise MayNotSetRetentionError
    if kind not in KINDS:
        raise InvalidError(field="kind")
    fewest = KINDS[kind][1]
    if not fewest <= days <= MOST_DAYS:
        raise InvalidError(_("Choose %(fewest)d to %(most)d days.") % {"fewest": fewest, "most": MOST_DAYS}, "days")
    RetentionRule.objects.update_or_create(
        kind=kind,
        defaults={"days": days, "is_on": is_on, "changed_at": now, "changed_by_id": viewer.user_id},
    )
    audit.record(
        viewer.actor, "retention.set", object_type="retention", object_id=0, now=now, kind=kind, days=days, is_on=is_on
    )
