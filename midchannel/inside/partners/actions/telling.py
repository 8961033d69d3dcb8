"""What every story in a room begins and ends with: the room held and proven, its events told to colleagues alone."""

from typing import Any

from midchannel.inside.partners.errors import RoomClosedError, RoomNotFoundError
from midchannel.inside.partners.events import RoomTold
from midchannel.inside.partners.models import PartnerRoom
from midchannel.middle.cases.models import Case
from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts.models import Grant
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


def colleagues_of(case: Case) -> dict[str, Any]:
    """Who of the company may be told of what happens on a case: its scope, its owner, who was brought to it. Never a partner."""
    brought = Grant.objects.filter(object_type="case", object_id=case.pk).values_list("user_id", flat=True)
    people = {*brought, *([case.owner_id] if case.owner_id else [])}
    return {"scope_ids": (case.scope_id,) if case.scope_id else (), "user_ids": tuple(sorted(people))}


def told(event: type[RoomTold], case: Case, room: PartnerRoom, **body: Any) -> RoomTold:
    """An event about a room."""
    return event(object_id=room.pk, about_id=str(case.pk), **colleagues_of(case), **body)
