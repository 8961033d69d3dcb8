"""Reading queues."""

from dataclasses import dataclass
from datetime import timedelta

from midchannel.inside.service.models import Queue
from midchannel.platform.accounts.queries import Viewer


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


def list_queues(viewer: Viewer, *, mine: bool = False) -> list[QueueRow]:
    """All queues by name, since work may be handed to any; `mine` keeps those of the viewer's teams."""
    raise NotImplementedError


def get_queue(viewer: Viewer, queue_id: int) -> QueueRow:
    """One queue. Raises QueueNotFoundError."""
    raise NotImplementedError


def list_canned(viewer: Viewer, *, text: str = "", limit: int = 50) -> list[Canned]:
    """Canned replies for everybody and of the viewer's teams, by shortcut; `text` narrows to those whose shortcut or title has it."""
    raise NotImplementedError


def get_canned(viewer: Viewer, canned_id: int) -> Canned:
    """One canned reply of those. Raises CannedNotFoundError."""
    raise NotImplementedError
