"""A new password for somebody who forgot theirs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.platform.accounts import passwords
from midchannel.platform.accounts.errors import PasswordLinkGoneError
from midchannel.platform.accounts.events import RightsChanged
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events import actions as events


@transaction.atomic
def offer_new_password(viewer: Viewer, user_id: int, *, now: datetime) -> str:
    """The token of a link by which a colleague chooses a new password; it is kept nowhere. Their old one works until then."""
    check_administrator(viewer)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFoundError
    if not user.is_active:
        raise InvalidError(_("They cannot sign in any more. Let them in again first."))
    audit.record(viewer.actor, "account.offer_password", object_type="account", object_id=user.pk, now=now)
    return passwords.token_for(user, now=now)


@transaction.atomic
def choose_new_password(token: str, *, password: str, now: datetime) -> User:
    """Take the new password, once, however many tabs try; every session ends. Raises PasswordLinkGoneError."""
    user_id = passwords.user_id_of(token, now=now)
    user = User.objects.select_for_update().filter(pk=user_id).first() if user_id else None
    if user is None or not passwords.is_for(token, user):
        raise PasswordLinkGoneError
    _replace(user, password, by=Actor(user.name, user.pk), now=now)
    return user


@transaction.atomic
def set_password(email: str, *, password: str, by: Actor, now: datetime) -> User:
    """Give the person of this address another password; every session ends. For the terminal. Raises NotFoundError."""
    user = User.objects.select_for_update().filter(email__iexact=email.strip()).first()
    if user is None:
        raise NotFoundError(_("Nobody has the address %(email)s.") % {"email": email.strip()})
    _replace(user, password, by=by, now=now)
    return user


def _replace(user: User, password: str, *, by: Actor, now: datetime) -> None:
    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["password", "session_epoch"])
    audit.record(by, "account.password", object_type="account", object_id=user.pk, now=now)
    events.emit(RightsChanged(object_id=user.pk, user_ids=(user.pk,)), now=now)
