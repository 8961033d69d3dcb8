"""Silos, how far they were read, and what was read last under each key."""

from django.db import models

from midchannel.outside.channels.models import Channel


class Silo(models.Model):
    """One connection to a business system: a channel, and how it is read.

    `reader` is one of `readers.READERS`; `system` names the business system, and is the network of its handles ("silo:SYSTEM"), so that a
    silo of customers and one of orders of the same system mean the same people. `mapping` is a `mapping.Mapping`.
    The row is the queue: it is read when `due_at` has come; `run_id` is the run under way, which a crash leaves to be resumed.
    `asked_by_*` is who asked for the next run, empty for the schedule.
    """

    channel = models.OneToOneField(Channel, primary_key=True, on_delete=models.CASCADE, related_name="+")
    reader = models.TextField()
    system = models.TextField()
    mapping = models.JSONField(default=dict)
    record_kind = models.TextField(default="business")
    trust = models.SmallIntegerField(default=80)
    lawful_basis = models.TextField(blank=True)
    expires_days = models.IntegerField(null=True)
    every_minutes = models.IntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    run_id = models.BigIntegerField(null=True)
    asked_by_name = models.TextField(blank=True)
    asked_by_user_id = models.BigIntegerField(null=True)
    failures = models.SmallIntegerField(default=0)
    touched_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "silo"
        indexes = [models.Index(fields=["due_at"], name="silo_due", condition=models.Q(due_at__isnull=False))]


class SiloRun(models.Model):
    """What a run (`platform.imports`) knows beyond its rows.

    `items` were read; `unchanged` of them were known with the same content and are not delivered; the others have an import row each.
    `since` is where it began (the cursor before it), `reached` the mark behind which it goes on when it is resumed.
    """

    run_id = models.BigIntegerField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    items = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(null=True)
    is_full = models.BooleanField(default=True)
    since = models.JSONField(default=dict)
    reached = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    is_stopped = models.BooleanField(default=False)

    class Meta:
        db_table = "silo_run"
        indexes = [models.Index(fields=["channel", "-run_id"], name="silo_run_of")]


class SiloRow(models.Model):
    """The content that a run delivered under a key; the newest run's is what is known. Undoing a run forgets its rows.

    `seen_run_id` is the last run that met the key, so that a second row with it in one run is told, and what is missing is counted.
    """

    pk = models.CompositePrimaryKey("channel_id", "key", "run_id")
    channel_id = models.BigIntegerField()
    key = models.UUIDField()
    run_id = models.BigIntegerField()
    content = models.BigIntegerField()
    seen_run_id = models.BigIntegerField()

    class Meta:
        db_table = "silo_row"
