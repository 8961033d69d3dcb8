"""Reread: history is read by the models of today, on purpose only. In portions, and after a crash from where it stood.

Before, the panel tells how much the models of today move the measures: a fixed sample of texts, read by each.
"""

from datetime import datetime

from django.db import transaction

from midchannel.middle.signals import actions as signals
from midchannel.middle.signals import queries
from midchannel.middle.signals.models import Reread
from midchannel.middle.signals.queries import panel, texts
from midchannel.middle.signals.rules import Read
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import execute
from midchannel.platform.errors import ConflictError, NotAllowedError
from midchannel.usecases import understand

PORTION = 500


class AlreadyRereadingError(ConflictError):
    """History is being read again already. Wait until that is done."""


def begin(viewer: Viewer, *, since: datetime, now: datetime) -> Reread:
    """Ask that everything that came since a moment is read again. Raises NotAllowedError, AlreadyRereadingError."""
    if not viewer.is_lead:
        raise NotAllowedError
    return begin_by(viewer.actor, since=since, now=now)


@transaction.atomic
def begin_by(by: Actor, *, since: datetime, now: datetime) -> Reread:
    """The same, for whoever sits at the machine."""
    execute("LOCK TABLE signal_reread IN SHARE ROW EXCLUSIVE MODE")
    if Reread.objects.filter(ended_at=None).exists():
        raise AlreadyRereadingError
    run = Reread.objects.create(
        since=since,
        after_id=ids.at(since) - 1,
        until_id=ids.at(now) + ids.LOW_MASK,
        asked_by_name=by.name,
        asked_at=now,
    )
    audit.record(by, "signal.reread", object_type="signal", object_id=run.pk, now=now, since=since.isoformat())
    return run


@transaction.atomic
def work(*, now: datetime) -> bool:
    """Read the next portion again. True when there may be more; one at a time, whoever calls."""
    run = Reread.objects.select_for_update(skip_locked=True).filter(ended_at=None).order_by("id").first()
    if run is None:
        return False
    portion = texts.list_texts_after(run.after_id, until=run.until_id, limit=PORTION)
    if portion:
        own = queries.get_calibration()
        readings = understand.read_texts([each.text for each in portion], own)
        same = signals.hold_unchanged({each.id: each.text for each in portion})
        read = [
            Read(each.id, each.at, each.channel_id, said)
            for each, said in zip(portion, readings, strict=True)
            if each.id in same
        ]
        run.changed += signals.keep_again(read, calibration=own.id, now=now)
        run.done += len(portion)
        run.after_id = portion[-1].id
    else:
        run.ended_at = now
    run.save(update_fields=["changed", "done", "after_id", "ended_at"])
    return bool(portion)


@transaction.atomic
def read_panel(*, now: datetime) -> bool:
    """Draw the panel once there are enough texts, and have every new reader read it. True when something was read. For the machine."""
    own = queries.get_calibration()
    reader_id = panel.newest_reader()
    if reader_id is None:
        return False
    wanted = panel.list_unread(reader_id, now=now)
    if not wanted:
        return False
    found = texts.list_read_texts(wanted)
    readings = dict(zip(found, understand.read_texts([each.text for each in found.values()], own), strict=True))
    same = signals.hold_unchanged({each.id: each.text for each in found.values()})
    signals.keep_panel(reader_id, [(identifier, said) for identifier, said in readings.items() if identifier in same])
    return True


def progress() -> tuple[int, int]:
    """How many texts the run under way has read, and about how many there are."""
    run = Reread.objects.filter(ended_at=None).order_by("id").first()
    if run is None:
        return 1, 1
    return run.done, run.done + texts.count_texts_after(run.after_id, until=run.until_id)


def current() -> Reread | None:
    """The run under way, else the last one."""
    return Reread.objects.order_by("-id").first()
