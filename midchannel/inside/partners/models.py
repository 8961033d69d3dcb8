"""Partners, their rooms, and what is said and shared there. What is internal is in another table, which nothing here refers to."""

from django.db import models
from django.db.models import Q


class Partner(models.Model):
    """Somebody outside the company who helps with cases. `session_epoch`: counting it up ends their sessions."""

    id = models.BigIntegerField(primary_key=True)
    email = models.TextField(unique=True)
    name = models.TextField()
    organisation = models.TextField(blank=True)
    created_at = models.DateTimeField()
    session_epoch = models.IntegerField(default=0)

    class Meta:
        db_table = "partner"


class PartnerRoom(models.Model):
    """A room on one case, for the partners named in it and the colleagues who see the case."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    name = models.TextField()
    subject = models.TextField()
    opened_at = models.DateTimeField()
    opened_by_id = models.BigIntegerField()
    opened_by_name = models.TextField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partner_room"
        indexes = [models.Index(fields=["case_id", "opened_at"], name="partner_room_of_case")]


class Guest(models.Model):
    """A partner in a room, from when to when: the only right a partner has."""

    room = models.ForeignKey(PartnerRoom, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partner_guest"
        constraints = [
            models.UniqueConstraint(fields=["room", "partner"], name="partner_guest_once", condition=Q(until=None))
        ]


# Under this and the invitation's id the mail with its link is on its way (`delivery.client_key`).
MAIL_KEY = "partner-invitation:"


class RoomInvitation(models.Model):
    """A link that works once. Only the hash of its token is kept. `partner` is who followed it, or whom a new link is for."""

    room = models.ForeignKey(PartnerRoom, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.CASCADE, related_name="+")
    email = models.TextField()
    name = models.TextField(blank=True)
    organisation = models.TextField(blank=True)
    token_hash = models.BinaryField(unique=True)
    invited_by_id = models.BigIntegerField()
    invited_by_name = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partner_invitation"


class RoomMessage(models.Model):
    """Something said in a room: by a partner, or by a colleague (`author_id`). Its audience is that room's partners and the company."""

    id = models.BigIntegerField(primary_key=True)
    room = models.ForeignKey(PartnerRoom, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.SET_NULL, related_name="+")
    author_id = models.BigIntegerField(null=True)
    author_name = models.TextField()
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    client_key = models.TextField()

    class Meta:
        db_table = "partner_message"
        constraints = [models.UniqueConstraint(fields=["room", "client_key"], name="partner_message_once")]
        indexes = [models.Index(fields=["room", "id"], name="partner_message_of_room")]


class RoomShare(models.Model):
    """A document of the case that a room's partners may read, with the message it came with, if any."""

    room = models.ForeignKey(PartnerRoom, on_delete=models.CASCADE, related_name="+")
    document_id = models.BigIntegerField()
    message = models.ForeignKey(RoomMessage, null=True, on_delete=models.SET_NULL, related_name="+")
    shared_at = models.DateTimeField()
    shared_by_name = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partner_share"
        constraints = [
            models.UniqueConstraint(
                fields=["room", "document_id"], name="partner_share_once", condition=Q(ended_at=None)
            )
        ]
        indexes = [models.Index(fields=["document_id"], name="partner_share_document")]
