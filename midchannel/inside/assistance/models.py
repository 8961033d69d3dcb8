"""The endpoint, what it may cost a day, and what is asked of it: the row is the queue."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

ONE = 1
WAITING, ASKED, DONE, NOTHING, FAILED = "waiting", "asked", "done", "nothing", "failed"


class Endpoint(models.Model):
    """The one endpoint. `sealed` is its key, bound to the address. `trouble` is what the last try said, empty when all was well."""

    id = models.SmallIntegerField(primary_key=True, default=ONE)
    url = models.TextField()
    model = models.TextField()
    sealed = models.BinaryField(null=True)
    timeout_seconds = models.IntegerField()
    tokens_a_day = models.IntegerField()
    is_summary_on = models.BooleanField(default=False)
    is_reply_on = models.BooleanField(default=False)
    is_translation_on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()
    checked_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "assistance_endpoint"
        constraints = [models.CheckConstraint(condition=Q(id=ONE), name="assistance_endpoint_one")]


class SpentDay(models.Model):
    """How many tokens were spent on a day, in UTC; what is being asked counts with the most it may cost."""

    day = models.DateField(primary_key=True)
    tokens = models.BigIntegerField(default=0)

    class Meta:
        db_table = "assistance_spent"


class Assistance(models.Model):
    """Something asked. `message_ids` is what went along, in order; `source_ids` those of them that the text was made from.

    `message_id` is the message to translate. `tries` counts beginnings; `until` is when who asked the endpoint is taken for dead.
    `held_tokens` are set aside on `held_on`. `reason` is a word of `queries.REASONS` with what the server said, when it came to nothing.
    """

    id = models.BigIntegerField(primary_key=True)
    conversation_id = models.BigIntegerField()
    message_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    language = models.TextField()
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    state = models.TextField(default=WAITING)
    tries = models.IntegerField(default=0)
    until = models.DateTimeField(null=True)
    held_tokens = models.IntegerField(default=0)
    held_on = models.DateField(null=True)
    message_ids = ArrayField(models.BigIntegerField(), default=list)
    source_ids = ArrayField(models.BigIntegerField(), default=list)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "assistance"
        indexes = [
            models.Index(fields=["conversation_id", "id"], name="assistance_of_conversation"),
            models.Index(fields=["id"], name="assistance_to_do", condition=Q(state__in=[WAITING, ASKED])),
        ]
