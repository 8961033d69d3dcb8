"""The components as template tags. They are built in (settings), so no page needs `{% load %}`. Manual: README.md here."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from midchannel.platform import clock as clocks
from midchannel.web.components import charts, records, sureness, words

register = template.Library()
SPRITE = "vendor/lucide/icons.svg"
ROW_SECONDS = 20


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """A drawing of the sprite; `size` is s, l or xl. Without a label it is decoration."""
    return _icon(name, size, str(label) if label else "")


@lru_cache(maxsize=1024)
def _icon(name: str, size: str, label: str) -> SafeString:
    name_of_class = f"icon icon-{size}" if size else "icon"
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><title>{}</title><use href="{}"></use></svg>',
            name_of_class,
            label,
            label,
            href,
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', name_of_class, href)


@register.filter
def code_words(text: object) -> SafeString | str:
    """A sentence of ours in which what stands between backticks is code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return str(text)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", each) if at % 2 else each,) for at, each in enumerate(parts))
    )


@register.simple_tag
def age(moment: datetime | None, form: str = "short") -> SafeString | str:
    """A moment: `short` (5m), `ago` (5m ago), `time` (22:08, with the day when not today) or `exact`. Exact on hover always."""
    if moment is None:
        return words.NOTHING
    if form == "exact":
        shown = words.exact(moment)
    else:
        shown = {"short": words.short_age, "ago": words.ago, "time": words.clock_time}[form](moment, now=clocks.now())
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(),
        words.exact(moment),
        format_html(' data-age="{}"', form) if form in {"short", "ago"} else "",
        shown,
    )


@register.simple_tag
def face(item: records.Face, size: str = "") -> SafeString:
    """Initials on a hue; with a network, its mark in the corner."""
    return _face(item, size)


@lru_cache(maxsize=2048)
def _face(item: records.Face, size: str) -> SafeString:
    context = {
        "face": item,
        "size": size,
        "initials": words.initials(item.name),
        "hue": words.face_hue(item.key or item.name),
        "network_icon": words.NETWORK_ICONS.get(item.network, "plug") if item.network else "",
    }
    return SafeString(get_template("components/face.html").render(context))


@register.inclusion_tag("components/clock.html")
def clock(item: records.Clock) -> dict[str, Any]:
    """How long a clock still has, or how late it is; until when, on hover."""
    state, shown = words.clock_words(item.due_at, now=clocks.now())
    return {"clock": item, "state": state, "words": shown, "until": words.exact(item.due_at)}


@register.inclusion_tag("components/audience.html")
def audience(kind: str, seen_by: str = "") -> dict[str, Any]:
    """Who may see something: an icon and the word, never the colour alone."""
    label, drawing = words.AUDIENCES[kind]
    return {"kind": kind, "label": label, "icon": drawing, "seen_by": seen_by}


@register.simple_tag
def mood(kind: str) -> SafeString | str:
    """The mood of what somebody wrote: angry, unhappy, happy; nothing for neutral or unknown."""
    if kind not in words.MOODS or kind == "neutral":
        return ""
    label, drawing = words.MOODS[kind]
    return format_html('<span class="mood mood-{}" title="{}">{}</span>', kind, label, icon(drawing, "s", str(label)))


@register.inclusion_tag("components/delivery.html")
def delivery(item: records.Delivery) -> dict[str, Any]:
    """How far a reply has come, in words, with retry or taking back where they are possible."""
    label, drawing = words.DELIVERIES[item.state]
    return {"delivery": item, "label": label, "icon": drawing}


@register.simple_tag
def row(item: records.Row) -> SafeString:
    """A row of a list, drawn once for all who see it within some seconds: a list is asked for anew at every change."""
    period = int(clocks.now().timestamp()) // ROW_SECONDS
    return _row(item, translation.get_language() or "", timezone.get_current_timezone_name(), period)


@lru_cache(maxsize=2048)
def _row(item: records.Row, _language: str, _zone: str, _period: int) -> SafeString:
    context = {"row": item, "unread_words": words.unread_words(item.unread) if item.unread else ""}
    return SafeString(get_template("components/row.html").render(context))


@register.inclusion_tag("components/bubble.html")
def bubble(item: records.Bubble) -> dict[str, Any]:
    """A message or an internal post in a thread."""
    return {"bubble": item, "network_icon": words.NETWORK_ICONS.get(item.network, "plug") if item.network else ""}


@register.inclusion_tag("components/composer.html")
def composer(item: records.Composer) -> dict[str, Any]:
    """Where one writes a reply or a note."""
    return {"composer": item, "network_icon": words.NETWORK_ICONS.get(item.network, "send")}


@register.inclusion_tag("components/state.html")
def state(item: records.State) -> dict[str, Any]:
    """A page or list that has nothing ordinary to show."""
    drawings = {
        "first": "sparkles",
        "nothing": "search",
        "failed": "triangle-alert",
        "much": "layers",
        "denied": "lock",
    }
    return {"state": item, "icon": item.icon or drawings[item.kind]}


@register.inclusion_tag("components/action.html")
def action(item: records.Action, style: str = "") -> dict[str, Any]:
    """A button for an action: a link, or a form that posts."""
    return {"action": item, "style": style or item.style}


@register.inclusion_tag("components/tabs.html")
def tabs(items: list[records.Tab], label: str = "", style: str = "") -> dict[str, Any]:
    """Links that look like tabs; `style` "quiet" for pills."""
    return {"tabs": items, "label": label or _("Views"), "style": style}


@register.inclusion_tag("components/tile.html")
def tile(item: records.Tile) -> dict[str, Any]:
    """A number."""
    return {"tile": item}


@register.inclusion_tag("components/notice.html")
def notice(item: records.Notice) -> dict[str, Any]:
    """A notice."""
    return {"notice": item}


@register.inclusion_tag("components/entry.html")
def entry(item: records.Entry) -> dict[str, Any]:
    """An entry of a timeline; put them in `<ol class="timeline">`."""
    drawings = {
        "theirs": "message-square",
        "ours": "reply",
        "internal": "eye-off",
        "event": "circle-dot",
        "loss": "circle-alert",
    }
    drawing = item.icon or words.NETWORK_ICONS.get(item.network, "") or drawings[item.kind]
    return {"entry": item, "icon": drawing}


@register.inclusion_tag("components/field.html")
def field(bound: Any, help: str = "") -> dict[str, Any]:  # noqa: A002 - the word a page's author would look for
    """A form field with its label, help and errors, tied together for those who hear the page."""
    attrs: dict[str, Any] = {}
    described = [f"{bound.auto_id}_help"] if help or bound.help_text else []
    if bound.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    kind = getattr(bound.field.widget, "input_type", "")
    return {
        "field": bound,
        "help": help or bound.help_text,
        "widget": bound.as_widget(attrs=attrs),
        "is_check": kind == "checkbox" and not hasattr(bound.field.widget, "choices"),
        "is_group": hasattr(bound.field.widget, "choices") and kind in {"radio", "checkbox"},
    }


@register.inclusion_tag("components/more.html")
def more(href: str, target: str = "", label: str = "") -> dict[str, Any]:
    """The button behind the last row of a keyset-paged list: replaces itself by the next rows."""
    return {"href": href, "target": target, "label": label or _("Show more")}


@register.simple_tag
def bar_chart(marks: list[records.Mark], title: str, unit: str = "", *, level: int = 3) -> SafeString:
    """Horizontal bars from zero, labelled, with intervals and a table behind."""
    return charts.bar_chart(marks, title=title, unit=unit)


@register.simple_tag
def line_chart(series: list[records.Series], title: str, unit: str = "") -> SafeString:
    """Lines from zero over time, labelled at their ends, with bands for intervals and a table behind."""
    return charts.line_chart(series, title=title, unit=unit)


@register.simple_tag
def share_bar(item: records.Judged) -> SafeString | str:
    """A share that people judged, as a small bar with its figure: for a cell of a table."""
    return sureness.share_bar(item)


@register.simple_tag
def sureness_chart(points: list[records.Sure], title: str) -> SafeString:
    """How sure something was against how often it was so, with a table behind."""
    return sureness.sureness_chart(points, title=title)


@register.simple_tag
def spark(values: list[float], label: str = "") -> SafeString:
    """A word-sized line."""
    return charts.spark(values, label=label)


@register.filter
def grouped(value: float | None) -> str:
    """A number in the reader's form."""
    return words.number(value)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them."""
    return words.duration(seconds)


@register.filter
def percent(share: float | None) -> str:
    """A share between 0 and 1 as a percentage."""
    return words.NOTHING if share is None else _("%s %%") % words.number(round(share * 100, 1))
