"""What the templates of the simulator's page are given."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from midchannel.outside.channels.boxes import Pace, Someone, Utterance
from midchannel.web.components import records

COMPANY = "@lantern"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody one may write as."""

    handle: str
    name: str
    note: str
    face: records.Face
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Post:
    """Something in the network. `change_href` only on what was said by whom one writes as."""

    id: str
    face: records.Face
    name: str
    handle: str
    text: str
    at: datetime
    answers: str
    answer_href: str
    change_href: str
    is_ours: bool
    is_overheard: bool
    is_edited: bool
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing the network may do to what we send."""

    value: str
    label: str
    is_current: bool


def face_of(someone: Someone | None) -> records.Face:
    """Somebody's face; the company's for nobody."""
    if someone is None:
        return records.Face(name=_("Lantern"), key=COMPANY)
    return records.Face(name=someone.name, key=someone.handle)


def address_of(handle: str, **more: str) -> str:
    """The page as somebody."""
    return f"{reverse('simulator')}?{urlencode({'as': handle, **more})}"


def person_of(someone: Someone, *, current: str) -> Person:
    """Somebody in the list."""
    temper = {"calm": _("calm"), "terse": _("says little"), "angry": _("easily angry"), "chatty": _("likes to talk")}
    language = {"en": _("English"), "de": _("German"), "fr": _("French"), "es": _("Spanish")}
    note = f"{temper.get(someone.temper, someone.temper)} · {language.get(someone.language, someone.language)}"
    return Person(
        handle=someone.handle,
        name=someone.name,
        note=note,
        face=face_of(someone),
        href=address_of(someone.handle),
        is_current=someone.handle == current,
    )


def post_of(said: Utterance, *, current: str) -> Post:
    """A post or private message."""
    is_mine = said.author is not None and said.author.handle == current
    return Post(
        id=said.external_id,
        face=face_of(said.author),
        name=said.author.name if said.author else _("Lantern"),
        handle=said.author.handle if said.author else COMPANY,
        text=said.text,
        at=said.at,
        answers=said.answers,
        answer_href=address_of(current, answers=said.external_id) if said.is_public else "",
        change_href=address_of(current, change=said.external_id) if is_mine and not said.is_deleted else "",
        is_ours=said.author is None,
        is_overheard=not said.is_addressed,
        is_edited=said.is_edited,
        is_deleted=said.is_deleted,
    )


def troubles_of(pace: Pace) -> list[Trouble]:
    """What may be chosen, in words."""
    words = {
        "none": _("Takes everything we send"),
        "refuse": _("Is busy: refuses for now"),
        "refuse_for_good": _("Refuses for good"),
        "lose_receipt": _("Takes it, and the receipt is lost"),
        "lose_both": _("Breaks off before it has it"),
        "down": _("Is switched off"),
    }
    return [Trouble(value, label, pace.trouble == value) for value, label in words.items()]
