"""Which endpoint is asked, for what, and what it may cost."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.assistance.asking import Purpose, visible
from midchannel.inside.assistance import queries
from midchannel.inside.assistance.models import ONE, Endpoint
from midchannel.platform import secrets
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.accounts.rules import check_administrator
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError

PATH = "/chat/completions"
SECONDS = (1, 300)
MOST_TOKENS = 1_000_000_000
MOST_TROUBLE = 300


@transaction.atomic
def save_endpoint(
    viewer: Viewer, *, url: str, model: str, key: str = "", timeout_seconds: int, tokens_a_day: int,
    purposes: Collection[Purpose], now: datetime,
) -> None:  # fmt: skip
    """An administrator names the endpoint. No key keeps the one it has, while the address is the same.

    Raises NotAdministratorError, InvalidError.
    """
    check_administrator(viewer)
    url, model = url.strip().rstrip("/").removesuffix(PATH), model.strip()
    if not _is_address(url):
        raise InvalidError(_("Give an address that begins with https:// and holds no password."), "url")
    if not model:
        raise InvalidError(_("A model is needed."), "model")
    if not key.isascii() or not key.isprintable():
        raise InvalidError(_("A key has no such signs."), "key")
    if not SECONDS[0] <= timeout_seconds <= SECONDS[1]:
        raise InvalidError(_("Between 1 and 300 seconds."), "timeout_seconds")
    if not 0 <= tokens_a_day <= MOST_TOKENS:
        raise InvalidError(_("A number of tokens that is not below nothing."), "tokens_a_day")
    row = Endpoint.objects.select_for_update().filter(pk=ONE).first() or Endpoint(pk=ONE)
    if row.url != url:
        row.sealed, row.checked_at, row.trouble = None, None, ""
    row.url, row.model, row.timeout_seconds, row.tokens_a_day = url, model, timeout_seconds, tokens_a_day
    row.is_summary_on = Purpose.SUMMARY in purposes
    row.is_reply_on = Purpose.REPLY in purposes
    row.is_translation_on = Purpose.TRANSLATION in purposes
    row.changed_at, row.changed_by_name = now, viewer.name
    if key:
        row.sealed = secrets.seal(key, place=queries.place_of(url))
    row.save()
    audit.record(
        viewer.actor, "assistance.configure", object_type="assistance", object_id=ONE, now=now,
        summary=row.is_summary_on, reply=row.is_reply_on, translation=row.is_translation_on, tokens_a_day=tokens_a_day,
    )  # fmt: skip


def note_try(viewer: Viewer, trouble: str, *, now: datetime) -> None:
    """Keep what a try said: empty when all was well. Raises NotAdministratorError."""
    check_administrator(viewer)
    Endpoint.objects.filter(pk=ONE).update(checked_at=now, trouble=visible(trouble[:MOST_TROUBLE]))


def _is_address(url: str) -> bool:
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
