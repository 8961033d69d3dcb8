"""Tables of signals. `signal` is partitioned by id like `activity`; see migration 0002."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Reader(models.Model):
    """What texts are read by: the models' version and the company's own calibration upon it. `id` stands on every signal."""

    id = models.SmallAutoField(primary_key=True)
    model = models.TextField()
    calibration = models.IntegerField(default=0)
    first_used_at = models.DateTimeField()

    class Meta:
        db_table = "signal_reader"
        constraints = [models.UniqueConstraint(fields=["model", "calibration"], name="signal_reader_once")]


class Signal(models.Model):
    """What a text says. Probabilities are in thousandths; `sentiment`, `intents` and `corrected` by `labels`.

    `at` is when it was said. `press` orders queues (0 to 1,000; `rules.press`). `detail` holds what only some texts have: emotions,
    probabilities of intents, topics and the rules of urgency. `corrected` says in which respects a person has the last word.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    channel_id = models.IntegerField()
    reader_id = models.SmallIntegerField()
    sentiment = models.SmallIntegerField()
    negative = models.SmallIntegerField()
    positive = models.SmallIntegerField()
    offensive = models.SmallIntegerField()
    spam = models.SmallIntegerField()
    urgency = models.SmallIntegerField()
    press = models.SmallIntegerField()
    language_sure = models.SmallIntegerField()
    corrected = models.SmallIntegerField()
    intents = models.IntegerField()
    topics = ArrayField(models.IntegerField(), null=True)
    language = models.TextField()
    detail = models.JSONField(null=True)

    class Meta:
        db_table = "signal"
        managed = False


class Correction(models.Model):
    """A person said what a text says in one respect; a later one about the same says otherwise, and both stay.

    `holds` are the labels that hold, `shown` those that were shown before, `said` the models' own probabilities by label, without the
    company's calibration. `is_sampled`: the text was drawn by chance to be checked, so it counts for precision and recall without bias.
    """

    activity_id = models.BigIntegerField()
    what = models.TextField()
    holds = ArrayField(models.TextField())
    shown = ArrayField(models.TextField())
    said = models.JSONField(default=dict)
    language = models.TextField(blank=True)
    reader_id = models.SmallIntegerField()
    is_sampled = models.BooleanField(default=False)
    by_user_id = models.BigIntegerField()
    at = models.DateTimeField()
    is_last = models.BooleanField(default=True)

    class Meta:
        db_table = "signal_correction"
        constraints = [
            models.UniqueConstraint(
                fields=["activity_id", "what"], condition=models.Q(is_last=True), name="signal_correction_last"
            )
        ]
        indexes = [models.Index(fields=["what", "id"], name="signal_correction_of")]


class Calibration(models.Model):
    """The company's own adjustment of the models, learned from corrections. `body` is what the engine applies, `measured` what it was
    worth on corrections it had not seen. `topics` is the model of the company's topics, empty while there are too few texts.
    `is_used` for the one in use.
    """

    id = models.AutoField(primary_key=True)
    made_at = models.DateTimeField()
    body = models.JSONField()
    measured = models.JSONField(default=dict)
    corrections = models.IntegerField()
    is_used = models.BooleanField(default=False)
    topics = models.BinaryField(default=b"")

    class Meta:
        db_table = "signal_calibration"


class Topic(models.Model):
    """What the company's customers talk about, by a name that a person gave. `words` describe it where it was discovered."""

    id = models.AutoField(primary_key=True)
    name = models.TextField(unique=True)
    words = models.TextField(blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signal_topic"


class PanelReading(models.Model):
    """What one reader makes of a text of the frozen panel. The text itself stays with its activity alone, and is erased with it."""

    pk = models.CompositePrimaryKey("activity_id", "reader_id")
    activity_id = models.BigIntegerField()
    reader_id = models.SmallIntegerField()
    language = models.TextField()
    negative = models.SmallIntegerField()
    positive = models.SmallIntegerField()
    sentiment = models.SmallIntegerField()
    intents = models.IntegerField()

    class Meta:
        db_table = "signal_panel"


class Reread(models.Model):
    """History read anew, on purpose: how far it has come. `after_id` is the last activity that was done."""

    id = models.AutoField(primary_key=True)
    since = models.DateTimeField()
    until_id = models.BigIntegerField()
    after_id = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "signal_reread"


class SecondReading(models.Model):
    """What the encoder says of a text that was read twice. Beside its signal and in no measure. Probabilities are in thousandths.

    `first` is the sentiment that the signal had. `is_unsure`: that was unsure; otherwise it was read twice since the person matters.
    """

    activity_id = models.BigIntegerField(primary_key=True)
    model = models.TextField()
    first = models.SmallIntegerField()
    sentiment = models.SmallIntegerField()
    negative = models.SmallIntegerField()
    positive = models.SmallIntegerField()
    is_unsure = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "signal_second"


class SecondReadingState(models.Model):
    """Whether texts are read twice, and how far that has come: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(default=True)
    after_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "signal_second_state"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="signal_second_state_once")]
