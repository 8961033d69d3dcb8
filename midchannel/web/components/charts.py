"""Charts as SVG, drawn on the server: few kinds, from zero, labelled directly, every mark a link, a table behind.

Colours come from classes (`tone-0` ... `tone-7`, `tone-loss`), so that a chart is right in light and dark and under a policy that
forbids inline styles. Widths are in per cent and heights in pixels, so that words keep their size on every screen.
"""

import math
from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from midchannel.web.components import words
from midchannel.web.components.records import Mark, Series

BAR_ROW = 42
BAR_SHARE = 100.0
LABEL_LENGTH, LONG_LABEL_LENGTH = 36, 110
WHOLES = (25.0, 50.0, 100.0)
"""What a share is drawn against: not the largest there is, which would make one in ten look like all."""
LINE_TOP, LINE_HEIGHT, LINE_FOOT = 16, 150, 22
LABEL_GAP, LABEL_FOOT = 14, 4
NOTHING = Mark(label="", value=None)


def bar_chart(marks: Sequence[Mark], *, title: str, unit: str = "") -> SafeString:
    """Horizontal bars from zero: label and value above, a whisker where there is an interval."""
    top = _top_of_shares(marks) if unit == "%" else _top(marks)
    rows = format_html_join("", "{}", ((_bar(mark, index, top, unit),) for index, mark in enumerate(marks)))
    drawing = format_html(
        '<svg class="chart-svg" width="100%" height="{}" role="group" aria-label="{}">{}</svg>',
        len(marks) * BAR_ROW,
        title,
        rows,
    )
    return figure(drawing, _table([_("What"), unit or _("Value")], [[m] for m in marks], unit))


def line_chart(series: Sequence[Series], *, title: str, unit: str = "") -> SafeString:
    """Lines from zero over the same steps, with bands for intervals, labelled at their ends when there are several."""
    steps = [mark.label for mark in series[0].marks] if series else []
    top = _round_up(_top([mark for line in series for mark in line.marks]))
    lines = format_html_join("", "{}", ((_curve(line, top),) for line in series))
    drawing = format_html(
        '<svg class="chart-svg" width="100%" height="{}" role="group" aria-label="{}">{}'
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible"'
        ' aria-hidden="true">{}</svg>'
        "{}{}{}{}</svg>",
        LINE_TOP + LINE_HEIGHT + LINE_FOOT,
        title,
        _grid(),
        LINE_TOP,
        LINE_HEIGHT,
        lines,
        format_html_join("", "{}", ((_points(line, top, unit),) for line in series if not line.is_reference)),
        _axis(top, unit),
        _steps(steps),
        _ends(series, top) if len(series) > 1 else "",
    )
    rows = [[line.marks[i] if i < len(line.marks) else NOTHING for line in series] for i in range(len(steps))]
    head = [_("When"), *(line.label for line in series)]
    return figure(drawing, _table(head, rows, unit, labels=steps))


def spark(values: Sequence[float], *, label: str = "") -> SafeString:
    """A word-sized line from zero."""
    top = max([*values, 0]) or 1
    points = " ".join(f"{_share(i, len(values)):.1f},{23 - 21 * value / top:.1f}" for i, value in enumerate(values))
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline class="chart-line tone-0" fill="none" vector-effect="non-scaling-stroke" points="{}"/></svg>',
        _("%s over time") % label,
        points,
    )


def shown(mark: Mark, unit: str = "") -> str:
    """A mark's value in words, with its interval."""
    if mark.shown:
        text = mark.shown
    else:
        text = words.number(mark.value)
        text = f"{text} {unit}" if unit and mark.value is not None else text
    if mark.low is not None and mark.high is not None and mark.value is not None:
        text += f" ({words.number(mark.low)}{words.TO}{words.number(mark.high)})"
    return text


def _bar(mark: Mark, index: int, top: float, unit: str) -> SafeString:
    y = index * BAR_ROW
    length = BAR_SHARE * max(0.0, mark.value or 0) / top
    whisker = SafeString("")
    if mark.low is not None and mark.high is not None:
        low, high = BAR_SHARE * max(0.0, mark.low) / top, BAR_SHARE * mark.high / top
        whisker = format_html(
            '<line class="interval" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/><line class="interval" x1="{0}%" x2="{0}%" y1="{3}" y2="{4}"/>'
            '<line class="interval" x1="{1}%" x2="{1}%" y1="{3}" y2="{4}"/>',
            *(f"{low:.2f}", f"{high:.2f}", y + 26, y + 22, y + 30),
        )
    body = format_html(
        '<rect class="hit" x="0" y="{}" width="100%" height="{}"/>{}'
        '<text class="chart-value" x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect class="mark-shape tone-{}" x="0" y="{}" width="{}%" height="14" rx="3"/>{}',
        *(y, BAR_ROW, _name(mark.label, y + 13), y + 13, shown(mark, unit)),
        *(mark.tone, y + 19, f"{max(length, 0.3):.2f}", whisker),
    )
    return _linked(mark, body, unit)


def _name(label: str, y: int) -> SafeString:
    """A bar's name: as much of a long one as the picture's width has room for."""
    if len(label) <= LABEL_LENGTH:
        return format_html('<text x="0" y="{}">{}</text>', y, label)
    return format_html(
        '<text class="only-in-wide" x="0" y="{0}">{1}</text><text class="only-in-slim" x="0" y="{0}">{2}</text>',
        y,
        _cut(label, LONG_LABEL_LENGTH),
        _cut(label, LABEL_LENGTH),
    )


def _cut(label: str, length: int) -> str:
    """A label that leaves room for its value; the whole is in its tooltip and in the table."""
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"


def _linked(mark: Mark, body: SafeString, unit: str, name: str = "") -> SafeString:
    label = f"{name + ', ' if name else ''}{mark.label}: {shown(mark, unit)}"
    title = format_html("<title>{}</title>", label)
    if mark.href:
        return format_html('<a href="{}" aria-label="{}">{}{}</a>', mark.href, label, title, body)
    return format_html('<g role="img" aria-label="{}">{}{}</g>', label, title, body)


def _curve(line: Series, top: float) -> SafeString:
    count = len(line.marks)
    ribbon = format_html_join("", "{}", ((_ribbon(run, line, count, top),) for run in _runs(line.marks)))
    dashed = SafeString(" is-reference" if line.is_reference else "")
    pieces = (
        (dashed, line.tone, " ".join(f"{_share(i, count):.2f},{100 - 100 * value / top:.2f}" for i, value in piece))
        for piece in _runs(line.marks)
    )
    drawn = format_html_join(
        "",
        '<polyline class="chart-line{} tone-{}" fill="none" vector-effect="non-scaling-stroke" points="{}"/>',
        pieces,
    )
    return format_html("{}{}", ribbon, drawn)


def _ribbon(run: list[tuple[int, float]], line: Series, count: int, top: float) -> SafeString:
    """The band between low and high along one stretch of a line."""
    known = [(i, line.marks[i].low, line.marks[i].high) for i, _value in run]
    edges = [(i, low, high) for i, low, high in known if low is not None and high is not None]
    if len(edges) < 2:
        return SafeString("")
    upper = [f"{_share(i, count):.2f},{100 - 100 * high / top:.2f}" for i, _low, high in edges]
    lower = [f"{_share(i, count):.2f},{100 - 100 * max(0.0, low) / top:.2f}" for i, low, _high in reversed(edges)]
    return format_html('<polygon class="band tone-{}" stroke="none" points="{}"/>', line.tone, " ".join(upper + lower))


def _runs(marks: Sequence[Mark]) -> Iterable[list[tuple[int, float]]]:
    """Stretches without a gap: where nothing is known, no line is drawn."""
    run: list[tuple[int, float]] = []
    for index, mark in enumerate(marks):
        if mark.value is None:
            if run:
                yield run
            run = []
        else:
            run.append((index, mark.value))
    if run:
        yield run


def _points(line: Series, top: float, unit: str) -> SafeString:
    count = len(line.marks)
    radius = 3 if count <= 40 else 1.5
    drawn = []
    for index, mark in enumerate(line.marks):
        if mark.value is None:
            continue
        x = f"{_share(index, count):.2f}"
        y = f"{_height(mark.value / top):.1f}"
        body = format_html(
            '<circle class="hit" cx="{0}%" cy="{1}" r="9"/><circle class="mark-shape tone-{2}" cx="{0}%" cy="{1}" r="{3}"/>',
            x,
            y,
            line.tone,
            radius,
        )
        drawn.append(_linked(mark, body, unit, line.label))
    return format_html_join("", "{}", ((piece,) for piece in drawn))


def _grid() -> SafeString:
    return format_html_join(
        "",
        '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>',
        (("grid-line" if part else "base-line", _height(part), _height(part)) for part in (0.0, 0.5, 1.0)),
    )


def _axis(top: float, unit: str) -> SafeString:
    ends = ((0.5, words.number(top / 2)), (1.0, f"{words.number(top)} {unit}".strip()))
    return format_html_join(
        "", '<text class="chart-axis" x="0" y="{}">{}</text>', ((_height(part) - 4, text) for part, text in ends)
    )


def _height(part: float) -> float:
    """Where a share of the top is, from above."""
    return LINE_TOP + LINE_HEIGHT * (1 - part)


def _steps(labels: Sequence[str]) -> SafeString:
    """The first, the middle and the last step's name under the base line."""
    if not labels:
        return SafeString("")
    wanted = sorted({0, (len(labels) - 1) // 2, len(labels) - 1}) if len(labels) > 4 else range(len(labels))
    y = LINE_TOP + LINE_HEIGHT + 16
    anchors = {0: "start", len(labels) - 1: "end"}
    return format_html_join(
        "",
        '<text class="chart-axis" x="{}%" y="{}" text-anchor="{}">{}</text>',
        ((f"{_share(i, len(labels)):.2f}", y, anchors.get(i, "middle"), labels[i]) for i in wanted),
    )


def _ends(series: Sequence[Series], top: float) -> SafeString:
    """Each line's name above its end, moved apart where two would touch, and up from the base line where many end there."""
    places = []
    for line in series:
        last = next((m.value for m in reversed(line.marks) if m.value is not None), 0.0)
        places.append((_height(last / top) - 8, line))
    places.sort(key=lambda place: place[0])
    heights, previous = list[float](), -math.inf
    for wanted, _line in places:
        previous = max(wanted, previous + LABEL_GAP)
        heights.append(previous)
    lowest = _height(0) - LABEL_FOOT
    for at in reversed(range(len(heights))):
        heights[at] = lowest = min(heights[at], lowest)
        lowest -= LABEL_GAP
    drawn = [
        (line.tone, f"{height:.1f}", line.label, _cut(line.label, LABEL_LENGTH))
        for height, (_wanted, line) in zip(heights, places, strict=True)
    ]
    return format_html_join(
        "", '<text class="chart-end end-{}" x="100%" y="{}" text-anchor="end"><title>{}</title>{}</text>', drawn
    )


def _share(index: int, count: int) -> float:
    return 100.0 * index / (count - 1) if count > 1 else 50.0


def _top(marks: Sequence[Mark]) -> float:
    return max([value for mark in marks for value in (mark.value, mark.high) if value is not None] + [0.0]) or 1.0


def _top_of_shares(marks: Sequence[Mark]) -> float:
    return next((whole for whole in WHOLES if whole >= _top(marks)), _top(marks))


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten: ticks people can read."""
    magnitude = 10.0 ** math.floor(math.log10(value))
    return next((step * magnitude for step in (1, 2, 4, 5, 6, 8, 10) if step * magnitude >= value * (1 - 1e-9)), value)


def figure(drawing: SafeString, table: SafeString) -> SafeString:
    """A drawing with the table behind it."""
    return format_html('<div class="chart">{}{}</div>', drawing, table)


def _table(head: Sequence[str], rows: Sequence[Sequence[Mark]], unit: str, labels: Sequence[str] = ()) -> SafeString:
    names = format_html_join(
        "", '<th scope="col"{}>{}</th>', ((SafeString(' class="num"') if i else "", h) for i, h in enumerate(head))
    )
    body = []
    for index, row in enumerate(rows):
        cells = format_html_join("", '<td class="num">{}</td>', ((_cell(mark, unit),) for mark in row))
        body.append((labels[index] if labels else row[0].label, cells))
    return format_html(
        '<details class="chart-table"><summary>{}</summary><div class="table-box"><table class="table"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        _("The same as a table"),
        names,
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', body),
    )


def _cell(mark: Mark, unit: str) -> SafeString | str:
    text = shown(mark, unit)
    return format_html('<a href="{}">{}</a>', mark.href, text) if mark.href else text
