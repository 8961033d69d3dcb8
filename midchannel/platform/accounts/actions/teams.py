"""Teams, their members, and grants of single objects."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.platform.accounts.errors import TakenError
from midchannel.platform.accounts.events import RightsChanged
from midchannel.platform.accounts.models import Grant, Membership, Scope, Team
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events import actions as events

SYSTEM = Actor("system")


@transaction.atomic
def create_team(*, name: str, now: datetime, by: Actor = SYSTEM, is_demo: bool = False) -> Team:
    """Make a team with its scope."""
    if not name.strip():
        raise InvalidError(_("A name is needed."), field="name")
    if Team.objects.filter(name__iexact=name.strip()).exists():
        raise TakenError(_("There is a team of this name already."), field="name")
    team = Team.objects.create(name=name.strip(), scope=Scope.objects.create(), created_at=now, is_demo=is_demo)
    audit.record(by, "team.create", object_type="team", object_id=team.pk, now=now)
    return team


@transaction.atomic
def set_members(team: Team, user_ids: Sequence[int], *, now: datetime, by: Actor = SYSTEM) -> None:
    """Make exactly these people the members of a team."""
    before = set(Membership.objects.filter(scope_id=team.scope_id).values_list("user_id", flat=True))
    after = set(user_ids)
    Membership.objects.filter(scope_id=team.scope_id, user_id__in=before - after).delete()
    Membership.objects.bulk_create(
        [Membership(scope_id=team.scope_id, user_id=user_id) for user_id in sorted(after - before)],
        ignore_conflicts=True,
    )
    audit.record(by, "team.members", object_type="team", object_id=team.pk, now=now, members=sorted(after))
    for user_id in sorted(before ^ after):
        events.emit(RightsChanged(object_id=user_id, user_ids=(user_id,)), now=now)


@transaction.atomic
def add_team(viewer: Viewer, *, name: str, user_ids: Sequence[int] = (), now: datetime) -> Team:
    """An administrator makes a team with its first members."""
    check_administrator(viewer)
    team = create_team(name=name, now=now, by=viewer.actor)
    if user_ids:
        set_members(team, user_ids, now=now, by=viewer.actor)
    return team


@transaction.atomic
def change_team(viewer: Viewer, team_id: int, *, name: str, user_ids: Sequence[int], now: datetime) -> None:
    """Rename a team and say who is in it. Whoever leaves it stops seeing its work at once."""
    check_administrator(viewer)
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise NotFoundError
    name = name.strip()
    if not name:
        raise InvalidError(_("A name is needed."), field="name")
    if name != team.name:
        if Team.objects.filter(name__iexact=name).exclude(pk=team_id).exists():
            raise TakenError(_("There is a team of this name already."), field="name")
        team.name = name
        team.save(update_fields=["name"])
        audit.record(viewer.actor, "team.name", object_type="team", object_id=team_id, now=now)
    set_members(team, user_ids, now=now, by=viewer.actor)


@transaction.atomic
def grant(user_id: int, *, object_type: str, object_id: int, now: datetime, by: Actor, kind: str = "see") -> None:
    """Let a person see one object, such as a conversation they were asked about. Again is harmless."""
    _grant, is_new = Grant.objects.get_or_create(
        user_id=user_id,
        object_type=object_type,
        object_id=object_id,
        kind=kind,
        defaults={"granted_by_id": by.user_id, "at": now},
    )
    if is_new:
        audit.record(by, "grant.create", object_type=object_type, object_id=object_id, now=now, to=user_id, kind=kind)
        events.emit(RightsChanged(object_id=user_id, user_ids=(user_id,)), now=now)


@transaction.atomic
def withdraw_grant(user_id: int, *, object_type: str, object_id: int, kind: str, now: datetime, by: Actor) -> None:
    """Take one kind of grant of an object back, such as that of a swarm; other kinds stay. Again is harmless."""
    gone, _by = Grant.objects.filter(user_id=user_id, object_type=object_type, object_id=object_id, kind=kind).delete()
    if gone:
        audit.record(by, "grant.withdraw", object_type=object_type, object_id=object_id, now=now, to=user_id, kind=kind)
        events.emit(RightsChanged(object_id=user_id, user_ids=(user_id,)), now=now)
