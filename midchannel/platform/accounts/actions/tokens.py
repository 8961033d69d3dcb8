"""Tokens of the REST API: shown once, revocable, narrower than the person whose eyes they have."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.platform.accounts import queries
from midchannel.platform.accounts.models import ApiToken
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import RIGHTS, TOKEN_PREFIX
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.secrets import token_hash

USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; `token` is shown now and never again."""

    id: int
    token: str


@transaction.atomic
def issue_api_token(viewer: Viewer, *, name: str, rights: Sequence[str], now: datetime) -> IssuedToken:
    """Make a token that sees what the viewer sees and does what `rights` name."""
    if not name.strip():
        raise InvalidError(_("Give it a name, so that you know later what uses it."), field="name")
    if not rights or set(rights) - set(RIGHTS):
        raise InvalidError(_("Choose what the token may do."), field="rights")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        name=name.strip()[:200],
        token_hash=token_hash(token),
        user_id=viewer.user_id,
        rights=sorted(set(rights)),
        created_at=now,
    )
    audit.record(viewer.actor, "api_token.create", object_type="api_token", object_id=made.pk, now=now)
    return IssuedToken(made.pk, token)


@transaction.atomic
def revoke_api_token(viewer: Viewer, token_id: int, *, now: datetime) -> None:
    """End a token: one's own, or as an administrator anybody's."""
    tokens = ApiToken.objects.filter(pk=token_id, revoked_at=None)
    if not viewer.is_administrator:
        tokens = tokens.filter(user_id=viewer.user_id)
    if not tokens.update(revoked_at=now):
        raise NotFoundError
    audit.record(viewer.actor, "api_token.revoke", object_type="api_token", object_id=token_id, now=now)


def authenticate_token(token: str, *, now: datetime) -> tuple[Viewer, frozenset[str]] | None:
    """Whose eyes a token has, and its rights; None when it is unknown or revoked, or the person is gone."""
    found = ApiToken.objects.select_related("user").filter(token_hash=token_hash(token), revoked_at=None).first()
    if found is None or not found.user.is_active:
        return None
    if found.last_used_at is None or now - found.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return replace(queries.viewer_for(found.user), is_machine=True), frozenset(found.rights)
