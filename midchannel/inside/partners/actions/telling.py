"""What every story in a room begins and ends with: the room held and proven, its events told to colleagues alone."""

from typing import Any

from midchannel.inside.partners.errors import RoomClosedError, RoomNotFoundError
from midchannel.inside.partners.events import RoomTold
from midchannel.inside.partners.models import PartnerRoom
from midchannel.middle.cases.models import Case
from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts.queries import Viewer


def hold(viewer: Viewer, case_id: int, room_id: int) -> tuple[Case, PartnerRoom]:
    """The case and its room, locked. Raises CaseNotFoundError, RoomNotFoundError."""
    case = reading.find(viewer, case_id)
    room = PartnerRoom.objects.filter(pk=room_id, case_id=case.pk).select_for_update().first()
    if room is None:
        raise RoomNotFoundError
    return case, room


def check_open(case: Case, room: PartnerRoom) -> None:
    """Raise RoomClosedError when nothing more can be said in it."""
    if room.closed_at is not None or case.ended_at is not None:
        raise RoomClosedError


def told(event: type[RoomTold], case: Case, room: PartnerRoom, **body: Any) -> RoomTold:
    """An event about a room; colleagues alone hear of it."""
    return event(object_id=room.pk, about_id=str(case.pk), **reading.who_may_know(case), **body)
