"""Retain: what was kept long enough goes by itself, by the rules an administrator switched on. What is cited stays.

A part of the clockwork: a portion of each kind at a time. What would go is counted before a rule is switched on.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from midchannel.inside.assistance import actions as assistance
from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.consents import queries as consents
from midchannel.middle.consents.retention import KINDS
from midchannel.middle.conversations.actions import erasing as conversations
from midchannel.middle.conversations.actions import expiring as old_conversations
from midchannel.middle.conversations.actions.erasing import Parts
from midchannel.middle.documents import actions as documents
from midchannel.middle.signals import actions as signals
from midchannel.outside.channels.actions import erasing as channels
from midchannel.outside.channels.actions import expiring
from midchannel.outside.listening import actions as listening
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.models import Entry
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.errors import NotAllowedError

PORTION = 500
# The minute of each hour in which the clockwork looks: what is due is found by walking through what is old.
MINUTE = 7


def count_due(viewer: Viewer, kind: str, *, days: int, now: datetime) -> int:
    """How many things of a kind would go at once by a rule of so many days. Raises NotAllowedError for all but administrators."""
    if not viewer.is_administrator:
        raise NotAllowedError
    return COUNTS[kind](before=now - timedelta(days=days))


def work(*, now: datetime) -> bool:
    """A portion of what is due by the rules that are on; True when there may be more."""
    more = False
    for kind, rule in consents.list_retention_rules().items():
        if rule.is_on and kind in REMOVERS:
            with transaction.atomic():
                more |= REMOVERS[kind](before=now - timedelta(days=rule.days)) >= PORTION
    return more


def _count_files(*, before: datetime, folder: str, pattern: str) -> int:
    return len(_old_files(folder, pattern, before))


def _count_audit(*, before: datetime) -> int:
    return Entry.objects.filter(at__lt=before).count()


COUNTS: Mapping[str, Callable[..., int]] = {
    "overheard": partial(expiring.count_due, "overheard"),
    "visits": partial(expiring.count_due, "visits"),
    "parked": partial(expiring.count_due, "parked"),
    "raw": partial(expiring.count_due, "raw"),
    "conversations": old_conversations.count_due,
    "exports": partial(_count_files, folder="rights", pattern="access-*.zip"),
    "backups": partial(_count_files, folder="backups", pattern="*.tar"),
    "audit": _count_audit,
}


def _remove_activities(*, before: datetime, kind: str) -> int:
    due = expiring.list_due(kind, before=before, limit=PORTION)
    if due:
        listening.remove_mentions(due)
        files = expiring.remove_expired(due)
        signals.forget(due)
        _remove_files(files)
    else:
        expiring.drop_empty_partitions(before=before)
        signals.drop_empty_partitions(before=ids.at(before))
    return len(due)


def _remove_parked(*, before: datetime) -> int:
    due = expiring.list_due("parked", before=before, limit=PORTION)
    expiring.remove_parked_ids(due)
    return len(due)


def _remove_raw(*, before: datetime) -> int:
    due = expiring.list_due("raw", before=before, limit=PORTION)
    expiring.remove_raw(due)
    return len(due)


def _remove_conversations(*, before: datetime) -> int:
    due = old_conversations.list_due(before=before, limit=PORTION // 10)
    if not due:
        return 0
    ours = conversations.list_own_words(due)
    heard = fetch("SELECT id FROM message WHERE direction = 1 AND conversation_id = ANY(%s::bigint[])", [array(due)])
    _deliveries, files = channels.erase_deliveries(ours)
    conversations.erase_parts(Parts(due, []), (), ())
    listening.remove_mentions([identifier for (identifier,) in heard])
    teamwork.forget_objects("conversation", due)
    assistance.forget_conversations(due)
    files |= expiring.remove_expired([identifier for (identifier,) in heard])
    signals.forget([identifier for (identifier,) in heard])
    _remove_files(files)
    return len(due) * 10


def _remove_files(files: set[str]) -> None:
    """Files that nothing else names; on disk once the rows are gone for good."""
    unused = sorted(files - channels.files_in_use(files) - documents.files_in_use(files))
    if unused:
        execute("DELETE FROM stored_file WHERE sha256 = ANY(%s)", [unused])
        transaction.on_commit(partial(_unlink, unused))


def _unlink(files: list[str]) -> None:
    for sha in files:
        (Path(settings.DATA) / "files" / sha[:2] / sha).unlink(missing_ok=True)


def _old_files(folder: str, pattern: str, before: datetime) -> list[Path]:
    return [
        path
        for path in sorted((Path(settings.DATA) / folder).glob(pattern))
        if datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) < before
    ]


def _remove_backups(*, before: datetime) -> int:
    due = _old_files("backups", "*.tar", before)
    for path in due:
        path.unlink(missing_ok=True)
    return len(due)


def _remove_audit(*, before: datetime) -> int:
    return execute(
        "DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry WHERE at < %s ORDER BY id LIMIT %s)",
        [before, PORTION],
    )


# Exports end by their own rows (`usecases.rights`), whose time the rule sets.
REMOVERS: Mapping[str, Callable[..., int]] = {
    "overheard": partial(_remove_activities, kind="overheard"),
    "visits": partial(_remove_activities, kind="visits"),
    "parked": _remove_parked,
    "raw": _remove_raw,
    "conversations": _remove_conversations,
    "backups": _remove_backups,
    "audit": _remove_audit,
}

if set(COUNTS) != set(KINDS):
    raise RuntimeError("every kind that has a rule can be counted")
