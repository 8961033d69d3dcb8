"""Name a topic: somebody says what some posts are about, and it is one of the company's topics from then on."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.signals import actions as signals
from midchannel.middle.signals import queries
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError


@transaction.atomic
def name_topic(viewer: Viewer, activity_ids: Sequence[int], name: str, *, now: datetime) -> int:
    """Say of each of some posts that the viewer may see that it is about this, too. Returns of how many. Raises InvalidError."""
    if not name.strip():
        raise InvalidError(_("Give the topic a name."), "name")
    signals.hold(activity_ids)  # before they are read: what another person says of one at this moment stays
    seen = queries.of(viewer, activity_ids)
    for activity_id, signal in sorted(seen.items()):
        signals.correct(viewer, activity_id, {"topics": [*signal.topics, name]}, now=now)
    return len(seen)
