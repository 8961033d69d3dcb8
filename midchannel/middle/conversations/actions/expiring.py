"""Conversations that were settled long ago go; those that something still cites stay."""

from datetime import datetime

from midchannel.platform import ids
from midchannel.platform.database.bulk import fetch

# Cited: what belongs to a case, what asks for an improvement, where a colleague still owes an answer, where something is on its way.
DUE = """
SELECT c.id FROM conversation c WHERE c.state IN (4, 5) AND c.last_message_id < %(before)s
AND coalesce(c.resolved_at, c.opened_at) < %(moment)s AND c.joined_into_id IS NULL
AND NOT EXISTS (SELECT 1 FROM improvement_evidence e WHERE e.conversation_id = c.id)
{cited_by_case}AND NOT EXISTS (SELECT 1 FROM question q WHERE q.object_type = 'conversation' AND q.object_id = c.id AND q.closed_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM delivery d JOIN message m ON m.id = d.message_id WHERE m.conversation_id = c.id
    AND d.state IN ('queued', 'sending', 'unknown'))
"""
IN_CASE = "AND NOT EXISTS (SELECT 1 FROM case_conversation k WHERE k.conversation_id = c.id)\n"


def _due() -> str:
    is_there = fetch("SELECT to_regclass('case_conversation') IS NOT NULL")[0][0]
    return DUE.replace("{cited_by_case}", IN_CASE if is_there else "")


def count_due(*, before: datetime) -> int:
    """How many were settled before a moment and may go."""
    return int(fetch(f"SELECT count(*) FROM ({_due()}) d", {"before": ids.at(before), "moment": before})[0][0])


def list_due(*, before: datetime, limit: int) -> list[int]:
    """Some of them, oldest first."""
    rows = fetch(f"{_due()} ORDER BY c.id LIMIT {int(limit)}", {"before": ids.at(before), "moment": before})
    return [identifier for (identifier,) in rows]
