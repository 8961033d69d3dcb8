"""Speak first: before the company writes to somebody who has not just written to it, it is asked whether they allow it; and what goes out
names the way to say no, which is heard without signing in (RFC 8058).
"""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from midchannel.middle.consents import actions, queries
from midchannel.middle.consents.purposes import GROUNDS, Purpose
from midchannel.middle.customers.errors import RecordNotFoundError
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import ConflictError, NotFoundError

SALT = "midchannel.unsubscribe"
BY = Actor("unsubscribe")


class SaidNoError(ConflictError):
    """They do not want to be written to first."""


class LinkNotKnownError(NotFoundError):
    """This link is not one of ours, or it was cut off on its way."""


def check_allowed(handle_id: int, *, purpose: str, network: str) -> None:
    """Raise SaidNoError, with the remedy, when whoever is behind a handle does not allow to be written to for a purpose."""
    if queries.may_write(handle_id, purpose=purpose, network=network):
        return
    if GROUNDS[queries.purpose_of(purpose)].is_allowed:
        raise SaidNoError(
            _(
                "They asked not to be written to first. Nothing was sent. You can answer when they write;"
                " what they said is on their page under Consent and rights."
            )
        )
    raise SaidNoError(
        _(
            "They have not said yes to this. Nothing was sent. Ask them first, and write it down on their page under Consent and rights."
        )
    )


def unsubscribe_address(handle_id: int, purpose: str) -> str:
    """The address by which somebody says no to a purpose with one click; "" when the installation's own address is not known."""
    origin = next((each for each in settings.CSRF_TRUSTED_ORIGINS if each.startswith("https://")), "")
    return f"{origin.rstrip('/')}/unsubscribe/{signing.dumps([handle_id, purpose], salt=SALT)}/" if origin else ""


def purpose_of(token: str) -> Purpose:
    """What a link says no to. Raises LinkNotKnownError."""
    return _read(token)[1]


def unsubscribe(token: str, *, now: datetime) -> None:
    """Hear the no: it holds at once, for all of the person's records. Again is harmless, and so is a link of somebody who was erased."""
    handle_id, purpose = _read(token)
    rows = fetch("SELECT id FROM source_record WHERE handle_id = %s", [handle_id])
    network = fetch("SELECT network FROM handle WHERE id = %s", [handle_id])
    if not rows:
        return
    # A link that is opened twice says nothing new.
    if not queries.may_write(handle_id, purpose=purpose, network=network[0][0]):
        return
    try:
        actions.record_consent(
            BY, rows[0][0], purpose=purpose, state="withdrawn", how="unsubscribe", proof={"link": token[-12:]}, now=now
        )
    except RecordNotFoundError:  # erased meanwhile
        return


def _read(token: str) -> tuple[int, Purpose]:
    try:
        handle_id, purpose = signing.loads(token, salt=SALT)
        return int(handle_id), Purpose(purpose)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkNotKnownError from error
