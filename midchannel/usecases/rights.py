"""Rights: the loop that does what people have asked for: one step of one request at a time. Every step may be repeated."""

from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.models import RequestKind, RequestState
from midchannel.usecases import disclose, forget

log = structlog.get_logger("rights")

EVERY_SECONDS = 5.0


def work(*, now: datetime) -> bool:
    """One step; True when there may be more at once."""
    with transaction.atomic():
        row = requesting.take_due(now=now)
        if row is None:
            return _expire(now=now)
        if row.kind == RequestKind.ERASURE:
            return forget.advance(row, now=now)
        if row.state == RequestState.WAITING:
            requesting.begin(row, now=now)
            return True
    return disclose.make(row.pk, now=now)


def _expire(*, now: datetime) -> bool:
    for name in requesting.expire_exports(now=now):
        (Path(settings.DATA) / disclose.FOLDER / name).unlink(missing_ok=True)
    return False
