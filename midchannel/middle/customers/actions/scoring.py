"""Scores are handed down by whoever computed them: set-based, one row for each name and subject."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from midchannel.middle.customers.models import ScoreSubject
from midchannel.middle.customers.queries.scores import BASIS, Computed
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch

COLUMNS = ("subject", "subject_id", "name", "value", "low", "high", "detail", "source", "computed_at")


@transaction.atomic
def set_scores(
    subject: str,
    name: str,
    scores: Iterable[Computed],
    *,
    source: str,
    now: datetime,
    among: Sequence[int] | None = None,
) -> int:
    """Set what was computed under a name; returns how many. One that was there before and is not given now goes.

    `among`: only these subjects were computed, the others' scores stay as they are. `source` says by what, for people to read.
    For the machine: nobody's rights are asked, and it is no act of a person's, so there is no line in the audit log.
    """
    kind = ScoreSubject(subject).value
    execute("CREATE TEMP TABLE IF NOT EXISTS new_score (LIKE customer_score) ON COMMIT DELETE ROWS")
    execute("ALTER TABLE new_score ALTER COLUMN id DROP NOT NULL, ALTER COLUMN basis DROP NOT NULL")
    execute("DELETE FROM new_score")
    at, encode = now.isoformat(), msgspec.json.encode
    copy_rows(
        "new_score",
        COLUMNS,
        (
            (kind, each.subject_id, name, each.value, each.low, each.high, encode(each.detail).decode(), source, at)
            for each in scores
        ),
    )
    values = {"subject": kind, "name": name, "all": among is None, "among": array(among or ())}
    execute(
        "DELETE FROM customer_score s WHERE s.subject = %(subject)s AND s.name = %(name)s"
        " AND (%(all)s OR s.subject_id = ANY(%(among)s::bigint[]))"
        " AND NOT EXISTS (SELECT 1 FROM new_score n WHERE n.subject_id = s.subject_id)",
        values,
    )
    basis = BASIS.format(customer="n.subject_id") if kind == ScoreSubject.CUSTOMER else "''"
    return execute(
        "INSERT INTO customer_score (subject, subject_id, name, value, low, high, detail, source, basis, computed_at)"
        f" SELECT n.subject, n.subject_id, n.name, n.value, n.low, n.high, n.detail, n.source, coalesce({basis}, ''), n.computed_at"
        " FROM new_score n ORDER BY n.subject_id ON CONFLICT (subject, name, subject_id) DO UPDATE SET value = excluded.value,"
        " low = excluded.low, high = excluded.high, detail = excluded.detail, source = excluded.source, basis = excluded.basis,"
        " computed_at = excluded.computed_at"
    )


def forget_scores(subject: str, subject_ids: Iterable[int]) -> int:
    """Remove everything that was computed about some handles or customers. In the caller's transaction."""
    return execute(
        "DELETE FROM customer_score WHERE subject = %s AND subject_id = ANY(%s::bigint[])",
        [ScoreSubject(subject).value, array(subject_ids)],
    )


def forget_orphans() -> int:
    """Remove what was computed about handles and customers that are no longer there, or who have no record any more."""
    gone = fetch(
        "WITH gone AS (DELETE FROM customer_score s WHERE"
        " (s.subject = 'handle' AND NOT EXISTS (SELECT 1 FROM handle h WHERE h.id = s.subject_id)) OR"
        " (s.subject = 'customer' AND NOT EXISTS (SELECT 1 FROM source_record r WHERE r.customer_id = s.subject_id)) RETURNING 1)"
        " SELECT count(*) FROM gone"
    )
    return int(gone[0][0])
