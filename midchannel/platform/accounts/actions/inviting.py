"""Invitations: a link that works once."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.platform.accounts.actions.people import create_person
from midchannel.platform.accounts.actions.teams import set_members
from midchannel.platform.accounts.errors import InvitationGoneError, TakenError
from midchannel.platform.accounts.models import Invitation, Membership, Role, Team, User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import INVITATION_LASTS, check_administrator
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.secrets import token_hash


@transaction.atomic
def invite(
    viewer: Viewer, *, email: str, name: str = "", role: str = Role.AGENT, team_ids: Sequence[int] = (), now: datetime
) -> str:
    """Invite a colleague. Returns the token of the link, which is kept nowhere; an older invitation to the address ends."""
    check_administrator(viewer)
    email = email.strip().lower()
    if role not in Role.values:
        raise InvalidError(_("There is no such role."), field="role")
    if User.objects.filter(email__iexact=email).exists():
        raise TakenError(_("There is an account with this address already."), field="email")
    open_ones = Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None)
    open_ones.update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name.strip(),
        role=role,
        team_ids=list(Team.objects.filter(pk__in=team_ids).values_list("pk", flat=True)),
        token_hash=token_hash(token),
        invited_by_id=viewer.user_id,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    audit.record(
        viewer.actor, "invitation.create", object_type="invitation", object_id=invitation.pk, now=now, role=role
    )
    return token


@transaction.atomic
def revoke_invitation(viewer: Viewer, invitation_id: int, *, now: datetime) -> None:
    """Take an invitation back; its link stops working."""
    check_administrator(viewer)
    changed = Invitation.objects.filter(pk=invitation_id, accepted_at=None, revoked_at=None).update(revoked_at=now)
    if not changed:
        raise NotFoundError
    audit.record(viewer.actor, "invitation.revoke", object_type="invitation", object_id=invitation_id, now=now)


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str, now: datetime) -> User:
    """Make the account an invitation promises. Works once, however many tabs try. Raises InvitationGoneError."""
    invitation = (
        Invitation.objects.select_for_update()
        .filter(token_hash=token_hash(token), accepted_at=None, revoked_at=None, expires_at__gt=now)
        .first()
    )
    if invitation is None:
        raise InvitationGoneError
    user = create_person(email=invitation.email, name=name, password=password, role=invitation.role, now=now)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    by = Actor(user.name, user.pk)
    for team in Team.objects.filter(pk__in=invitation.team_ids).order_by("pk"):
        members = Membership.objects.filter(scope_id=team.scope_id).values_list("user_id", flat=True)
        set_members(team, [*members, user.pk], now=now, by=by)
    audit.record(by, "invitation.accept", object_type="invitation", object_id=invitation.pk, now=now)
    return user
