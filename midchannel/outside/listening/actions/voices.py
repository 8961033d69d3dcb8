"""Sets of names whose shares are compared: a change makes a new version, counted by hidden searches of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from midchannel.outside.listening import asking
from midchannel.outside.listening.errors import BadQueryError, VoiceSetNotFoundError
from midchannel.outside.listening.models import Search, VoiceSet, VoiceVersion
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError, NotAllowedError

HISTORY = timedelta(days=90)
LEAST_NAMES, MOST_NAMES = 2, 8


class Name(msgspec.Struct, frozen=True):
    """A name, what else it is called, and words beside which it means something else."""

    name: str
    synonyms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """As a query: any of its names, in public, without the words that are excluded."""
        said = " OR ".join(_quoted(each) for each in (self.name, *self.synonyms))
        without = " ".join(f"-{_quoted(each)}" for each in self.without)
        return f"({said}) is:public {without}".strip()


def _quoted(words: str) -> str:
    star = "*" if words.endswith("*") else ""
    return f'"{words.rstrip("*").replace(chr(34), " ").strip()}"{star}'


@transaction.atomic
def make(viewer: Viewer, name: str, names: Sequence[Name], *, now: datetime, is_demo: bool = False) -> int:
    """Make a set with its first version. Returns its id. Raises InvalidError."""
    name = " ".join(name.split())[:100]
    if not name:
        raise InvalidError(_("Give the set a name."), "name")
    try:
        with transaction.atomic():
            made = VoiceSet.objects.create(name=name, created_by_id=viewer.user_id, created_at=now, is_demo=is_demo)
    except IntegrityError as error:
        raise InvalidError(_("Another set is called so. Choose another name."), "name") from error
    _version(viewer, made, 1, names, "", now=now)
    audit.record(viewer.actor, "voice_set.make", object_type="voice_set", object_id=made.pk, now=now)
    return int(made.pk)


@transaction.atomic
def change(viewer: Viewer, set_id: int, names: Sequence[Name], *, reason: str, now: datetime) -> int:
    """Give a set other names: a new version with its reason. Returns its number; that of the last one when nothing is different."""
    found = _held(set_id)
    last = VoiceVersion.objects.filter(voice_set=found).order_by("-number").first()
    if last is not None and last.names == msgspec.to_builtins(list(names)):
        return int(last.number)
    number = last.number + 1 if last else 1
    _version(viewer, found, number, names, reason.strip()[:500], now=now)
    audit.record(viewer.actor, "voice_set.change", object_type="voice_set", object_id=found.pk, now=now, version=number)
    return number


@transaction.atomic
def remove(viewer: Viewer, set_id: int, *, now: datetime) -> None:
    """Remove a set with its versions and what they counted. Raises NotAllowedError, VoiceSetNotFoundError."""
    if not viewer.is_lead:
        raise NotAllowedError
    found = _held(set_id)
    Search.objects.filter(voice_id=found.pk).delete()
    audit.record(viewer.actor, "voice_set.remove", object_type="voice_set", object_id=found.pk, now=now)
    found.delete()


def _held(set_id: int) -> VoiceSet:
    found = VoiceSet.objects.select_for_update().filter(pk=set_id).first()
    if found is None:
        raise VoiceSetNotFoundError
    return found


def _version(viewer: Viewer, of: VoiceSet, number: int, names: Sequence[Name], reason: str, *, now: datetime) -> None:
    """A name that is as it was keeps its hidden search, and with it what was counted."""
    _check(names)
    known = dict(Search.objects.filter(voice_id=of.pk).values_list("text", "pk"))
    searches = [known.get(each.query) or _count(viewer, of, each, now=now) for each in names]
    VoiceVersion.objects.create(
        voice_set=of,
        number=number,
        names=msgspec.to_builtins(list(names)),
        searches=searches,
        reason=reason,
        made_at=now,
        made_by_name=viewer.name,
    )


def _count(viewer: Viewer, of: VoiceSet, name: Name, *, now: datetime) -> int:
    made = Search.objects.create(
        name=name.name,
        text=name.query,
        watches_volume=False,
        watches_mood=False,
        created_by_id=viewer.user_id,
        created_at=now,
        changed_at=now,
        history_next=ids.at(now + timedelta(milliseconds=1)),
        history_end=ids.at(now - HISTORY),
        voice_id=of.pk,
        is_demo=of.is_demo,
    )
    return int(made.pk)


def _check(names: Sequence[Name]) -> None:
    if not LEAST_NAMES <= len(names) <= MOST_NAMES:
        raise InvalidError(
            _("Compare %(least)d to %(most)d names.") % {"least": LEAST_NAMES, "most": MOST_NAMES}, "names"
        )
    if len({each.name.casefold() for each in names}) < len(names):
        raise InvalidError(_("A name is there twice."), "names")
    for each in names:
        try:
            asking.understand(each.query)
        except BadQueryError as error:
            raise InvalidError(f"{each.name}: {error.reason}", "names") from error
