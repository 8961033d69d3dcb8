"""What a machine wrote has a short life."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from midchannel.inside.assistance.models import Assistance, SpentDay

KEPT = timedelta(days=1)
SPENT_KEPT = timedelta(days=62)


def forget_conversations(conversation_ids: Sequence[int]) -> int:
    """Remove what was asked for some conversations. Returns how many. In the caller's transaction."""
    return Assistance.objects.filter(conversation_id__in=list(conversation_ids)).delete()[0]


def forget_old(*, now: datetime) -> None:
    """Remove what was asked more than a day ago, and counts of days long gone."""
    Assistance.objects.filter(asked_at__lt=now - KEPT).delete()
    SpentDay.objects.filter(day__lt=(now - SPENT_KEPT).date()).delete()
