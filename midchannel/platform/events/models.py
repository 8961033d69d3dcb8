"""The events, in the order they were written."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class StoredEvent(models.Model):
    """One event as a row. `scope_ids` are those who may be told; empty means administrators and insight only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.TextField()
    object_type = models.TextField()
    object_id = models.BigIntegerField()
    scope_ids = ArrayField(models.BigIntegerField(), default=list)
    user_ids = ArrayField(models.BigIntegerField(), default=list)
    body = models.JSONField(default=dict)

    class Meta:
        db_table = "event"
