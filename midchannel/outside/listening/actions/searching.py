"""Searches are made, changed, followed, snoozed and removed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from midchannel.outside.listening import asking
from midchannel.outside.listening.actions import hitting
from midchannel.outside.listening.errors import NotYourSearchError, SearchNotFoundError
from midchannel.outside.listening.events import SearchChanged
from midchannel.outside.listening.models import Alert, Follower, Search, VoiceSet
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor, Detail
from midchannel.platform.database.bulk import array, execute
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

LONGEST_NAME = 100
HISTORY = timedelta(days=60)
LEAST_WEEKS, MOST_WEEKS = 1, 104


@transaction.atomic
def make(
    viewer: Viewer,
    name: str,
    text: str,
    *,
    now: datetime,
    takes_up: bool = False,
    watches_volume: bool = True,
    watches_mood: bool = True,
    weeks: int = 8,
    is_demo: bool = False,
) -> int:
    """Make a standing search; its maker follows it, and history is looked through behind it. Returns its id.

    Raises BadQueryError, InvalidError.
    """
    asking.understand(text)
    search = Search(
        name=_check_name(name),
        text=text.strip(),
        takes_up=takes_up,
        watches_volume=watches_volume,
        watches_mood=watches_mood,
        weeks=_check_weeks(weeks),
        created_by_id=viewer.user_id,
        created_at=now,
        changed_at=now,
        is_demo=is_demo,
    )
    _look_back(search, now=now)
    _save(search)
    Follower.objects.create(search=search, user_id=viewer.user_id)
    _note(viewer.actor, "make", search, "made", now=now, takes_up=takes_up)
    return int(search.pk)


@transaction.atomic
def edit(
    viewer: Viewer,
    search_id: int,
    *,
    name: str,
    text: str,
    takes_up: bool,
    watches_volume: bool,
    watches_mood: bool,
    weeks: int,
    now: datetime,
) -> None:
    """Change a search. With another query it begins anew: what it found goes, and history is looked through again."""
    search = _own(viewer, search_id)
    asking.understand(text)
    is_other = text.strip() != search.text
    search.name, search.text, search.weeks = _check_name(name), text.strip(), _check_weeks(weeks)
    search.takes_up, search.watches_volume, search.watches_mood = takes_up, watches_volume, watches_mood
    search.changed_at = now
    if is_other:
        hitting.forget_hits(search.pk)
        search.watched_at = None
        _look_back(search, now=now)
    _save(search)
    _note(viewer.actor, "edit", search, "edited", now=now, is_other_query=is_other, takes_up=takes_up)


@transaction.atomic
def remove(viewer: Viewer, search_id: int, *, now: datetime) -> None:
    """Remove a search with what it found and its alerts. Mentions stay; those taken up stay conversations."""
    search = _own(viewer, search_id)
    _note(viewer.actor, "remove", search, "removed", now=now)
    search.delete()


@transaction.atomic
def follow(viewer: Viewer, search_id: int, *, is_on: bool, now: datetime) -> None:
    """Get the notices of a search, or no longer."""
    search = _held(search_id)
    if is_on:
        Follower.objects.get_or_create(search=search, user_id=viewer.user_id)
    else:
        Follower.objects.filter(search=search, user_id=viewer.user_id).delete()
    _note(viewer.actor, "follow" if is_on else "unfollow", search, "followed", now=now)


@transaction.atomic
def snooze(viewer: Viewer, search_id: int, *, until: datetime | None, now: datetime) -> None:
    """No alert of a search is raised before a moment; None ends that."""
    search = _held(search_id)
    search.snoozed_until = until
    search.save(update_fields=["snoozed_until"])
    _note(viewer.actor, "snooze", search, "snoozed", now=now, until=until.isoformat() if until else "")


@transaction.atomic
def judge(viewer: Viewer, search_id: int, activity_id: int, verdict: int, *, now: datetime) -> bool:
    """Say whether what a search found is relevant: 1, -1, or 0 for not saying. The caller has proved the right to see it."""
    if verdict not in (-1, 0, 1):
        raise InvalidError(_("Say that it is relevant, that it is not, or neither."), "verdict")
    _held(search_id)
    if not hitting.judge(search_id, activity_id, verdict, by_id=viewer.user_id, now=now):
        return False
    audit.record(
        viewer.actor,
        "mention.judge",
        object_type="search",
        object_id=search_id,
        now=now,
        activity_id=activity_id,
        verdict=verdict,
    )
    return True


def note_looked_back(search_id: int, text: str, down_to: int) -> None:
    """History was looked through down to an activity, for the query as it was then."""
    execute("UPDATE search SET history_next = %s WHERE id = %s AND text = %s", [down_to, search_id, text])


def note_watched(search_id: int, *, now: datetime) -> None:
    """A search was looked at for what is out of the ordinary."""
    execute("UPDATE search SET watched_at = %s WHERE id = %s", [now, search_id])


def forget_demo(channel_ids: Sequence[int]) -> list[int]:
    """Remove the demo's searches and sets with all that hangs on them, and what waits of its channels. Returns the alerts that went."""
    alerts = list(Alert.objects.filter(search__is_demo=True).values_list("pk", flat=True))
    Search.objects.filter(is_demo=True).delete()
    VoiceSet.objects.filter(is_demo=True).delete()
    execute("DELETE FROM search_waiting WHERE channel_id = ANY(%s::int[])", [array(channel_ids)])
    execute("DELETE FROM rising_term")
    execute("DELETE FROM rising_state")
    return alerts


def _look_back(search: Search, *, now: datetime) -> None:
    search.history_next = ids.at(now + timedelta(milliseconds=1))
    search.history_end = ids.at(now - HISTORY)


def _save(search: Search) -> None:
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError as error:
        raise InvalidError(_("Another search is called so. Choose another name."), "name") from error


def _check_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidError(_("Give the search a name of at most %(most)d characters.") % {"most": LONGEST_NAME}, "name")
    return name


def _check_weeks(weeks: int) -> int:
    if not LEAST_WEEKS <= weeks <= MOST_WEEKS:
        raise InvalidError(
            _("One false alarm in %(least)d to %(most)d weeks.") % {"least": LEAST_WEEKS, "most": MOST_WEEKS}, "weeks"
        )
    return weeks


def _held(search_id: int) -> Search:
    search = Search.objects.select_for_update().filter(pk=search_id, voice_id=None).first()
    if search is None:
        raise SearchNotFoundError
    return search


def _own(viewer: Viewer, search_id: int) -> Search:
    search = _held(search_id)
    if not (viewer.is_lead or search.created_by_id == viewer.user_id):
        raise NotYourSearchError
    return search


def _note(actor: Actor, what: str, search: Search, change: str, *, now: datetime, **details: Detail) -> None:
    audit.record(actor, f"search.{what}", object_type="search", object_id=search.pk, now=now, **details)
    events.emit(SearchChanged(object_id=search.pk, change=change), now=now)
