"""Facts and what is summed up from them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Fact(models.Model):
    """One thing that happened; immutable. See migration 0002 for the table: it has no key of its own, to be small.

    `person` and `actor` are pseudonyms (`keys`): of the customer's handle, and of the colleague who acted. `seconds` is the time it took,
    where it took any. `scope_id` is 0 where the conversation belonged to nobody.
    """

    pk = models.CompositePrimaryKey("event_id", "kind", "conversation_id")
    at = models.DateTimeField()
    event_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    person = models.BigIntegerField()
    actor = models.BigIntegerField(null=True)
    channel_id = models.IntegerField()
    scope_id = models.IntegerField()
    seconds = models.IntegerField(null=True)
    kind = models.SmallIntegerField()

    class Meta:
        db_table = "fact"
        managed = False


class FactHour(models.Model):
    """How many facts of a kind an hour (UTC) has.

    Messages have no fact each: their hour is the fact, with the range of ids that it counts.
    """

    pk = models.CompositePrimaryKey("kind", "scope_id", "hour", "channel_id")
    hour = models.DateTimeField()
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    channel_id = models.IntegerField()
    scope_id = models.IntegerField()
    count = models.IntegerField()
    kind = models.SmallIntegerField()

    class Meta:
        db_table = "fact_hour"


class FactDay(models.Model):
    """How long things took on a day (UTC) that is over: how many facts fell into which bucket of seconds (`queries.BUCKET`)."""

    pk = models.CompositePrimaryKey("kind", "scope_id", "day", "channel_id")
    day = models.DateField()
    channel_id = models.IntegerField()
    scope_id = models.IntegerField()
    kind = models.SmallIntegerField()
    buckets = ArrayField(models.SmallIntegerField())
    counts = ArrayField(models.IntegerField())

    class Meta:
        db_table = "fact_day"


class Projection(models.Model):
    """Where the making of facts stands: one row. `pepper` makes the pseudonyms; whoever loses it cannot tell who is who.

    `revision` goes up whenever a day before `days_closed_before` changes after all: what was read of those days holds as long as both stay.
    """

    event_id = models.BigIntegerField(default=0)
    pruned_to = models.BigIntegerField(default=0)
    days_closed_before = models.DateField(null=True)
    revision = models.IntegerField(default=0)
    pepper = models.BinaryField()

    class Meta:
        db_table = "fact_projection"
