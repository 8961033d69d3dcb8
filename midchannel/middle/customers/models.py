"""Who somebody is, and why we think so."""

from django.db import models


class Customer(models.Model):
    """A person or organisation. `public_id` is stable and never used again; `name` is computed from its records."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.TextField(default="person")
    name = models.TextField()

    class Meta:
        db_table = "customer"


class SourceRecord(models.Model):
    """What one source says about a person, unchanged. A handle has one of its own. `customer` is its current link."""

    id = models.BigIntegerField(primary_key=True)
    source = models.TextField(default="handle")
    handle_id = models.BigIntegerField(null=True, unique=True)
    name = models.TextField(blank=True)
    attributes = models.JSONField(null=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "source_record"


class Identifier(models.Model):
    """Something that names a person beyond one network, as a source record gave it; `value` in its normal form."""

    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    type = models.TextField()
    value = models.TextField()
    verified = models.BooleanField()

    class Meta:
        db_table = "identifier"
        constraints = [models.UniqueConstraint(fields=["record", "type", "value"], name="identifier_once")]
        indexes = [models.Index(fields=["type", "value"], name="identifier_value", condition=models.Q(verified=True))]


class LinkDecision(models.Model):
    """Append-only: why a record belongs (verdict "link") or does not belong ("apart") to a customer.

    `by_rule` names the rule and its version; `by_user_id` the person. `evidence` says what was compared. Undone by a later row.
    """

    id = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    verdict = models.TextField()
    by_rule = models.TextField(blank=True)
    by_user_id = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()
    reverts_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "link_decision"
