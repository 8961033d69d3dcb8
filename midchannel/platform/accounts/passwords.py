"""The link by which somebody chooses a new password: signed, for a day, and for the password that was forgotten alone.

Nothing is kept of it. It carries a hash of the password (and of the sessions' count) it is to replace, so that it works once, and no longer
once somebody was signed out everywhere.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from midchannel.platform.accounts.models import User

LASTS = timedelta(days=1)
_SALT = "midchannel.new-password"


def token_for(user: User, *, now: datetime) -> str:
    """The token of a link for `user` that works until a day from `now`."""
    return signing.dumps([user.pk, int((now + LASTS).timestamp()), _of(user)], salt=_SALT)


def user_id_of(token: str, *, now: datetime) -> int | None:
    """Whose password it is for, while its day lasts; None for what we never signed. Says nothing of whether it was used."""
    try:
        user_id, until, _was = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return int(user_id) if now.timestamp() < until else None


def is_for(token: str, user: User) -> bool:
    """Whether it is for the password `user` has now."""
    was: str = signing.loads(token, salt=_SALT)[2]
    return user.is_active and constant_time_compare(was, _of(user))


def _of(user: User) -> str:
    return salted_hmac(_SALT, f"{user.password}:{user.session_epoch}", algorithm="sha256").hexdigest()[:32]
