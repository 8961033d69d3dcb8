"""Rooms of cases that are removed as if they had never been."""

from collections.abc import Sequence

from midchannel.inside.partners.models import (
    MAIL_KEY,
    Guest,
    Partner,
    PartnerRoom,
    RoomInvitation,
    RoomMessage,
    RoomShare,
)
from midchannel.outside.channels import actions as channels


def forget_cases(case_ids: Sequence[int]) -> dict[str, int]:
    """Remove the rooms of some cases with what was said there, and partners who are in no other. In the caller's transaction.

    Returns counts by table.
    """
    rooms = list(PartnerRoom.objects.filter(case_id__in=list(case_ids)).values_list("pk", flat=True))
    partners = list(Guest.objects.filter(room_id__in=rooms).values_list("partner_id", flat=True))
    counts: dict[str, int] = {}
    invited = RoomInvitation.objects.filter(room_id__in=rooms).values_list("pk", flat=True)
    counts["delivery"] = channels.drop_deliveries(f"{MAIL_KEY}{each}" for each in invited)
    for name, model in (
        ("partner_share", RoomShare),
        ("partner_message", RoomMessage),
        ("partner_invitation", RoomInvitation),
        ("partner_guest", Guest),
    ):
        counts[name] = model._default_manager.filter(room_id__in=rooms).delete()[0]
    counts["partner_room"] = PartnerRoom.objects.filter(pk__in=rooms).delete()[0]
    staying = Guest.objects.filter(partner_id__in=partners).values("partner_id")
    counts["partner"] = Partner.objects.filter(pk__in=partners).exclude(pk__in=staying).delete()[0]
    return counts
