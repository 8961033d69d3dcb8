"""Which documents of a case a room's partners may read: those that somebody shared into it, and no other."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from midchannel.inside.partners.actions import telling
from midchannel.inside.partners.events import RoomShared
from midchannel.inside.partners.models import PartnerRoom, RoomMessage, RoomShare
from midchannel.middle.cases.models import Case
from midchannel.middle.documents import queries as documents
from midchannel.middle.documents.errors import DocumentNotFoundError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.events import actions as events


@transaction.atomic
def share(viewer: Viewer, case_id: int, room_id: int, document_id: int, *, now: datetime) -> None:
    """Let a room's partners read a document of the case.

    Raises CaseNotFoundError, RoomNotFoundError, RoomClosedError, DocumentNotFoundError.
    """
    case, room = telling.hold(viewer, case_id, room_id)
    telling.check_open(case, room)
    share_all(case, room, (document_id,), message=None, by=viewer.actor, now=now)
    events.emit(telling.told(RoomShared, case, room), now=now)


@transaction.atomic
def stop_sharing(viewer: Viewer, case_id: int, room_id: int, document_id: int, *, now: datetime) -> None:
    """The partners may not read it any more; what they saved is theirs. Again is harmless. Raises CaseNotFoundError, RoomNotFoundError."""
    case, room = telling.hold(viewer, case_id, room_id)
    if RoomShare.objects.filter(room=room, document_id=document_id, ended_at=None).update(ended_at=now):
        audit.record(viewer.actor, "room.unshare", object_type="case", object_id=case.pk, now=now, document=document_id)
        events.emit(telling.told(RoomShared, case, room), now=now)


def share_all(
    case: Case, room: PartnerRoom, document_ids: Sequence[int], *, message: RoomMessage | None, by: Actor, now: datetime
) -> None:
    """Share documents of this case, in the caller's transaction. Raises DocumentNotFoundError for one that is not of this case."""
    found = documents.of_ids(document_ids)
    for document_id in document_ids:
        if document_id not in found or found[document_id].case_id != case.pk:
            raise DocumentNotFoundError
        _shared, is_new = RoomShare.objects.get_or_create(
            room=room, document_id=document_id, ended_at=None,
            defaults={"message": message, "shared_at": now, "shared_by_name": by.name},
        )  # fmt: skip
        if is_new:
            audit.record(by, "room.share", object_type="case", object_id=case.pk, now=now, document=document_id)
