"""Making people, and changing what they may do."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from midchannel.platform.accounts.actions.teams import create_team, set_members
from midchannel.platform.accounts.errors import AlreadyFoundedError, LastAdministratorError, TakenError
from midchannel.platform.accounts.events import RightsChanged
from midchannel.platform.accounts.models import Installation, Role, Team, User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events import actions as events

SYSTEM = Actor("system")


def free_mention(name: str) -> str:
    """A name for behind the @ that nobody has: "Ana Lima" is ana-lima, the second one ana-lima-2."""
    wanted = slugify(name)[:40] or "colleague"
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
    """Make a colleague. Without a password nobody can sign in until one is set. Raises TakenError when the address is."""
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise TakenError(_("There is an account with this address already."), field="email")
    user = User.objects.create(
        email=email.strip().lower(),
        name=name.strip(),
        mention=free_mention(name),
        role=role,
        password=make_password(password),
        created_at=now,
        is_demo=is_demo,
    )
    audit.record(by, "account.create", object_type="account", object_id=user.pk, now=now, role=role)
    return user


def found(*, company: str, team: str, name: str, email: str, password: str, now: datetime) -> tuple[User, Team]:
    """The first run: the first administrator and their team, once, however many browsers ask at the same moment.

    Raises AlreadyFoundedError when there is an account.
    """
    try:
        with transaction.atomic():
            Installation.objects.create(name=company.strip(), founded_at=now)
            if User.objects.exists():
                raise AlreadyFoundedError
            user = create_person(email=email, name=name, password=password, role=Role.ADMINISTRATOR, now=now)
            by = Actor(user.name, user.pk)
            first = create_team(name=team, now=now, by=by)
            set_members(first, [user.pk], now=now, by=by)
    except IntegrityError as error:
        raise AlreadyFoundedError from error
    return user, first


def name_company(name: str, *, now: datetime) -> None:
    """What the company is called where nobody has said so yet: for the demo."""
    Installation.objects.get_or_create(defaults={"name": name, "founded_at": now})


def forget_company() -> None:
    """Where nobody is left, the first run is to come."""
    if not User.objects.exists():
        Installation.objects.all().delete()


@transaction.atomic
def change_role(viewer: Viewer, user_id: int, *, role: str, now: datetime) -> None:
    """Make a colleague an agent, a lead or an administrator. The last administrator stays one."""
    check_administrator(viewer)
    if role not in Role.values:
        raise InvalidError(_("There is no such role."), field="role")
    user = _person(user_id)
    if user.role == role:
        return
    if user.role == Role.ADMINISTRATOR:
        _check_not_last(user)
    was, user.role = user.role, role
    user.save(update_fields=["role"])
    _tell(viewer, user, "account.role", now=now, was=was, role=role)


@transaction.atomic
def change_name(viewer: Viewer, *, name: str, now: datetime) -> None:
    """Change one's own display name; the name behind the @ stays."""
    if not name.strip():
        raise InvalidError(_("A name is needed."), field="name")
    User.objects.filter(pk=viewer.user_id).update(name=name.strip()[:200])
    audit.record(viewer.actor, "account.name", object_type="account", object_id=viewer.user_id, now=now)


@transaction.atomic
def deactivate(viewer: Viewer, user_id: int, *, now: datetime) -> None:
    """Let somebody in no longer, from their next click on: their sessions end, their API tokens stop. What they did stays."""
    check_administrator(viewer)
    user = _person(user_id)
    if not user.is_active:
        return
    if user.role == Role.ADMINISTRATOR:
        _check_not_last(user)
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    _tell(viewer, user, "account.deactivate", now=now)


@transaction.atomic
def activate(viewer: Viewer, user_id: int, *, now: datetime) -> None:
    """Let somebody in again."""
    check_administrator(viewer)
    user = _person(user_id)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        _tell(viewer, user, "account.activate", now=now)


@transaction.atomic
def end_sessions(viewer: Viewer, user_id: int, *, now: datetime) -> None:
    """Sign somebody out everywhere: an administrator anybody, everybody themselves."""
    if user_id != viewer.user_id:
        check_administrator(viewer)
    user = _person(user_id)
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    _tell(viewer, user, "account.end_sessions", now=now)


def _person(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFoundError
    return user


def _check_not_last(user: User) -> None:
    """Locks all administrators in one order, so that two who demote each other at once do not leave nobody."""
    others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    if not [other for other in others if other.pk != user.pk]:
        raise LastAdministratorError


def _tell(viewer: Viewer, user: User, action: str, *, now: datetime, **details: str) -> None:
    audit.record(viewer.actor, action, object_type="account", object_id=user.pk, now=now, **details)
    events.emit(RightsChanged(object_id=user.pk, user_ids=(user.pk,)), now=now)
