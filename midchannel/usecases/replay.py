"""Replay: what was parked is tried again, after whatever kept it was mended."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import ItemOutcome
from midchannel.outside.channels.errors import ParkedNotFoundError
from midchannel.outside.channels.kinds import Outcome
from midchannel.outside.channels.models import Parked
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import NotAllowedError

MOST_AT_ONCE = 500
PAGE = 100


@dataclass(slots=True)
class Replayed:
    """What became of many: how many are in now (or were already), how many stay parked, and whether there are more to try."""

    accepted: int = 0
    duplicate: int = 0
    parked: int = 0
    has_more: bool = False
    reasons: Counter[str] = field(default_factory=Counter)

    def note(self, outcome: ItemOutcome) -> None:
        """Count one."""
        if outcome.outcome is Outcome.PARKED:
            self.parked += 1
            self.reasons[outcome.reason] += 1
        elif outcome.outcome is Outcome.DUPLICATE:
            self.duplicate += 1
        else:
            self.accepted += 1


def replay(viewer: Viewer, parked_id: int, *, now: datetime) -> ItemOutcome:
    """Try one document again. Raises ParkedNotFoundError when it is not parked (any more), NotAllowedError."""
    _check(viewer)
    try:
        with transaction.atomic():
            outcome = channels.replay_parked(parked_id, now=now)
            audit.record(
                viewer.actor,
                "parked.replay",
                object_type="parked",
                object_id=parked_id,
                now=now,
                outcome=outcome.outcome.name.lower(),
            )
    except Parked.DoesNotExist as error:
        raise ParkedNotFoundError from error
    return outcome


def replay_all(viewer: Viewer, *, channel_id: int | None = None, code: str = "", now: datetime) -> Replayed:
    """Try again all that is parked, or what one channel or one reason's code has; at most 500 a call. Each stands for itself."""
    _check(viewer)
    done, cursor = Replayed(), None
    for _turn in range(MOST_AT_ONCE // PAGE):
        page = channel_queries.list_parked(viewer, channel_id, cursor, code=code, limit=PAGE)
        for row in page.items:
            try:
                done.note(replay(viewer, row.id, now=now))
            except ParkedNotFoundError:  # somebody else was faster
                continue
        cursor = page.next_cursor
        if cursor is None:
            return done
    done.has_more = True
    return done


def _check(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowedError(_("Only leads and administrators replay what was parked. Ask one."))
