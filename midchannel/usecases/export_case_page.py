"""An exported case as one page that a person can read: no scripts, nothing loaded from elsewhere; every word with who may see it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _

from midchannel.usecases.disclosing_page import STYLE

Row = Mapping[str, Any]
TO = "\u2013"  # an en dash


def render(held: Row) -> str:
    """The whole page."""
    sections = [(_("Who was in it"), _people(held["people"]))]
    sections += [(_("Said with the customer"), _conversations(held["conversations"]))]
    sections += [(_("Said with partners"), _rooms(held["rooms"]))]
    sections += [(_("Documents"), _documents(held["documents"]))]
    if held["internal"] is not None:
        sections += [(_("Internal: for the company alone"), _internal(held["internal"]))]
    case = held["case"]
    kind = (
        _("with the internal part: for the company alone") if held["has_internal"] else _("without the internal part")
    )
    made = _("Made on %(day)s by %(name)s, %(kind)s.") % {
        "day": _day(held["made_at"]),
        "name": held["made_by"],
        "kind": kind,
    }
    span = f"{_day(case['opened_at'])} {TO} {_day(case['ended_at']) or _('still open')}"
    parts = "".join(f"<section><h2>{escape(title)}</h2>{html}</section>" for title, html in sections)
    return (
        f'<!doctype html><html lang="{escape(translation.get_language() or "en")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(case['title'])}</title><style>{STYLE}</style></head><body><main><h1>{escape(case['title'])}</h1>"
        f'<p class="small">{escape(held["company"])} · {escape(span)}<br>{escape(made)}</p>{parts}</main></body></html>'
    )


def _people(people: Iterable[Row]) -> str:
    words = {"colleague": _("Colleague"), "swarm": _("In the swarm"), "partner": _("Partner")}
    rows = "".join(
        f"<tr><td>{escape(_whole_name(each['name'], each['organisation']))}</td>"
        f"<td>{escape(words[each['how']])}</td><td>{escape(_day(each['from']))}</td><td>{escape(_day(each['to']) or _('still'))}</td></tr>"
        for each in people
    )
    head = "".join(f"<th>{escape(title)}</th>" for title in (_("Who"), _("How"), _("From"), _("To")))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _conversations(found: Iterable[Row]) -> str:
    html = ""
    for talk in found:
        html += f"<h3>{escape(talk['subject'] or talk['channel'])}</h3>"
        html += "".join(_said(each, each["audience"], is_ours=each["side"] == "company") for each in talk["messages"])
    return html or f"<p>{escape(_('Nothing.'))}</p>"


def _rooms(found: Iterable[Row]) -> str:
    html = ""
    for room in found:
        html += f'<h3>{escape(room["name"])}</h3><p class="small">{escape(room["subject"])}</p>'
        html += "".join(_said(each, "partner", is_ours=each["side"] == "company") for each in room["messages"])
    return html or f"<p>{escape(_('No partner was in it.'))}</p>"


def _documents(found: Iterable[Row]) -> str:
    rows = ""
    for each in found:
        place = escape(f"{each['store']}: {each['in_store']}" if each["store"] else "")
        name = (
            f'<a href="{escape(each["path"])}">{escape(each["name"])}</a>'
            if each["path"]
            else f"{escape(each['name'])} {place}"
        )
        rows += f"<tr><td>{name}</td><td>{escape(each['added_by'])}</td><td>{escape(_day(each['added_at']))}</td></tr>"
    return f"<table><tbody>{rows}</tbody></table>" if rows else f"<p>{escape(_('None.'))}</p>"


def _internal(held: Row) -> str:
    posts = "".join(_said(each, "internal", is_ours=True) for each in held["posts"])
    events = "".join(
        f"<tr><td>{escape(_day(each['at']))}</td><td>{escape(each['by'])}</td><td>{escape(_event(each['what']))}</td></tr>"
        for each in held["events"]
    )
    nothing = f"<p>{escape(_('Nothing was said internally.'))}</p>"
    return f"{posts or nothing}<h3>{escape(_('What happened'))}</h3><table>{events}</table>"


def _event(what: Row) -> str:
    return ", ".join(
        f"{key}: {value}" for key, value in what.items() if value not in {None, "", 0} and isinstance(value, str | int)
    )


def _said(each: Row, audience: str, *, is_ours: bool) -> str:
    words = {"public": _("Public"), "private": _("Private"), "partner": _("Partner"), "internal": _("Internal")}
    by = _whole_name(each["by"], each.get("organisation", ""))
    head = f"{by} · {_day(each['at'])} · {words.get(audience, audience)}"
    return f'<div class="said{" ours" if is_ours else ""}"><div class="small">{escape(head)}</div>{escape(each["text"] or "")}</div>'


def _whole_name(name: str, organisation: str) -> str:
    return f"{name} ({organisation})" if organisation else name


def _day(moment: str | None) -> str:
    return formats.date_format(datetime.fromisoformat(moment), "j M Y, H:i") if moment else ""
