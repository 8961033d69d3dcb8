"""Alerts: one a storm. Opened when a search leaves what is ordinary, raised further while it lasts, closed when it is calm."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.alarm import storms
from midchannel.engines.alarm.storms import Crossing
from midchannel.outside.listening.errors import AlertNotFoundError
from midchannel.outside.listening.events import AlertChanged
from midchannel.outside.listening.models import Alert, Search
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MACHINE = Actor("listening")
LONGEST = timedelta(hours=storms.LONGEST_HOURS)


def raise_alert(search: Search, crossing: Crossing, *, hour: int, people: int, now: datetime) -> int | None:
    """Open an alert, or take the open one further. Returns the id of a new one. In the caller's transaction, which holds the search.

    A storm that is longer than `LONGEST` was closed as the new ordinary; within a day behind any alert of the search nothing is opened.
    """
    alert = Alert.objects.filter(search=search, closed_at=None).first()
    if alert is not None:
        alert.crossed_at, alert.people = now, max(alert.people, people)
        if crossing.chance < alert.chance:
            alert.chance, alert.count = crossing.chance, crossing.count
            alert.sign, alert.expected, alert.limit = str(crossing.sign), crossing.expected, crossing.limit
        alert.save()
        return None
    if (search.snoozed_until or now) > now:
        return None
    alert = Alert.objects.create(
        search=search,
        sign=str(crossing.sign),
        opened_at=now,
        crossed_at=now,
        begun_hour=hour,
        count=crossing.count,
        people=people,
        expected=crossing.expected,
        limit=crossing.limit,
        chance=crossing.chance,
        weeks=search.weeks,
    )
    _tell(alert, "opened", now=now)
    return int(alert.pk)


def close_alert(alert_id: int, *, hour: int, now: datetime) -> None:
    """It is calm again. In the caller's transaction."""
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if alert.closed_at is None:
        alert.closed_at, alert.ended_hour = now, max(hour, alert.begun_hour)
        alert.save(update_fields=["closed_at", "ended_hour"])
        _tell(alert, "closed", now=now)


def _tell(alert: Alert, change: str, *, now: datetime) -> None:
    audit.record(
        MACHINE, f"alert.{change}", object_type="alert", object_id=alert.pk, now=now, search_id=alert.search_id
    )
    events.emit(AlertChanged(object_id=alert.pk, change=change, search_id=str(alert.search_id)), now=now)


@transaction.atomic
def snooze(viewer: Viewer, alert_id: int, *, until: datetime | None, now: datetime) -> None:
    """Say nothing more of a storm before a moment; its search raises no other until then."""
    alert = _held(alert_id)
    alert.snoozed_until = until
    alert.save(update_fields=["snoozed_until"])
    Search.objects.filter(pk=alert.search_id).update(snoozed_until=until)
    _note(viewer, alert, "snooze", "snoozed", now=now)


@transaction.atomic
def judge(viewer: Viewer, alert_id: int, verdict: int, *, now: datetime) -> None:
    """Say that it was something (1), a false alarm (-1), or neither (0)."""
    if verdict not in (-1, 0, 1):
        raise InvalidError(_("Say that it was something, or a false alarm."), "verdict")
    alert = _held(alert_id)
    alert.verdict = verdict
    alert.judged_by_id, alert.judged_at = (viewer.user_id, now) if verdict else (None, None)
    alert.save(update_fields=["verdict", "judged_by_id", "judged_at"])
    _note(viewer, alert, "judge", "judged", now=now)


def hold_search(search_id: int) -> Search | None:
    """A search, locked until the caller's transaction ends, unless somebody else has it."""
    return Search.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=search_id).first()


def list_followers(search_id: int) -> list[int]:
    """Who gets its notices."""
    return [user_id for (user_id,) in fetch("SELECT user_id FROM search_follower WHERE search_id = %s", [search_id])]


def _held(alert_id: int) -> Alert:
    alert = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise AlertNotFoundError
    return alert


def _note(viewer: Viewer, alert: Alert, what: str, change: str, *, now: datetime) -> None:
    audit.record(viewer.actor, f"alert.{what}", object_type="alert", object_id=alert.pk, now=now, verdict=alert.verdict)
    events.emit(AlertChanged(object_id=alert.pk, change=change, search_id=str(alert.search_id)), now=now)
