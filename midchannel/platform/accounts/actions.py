"""Changing people, teams and rights."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from midchannel.platform.accounts.models import Grant, Membership, Role, Scope, Team, User
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor

SYSTEM = Actor("system")


def free_mention(name: str) -> str:
    """A name for behind the @ that nobody has: "Ana Lima" is ana-lima, the second one ana-lima-2."""
    wanted = slugify(name) or "colleague"
    taken = set(User.objects.filter(mention__startswith=wanted).values_list("mention", flat=True))
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    password: str | None,
    now: datetime,
    role: str = Role.AGENT,
    by: Actor = SYSTEM,
    is_demo: bool = False,
) -> User:
    """Make a colleague. Without a password nobody can sign in until one is set."""
    user = User.objects.create(
        email=email.strip().lower(),
        name=name,
        mention=free_mention(name),
        role=role,
        password=make_password(password),
        created_at=now,
        is_demo=is_demo,
    )
    audit.record(by, "account.create", object_type="account", object_id=user.pk, now=now, role=role)
    return user


@transaction.atomic
def create_team(*, name: str, now: datetime, by: Actor = SYSTEM, is_demo: bool = False) -> Team:
    """Make a team with its scope."""
    team = Team.objects.create(name=name, scope=Scope.objects.create(), created_at=now, is_demo=is_demo)
    audit.record(by, "team.create", object_type="team", object_id=team.pk, now=now)
    return team


@transaction.atomic
def set_members(team: Team, user_ids: Sequence[int], *, now: datetime, by: Actor = SYSTEM) -> None:
    """Make exactly these people the members of a team."""
    Membership.objects.filter(scope_id=team.scope_id).exclude(user_id__in=user_ids).delete()
    Membership.objects.bulk_create(
        [Membership(scope_id=team.scope_id, user_id=user_id) for user_id in user_ids], ignore_conflicts=True
    )
    audit.record(by, "team.members", object_type="team", object_id=team.pk, now=now, members=sorted(user_ids))


def grant(user_id: int, *, object_type: str, object_id: int, now: datetime, by: Actor, kind: str = "see") -> None:
    """Let a person see one object, such as a conversation they were asked about. Again is harmless."""
    Grant.objects.get_or_create(
        user_id=user_id,
        object_type=object_type,
        object_id=object_id,
        kind=kind,
        defaults={"granted_by_id": by.user_id, "at": now},
    )
