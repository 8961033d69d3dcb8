"""What happens outside moves cases: noted where it happens, in that transaction; taken and applied a case at a time.

A signal is a row until it has moved its case, so a crash anywhere loses none; the key of the source event makes it count once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from midchannel.engines.casework import checking, machine
from midchannel.engines.casework.commands import AnyCommand, FileEvent, SetValues
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.events import Moved
from midchannel.engines.casework.state import CaseState
from midchannel.engines.casework.states import FileTransition
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.models import AppliedSignal, Case
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import array, execute, fetch, text_array

COLUMNS = "(case_id, key, at, kind, body, happened_at, waiting)"
# A conversation of the case, or one that was joined into the one where it was said.
OF_MESSAGES = f"""
INSERT INTO case_signal {COLUMNS}
SELECT DISTINCT l.case_id, %(kind)s || ':' || m.id, %(now)s::timestamptz, %(kind)s,
 jsonb_build_object('message_id', m.id::text, 'conversation_id', m.conversation_id::text),
 coalesce((SELECT a.at FROM activity a WHERE a.id = m.id), %(now)s::timestamptz), true
FROM message m JOIN conversation c ON c.id = m.conversation_id
 JOIN case_conversation l ON l.conversation_id = c.id
 JOIN casework_case k ON k.id = l.case_id AND k.ended_at IS NULL
WHERE m.id = ANY(%(ids)s::bigint[]) AND m.direction = %(direction)s
ON CONFLICT DO NOTHING
"""
OF_PEOPLE = f"""
INSERT INTO case_signal {COLUMNS}
SELECT DISTINCT k.id, n.key, %(now)s::timestamptz, %(kind)s, jsonb_build_object('activity_id', n.activity_id::text), a.at, true
FROM unnest(%(ids)s::bigint[], %(keys)s::text[]) AS n(activity_id, key)
 JOIN activity a ON a.id = n.activity_id
 JOIN source_record r ON r.handle_id = a.handle_id
 JOIN source_record o ON o.customer_id = r.customer_id
 CROSS JOIN LATERAL (
  SELECT id FROM casework_case WHERE handle_id = o.handle_id AND ended_at IS NULL
  UNION SELECT h.id FROM conversation c JOIN case_conversation l ON l.conversation_id = c.id
   JOIN casework_case h ON h.id = l.case_id AND h.ended_at IS NULL WHERE c.handle_id = o.handle_id) k
ON CONFLICT DO NOTHING
"""
TO_CASES = f"""
INSERT INTO case_signal {COLUMNS}
SELECT k.id, %(key)s, %(now)s::timestamptz, %(kind)s, %(body)s::jsonb, %(at)s::timestamptz, true
FROM casework_case k WHERE k.id = ANY(%(ids)s::bigint[]) AND k.ended_at IS NULL ON CONFLICT DO NOTHING
"""
FOLLOW_JOINED = """
INSERT INTO case_conversation (case_id, conversation_id, added_at)
SELECT l.case_id, c.joined_into_id, %s FROM case_conversation l JOIN conversation c ON c.id = l.conversation_id
WHERE l.conversation_id = ANY(%s::bigint[]) AND c.joined_into_id IS NOT NULL ON CONFLICT DO NOTHING
"""
NEXT = """
SELECT k.id FROM casework_case k WHERE EXISTS (SELECT 1 FROM case_signal s WHERE s.case_id = k.id AND s.waiting)
LIMIT 1 FOR NO KEY UPDATE OF k SKIP LOCKED
"""
OUTSIDE = Actor("outside")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signal that waits: what kind of thing happened when, and the ids it is about."""

    id: int
    kind: str
    key: str
    happened_at: datetime
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A case, locked until the transaction ends, with what waits for it in the order in which it happened."""

    case: Case
    signals: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A step that a signal takes a case: values to set, the names of those that count up by one, and what happened to which file item.

    `latest` names a value that only the newest word decides (`NAME_at` keeps whose); the step is left out where it says nothing new.
    """

    item: str
    values: Mapping[str, Any] = field(default_factory=dict)
    counts: tuple[str, ...] = ()
    event: FileTransition = FileTransition.CREATE
    latest: str = ""


def note_messages(kind: str, message_ids: Sequence[int], *, direction: int, now: datetime) -> int:
    """Keep that messages were said in conversations of open cases. One statement, in the caller's transaction; returns how many signals."""
    values = {"kind": kind, "ids": array(message_ids), "direction": direction, "now": now}
    return execute(OF_MESSAGES, values) if message_ids else 0


def note_activities(kind: str, activities: Mapping[str, int], *, now: datetime) -> int:
    """Keep that customers of open cases did something: activities by the key they count under. One statement, as above."""
    values = {"kind": kind, "ids": array(activities.values()), "keys": text_array(activities), "now": now}
    return execute(OF_PEOPLE, values) if activities else 0


def note_signal(
    kind: str, case_ids: Sequence[int], *, key: str, at: datetime, body: Mapping[str, Any] | None = None, now: datetime
) -> int:
    """Keep something that is about these cases: ids and numbers in `body`, no words. In the caller's transaction."""
    packed = msgspec.json.encode(dict(body or {})).decode()
    values = {"kind": kind, "ids": array(case_ids), "key": key, "at": at, "body": packed, "now": now}
    return execute(TO_CASES, values) if case_ids else 0


def follow_joined(conversation_ids: Sequence[int], *, now: datetime) -> None:
    """Conversations were joined into others: these belong to the same cases now. In the caller's transaction."""
    if conversation_ids:
        execute(FOLLOW_JOINED, [now, array(conversation_ids)])


def take_waiting() -> Taken | None:
    """Lock a case for which something waits and nobody else is at it. In the caller's transaction; None: nothing to do."""
    rows = fetch(NEXT)
    if not rows:
        return None
    case = Case.objects.get(pk=rows[0][0])
    found = AppliedSignal.objects.filter(case_id=case.pk, waiting=True).order_by("happened_at", "id")
    return Taken(
        case, tuple(Waiting(each.pk, each.kind, each.key, each.happened_at or each.at, each.body or {}) for each in found)
    )  # fmt: skip


def settle_waiting(taken: Taken, told: Mapping[int, Sequence[Told]], *, now: datetime) -> None:
    """Let what waited move its case, each signal by the steps it is `told` as; what says nothing is done with."""
    for signal in taken.signals:
        outcome = _settle(taken.case, told.get(signal.id, ()), now=now)
        AppliedSignal.objects.filter(pk=signal.id).update(waiting=False, outcome=outcome, body=None)


def _settle(case: Case, steps: Sequence[Told], *, now: datetime) -> str:
    """All steps of a signal, or none of them."""
    if case.ended_at is not None:
        return "over"
    try:
        with transaction.atomic():
            moved = [_step(case, each, now=now) for each in steps]
    except RefusedError:
        case.refresh_from_db()
        return "refused"
    return "moved" if any(moved) else "unused"


def _step(case: Case, told: Told, *, now: datetime) -> bool:
    ready, current = plans.ready(case.plan_version_id, case.scope_id), keeping.state_of(case)
    if told.latest and not _is_news(current, told):
        return False
    outcome = machine.apply(ready, current, _command(ready, current, told), now=now, by=OUTSIDE.name)
    keeping.keep(case, ready, outcome, by=OUTSIDE, now=now)
    return any(isinstance(each, Moved) for each in outcome.events)


def _is_news(current: CaseState, told: Told) -> bool:
    mark = f"{told.latest}_at"
    if str(current.values.get(mark, "")) > str(told.values.get(mark, "")):
        return False
    return current.values.get(told.latest) != told.values.get(told.latest)


def _command(ready: CompiledPlan, current: CaseState, told: Told) -> AnyCommand:
    values = dict(told.values)
    for name in told.counts:
        before = current.values.get(name)
        values[name] = (before if isinstance(before, int) and not isinstance(before, bool) else 0) + 1
    if told.item in {each.id for each in checking.walk_files(ready.plan.file)}:
        return FileEvent(item=told.item, event=told.event, values=values)
    return SetValues(values=values)
