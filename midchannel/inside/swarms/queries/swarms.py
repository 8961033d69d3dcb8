"""Who was gathered around a case."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a swarm, from when to when, and why they were suggested."""

    user_id: int
    name: str
    joined_at: datetime
    left_at: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class SwarmDetail:
    """A swarm of a case with everybody who was ever in it; `ended_by` is empty when it ended with the case."""

    id: int
    case_id: int
    reason: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str
    members: tuple[Member, ...]

    @property
    def present(self) -> tuple[Member, ...]:
        """Those who are in it now."""
        return tuple(member for member in self.members if member.left_at is None)


def list_swarms(viewer: Viewer, case_id: int) -> list[SwarmDetail]:
    """The swarms of a case, the latest first. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    members: dict[int, list[Member]] = {}
    rows = fetch(
        "SELECT m.swarm_id, m.user_id, u.name, m.joined_at, m.left_at, m.because FROM swarm_member m"
        " JOIN swarm s ON s.id = m.swarm_id JOIN account_user u ON u.id = m.user_id WHERE s.case_id = %s"
        " ORDER BY m.joined_at, m.id",
        [case.pk],
    )
    for swarm_id, *rest in rows:
        members.setdefault(swarm_id, []).append(Member(*rest))
    found = fetch(
        "SELECT id, case_id, reason, started_at, started_by_name, ended_at, ended_by_name FROM swarm WHERE case_id = %s"
        " ORDER BY started_at DESC, id DESC LIMIT 100",
        [case.pk],
    )
    return [SwarmDetail(*(*row, tuple(members.get(row[0], ())))) for row in found]
