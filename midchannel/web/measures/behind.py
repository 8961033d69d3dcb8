"""Rows behind numbers, as lists show them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from midchannel.inside.improvements.queries import LedgerRow
from midchannel.insight.outcomes import definitions
from midchannel.insight.outcomes.definitions import Measure
from midchannel.insight.outcomes.queries import BehindRow, Own
from midchannel.web.components import records, words
from midchannel.web.improvements import standings
from midchannel.web.measures import choosing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: `href` empty where the viewer may not open it. `mark` is its value (a duration, a standing)."""

    face: records.Face
    name: str
    line: str
    channel: str
    at: datetime
    href: str = ""
    mark: str = ""
    is_elsewhere: bool = False


def row(measure: Measure, item: BehindRow) -> Line:
    """One fact or conversation."""
    href = f"/inbox/c/{item.conversation_id}/"
    if item.message_id:
        href += f"?m={item.message_id}#message-{item.message_id}"
    network = item.channel.network if item.channel else ""
    return Line(
        face=records.Face(name=item.name or "?", key=item.name, network=network),
        name=item.name or _("Moved to another team"),
        line=item.line if not item.is_elsewhere else _("What was said there is for that team to see."),
        channel=item.channel.name if item.channel else _("A channel that is gone"),
        at=item.at,
        href="" if item.is_elsewhere else href,
        mark=words.duration(item.seconds) if measure.is_timed and item.seconds is not None else "",
        is_elsewhere=item.is_elsewhere,
    )


def asker(item: LedgerRow) -> Line:
    """One who asked for something that is done."""
    return Line(
        face=records.Face(name=item.name or "?", key=item.address, network=item.network),
        name=item.name or _("Somebody whose data was erased"),
        line=item.title,
        channel=item.channel_name,
        at=item.asked_at,
        href=f"/improvements/{item.improvement_id}/",
        mark=standings.label(item.standing),
    )


def own_tiles(own: Own, query: str) -> list[records.Tile]:
    """One's own figures."""
    median = own.first_answer
    return [
        _own_tile("replies", words.number(own.replies), _("that the network took"), query),
        _own_tile(
            "first_answer",
            words.duration(median.value) if median else "\N{EN DASH}",
            _("median of %s first answers of yours") % words.number(own.first_answers),
            query,
        ),
        _own_tile("resolution", words.number(own.resolved), _("resolved that were yours"), query),
        _own_tile("failed", words.number(own.failed), _("that the network refused"), query),
    ]


def nothing(measure: Measure, chosen: choosing.Chosen | None) -> records.State:
    """What is said when a number is none."""
    if measure.is_now or chosen is None:
        return records.State(kind="nothing", title=_("None at this moment"), words=str(measure.definition))
    return records.State(
        kind="nothing",
        title=_("None in these days"),
        words=_("Nothing of this kind between %s. Choose more days to look further back.") % chosen.shown,
    )


def _own_tile(identifier: str, value: str, note: str, query: str) -> records.Tile:
    measure = definitions.BY_ID[identifier]
    return records.Tile(
        label=str(measure.name),
        value=value,
        note=note,
        href=choosing.rows_href(identifier, query, own=True),
        definition=str(measure.definition),
    )
