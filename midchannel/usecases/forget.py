"""Forget: somebody asks to be erased. After a day of grace everything about them goes, everywhere; what is left is a certificate.

Waiting -> working -> cleaning -> done. The rows go in one transaction, with nothing being applied meanwhile, so that a crash leaves all or
none of them. Then, each in a step of its own that may be repeated: tables are written anew, files removed, the log written over. Facts
keep counting: they know people by pseudonyms whose handle no longer exists. Who comes back is a stranger.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from midchannel.inside.assistance import actions as assistance
from midchannel.inside.partners import actions as partners
from midchannel.inside.swarms import actions as swarms
from midchannel.inside.teamwork import actions as teamwork
from midchannel.insight.facts import actions as facts
from midchannel.middle.consents import actions as consents
from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.models import RequestState, RightsRequest
from midchannel.middle.conversations.actions import erasing as conversations
from midchannel.middle.customers.actions import erasing as customers
from midchannel.middle.customers.actions.erasing import Known
from midchannel.middle.documents import actions as documents
from midchannel.middle.signals import actions as signals
from midchannel.outside.channels.actions import erasing as channels
from midchannel.outside.listening import actions as listening
from midchannel.platform.accounts.models import Grant
from midchannel.platform.database import cleaning
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.usecases import certificate, fates, sweeping
from midchannel.usecases.traces import Traces, quotable

log = structlog.get_logger("rights")

AGAIN = timedelta(minutes=1)
# Larger tables are written anew at night (UTC), because nobody can use one meanwhile: about a second for every 100 MB.
LARGE_BYTES = 1_000_000_000
NIGHT = range(1, 5)


@dataclass(slots=True)
class Removed:
    """What went: rows by table, files by hash, exports by name."""

    counts: Counter[str] = field(default_factory=Counter)
    files: set[str] = field(default_factory=set)
    exports: list[str] = field(default_factory=list)
    shared: int = 0


def take_out(row: RightsRequest, *, now: datetime) -> bool:
    """Remove the rows, in the caller's transaction that holds the request.

    False when somebody was in the way: later again; or when it stopped, since the customer has become another meanwhile.
    """
    try:
        with transaction.atomic():
            return remove(row, now=now)
    except DatabaseError as error:
        log.warning("erasure put off", request=row.pk, said=str(error).partition("\n")[0])
        requesting.postpone(row, until=now + AGAIN, reason="busy")
        return False


def remove(row: RightsRequest, *, now: datetime) -> bool:
    """Everything in the database, in one transaction. False, and nothing, when the customer is made of other records than was looked at."""
    channels.hold_all()
    while facts.project(now=now):  # what has happened is counted before it goes
        pass
    known = customers.get_known(row.customer_id)
    if requesting.stop_if_changed(row, now=now):
        return False
    removed = Removed()
    _remove_said(known, removed, now=now)
    removed.counts["consent"] += consents.erase_consents(known.record_ids)
    removed.counts.update(customers.erase_records(row.customer_id, known.record_ids))
    removed.exports = requesting.end_exports_of([row.customer_id, *known.record_ids], now=now)
    unused = removed.files - channels.files_in_use(removed.files) - documents.files_in_use(removed.files)
    removed.counts["stored_file"] = execute("DELETE FROM stored_file WHERE sha256 = ANY(%s)", [sorted(unused)])
    tables = sorted(table for table, count in removed.counts.items() if count and fates.holds_people(table))
    progress = {
        "counts": dict(sorted((table, count) for table, count in removed.counts.items() if count)),
        "shared": removed.shared,
        "files": [f"files/{sha[:2]}/{sha}" for sha in sorted(unused)] + [f"rights/{name}" for name in removed.exports],
        "files_removed": len(unused) + len(removed.exports),
        "tables": cleaning.list_leaves(tables),
        "rewritten": [],
        "removed_at": now.isoformat(),
        "transaction": cleaning.current_transaction(),
    }
    requesting.note_removed(row, progress, now=now)
    return True


def _remove_said(known: Known, removed: Removed, *, now: datetime) -> None:
    handles, counts = known.handle_ids, removed.counts
    said = channels.list_said(handles)
    traces = Traces(tuple(known.addresses), tuple(known.names), quotable(_texts_of(said.activity_ids)))
    parts = conversations.list_parts(handles, said.activity_ids)
    spoken = conversations.list_spoken(parts, said.activity_ids)
    to_them = [sent.message_id for sent in channels.list_sent(spoken.ours, known.addresses) if sent.is_only_to_them]
    kept = sorted(set(spoken.ours) - set(to_them))
    letters = conversations.list_own_words(parts.whole)
    removed.shared = len(parts.shared)

    deliveries, carried = channels.erase_deliveries([*letters, *to_them])
    counts["delivery"] += deliveries
    counts.update(conversations.erase_parts(parts, handles, [*said.activity_ids, *to_them]))
    counts.update(conversations.redact_shared(parts, traces.take_out_words))
    counts["delivery"] += channels.redact_deliveries(kept, traces.take_out_words)
    counts["activity"] += channels.redact_around(spoken.by_others, traces.take_out_addresses)
    counts.update(listening.remove_mentions(said.activity_ids))
    counts.update(channels.erase_said(said, addresses=known.addresses, networks=known.networks))
    counts.update(
        signals.forget(said.activity_ids)
    )  # behind it: who reads one of them again at this moment is waited for
    counts["parked"] += channels.erase_parked(known.addresses, traces.take_out_addresses, now=now)
    of_cases, cases = sweeping.forget_cases(handles)
    counts.update(of_cases)
    counts.update(swarms.forget_cases(cases))
    counts.update(partners.forget_cases(cases))
    counts["case_document"], of_file = documents.forget_cases(cases)
    removed.files |= of_file
    counts["assistance"] += assistance.forget_conversations([*parts.whole, *parts.shared])
    sweeping.forget_case_links(parts.whole)
    _remove_inside(known, parts, cases, traces, counts)
    about = [*said.activity_ids, *said.version_ids, *parts.whole, *cases, *known.record_ids, *letters, *to_them]
    counts["given_answer"] += sweeping.forget_answers(about, traces.take_out_words)
    counts["import_row"] += sweeping.forget_imported(said.activity_ids, traces.take_out_addresses, known.addresses)
    counts["talk"] += sweeping.forget_talk(handles)
    counts.update(channels.erase_handles(handles, known.addresses))
    counts.update(sweeping.sweep(known.addresses, traces.take_out_addresses))
    removed.files |= said.files | carried


def _texts_of(activity_ids: list[int]) -> list[str]:
    ids = array(activity_ids)
    rows = fetch(
        "SELECT text FROM activity WHERE id = ANY(%s::bigint[]) AND text <> ''"
        " UNION SELECT text FROM activity_version WHERE activity_id = ANY(%s::bigint[]) AND text <> ''",
        [ids, ids],
    )
    return [text for (text,) in rows]


def _remove_inside(
    known: Known, parts: conversations.Parts, cases: list[int], traces: Traces, counts: Counter[str]
) -> None:
    """What colleagues wrote about them: their own internal threads go, in those of shared conversations their words go."""
    customer_ids = sorted({known.customer_id, *known.record_ids})
    for object_type, ids in (("customer", customer_ids), ("conversation", parts.whole), ("case", cases)):
        counts["post"] += _count("post", object_type, ids)
        counts["notice"] += _count("notice", object_type, ids)
        teamwork.forget_objects(object_type, ids)
        Grant.objects.filter(object_type=object_type, object_id__in=ids).delete()
    for table in ("post", "notice"):
        rows = fetch(
            f"SELECT id, text FROM {table} WHERE object_type = 'conversation' AND object_id = ANY(%s::bigint[])",
            [array(parts.shared)],
        )
        for identifier, text in rows:
            if (cleaned := traces.take_out_words(text)) != text:
                execute(f"UPDATE {table} SET text = %s WHERE id = %s", [cleaned, identifier])
                counts[table] += 1


def _count(table: str, object_type: str, ids: list[int]) -> int:
    rows = fetch(
        f"SELECT count(*) FROM {table} WHERE object_type = %s AND object_id = ANY(%s::bigint[])",
        [object_type, array(ids)],
    )
    return int(rows[0][0])


def clean(request_id: int, *, now: datetime) -> bool:
    """One step, outside of a transaction: files first, then one table a step, then the log; at the end the certificate."""
    row = RightsRequest.objects.get(pk=request_id)
    if row.state != RequestState.CLEANING:
        return False
    progress = row.progress
    if progress["files"]:
        for name in progress["files"]:
            (Path(settings.DATA) / name).unlink(missing_ok=True)
        requesting.note_progress(row, files=[])
        return True
    if progress["tables"]:
        return _rewrite_next(row, now=now)
    flushed = cleaning.flush(progress["rewritten"])
    made = certificate.make(row, log_words=flushed.words, is_log_clean=flushed.is_done, now=now)
    with transaction.atomic():
        requesting.settle_erasure(row, made, now=now)
    return True


def _rewrite_next(row: RightsRequest, *, now: datetime) -> bool:
    waiting: list[str] = row.progress["tables"]
    if not cleaning.is_past(row.progress["transaction"]):
        requesting.postpone(row, until=now + timedelta(seconds=10), reason="old-transaction")
        return False
    for table in waiting:
        if cleaning.size_of(table) > LARGE_BYTES and now.hour not in NIGHT:
            continue
        if cleaning.rewrite(table):
            requesting.note_progress(
                row,
                tables=[each for each in waiting if each != table],
                rewritten=[*row.progress["rewritten"], table],
            )
            return True
    requesting.postpone(row, until=now + AGAIN, reason="busy")
    return False
