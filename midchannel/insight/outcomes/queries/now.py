"""What is open and overdue at this moment: counted from the conversations themselves, up to a limit."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

CAP = 10_000
OVERDUE_SQL = "(first_answered_at IS NULL AND first_answer_due_at < %(now)s OR resolution_due_at < %(now)s)"


@dataclass(frozen=True, slots=True)
class NowCount:
    """Open and overdue conversations by channel. `is_capped`: there are more than `CAP`, and the rest was not counted."""

    open: dict[int, int]
    overdue: dict[int, int]
    is_capped: bool


def count_now(viewer: Viewer, *, now: datetime) -> NowCount:
    """Count what is not resolved and not spam."""
    with_limit = (
        f"SELECT channel_id, {OVERDUE_SQL} AS is_overdue FROM conversation"
        f" WHERE scope_id = ANY(%(scopes)s::bigint[]) AND state = ANY('{{1,2,3}}'::smallint[]) LIMIT {CAP + 1}"
    )
    rows = fetch(
        f"SELECT channel_id, count(*), count(*) FILTER (WHERE is_overdue) FROM ({with_limit}) c GROUP BY 1",
        {"now": now, "scopes": array(viewer.scope_ids)},
    )
    opened = {channel_id: count for channel_id, count, _ in rows}
    return NowCount(opened, {channel_id: late for channel_id, _, late in rows if late}, sum(opened.values()) > CAP)
