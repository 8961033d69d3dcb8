"""Improvements, their evidence and their ledger."""

from django.db import models


class State(models.TextChoices):
    """Where the change stands."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"


class Improvement(models.Model):
    """A change inside the company that answers feedback. `change` says what will be different, in plain words."""

    title = models.TextField()
    change = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    owner_id = models.BigIntegerField()
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "improvement"


class Telling(models.Model):
    """Words a person approved for everybody who had asked and had not been told. Never changed."""

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    approved_by_id = models.BigIntegerField()
    approved_by_name = models.TextField()
    approved_at = models.DateTimeField()

    class Meta:
        db_table = "improvement_telling"


class Asker(models.Model):
    """Somebody who asked: a handle, told once however often they asked, in the conversation they asked in last.

    `telling` once words are approved for them, `message_id` once these are on their way (`channels.Delivery` says how far they came).
    `reason` says why they could not be told so far; they stay owed.
    """

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="+")
    handle_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    channel_id = models.IntegerField()
    asked_at = models.DateTimeField()
    telling = models.ForeignKey(Telling, null=True, on_delete=models.PROTECT, related_name="+")
    message_id = models.BigIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "improvement_asker"
        constraints = [models.UniqueConstraint(fields=["improvement", "handle_id"], name="improvement_asker_once")]
        indexes = [
            models.Index(
                fields=["tried_at", "id"],
                name="improvement_asker_due",
                condition=models.Q(message_id=None, telling__isnull=False),
            ),
            models.Index(fields=["conversation_id"], name="improvement_asker_in"),
        ]


class Evidence(models.Model):
    """A conversation that asks for an improvement. `asked_at` is when it began."""

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="+")
    conversation_id = models.BigIntegerField()
    asker = models.ForeignKey(Asker, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    tied_by_id = models.BigIntegerField()
    tied_at = models.DateTimeField()

    class Meta:
        db_table = "improvement_evidence"
        constraints = [
            models.UniqueConstraint(fields=["improvement", "conversation_id"], name="improvement_evidence_once")
        ]
        indexes = [models.Index(fields=["conversation_id"], name="improvement_evidence_in")]
