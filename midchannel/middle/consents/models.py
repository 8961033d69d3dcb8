"""What people allowed, and what they asked of the company."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class State(models.TextChoices):
    """What was said: yes, or no (any more)."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class Consent(models.Model):
    """Append-only: a source record said yes or no to a purpose, on one network or (empty) on any, at `said_at`.

    `how` names the way it was said ("form", "unsubscribe", "import", "person" ...), `proof` what shows that it was (texts, addresses,
    ids). `among` makes it a confirmation: a person has looked at what these records say and decided what holds for whoever they are; it
    holds while all of them are one customer. `by_user_id` and `by_name` say who wrote it down.
    """

    id = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField()
    purpose = models.TextField()
    network = models.TextField(blank=True)
    state = models.TextField(choices=State.choices)
    among = ArrayField(models.BigIntegerField(), null=True)
    how = models.TextField()
    proof = models.JSONField(default=dict)
    said_at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "consent"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="consent_state")]
        indexes = [models.Index(fields=["record_id", "purpose"], name="consent_of_record")]
