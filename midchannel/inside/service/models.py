"""Queues and canned replies."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from midchannel.platform.accounts.models import Team


class Queue(models.Model):
    """Where conversations wait for a team. Targets are in seconds of wall-clock time; None means that none was promised."""

    name = models.TextField(unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    first_answer_seconds = models.IntegerField(null=True)
    resolution_seconds = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "queue"


class CannedReply(models.Model):
    """A text to start from. `shortcut` inserts it; {customer}, {first_name}, {agent}, {subject} and {channel} are filled in."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    shortcut = models.SlugField()
    title = models.TextField()
    body = models.TextField()
    updated_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "canned_reply"
        constraints = [
            models.UniqueConstraint(fields=["team", "shortcut"], name="canned_reply_shortcut", nulls_distinct=False)
        ]


class RoutingRule(models.Model):
    """Where a new conversation waits, by what its text says. Asked from the top; the first whose conditions all hold decides.

    An empty list or None asks nothing. `sentiments`, `intents` and `languages` hold labels of which one is enough; `topic_ids` likewise.
    """

    name = models.TextField(unique=True)
    position = models.IntegerField()
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+")
    channel_id = models.IntegerField(null=True)
    languages = ArrayField(models.TextField(), default=list)
    sentiments = ArrayField(models.TextField(), default=list)
    intents = ArrayField(models.TextField(), default=list)
    topic_ids = ArrayField(models.IntegerField(), default=list)
    is_urgent = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    changed_by_name = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "routing_rule"
