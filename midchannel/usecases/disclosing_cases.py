"""The cases about somebody, as plain data, for what `disclosing` gathers. What colleagues did in them is not about the customer."""

from collections.abc import Sequence
from typing import Any

from midchannel.engines.casework import lists, state
from midchannel.middle.cases import plans
from midchannel.platform.database.bulk import array, fetch

CASES = """
SELECT k.id, k.title, v.title, k.state, k.opened_at, k.ended_at, v.id, k.snapshot FROM casework_case k
 JOIN case_plan_version v ON v.id = k.plan_version_id WHERE k.handle_id = ANY(%s::bigint[]) ORDER BY k.id
"""


def gather(handle_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Each case: its plan, how it stands, which milestones were reached when, and what is known in it."""
    found = []
    for case_id, title, plan, how, opened_at, ended_at, version_id, snapshot in fetch(CASES, [array(handle_ids)]):
        current = state.decode(bytes(snapshot))
        milestones = lists.milestones(plans.ready(version_id), current)
        found.append(
            {
                "id": str(case_id),
                "title": title,
                "plan": plan,
                "state": how,
                "opened_at": opened_at.isoformat(),
                "ended_at": ended_at.isoformat() if ended_at else None,
                "milestones": [
                    {"title": each.title, "reached_at": each.reached_at.isoformat()}
                    for each in milestones
                    if each.reached_at
                ],
                "known": current.values,
            }
        )
    return found
