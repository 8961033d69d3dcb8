"""Mentions."""

from django.db import models


class Mention(models.Model):
    """An overheard activity. Makes no customer, conversation or work until taken up."""

    activity_id = models.BigIntegerField(primary_key=True)
    channel_id = models.IntegerField()
    state = models.TextField(default="new")
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mention"
        indexes = [models.Index(fields=["state", "activity_id"], name="mention_list")]
