"""Keeping what cases have gone through, a batch at a time."""

from datetime import datetime

from django.db import transaction

from midchannel.middle.cases import plans, tracing
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.models import Case, CaseEvent, CaseState, CaseTrace
from midchannel.middle.cases.tracing import Happened
from midchannel.platform.database.bulk import fetch

# Those that have changed since they were traced; an hour is looked back, since transactions end in another order than they began.
CHANGED = """
SELECT k.id FROM casework_case k LEFT JOIN case_trace t ON t.case_id = k.id
WHERE k.changed_at >= coalesce((SELECT max(changed_at) FROM case_trace), '-infinity'::timestamptz) - interval '1 hour'
 AND t.revision IS DISTINCT FROM k.revision ORDER BY k.changed_at LIMIT %s FOR NO KEY UPDATE OF k SKIP LOCKED
"""
FIELDS = ("revision", "plan", "version_id", "scope_id", "state", "opened_at", "ended_at", "changed_at", "milestones", "path", "choices",
          "said", "items", "added", "again", "reopened", "touches", "is_good")  # fmt: skip


@transaction.atomic
def trace_cases(*, now: datetime, most: int = 50) -> int:
    """Trace cases that have changed; returns how many. Workers may call it side by side."""
    rows = fetch(CHANGED, [most])
    cases = Case.objects.in_bulk([row[0] for row in rows])
    CaseTrace.objects.bulk_create(
        [_trace(each) for each in cases.values()],
        update_conflicts=True,
        unique_fields=["case_id"],
        update_fields=list(FIELDS),
    )
    return len(rows)


def _trace(case: Case) -> CaseTrace:
    ready, current = plans.ready(case.plan_version_id), keeping.state_of(case)
    events = CaseEvent.objects.filter(case_id=case.pk).order_by("seq").values_list("body", "at", "by_user_id")
    found = tracing.trace(
        ready, (Happened(body, at, by is not None) for body, at, by in events.iterator()), opened_at=case.opened_at
    )
    is_good = None
    if case.ended_at is not None:
        is_good = case.state in {CaseState.COMPLETED, CaseState.CLOSED} and current.values.get("mood") != "bad"
    return CaseTrace(
        case_id=case.pk, revision=case.revision, plan=ready.plan.id, version_id=case.plan_version_id, scope_id=case.scope_id,
        state=case.state, opened_at=case.opened_at, ended_at=case.ended_at, changed_at=case.changed_at, milestones=found.milestones,
        path=found.path, choices=found.choices, said=tracing.said_of(current.values), items=found.items, added=found.added,
        again=found.again, reopened=found.reopened, touches=found.touches, is_good=is_good,
    )  # fmt: skip
