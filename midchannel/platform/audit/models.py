"""The audit trail."""

from django.db import models


class Entry(models.Model):
    """One write: the actor (a person's id, or the name of a machine), the action and its object."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    action = models.TextField()
    object_type = models.TextField()
    object_id = models.BigIntegerField()
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_by_object"),
            models.Index(fields=["actor_id", "id"], name="audit_by_actor"),
        ]
