"""The social record: how networks show them, who listens to them, whom they talk with, what about, where and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.insight.social import queries as social
from midchannel.insight.social.queries import CommunityCard, Companion, Habits, Profile
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.middle.customers.queries.scores import Score
from midchannel.outside.channels import queries as channels
from midchannel.outside.channels.queries import ActivityText, HandleDetail
from midchannel.platform import clock
from midchannel.usecases import score
from midchannel.web.components import records, words
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import page, worth
from midchannel.web.frame.access import SignedInRequest, signed_in

MOST_HANDLES = 5
SHOWN = ("job_title", "organisation", "city", "country", "language", "gender", "birth_date")
STATED = ("preference", "preferred", "prefers", "x_preference", "x_preferred", "x_prefers")
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "nl": "Nederlands",
    "pt": "Português",
}


@dataclass(frozen=True, slots=True)
class ProfileCard:
    """What one source says: words from strangers, its age and where they can be seen."""

    name: str
    address: str
    network: str
    icon: str
    biography: str
    links: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """A handle's place in words, what it rests on, its community, its source and age."""

    handle: str
    network: str
    icon: str
    words: str
    interval: str
    heard: str
    heard_href: str
    community: CommunityCard | None
    community_people: tuple[str, ...]
    source: str
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """Somebody they talk with, and the posts between them."""

    face: records.Face
    name: str
    address: str
    line: str
    href: str
    customer: str
    last_at: datetime


@require_safe
@signed_in()
def social_record(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_social", found)
    now, viewer = clock.now(), request.viewer
    known = score.known_of(viewer, found)
    record_ids = [record.id for record in found.records]
    context: dict[str, Any] = {
        "customer": found,
        "profiles": [_profile(each) for each in social.list_profiles(record_ids, now=now)],
        "followers": [_followers(each, now=now) for each in social.list_followers(record_ids, now=now)],
        "may_profile": known.may_profile,
        "stated": _stated(social.list_profiles(record_ids, now=now)),
        "company": [_company(each, found) for each in social.list_company(viewer, found.handle_ids)],
        "ranking": known.ranking,
        "rights": worth.rights_of(found),
    }
    if known.may_profile:
        typical = social.get_typical_words(viewer, found.handle_ids)
        habits = social.get_habits(viewer, found.handle_ids, zone=timezone.get_current_timezone())
        context |= {
            "places": _places(known.influence, found),
            "word_marks": _word_marks(typical, found),
            "typical": typical,
            "habits": habits,
            "habit_panels": _habit_panels(habits),
        }
    return page.show(request, customer_id, "customer_social", "customers/_social.html", context)


@require_safe
@signed_in()
def posts(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The posts behind a number of the tab: with somebody (`with`), to a handle of theirs (`to`), or with a word in it (`word`)."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_social", found)
    viewer, asked = request.viewer, request.GET
    word, other, to = asked.get("word", "")[:100], _number(asked.get("with")), _number(asked.get("to"))
    if word:
        ids = social.list_with_word(viewer, found.handle_ids, word)
        title = _("With the word “%s”") % word
    elif other:
        ids = social.list_between(viewer, found.handle_ids, other)
        title = _("Between the two of them, in public")
    else:
        ids = social.list_heard(viewer, to) if to in found.handle_ids else []
        title = _("Who answered, named or shared them in public")
    entries = _entries(ids)
    context = {"customer": found, "title": title, "entries": entries, "count": len(entries), "is_cut": len(ids) >= 100}
    return page.show(request, customer_id, "customer_social", "customers/_social_posts.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 19 else 0


def _entries(ids: Sequence[int]) -> list[records.Entry]:
    texts = channels.get_activities(ids)
    said = [texts[identifier] for identifier in ids if identifier in texts]
    handles = channels.get_handles(sorted({each.handle_id for each in said}))
    networks = {channel_id: channels.get_source(channel_id).network for channel_id in {s.channel_id for s in said}}
    return [_entry(each, handles.get(each.handle_id), networks[each.channel_id]) for each in said]


def _entry(said: ActivityText, handle: HandleDetail | None, network: str) -> records.Entry:
    who = (handle.name or handle.address) if handle else _("Somebody")
    return records.Entry(
        at=said.at,
        words=_("%(who)s on %(network)s") % {"who": who, "network": network},
        kind="theirs",
        network=network,
        text=_("Deleted by its author") if said.deleted_at else said.text,
    )


def _profile(each: Profile) -> ProfileCard:
    said = each.attributes
    links = [each.url, *_several(said.get("website"))]
    return ProfileCard(
        name=str(said.get("full_name") or each.name),
        address=each.address,
        network=each.source,
        icon=NETWORK_ICONS.get(each.source, "plug"),
        biography=str(said.get("biography") or ""),
        links=tuple(dict.fromkeys(link for link in links if link.startswith(("https://", "http://")))),
        facts=tuple((_label(name), ", ".join(_several(said[name]))) for name in SHOWN if said.get(name)),
        said_at=each.said_at,
    )


def _several(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)] if value not in (None, "") else []


def _label(name: str) -> str:
    return {
        "job_title": _("Work"),
        "organisation": _("Organisation"),
        "city": _("City"),
        "country": _("Country"),
        "language": _("Language"),
        "gender": _("Gender"),
        "birth_date": _("Born"),
    }.get(name, name.removeprefix("x_").replace("_", " "))


def _stated(profiles: Sequence[Profile]) -> list[tuple[str, str, str, datetime | None]]:
    """What they said they prefer: (what, value, source, when)."""
    return [
        (_label(name), ", ".join(_several(value)), each.source, each.said_at)
        for each in profiles
        for name, value in each.attributes.items()
        if name.startswith(STATED)
    ]


def _followers(each: social.Followers, *, now: datetime) -> dict[str, Any]:
    marks = tuple(records.Mark(label=words.clock_time(at, now=now), value=float(count)) for at, count in each.counts)
    return {
        "name": each.name,
        "icon": NETWORK_ICONS.get(each.source, "plug"),
        "source": each.source,
        "now": words.number(each.now),
        "at": each.counts[-1][0],
        "series": [records.Series(label=_("Followers"), marks=marks)] if len(marks) > 1 else [],
    }


def _places(influence: dict[int, Score], found: CustomerDetail) -> list[Place]:
    places = []
    for record in found.records:
        known = influence.get(record.handle_id or 0)
        if known is not None:
            places.append((known.value or 0.0, _place(known, record.handle_name or record.name, record.network, found)))
    return [place for _value, place in sorted(places, key=lambda each: -each[0])[:MOST_HANDLES]]


def _place(known: Score, name: str, network: str, found: CustomerDetail) -> Place:
    detail, people = known.detail, words.number(known.detail["people"])
    community = social.get_community(detail["ranking"], detail["community"]) if detail.get("community") else None
    names = score.names_of(community.handle_ids) if community else {}
    if known.value is None:
        said, interval, heard = _("Nobody has answered, named or shared them in public yet"), "", ""
    else:
        said = _in_words(known.value, detail["place"], people)
        interval = _(
            "Between %(low)s and %(high)s, had the same people spoken a little more or less. Place %(place)s."
        ) % {
            "low": _percent(known.low or 0.0),
            "high": _percent(known.high or 0.0),
            "place": words.number(detail["place"]),
        }
        heard = ngettext(
            "%(n)s person answered, named or shared them in public",
            "%(n)s people answered, named or shared them in public",
            detail["listeners"],
        ) % {"n": words.number(detail["listeners"])}
        heard += " " + ngettext("(%s time in 180 days)", "(%s times in 180 days)", detail["talks"]) % words.number(
            detail["talks"]
        )
    address = reverse("customer_social_posts", args=[found.id])
    return Place(
        handle=name,
        network=network,
        icon=NETWORK_ICONS.get(network, "plug"),
        words=said,
        interval=interval,
        heard=heard,
        heard_href=f"{address}?to={known.subject_id}",
        community=community,
        community_people=tuple(names[each] for each in community.handle_ids if each in names) if community else (),
        source=known.source,
        computed_at=known.computed_at,
    )


def _in_words(above: float, place: int, people: str) -> str:
    if place == 1:
        return _("The most listened to of the %(people)s people talking about you") % {"people": people}
    if above < 0.01:
        return _("Hardly listened to among the %(people)s people talking about you") % {"people": people}
    share = _("%s %%") % min(99, int(100 * above))
    return _("More listened to than %(share)s of the %(people)s people talking about you") % {
        "share": share,
        "people": people,
    }


def _percent(share: float) -> str:
    return _("%s %%") % words.number(round(100 * share))


def _company(each: Companion, found: CustomerDetail) -> CompanyRow:
    to = ngettext("turned to them %s time", "turned to them %s times", each.to) % words.number(each.to)
    back = ngettext("they turned to this customer %s time", "they turned to this customer %s times", each.back)
    parts = [to] if each.to else []
    if each.back:
        parts.append(back % words.number(each.back))
    return CompanyRow(
        face=records.Face(
            name=each.name or each.address, key=str(each.customer_id or each.handle_id), network=each.network
        ),
        name=each.name or each.address,
        address=each.address,
        line=", ".join(parts),
        href=f"{reverse('customer_social_posts', args=[found.id])}?with={each.handle_id}",
        customer=reverse("customer", args=[each.customer_id]) if each.customer_id else "",
        last_at=each.last_at,
    )


def _word_marks(typical: social.Typicals, found: CustomerDetail) -> list[records.Mark]:
    address = reverse("customer_social_posts", args=[found.id])
    return [
        records.Mark(
            label=each.word,
            value=float(each.count),
            href=f"{address}?word={each.word}",
            shown=_("%(n)s times, %(times)s as often as others")
            % {"n": words.number(each.count), "times": _("%s x") % words.number(round(min(each.times, 9999)))},
        )
        for each in typical.words
    ]


def _habit_panels(habits: Habits) -> dict[str, Any]:
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return {
        "channels": [records.Mark(label=name, value=float(count)) for _network, name, count in habits.channels[:6]],
        "hours": [
            records.Series(
                label=_("Messages"),
                marks=tuple(
                    records.Mark(label=f"{hour:02d}", value=float(count)) for hour, count in enumerate(habits.hours)
                ),
            )
        ],
        "days": [records.Mark(label=day, value=float(count)) for day, count in zip(days, habits.days, strict=True)],
        "languages": [(LANGUAGES.get(code, code), words.number(count)) for code, count in habits.languages],
        "often": _often(habits),
    }


def _often(habits: Habits) -> str:
    """The three hours in which they write most, in words, where it is more than chance: half of all in a quarter of the day."""
    if habits.messages < 10:
        return ""
    best = max(range(24), key=lambda hour: sum(habits.hours[(hour + k) % 24] for k in range(6)))
    share = sum(habits.hours[(best + k) % 24] for k in range(6)) / habits.messages
    if share < 0.5:
        return ""
    return _("%(share)s of what they write comes between %(from)02d:00 and %(to)02d:00, by your clock.") % {
        "share": _percent(share),
        "from": best,
        "to": (best + 6) % 24,
    }
