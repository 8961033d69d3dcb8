"""The only writes of queues and canned replies. A viewer of None is the machine: the first run, the demo company."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from midchannel.inside.service.errors import (
    CannedNotFoundError,
    LeadsOnlyError,
    QueueNameTakenError,
    QueueNotFoundError,
    ShortcutTakenError,
)
from midchannel.inside.service.events import CannedChanged, QueueChanged
from midchannel.inside.service.models import CannedReply, Queue
from midchannel.platform.accounts.models import Team
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.platform.events import actions as events

MACHINE = Actor("system")
MAX_NAME = 100
MAX_BODY = 20_000
KEEP = -1


def _actor(viewer: Viewer | None) -> Actor:
    return Actor(viewer.name, viewer.user_id) if viewer else MACHINE


def _check_lead(viewer: Viewer | None) -> None:
    if viewer is not None and not viewer.is_lead:
        raise LeadsOnlyError


@transaction.atomic
def create_queue(
    viewer: Viewer | None,
    *,
    name: str,
    team_id: int,
    first_answer_seconds: int | None = None,
    resolution_seconds: int | None = None,
    now: datetime,
    is_demo: bool = False,
) -> int:
    """Make a queue for a team; returns its id. Targets in seconds. Raises LeadsOnlyError, QueueNameTakenError, InvalidError."""
    _check_lead(viewer)
    queue = Queue(
        name=_name(name),
        team_id=_team(team_id),
        first_answer_seconds=_target(first_answer_seconds, "first_answer_seconds"),
        resolution_seconds=_target(resolution_seconds, "resolution_seconds"),
        created_at=now,
        is_demo=is_demo,
    )
    _save(queue, "queue.create", viewer, now=now)
    return queue.pk


@transaction.atomic
def change_queue(
    viewer: Viewer | None,
    queue_id: int,
    *,
    name: str | None = None,
    first_answer_seconds: int | None = KEEP,
    resolution_seconds: int | None = KEEP,
    now: datetime,
) -> None:
    """Change what is given; None takes a target away. What waits already keeps the promise it came with.

    Raises LeadsOnlyError, QueueNotFoundError, QueueNameTakenError, InvalidError.
    """
    _check_lead(viewer)
    queue = Queue.objects.select_for_update().filter(pk=queue_id).first()
    if queue is None:
        raise QueueNotFoundError
    if name is not None:
        queue.name = _name(name)
    if first_answer_seconds != KEEP:
        queue.first_answer_seconds = _target(first_answer_seconds, "first_answer_seconds")
    if resolution_seconds != KEEP:
        queue.resolution_seconds = _target(resolution_seconds, "resolution_seconds")
    _save(queue, "queue.change", viewer, now=now)


def _save(queue: Queue, action: str, viewer: Viewer | None, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            queue.save()
    except IntegrityError as error:
        raise QueueNameTakenError from error
    audit.record(
        _actor(viewer),
        action,
        object_type="queue",
        object_id=queue.pk,
        now=now,
        team_id=queue.team_id,
        first_answer_seconds=queue.first_answer_seconds,
        resolution_seconds=queue.resolution_seconds,
    )
    events.emit(QueueChanged(object_id=queue.pk, scope_ids=_scopes_of(queue.team_id), name=queue.name), now=now)


def _scopes_of(team_id: int | None) -> tuple[int, ...]:
    if team_id is None:
        return ()
    return tuple(Team.objects.filter(pk=team_id).values_list("scope_id", flat=True))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidError(_("Give the queue a name of 1 to %(most)d characters.") % {"most": MAX_NAME}, "name")
    return name


def _team(team_id: int) -> int:
    if not _scopes_of(team_id):
        raise InvalidError(_("There is no such team."), "team_id")
    return team_id


def _target(seconds: int | None, field: str) -> int | None:
    if seconds is not None and not 1 <= seconds <= 366 * 86_400:
        raise InvalidError(_("A target is between one second and a year, or none."), field)
    return seconds


@transaction.atomic
def save_canned(
    viewer: Viewer | None,
    *,
    canned_id: int | None = None,
    team_id: int | None = None,
    shortcut: str,
    title: str,
    body: str,
    now: datetime,
    is_demo: bool = False,
) -> int:
    """Write a canned reply, or change one; returns its id. For everybody (`team_id` None) leads write, for a team its members.

    Raises CannedNotFoundError, ShortcutTakenError, NotAllowedError, InvalidError.
    """
    canned = _canned(viewer, canned_id) if canned_id is not None else CannedReply(is_demo=is_demo)
    _check_may_write(viewer, team_id)
    canned.team_id = team_id
    canned.shortcut, canned.title, canned.body = _checked(shortcut, title, body)
    canned.updated_at = now
    try:
        with transaction.atomic():
            canned.save()
    except IntegrityError as error:
        raise ShortcutTakenError from error
    _note(viewer, canned, "canned_reply.save", now=now)
    return canned.pk


@transaction.atomic
def delete_canned(viewer: Viewer | None, canned_id: int, *, now: datetime) -> None:
    """Remove a canned reply. Raises CannedNotFoundError, NotAllowedError."""
    canned = _canned(viewer, canned_id)
    _check_may_write(viewer, canned.team_id)
    _note(viewer, canned, "canned_reply.delete", now=now, deleted=True)
    canned.delete()


def _note(viewer: Viewer | None, canned: CannedReply, action: str, *, now: datetime, deleted: bool = False) -> None:
    audit.record(_actor(viewer), action, object_type="canned_reply", object_id=canned.pk, now=now)
    events.emit(CannedChanged(object_id=canned.pk, scope_ids=_scopes_of(canned.team_id), deleted=deleted), now=now)


def _canned(viewer: Viewer | None, canned_id: int) -> CannedReply:
    canned = CannedReply.objects.select_for_update(of=("self",)).filter(pk=canned_id).first()
    if canned is None:
        raise CannedNotFoundError
    _check_may_write(viewer, canned.team_id)
    return canned


def _check_may_write(viewer: Viewer | None, team_id: int | None) -> None:
    if viewer is None or viewer.is_lead:
        return
    if not set(_scopes_of(team_id)) & set(viewer.scope_ids):
        raise NotAllowedError(_("Write canned replies for your own team; a lead writes those for everybody."))


def _checked(shortcut: str, title: str, body: str) -> tuple[str, str, str]:
    shortcut = shortcut.strip().lstrip(":").lower()
    if not 1 <= len(shortcut) <= 50 or not shortcut.replace("-", "").replace("_", "").isalnum():
        raise InvalidError(_("A shortcut has 1 to 50 letters, digits or hyphens."), "shortcut")
    title = " ".join(title.split())[:MAX_NAME] or shortcut
    if not 1 <= len(body.strip()) <= MAX_BODY:
        raise InvalidError(_("Write 1 to %(most)d characters.") % {"most": MAX_BODY}, "body")
    return shortcut, title, body.strip()
