"""Runs and their rows."""

from django.db import models


class State(models.TextChoices):
    """Where a run stands. One found RUNNING without a process is resumed by importing the same file again."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class RowOutcome(models.IntegerChoices):
    """What became of a row. The first four as the arrival path says it; REFUSED: it could not be read, and was not delivered."""

    ACCEPTED = 0
    DUPLICATE = 1
    EDIT = 2
    PARKED = 3
    REFUSED = 4


class Run(models.Model):
    """One file brought into one place. `rows` are done; a resumed run goes on behind them. `fingerprint` is of the file's bytes."""

    name = models.TextField()
    fingerprint = models.TextField()
    format = models.TextField()
    options = models.JSONField(default=dict)
    target_type = models.TextField()
    target_id = models.BigIntegerField()
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    rows = models.BigIntegerField(default=0)
    by_name = models.TextField()
    by_user_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_run"
        indexes = [models.Index(fields=["fingerprint", "target_id"], name="import_run_of_file")]


class Row(models.Model):
    """What became of one row: `item_id` what it made, `item_key` under which name, `mark` further to undo it by."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run_id = models.BigIntegerField()
    number = models.BigIntegerField()
    outcome = models.SmallIntegerField(choices=RowOutcome.choices)
    item_id = models.BigIntegerField(null=True)
    item_key = models.TextField(blank=True)
    mark = models.BigIntegerField(null=True)
    code = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    is_undone = models.BooleanField(default=False)

    class Meta:
        db_table = "import_row"
