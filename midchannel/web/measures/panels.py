"""Numbers become tiles and charts, each with its definition and its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.inside.improvements.queries import Closure
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.facts.spreads import NORMAL_95, Quantile
from midchannel.insight.outcomes import definitions
from midchannel.insight.outcomes.definitions import Measure
from midchannel.insight.outcomes.queries import CAP, ChannelName, NowCount, Overview, Timed
from midchannel.web.components import records, words
from midchannel.web.measures import choosing

TONES = {
    "email": "0",
    "fediverse": "1",
    "bluesky": "1",
    "webchat": "2",
    "telephone": "3",
    "call": "3",
    "simulator": "4",
    "collector": "5",
    "import": "6",
}
FEW = 10
MANY_DAYS = 120
MOST_CHANNELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A chart with what it means. `marks` for bars, `series` for lines; `empty` is said instead when there is nothing."""

    id: str
    title: str
    definition: str
    computed: str
    unit: str = ""
    marks: tuple[records.Mark, ...] = ()
    series: tuple[records.Series, ...] = ()
    note: str = ""
    empty: str = ""
    is_wide: bool = False


def tiles(overview: Overview, now: NowCount, closure: Closure, query: str) -> list[records.Tile]:
    """The numbers one looks at first."""
    days = sorted(overview.by_day[Fact.OPENED].items())
    spark = _filled(overview, Fact.OPENED) if len(days) > 1 else ()
    return [
        _count_tile(overview, "contacts", query, spark=spark),
        _count_tile(overview, "messages", query),
        _timed_tile(overview, "first_answer", query),
        _timed_tile(overview, "resolution", query),
        _now_tile("open", now.open, now, query),
        _now_tile("overdue", now.overdue, now, query),
        _closure_tile(closure),
        *(_count_tile(overview, identifier, query) for identifier in ("reopened", "replies", "failed")),
    ]


def panels(overview: Overview, now: NowCount, query: str, *, today: date) -> list[Panel]:
    """The charts, in the order of the work: what came, how fast it was answered, what is left."""
    channels = overview.channels | {}
    return [
        _by_day(overview, today),
        _by_channel(overview, "contacts", query),
        _by_channel(overview, "messages", query),
        _timed(overview, "first_answer", query, share=0.5),
        _timed(overview, "first_answer", query, share=0.9),
        _timed(overview, "resolution", query, share=0.5),
        _timed(overview, "resolution", query, share=0.9),
        _now("open", now.open, now, channels, query),
        _now("overdue", now.overdue, now, channels, query),
    ]


def change(now: int, before: int) -> str:
    """How a count compares with the period before; where chance alone may differ as much, it says so."""
    if not before:
        return _("none in the days before") if now else _("none, as in the days before")
    share = (now - before) / before
    shown = ("+" if share > 0 else "\N{MINUS SIGN}") + percent(abs(share))
    if abs(now - before) < NORMAL_95 * sqrt(now + before):
        return _("%(before)s before: no clear change") % {"before": words.number(before)}
    return _("%(before)s before (%(change)s)") % {"before": words.number(before), "change": shown}


def percent(share: float) -> str:
    """A share as people write it."""
    return _("%s %%") % words.number(round(100 * share))


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    square = NORMAL_95**2
    middle = (part + square / 2) / (whole + square)
    half = NORMAL_95 / (whole + square) * sqrt(part * (whole - part) / whole + square / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def _count_tile(overview: Overview, identifier: str, query: str, *, spark: tuple[float, ...] = ()) -> records.Tile:
    measure = definitions.BY_ID[identifier]
    kind = int(measure.fact or 0)
    count = overview.totals[kind]
    was_counted = any(overview.totals_before.values())  # not in the first weeks of a company
    return records.Tile(
        label=str(measure.name),
        value=words.number(count),
        note=change(count, overview.totals_before[kind]) if was_counted else "",
        href=choosing.rows_href(identifier, query),
        definition=str(measure.definition),
        spark=spark,
        is_loss=identifier == "failed" and count > 0,
    )


def _timed_tile(overview: Overview, identifier: str, query: str) -> records.Tile:
    measure = definitions.BY_ID[identifier]
    kind = int(measure.fact or 0)
    total = overview.timed[kind][0]
    if total.median is None:
        note = _("nothing to time in these days")
    else:
        ninety = words.duration(total.p90.value) if total.p90 else "\N{EN DASH}"
        note = _("median; nine of ten within %s") % ninety
        earlier = overview.median_before[kind]
        if earlier is not None:
            note += "; " + _("%s before") % words.duration(earlier)
    return records.Tile(
        label=str(measure.name),
        value=words.duration(total.median.value) if total.median else "\N{EN DASH}",
        note=note,
        href=choosing.rows_href(identifier, query),
        definition=str(measure.definition),
    )


def _now_tile(identifier: str, by_channel: dict[int, int], now: NowCount, query: str) -> records.Tile:
    measure = definitions.BY_ID[identifier]
    count = sum(by_channel.values())
    value = words.number(min(count, CAP)) + ("+" if now.is_capped else "")
    return records.Tile(
        label=str(measure.name),
        value=value,
        note=_("at this moment"),
        href=choosing.rows_href(identifier, query),
        definition=str(measure.definition),
        is_loss=identifier == "overdue" and count > 0,
    )


def _closure_tile(closure: Closure) -> records.Tile:
    measure = definitions.BY_ID["loop_closure"]
    if not closure.asked:
        return records.Tile(
            label=str(measure.name),
            value="\N{EN DASH}",
            note=_("nothing that was asked for is done yet"),
            href="/improvements/",
            definition=str(measure.definition),
        )
    low, high = wilson(closure.told, closure.asked)
    return records.Tile(
        label=str(measure.name),
        value=percent(closure.told / closure.asked),
        note=_("%(told)s of %(asked)s who asked were told (%(low).0f to %(high).0f %%)")
        % {
            "told": words.number(closure.told),
            "asked": words.number(closure.asked),
            "low": 100 * low,
            "high": 100 * high,
        },
        href="/measures/loop_closure/rows/",
        definition=str(measure.definition),
    )


def _by_day(overview: Overview, today: date) -> Panel:
    """Contacts and messages over time, by day; by week where days would be too many."""
    period = overview.period
    step = 1 if period.days <= MANY_DAYS else 7
    starts = [period.first_on + timedelta(days=i) for i in range(0, period.days, step)]
    series = []
    for identifier, tone in (("contacts", "0"), ("messages", "1")):
        measure = definitions.BY_ID[identifier]
        counts = overview.by_day[int(measure.fact or 0)]
        marks = []
        for start in starts:
            last = min(start + timedelta(days=step - 1), period.last_on)
            value = sum(counts.get(start + timedelta(days=i), 0) for i in range((last - start).days + 1))
            href = choosing.rows_href(identifier, choosing.days_query(start, last))
            label = _("%s so far") % _day(start) if last >= today else _day(start)
            marks.append(records.Mark(label=label, value=value, href=href, tone=tone))
        series.append(records.Series(label=str(measure.name), marks=tuple(marks), tone=tone))
    empty = "" if overview.totals[Fact.OPENED] or overview.totals[Fact.MESSAGE] else _("Nobody wrote in these days.")
    return Panel(
        id="over-time",
        title=_("Contacts and messages by day") if step == 1 else _("Contacts and messages by week"),
        definition=str(definitions.BY_ID["contacts"].definition),
        computed=str(definitions.BY_ID["contacts"].computed),
        series=tuple(series),
        empty=empty,
        is_wide=True,
    )


def _by_channel(overview: Overview, identifier: str, query: str) -> Panel:
    measure = definitions.BY_ID[identifier]
    values = [value for value in overview.by_channel[int(measure.fact or 0)] if value.count]
    marks = [
        records.Mark(
            label=_name(overview.channels, value.channel_id),
            value=value.count,
            href=choosing.rows_href(identifier, query, channel_id=value.channel_id),
            tone=_tone(overview.channels, value.channel_id),
        )
        for value in values[:MOST_CHANNELS]
    ]
    return Panel(
        id=f"{identifier}-by-channel",
        title=_("%s by channel") % measure.name,
        definition=str(measure.definition),
        computed=str(measure.computed),
        marks=tuple(marks),
        note=_left_out(len(values)),
        empty="" if values else _("None in these days."),
    )


def _timed(overview: Overview, identifier: str, query: str, *, share: float) -> Panel:
    measure = definitions.BY_ID[identifier]
    timed = overview.timed[int(measure.fact or 0)]
    each = [(one, one.median if share == 0.5 else one.p90) for one in timed if one.count]
    seconds, unit = _scale([quantile for _one, quantile in each if quantile])
    marks = [
        _timed_mark(overview, measure, one, quantile, seconds=seconds, query=query)
        for one, quantile in each
        if quantile
    ]
    what = _("median") if share == 0.5 else _("90th percentile")
    few = [one for one, _quantile in each if one.count < FEW]
    return Panel(
        id=f"{identifier}-{'median' if share == 0.5 else 'p90'}",
        title=_("%(measure)s, %(what)s by channel") % {"measure": measure.name, "what": what},
        definition=str(measure.definition),
        computed=str(measure.computed),
        unit=unit,
        marks=tuple(marks[: MOST_CHANNELS + 1]),
        note=_("Fewer than %d are too few to say much; where no interval is drawn, so few cannot bound it.") % FEW
        if few
        else "",
        empty="" if marks else _("Nothing to time in these days."),
    )


def _timed_mark(
    overview: Overview, measure: Measure, one: Timed, quantile: Quantile, *, seconds: int, query: str
) -> records.Mark:
    name = _("All channels") if one.channel_id is None else _name(overview.channels, one.channel_id)
    counted = ngettext("%(name)s (%(count)s)", "%(name)s (%(count)s)", one.count) % {
        "name": name,
        "count": words.number(one.count),
    }
    is_bounded = quantile.low is not None and quantile.high is not None
    return records.Mark(
        label=counted,
        value=_in(quantile.value, seconds),
        low=_in(quantile.low or 0, seconds) if is_bounded else None,
        high=_in(quantile.high or 0, seconds) if is_bounded else None,
        href=choosing.rows_href(measure.id, query, channel_id=one.channel_id),
        tone="7" if one.channel_id is None else _tone(overview.channels, one.channel_id),
    )


def _now(
    identifier: str, by_channel: dict[int, int], now: NowCount, channels: dict[int, ChannelName], query: str
) -> Panel:
    measure = definitions.BY_ID[identifier]
    ordered = sorted(by_channel.items(), key=lambda item: -item[1])
    marks = [
        records.Mark(
            label=_name(channels, channel_id),
            value=count,
            href=choosing.rows_href(identifier, query, channel_id=channel_id),
            tone="loss" if identifier == "overdue" else _tone(channels, channel_id),
        )
        for channel_id, count in ordered[:MOST_CHANNELS]
    ]
    note = _("More than %s are open; the rest was not counted.") % words.number(CAP) if now.is_capped else ""
    return Panel(
        id=identifier,
        title=_("%s by channel") % measure.name,
        definition=str(measure.definition),
        computed=str(measure.computed),
        marks=tuple(marks),
        note=note,
        empty="" if marks else (_("Nothing is open.") if identifier == "open" else _("Nothing is overdue.")),
    )


def _scale(quantiles: Iterable[Quantile]) -> tuple[int, str]:
    """One unit for a chart of times: seconds, minutes, hours or days."""
    top = max((quantile.value for quantile in quantiles), default=0.0)
    for limit, seconds, unit in ((120, 1, _("s")), (7_200, 60, _("min")), (172_800, 3_600, _("h"))):
        if top < limit:
            return seconds, unit
    return 86_400, _("days")


def _in(value: float, seconds: int) -> float:
    scaled = value / seconds
    return round(scaled) if scaled >= 100 or seconds == 1 else round(scaled, 1)


def _filled(overview: Overview, kind: int) -> tuple[float, ...]:
    counts = overview.by_day[int(kind)]
    return tuple(float(counts.get(day, 0)) for day in overview.period.list_days())


def _name(channels: dict[int, ChannelName], channel_id: int) -> str:
    found = channels.get(channel_id)
    return found.name if found else _("A channel that is gone")


def _tone(channels: dict[int, ChannelName], channel_id: int) -> str:
    found = channels.get(channel_id)
    return TONES.get(found.network, "7") if found else "7"


def _left_out(count: int) -> str:
    if count <= MOST_CHANNELS:
        return ""
    left = count - MOST_CHANNELS
    return ngettext("%d smaller channel is not drawn.", "%d smaller channels are not drawn.", left) % left


def _day(day: date) -> str:
    return formats.date_format(day, "j M")
