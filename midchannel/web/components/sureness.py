"""How right and how sure something was, drawn: a share as a small bar for a cell, and sureness against rightness.

Colours come from classes and widths are in per cent, as in `charts`.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.web.components import charts, words
from midchannel.web.components.records import Judged, Sure

TOP, HEIGHT, FOOT = 18, 180, 36
SMALLEST, LARGEST, MANY = 4.0, 9.0, 100
"""A dot's radius: of few texts, and of as many as `MANY` or more."""


def share_bar(item: Judged) -> SafeString | str:
    """A share as a bar from 0 to 100 % with its interval, its figure and what it rests on beside it; a dash where nothing is known."""
    if not item.whole:
        return words.NOTHING
    value, low, high = (f"{100 * part:.1f}" for part in (item.value, item.low, item.high))
    return format_html(
        '<span class="share"><svg class="share-bar" width="100%" height="12" aria-hidden="true"><rect class="share-track" width="100%"'
        ' height="12" rx="3"/><rect class="tone-0" width="{0}%" height="12" rx="3"/>'
        '<line class="interval" x1="{1}%" x2="{2}%" y1="6" y2="6"/></svg>'
        '<span class="share-words" title="{3}"><strong>{4}</strong> <span class="quiet">{5}</span></span></span>',
        *(value, low, high),
        _("The true share lies between %(low)s and %(high)s in 95 of 100 cases.") % {"low": _whole(item.low), "high": _whole(item.high)},
        _whole(item.value),
        _("%(part)d of %(whole)d") % {"part": item.part, "whole": item.whole},
    )  # fmt: skip


def sureness_chart(points: Sequence[Sure], *, title: str) -> SafeString:
    """Dots: how sure something was (to the right) against how often it was so (upwards); on the dashed line both are alike."""
    bottom = TOP + HEIGHT
    drawing = format_html(
        '<svg class="chart-svg" width="100%" height="{}" role="group" aria-label="{}">{}'
        '<line class="chart-line tone-7 is-reference" x1="0" y1="{}" x2="100%" y2="{}"/>{}{}</svg>',
        TOP + HEIGHT + FOOT,
        title,
        format_html_join(
            "",
            '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>',
            (("grid-line" if part else "base-line", _y(part), _y(part)) for part in (0.0, 0.5, 1.0)),
        ),
        *(bottom, TOP),
        format_html_join("", "{}", ((_dot(each),) for each in points)),
        _axes(),
    )
    return charts.figure(drawing, _table(points))


def _dot(each: Sure) -> SafeString:
    share = each.right
    radius = SMALLEST + (LARGEST - SMALLEST) * min(1.0, (share.whole / MANY) ** 0.5)
    said = _("%(sure)s sure: so in %(right)s of %(texts)s") % {
        "sure": _whole(each.said), "right": _whole(share.value), "texts": _texts(share.whole),
    }  # fmt: skip
    return format_html(
        '<g role="img" aria-label="{0}"><title>{0}</title><line class="interval" x1="{1}%" x2="{1}%" y1="{2}" y2="{3}"/>'
        '<circle class="mark-shape tone-0" cx="{1}%" cy="{4}" r="{5}"/></g>',
        *(
            said,
            f"{100 * each.said:.1f}",
            *(f"{_y(part):.1f}" for part in (share.low, share.high, share.value)),
            f"{radius:.1f}",
        ),
    )


def _axes() -> SafeString:
    below = TOP + HEIGHT
    places = (
        ("0", below + 16, "start", "0 %"),
        ("50%", below + 16, "middle", "50 %"),
        ("100%", below + 16, "end", "100 %"),
        ("100%", below + 31, "end", _("how sure it was \u2192")),
        ("0", TOP - 6, "start", _("\u2191 how often it was so")),
        ("100%", TOP - 6, "end", "100 %"),
        ("100%", _y(0.5) - 4, "end", "50 %"),
    )
    return format_html_join("", '<text class="chart-axis" x="{}" y="{}" text-anchor="{}">{}</text>', places)


def _table(points: Sequence[Sure]) -> SafeString:
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="num">{} ({}{}{})</td><td class="num">{}</td></tr>',
        (
            (_whole(p.said), _whole(p.right.value), _whole(p.right.low), words.TO, _whole(p.right.high), p.right.whole)
            for p in points
        ),
    )
    return format_html(
        '<details class="chart-table"><summary>{}</summary><div class="table-box"><table class="table"><thead><tr><th scope="col">{}</th>'
        '<th scope="col" class="num">{}</th><th scope="col" class="num">{}</th></tr></thead><tbody>{}</tbody></table></div></details>',
        *(_("The same as a table"), _("How sure it was"), _("How often it was so"), _("Texts"), rows),
    )


def _texts(count: int) -> str:
    return ngettext("%d text", "%d texts", count) % count


def _whole(part: float) -> str:
    return f"{words.number(round(100 * part))} %"


def _y(part: float) -> float:
    """Where a share is, from above."""
    return TOP + HEIGHT * (1 - part)
