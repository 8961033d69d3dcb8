"""Goals and baselines: written once, never changed (migration 0002 sees to it)."""

from django.db import models


class Goal(models.Model):
    """What is to be true by a day, as a value of a measure: of a channel, or of the company when `channel_id` is empty."""

    channel_id = models.IntegerField(null=True)
    measure = models.TextField()
    target = models.FloatField()
    due_on = models.DateField()
    note = models.TextField(blank=True)
    start_value = models.FloatField(null=True)
    created_at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "goal"
        indexes = [models.Index(fields=["channel_id", "due_on"], name="goal_of_channel")]


class Baseline(models.Model):
    """How it was before a channel was opened: contacts and messages of the whole company, in total and a week for 13 weeks.

    `weeks` is `[[first moment, contacts, messages], ...]`, oldest first. `contacts` 0 and `messages` 0 mean: none, there was nothing yet.
    """

    channel_id = models.IntegerField(unique=True)
    frozen_at = models.DateTimeField()
    contacts = models.BigIntegerField()
    messages = models.BigIntegerField()
    since = models.DateTimeField(null=True)
    weeks = models.JSONField(default=list)
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "baseline"
