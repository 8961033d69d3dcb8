"""Watch: searches are looked at for what is out of the ordinary, and whoever follows one is told, once a storm.

Each search is looked at once a minute at most, only when it found something lately or has an alert open. What is ordinary is learned
anew each day from its last eight weeks. How often this is wrong is stated (`engines.alarm.storms`).
"""

from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.engines.alarm import storms
from midchannel.engines.alarm.storms import Crossing, Hours, Ordinary, Sign, Watch
from midchannel.inside.teamwork import actions as teamwork
from midchannel.outside.listening.actions import alerting, hitting, rising, searching
from midchannel.outside.listening.models import Alert, Search
from midchannel.outside.listening.queries import alerts
from midchannel.outside.listening.queries import rising as rising_queries
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer

EVERY_SECONDS = 20.0
A_MINUTE = timedelta(minutes=1)
MACHINE = Viewer(0, "", "agent", ())
RISING_EVERY = timedelta(hours=1)


def work(*, now: datetime) -> bool:
    """One round: every watched search, then what rises. There is never more to do at once."""
    hour = hitting.hour_at(now)
    for search_id in alerts.list_watched(since_hour=hour - 1):
        look(search_id, now=now)
    for hours in rising.LENGTHS:
        state = rising_queries.get_state(hours)
        if state is None or now - state.computed_at >= RISING_EVERY:
            rising.compute(hours, now=now)
            break
    return False


@transaction.atomic
def look(search_id: int, *, now: datetime) -> int | None:
    """Look at one search; returns the id of an alert that is new. One at a time, and at most once a minute."""
    search = alerting.hold_search(search_id)
    if search is None or (search.watched_at is not None and timedelta(0) <= now - search.watched_at < A_MINUTE):
        return None
    hour = hitting.hour_at(now)
    hours = alerts.hours_of(search_id, until_hour=hour)
    is_first = search.watched_at is None or hitting.hour_at(search.watched_at) < hour
    searching.note_watched(search_id, now=now)
    known = _ordinary(search_id, hour // 24, len(hours.people) // 24, alerts_seen(search_id))
    crossing = _crossing(hours, known, search, is_first_of_hour=is_first)
    is_open = Alert.objects.filter(search=search, closed_at=None).first()
    if is_open is not None and _is_over(is_open, hours, known, now=now):
        alerting.close_alert(is_open.pk, hour=hour, now=now)
        return None
    if crossing is None or _is_echo(search_id, hour):
        return None
    begun = hour if crossing.sign is Sign.HOUR else _begun(hours, known, hour)
    alert_id = alerting.raise_alert(
        search, crossing, hour=begun, people=int(hours.people[begun - hour - 1 :].sum()), now=now
    )
    if alert_id is not None:
        _tell(search, alert_id, crossing, now=now)
    return alert_id


def _crossing(hours: Hours, known: Ordinary, search: Search, *, is_first_of_hour: bool) -> Crossing | None:
    watch = Watch(search.weeks, volume=search.watches_volume, mood=search.watches_mood)
    now = storms.find(hours, known, watch, is_hour_over=False)
    if now is not None or not is_first_of_hour or len(hours.people) < 2:
        return now
    # The hour before has just ended: its mood is looked at once, when all of it is known.
    ended = Hours(hours.people[:-1], hours.unhappy[:-1], hours.first_slot, hours.ordinary[:-1])
    return storms.find(ended, known, watch, is_hour_over=True)


def alerts_seen(search_id: int) -> int:
    """How many alerts a search has had: what was learned before one is learned again."""
    return Alert.objects.filter(search_id=search_id).count()


@lru_cache(maxsize=2_000)
def _ordinary(search_id: int, day: int, days: int, alerts_so_far: int) -> Ordinary:
    """What is ordinary for a search on a day (counted from the epoch of ids), kept until the next."""
    return storms.learn(alerts.hours_of(search_id, until_hour=day * 24 + 23))


def _is_over(alert: Alert, hours: Hours, known: Ordinary, *, now: datetime) -> bool:
    if now - alert.opened_at > alerting.LONGEST:
        return True
    return hitting.hour_at(now) - hitting.hour_at(alert.crossed_at) >= storms.CALM_HOURS and storms.is_calm(
        hours, known
    )


def _is_echo(search_id: int, hour: int) -> bool:
    """Whether a storm of the search is over for less than a day: its day and its mood are still those of the storm."""
    last = Alert.objects.filter(search_id=search_id, closed_at__isnull=False).order_by("-ended_hour").first()
    return last is not None and last.ended_hour is not None and hour - last.ended_hour < 24


def _begun(hours: Hours, known: Ordinary, hour: int) -> int:
    """The first hour of the last day in which there was more than is usual: where a storm of a day or of mood begins."""
    for back in range(min(23, len(hours.people) - 1), 0, -1):
        people = int(hours.people[-back - 1])
        if people >= 2 and known.counts.hour_above(hours.last_slot - back, people) < 0.2:
            return hour - back
    return hour


def _tell(search: Search, alert_id: int, crossing: Crossing, *, now: datetime) -> None:
    """Whoever follows the search gets a notice, in their language."""
    followers = User.objects.filter(pk__in=alerting.list_followers(search.pk), is_active=True)
    for user in followers:
        with translation.override(user.language or None):
            text = f"{search.name}: {in_words(str(crossing.sign), crossing.count, crossing.expected, crossing.of)}"
        teamwork.notify(MACHINE, [user.pk], kind="alert", object_type="alert", object_id=alert_id, text=text, now=now)


def in_words(sign: str, count: int, expected: float, of: int = 0) -> str:
    """What is out of the ordinary, in a sentence without a full stop."""
    usual = _("hardly any") if expected < 0.05 else f"{expected:.0f}" if expected >= 10 else f"{expected:.1f}"
    if sign == "mood":
        return _("%(count)d people in a bad mood within a day, where %(usual)s are usual") % {
            "count": count,
            "usual": usual,
        }
    if sign == "day":
        return ngettext(
            "%(count)d voice in a day, where %(usual)s are usual",
            "%(count)d voices in a day, where %(usual)s are usual",
            count,
        ) % {"count": count, "usual": usual}
    return ngettext(
        "%(count)d person in an hour, where %(usual)s are usual",
        "%(count)d people in an hour, where %(usual)s are usual",
        count,
    ) % {"count": count, "usual": usual}
