"""Reading queues."""

from dataclasses import dataclass
from datetime import timedelta

from midchannel.inside.service.models import Queue


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
