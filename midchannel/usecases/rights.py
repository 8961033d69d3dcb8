"""Rights: the loop that does what people have asked for: one step of one request at a time. Every step may be repeated."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.models import RequestKind, RequestState
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import disclose, forget

EVERY_SECONDS = 5.0
LOCK = 0x6D63_0008


def work(*, now: datetime) -> bool:
    """One step; True when there may be more at once."""
    with transaction.atomic():
        row = requesting.take_due(now=now)
        if row is None:
            return _expire(now=now)
        if row.state == RequestState.WAITING:
            requesting.begin(row, now=now)
            return True
        if row.state == RequestState.WORKING and row.kind == RequestKind.ERASURE:
            return forget.take_out(row, now=now)
    # What takes long, or has to see no older transaction than its own, is done outside of one, by one worker at a time.
    with _alone(row.pk) as is_ours:
        if not is_ours:
            return False
        if row.kind == RequestKind.ERASURE:
            return forget.clean(row.pk, now=now)
        return disclose.make(row.pk, now=now)


@contextmanager
def _alone(request_id: int) -> Iterator[bool]:
    """Hold a request until the block ends, or the process dies. False when another worker has it."""
    if not fetch("SELECT pg_try_advisory_lock(%s, hashint8(%s))", [LOCK, request_id])[0][0]:
        yield False
        return
    try:
        yield True
    finally:
        fetch("SELECT pg_advisory_unlock(%s, hashint8(%s))", [LOCK, request_id])


def _expire(*, now: datetime) -> bool:
    for name in requesting.expire_exports(now=now):
        (Path(settings.DATA) / disclose.FOLDER / name).unlink(missing_ok=True)
    for request_id, paths in disclose.find_leftovers().items():
        with _alone(request_id) as is_ours:
            for path in paths if is_ours else ():
                path.unlink(missing_ok=True)
    return False
