"""What a second reading says is kept beside the signal; and whether texts are read twice at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from midchannel.engines.language.encoder import Deeper
from midchannel.middle.signals import labels
from midchannel.middle.signals.events import SecondReadingSwitched
from midchannel.middle.signals.models import SecondReadingState
from midchannel.middle.signals.rules import thousandths
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch
from midchannel.platform.errors import NotAllowedError
from midchannel.platform.events import actions as events

COLUMNS = ("activity_id", "model", "first", "sentiment", "negative", "positive", "is_unsure", "at")


@dataclass(frozen=True, slots=True)
class ReadTwice:
    """A text that was read twice: the sentiment it had at first, by number, whether that was unsure, and what is said now."""

    id: int
    first: int
    is_unsure: bool
    second: Deeper


def take(until_id: int) -> int | None:
    """Take the texts up to an id, in the caller's transaction. Returns the id behind which they begin; None when that is off, or another
    worker is at it. What came before the first time is left.
    """
    execute(
        "INSERT INTO signal_second_state (id, is_on, after_id) VALUES (1, true, %s) ON CONFLICT DO NOTHING", [until_id]
    )
    held = fetch("SELECT after_id FROM signal_second_state WHERE is_on FOR UPDATE SKIP LOCKED")
    if not held or held[0][0] >= until_id:
        return None
    execute("UPDATE signal_second_state SET after_id = %s", [until_id])
    return int(held[0][0])


def keep_second(readings: Sequence[ReadTwice], *, now: datetime) -> None:
    """Keep what second readings say. In the caller's transaction."""
    copy_rows(
        "signal_second",
        COLUMNS,
        (
            (
                each.id,
                each.second.model,
                each.first,
                labels.SENTIMENTS.index(each.second.sentiment),
                thousandths(each.second.negative),
                thousandths(each.second.positive),
                each.is_unsure,
                now.isoformat(),
            )
            for each in readings
        ),
    )


def forget_second(activity_ids: Sequence[int]) -> int:
    """Texts were edited: what a second reading said of the old words goes. Returns how many. In the caller's transaction."""
    return execute("DELETE FROM signal_second WHERE activity_id = ANY(%s::bigint[])", [array(activity_ids)])


@transaction.atomic
def switch_second(viewer: Viewer, *, is_on: bool, now: datetime) -> None:
    """Have texts read twice from now on, or no longer; what was read stays. Raises NotAllowedError."""
    if not viewer.is_lead:
        raise NotAllowedError
    SecondReadingState.objects.update_or_create(pk=1, defaults={"is_on": is_on})
    audit.record(viewer.actor, "signal.switch_second", object_type="signal", object_id=1, now=now, is_on=is_on)
    events.emit(SecondReadingSwitched(object_id=1, is_on=is_on), now=now)
