"""Whom not to hear any more."""

from datetime import datetime

from django.db import transaction

from midchannel.outside.channels.models import Handle
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor


@transaction.atomic
def block_handle(by: Actor, handle_id: int, *, now: datetime) -> None:
    """Everything this handle says from now on is spam. The caller has proven a conversation with it. Again is harmless."""
    if Handle.objects.filter(pk=handle_id, blocked_at=None).update(blocked_at=now):
        audit.record(by, "handle.block", object_type="handle", object_id=handle_id, now=now)


@transaction.atomic
def unblock_handle(by: Actor, handle_id: int, *, now: datetime) -> None:
    """Hear this handle again."""
    if Handle.objects.filter(pk=handle_id, blocked_at__isnull=False).update(blocked_at=None):
        audit.record(by, "handle.unblock", object_type="handle", object_id=handle_id, now=now)
