"""What is held about somebody, as one page that a person can read: no scripts, nothing loaded from elsewhere, in their language."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Row = Mapping[str, Any]

STYLE = """
:root {
  color-scheme: light dark;
  --line: color-mix(in srgb, currentColor 18%, transparent);
  --soft: color-mix(in srgb, currentColor 65%, transparent);
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { line-height: 1.2; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin-bottom: .25rem; }
nav ul { columns: 2; padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { width: 30%; font-weight: 500; color: var(--soft); }
.said { border-left: 3px solid var(--line); padding: .2rem 0 .2rem .8rem; margin: .8rem 0; white-space: pre-wrap; }
.ours { border-left-color: #0b7a75; }
.small { color: var(--soft); font-size: .875rem; white-space: normal; }
dt { font-weight: 600; }
dd { margin: 0 0 .6rem; }
@media (max-width: 30rem) { nav ul { columns: 1; } }
"""


def render(held: Row) -> str:
    """The whole page."""
    sections = [
        ("who", _("Who we think you are"), _who(held)),
        ("allowed", _("What you allowed"), _allowed(held)),
        ("talked", _("What you and we said"), _talked(held)),
        ("cases", _("Cases we keep about you"), _cases(held)),
        ("did", _("Everything else you did that reached us"), _did(held)),
        ("computed", _("What we computed and count"), _computed(held)),
        ("inside", _("What we wrote about you among ourselves"), _inside(held)),
        ("files", _("Files"), _files(held)),
        ("asked", _("What you asked of us"), _asked(held)),
        ("law", _("Where this comes from, and your rights"), _law(held)),
    ]
    title = _("What %(company)s holds about you") % {"company": held["company"] or _("the company")}
    contents = "".join(f'<li><a href="#{name}">{escape(words)}</a></li>' for name, words, _html in sections)
    parts = "".join(f'<section id="{name}"><h2>{escape(words)}</h2>{html}</section>' for name, words, html in sections)
    intro = _(
        "Made on %(day)s for request %(number)s. The file data.json beside this page holds the same for machines."
    ) % {
        "day": _day(held["made_at"]),
        "number": held["request"],
    }
    return (
        f'<!doctype html><html lang="{escape(translation.get_language() or "en")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'<p class="small">{escape(intro)}</p><nav aria-label="{escape(_("Contents"))}"><ul>{contents}</ul></nav>{parts}'
        "</main></body></html>"
    )


def _who(held: Row) -> str:
    head = _table([(_("Name"), held["customer"]["name"]), (_("Our number for you"), held["customer"]["id"])])
    return head + "".join(_record(record) for record in held["records"])


def _record(record: Row) -> str:
    rows = [
        (_("Source"), record["network"] or record["source"]),
        (_("Address there"), record["address"]),
        (_("Name there"), record["display_name"] or record["name"]),
        (_("Known since"), _day(record["first_seen_at"])),
        (_("Lawful basis as the source gave it"), record["lawful_basis"]),
        (_("No longer used after"), _day(record["expires_at"])),
        (_("Blocked since"), _day(record["blocked_at"])),
        *((str(name).replace("_", " "), _plain(value)) for name, value in (record["attributes"] or {}).items()),
        *(
            (i["type"].replace("_", " "), i["value"] + (f" ({_('verified')})" if i["verified"] else ""))
            for i in record["identifiers"]
        ),
    ]
    why = "".join(f"<li>{escape(_decision(decision))}</li>" for decision in record["decisions"])
    earlier = "".join(
        f"<li>{escape(_day(version['from']))}: {escape(_plain(version['attributes']) or version['name'])}</li>"
        for version in record["versions"]
    )
    title = record["network"] or record["source"]
    html = f"<h3>{escape(title)}</h3>{_table(rows)}"
    if why:
        html += f"<p>{escape(_('Why we think this is you:'))}</p><ul>{why}</ul>"
    if earlier:
        html += f"<p>{escape(_('What it said before:'))}</p><ul>{earlier}</ul>"
    return html


def _decision(decision: Row) -> str:
    words = {
        "link": _("counted as yours"),
        "must": _("proven to be yours"),
        "auto": _("very probably yours"),
        "review": _("perhaps yours"),
        "apart": _("not yours together with another"),
        "cannot": _("not yours together with another"),
    }.get(decision["verdict"], decision["verdict"])
    who = _("decided by a person") if decision["person"] else _("by the rule %(rule)s") % {"rule": decision["rule"]}
    return f"{_day(decision['at'])}: {words}, {who}" + (
        f"; {_('this took an earlier decision back')}" if decision["is_undoing"] else ""
    )


def _allowed(held: Row) -> str:
    grounds = _table(
        (
            purpose_words(ground["purpose"]),
            (_("allowed unless you say no") if ground["is_allowed_unasked"] else _("only if you said yes"))
            + f" (GDPR {ground['basis']})",
        )
        for ground in held["grounds"]
    )
    said = "".join(
        f"<li>{escape(_day(each['said_at']))}: {escape(purpose_words(each['purpose']))}: "
        f"<strong>{escape(_('yes') if each['state'] == 'granted' else _('no'))}</strong>"
        f"{escape(' (' + each['network'] + ')' if each['network'] else '')}, {escape(each['how'])}"
        f'<div class="small">{escape(_plain(each["proof"]))}</div></li>'
        for each in held["consents"]
    )
    return grounds + (
        f"<ul>{said}</ul>" if said else f"<p>{escape(_('You have not told us anything about this.'))}</p>"
    )


def _talked(held: Row) -> str:
    return "".join(_conversation(each) for each in held["conversations"]) or _nothing()


def _conversation(each: Row) -> str:
    title = each["subject"] or _("On %(channel)s, %(day)s") % {
        "channel": each["channel"],
        "day": _day(each["opened_at"]),
    }
    return f"<h3>{escape(title)}</h3>" + "".join(_message(message) for message in each["messages"])


def _message(message: Row) -> str:
    who = {"you": _("You"), "company": _("We")}.get(message["by"]) or message["name"] or _("Somebody else")
    text = escape(message["text"]) if not message["is_deleted"] else f"<em>{escape(_('Deleted by its author'))}</em>"
    kind = " ours" if message["by"] == "company" else ""
    return (
        f'<div class="said{kind}"><div class="small">{escape(who)}, {escape(_moment(message["at"]))}</div>{text}'
        f"{_links(message['files'])}</div>"
    )


def _cases(held: Row) -> str:
    return "".join(_case(each) for each in held["cases"]) or _nothing()


def _case(each: Row) -> str:
    head = [
        (_("Kind"), each["plan"]),
        (_("Opened"), _day(each["opened_at"])),
        (_("Over since"), _day(each["ended_at"])),
    ]
    reached = [(_day(one["reached_at"]), one["title"]) for one in each["milestones"]]
    known = [(str(name).replace("_", " "), _plain(value)) for name, value in each["known"].items()]
    return f"<h3>{escape(each['title'])}</h3>{_table([*head, *reached, *known])}"


def _did(held: Row) -> str:
    spoken = {message["id"] for each in held["conversations"] for message in each["messages"]}
    others = [each for each in held["activities"]["orderedItems"] if each["mc:id"] not in spoken]
    if not others:
        return _nothing()
    return "".join(
        f'<div class="said"><div class="small">{escape(_moment(each["mc:at"]))}: {escape(kind_words(each["mc:kind"]))}'
        f", {escape(each['mc:channel'] or '')}{escape(', ' + _('overheard in public') if each['mc:overheard'] else '')}</div>"
        f"{escape(each['mc:text'] or '')}{_data(each['mc:data'])}{_links(each['mc:files'])}</div>"
        for each in others
    )


def _computed(held: Row) -> str:
    scores = _table(
        (
            score["name"].replace("_", " "),
            f"{_plain(score['value'])}; {score['source']}, {_day(score['computed_at'])}; {_plain(score['detail'])}",
        )
        for score in held["scores"]
    )
    count = len(held["facts"])
    facts = ngettext(
        "We count %(n)d event about conversations with you, under a pseudonym; it is in data.json.",
        "We count %(n)d events about conversations with you, under a pseudonym; they are in data.json.",
        count,
    ) % {"n": count}
    return (scores if held["scores"] else "") + f"<p>{escape(facts)}</p>"


def _inside(held: Row) -> str:
    if held["internal"] is None:
        words = _(
            "Not in this file: notes of colleagues to each other contain other people's data and our own secrets"
            " (GDPR, article 15(4)). What was decided from them is above. You may object to this."
        )
        return f"<p>{escape(words)}</p>"
    if not held["internal"]:
        return _nothing()
    return "".join(
        f'<div class="said"><div class="small">{escape(_moment(each["at"]))}</div>{escape(each["text"])}</div>'
        for each in held["internal"]
    )


def _files(held: Row) -> str:
    listed = [file for file in held["files"] if file["path"]]
    return _links([file["path"] for file in listed]) if listed else _nothing()


def _asked(held: Row) -> str:
    kinds = {"access": _("to see what we hold"), "erasure": _("to be erased")}
    return (
        "<ul>"
        + "".join(
            f"<li>{escape(_day(each['opened_at']))}: {escape(kinds.get(each['kind'], each['kind']))}</li>"
            for each in held["requests"]
        )
        + "</ul>"
    )


def _law(held: Row) -> str:
    terms = (
        (
            _("Where it comes from"),
            _(
                "From yourself, from the networks on which you wrote to us or about us, and from our own systems;"
                " each record above names its source."
            ),
        ),
        (
            _("What for"),
            _(
                "To answer you and to do what you ordered; everything else only as far as it says under “What you allowed”."
            ),
        ),
        (
            _("Who gets it"),
            _("The networks to which our answers to you go. Nobody else, unless you allowed “sharing”."),
        ),
        (
            _("How long"),
            _("As long as you are a customer, unless you ask for its erasure or a rule of ours ends it earlier."),
        ),
        (
            _("Decisions by machines"),
            _(
                "Which records are yours may be decided by rules; each says so above, and a person changes it when you tell us."
            ),
        ),
        (
            _("Your rights"),
            _(
                "To have it corrected, erased or restricted, to take it with you (data.json), to object, to withdraw what you"
                " allowed, and to complain to your data protection authority."
            ),
        ),
    )
    return "<dl>" + "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in terms) + "</dl>"


def purpose_words(purpose: str) -> str:
    """A purpose in plain words."""
    return {
        "service": _("Answering and doing what was ordered"),
        "marketing": _("Telling about offers and news"),
        "profiling": _("Following what somebody does, to know them better"),
        "location": _("Knowing where somebody is"),
        "sharing": _("Giving it to others"),
    }.get(purpose, purpose)


def kind_words(kind: str) -> str:
    """A kind of activity in plain words."""
    return {
        "post": _("Post"),
        "reply": _("Reply"),
        "message": _("Message"),
        "mail": _("Mail"),
        "call": _("Call"),
        "like": _("Like"),
        "follow": _("Follow"),
        "share": _("Share"),
        "order": _("Order"),
        "visit": _("Visit"),
        "profile": _("Profile"),
    }.get(kind, kind)


def _data(data: Any) -> str:
    shown = {key: value for key, value in (data or {}).items() if key not in {"html", "files"}}
    return f'<div class="small">{escape(_plain(shown))}</div>' if shown else ""


def _links(places: Iterable[str]) -> str:
    return "".join(
        f'<div><a href="{escape(place)}">{escape(place.removeprefix("files/"))}</a></div>'
        for place in places
        if place.startswith(("files/", "https://", "http://"))
    )


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')}: {_plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _table(rows: Iterable[tuple[str, Any]]) -> str:
    shown = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th><td>{escape(str(value))}</td></tr>'
        for name, value in rows
        if value
    )
    return f"<table>{shown}</table>"


def _nothing() -> str:
    return f"<p>{escape(_('Nothing.'))}</p>"


def _day(moment: str | None) -> str:
    return formats.date_format(datetime.fromisoformat(moment), "DATE_FORMAT") if moment else ""


def _moment(moment: str | None) -> str:
    return formats.date_format(datetime.fromisoformat(moment), "DATETIME_FORMAT") + " UTC" if moment else ""
