"""Reading queues and canned replies."""

from dataclasses import dataclass
from datetime import timedelta

from midchannel.inside.service.errors import CannedNotFoundError, QueueNotFoundError
from midchannel.inside.service.models import Queue
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Targets:
    """What a queue promises: the time to the first answer and to the resolution, or None."""

    first_answer: timedelta | None = None
    resolution: timedelta | None = None


def get_targets(queue_id: int | None) -> Targets:
    """The targets of a queue, for the arrival path; none without a queue."""
    queue = Queue.objects.filter(pk=queue_id).first() if queue_id else None
    if queue is None:
        return Targets()
    return Targets(
        timedelta(seconds=queue.first_answer_seconds) if queue.first_answer_seconds else None,
        timedelta(seconds=queue.resolution_seconds) if queue.resolution_seconds else None,
    )


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue. `is_mine` when the viewer is in its team."""

    id: int
    name: str
    team_id: int
    team_name: str
    scope_id: int
    first_answer_seconds: int | None
    resolution_seconds: int | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Canned:
    """A text to start from. `team_id` None: for everybody."""

    id: int
    team_id: int | None
    team_name: str
    shortcut: str
    title: str
    body: str


QUEUE = (
    "SELECT q.id, q.name, t.id, t.name, t.scope_id, q.first_answer_seconds, q.resolution_seconds, t.scope_id = ANY(%s::bigint[])"
    " FROM queue q JOIN team t ON t.id = q.team_id"
)


def list_queues(viewer: Viewer, *, mine: bool = False) -> list[QueueRow]:
    """All queues by name, since work may be handed to any; `mine` keeps those of the viewer's teams."""
    rows = [QueueRow(*row) for row in fetch(f"{QUEUE} ORDER BY q.name", [array(viewer.scope_ids)])]
    return [row for row in rows if row.is_mine or not mine]


def get_queue(viewer: Viewer, queue_id: int) -> QueueRow:
    """One queue. Raises QueueNotFoundError."""
    rows = fetch(f"{QUEUE} WHERE q.id = %s", [array(viewer.scope_ids), queue_id])
    if not rows:
        raise QueueNotFoundError
    return QueueRow(*rows[0])


CANNED = (
    "SELECT c.id, c.team_id, coalesce(t.name, ''), c.shortcut, c.title, c.body FROM canned_reply c LEFT JOIN team t ON t.id = c.team_id"
    " WHERE (c.team_id IS NULL OR %s OR t.scope_id = ANY(%s::bigint[]))"
)


def list_canned(viewer: Viewer, *, text: str = "", limit: int = 50) -> list[Canned]:
    """Canned replies for everybody and of the viewer's teams (for leads: all), by shortcut.

    `text` narrows to those whose shortcut begins with it or whose title has it.
    """
    wanted = text.strip().lower()
    rows = fetch(
        f"{CANNED} AND (%s = '' OR starts_with(lower(c.shortcut), %s) OR strpos(lower(c.title), %s) > 0) "
        "ORDER BY c.shortcut, c.id LIMIT %s",
        [viewer.is_lead, array(viewer.scope_ids), wanted, wanted, wanted, max(1, min(limit, 500))],
    )
    return [Canned(*row) for row in rows]


def get_canned(viewer: Viewer, canned_id: int) -> Canned:
    """One canned reply of those. Raises CannedNotFoundError."""
    rows = fetch(f"{CANNED} AND c.id = %s", [viewer.is_lead, array(viewer.scope_ids), canned_id])
    if not rows:
        raise CannedNotFoundError
    return Canned(*rows[0])
