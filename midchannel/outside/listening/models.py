"""Mentions, standing searches with what they found, alerts, shares of voice and rising terms."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Mention(models.Model):
    """An overheard activity. Makes no customer, conversation or work until taken up (`taken`, by a person or by a search's rule)."""

    activity_id = models.BigIntegerField(primary_key=True)
    channel_id = models.IntegerField()
    state = models.TextField(default="new")
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    by_search_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "mention"
        indexes = [models.Index(fields=["state", "activity_id"], name="mention_list")]


class Search(models.Model):
    """A standing search over what arrives. `text` is the query (`engines.searches`).

    `takes_up`: what it finds overheard is taken up by itself. It is watched for volume and mood, with one false alarm in `weeks` weeks.
    History is looked through from `history_next` down to `history_end` (ids of activities). Hidden ones (`voice_id`) count a name of a set.
    """

    name = models.TextField()
    text = models.TextField()
    takes_up = models.BooleanField(default=False)
    watches_volume = models.BooleanField(default=True)
    watches_mood = models.BooleanField(default=True)
    weeks = models.SmallIntegerField(default=8)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True)
    history_next = models.BigIntegerField(default=0)
    history_end = models.BigIntegerField(default=0)
    watched_at = models.DateTimeField(null=True)
    voice_id = models.BigIntegerField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "search"
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(voice_id=None), name="search_name_once")]


class Follower(models.Model):
    """Somebody who gets the notices of a search."""

    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()

    class Meta:
        db_table = "search_follower"
        constraints = [models.UniqueConstraint(fields=["search", "user_id"], name="search_follower_once")]


class Hit(models.Model):
    """A search found an activity, once. `at`: when it was said. `mood` and `language` as read when found; `reach` None when not known.

    `verdict`: 1 relevant, -1 not, 0 nobody has said.
    """

    pk = models.CompositePrimaryKey("search_id", "activity_id")
    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="+", db_index=False)
    activity_id = models.BigIntegerField()
    at = models.DateTimeField()
    handle_id = models.BigIntegerField()
    channel_id = models.IntegerField()
    mood = models.TextField(blank=True)
    language = models.TextField(blank=True)
    reach = models.IntegerField(null=True)
    verdict = models.SmallIntegerField(default=0)
    judged_by_id = models.BigIntegerField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "search_hit"
        indexes = [
            models.Index(fields=["search", "at"], name="search_hit_at"),
            models.Index(fields=["activity_id"], name="search_hit_of"),
            models.Index(fields=["at"], name="search_hit_all"),
        ]


class Hour(models.Model):
    """What a search found in an hour (counted from the epoch of ids): posts, people, and those of them in a bad mood. Outlives the hits."""

    pk = models.CompositePrimaryKey("search_id", "hour")
    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="+", db_index=False)
    hour = models.IntegerField()
    posts = models.IntegerField()
    people = models.IntegerField()
    unhappy = models.IntegerField()

    class Meta:
        db_table = "search_hour"


class Waiting(models.Model):
    """A batch that arrived and has not been searched. The row is the queue: it goes in the transaction that keeps what was found.

    New activities of a channel from `first_id` to `last_id`, and `edited` ones.
    """

    channel_id = models.IntegerField()
    first_id = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=-1)
    edited = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "search_waiting"


class Alert(models.Model):
    """A search was out of the ordinary: one row a storm. `sign` as in `engines.alarm.storms`; `count` is the highest seen.

    `begun_hour`, `ended_hour` are hours from the epoch of ids, `weeks` what was stated when it was raised. `verdict`: 1 it was something,
    -1 a false alarm, 0 nobody has said.
    """

    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="+")
    sign = models.TextField()
    opened_at = models.DateTimeField()
    crossed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    begun_hour = models.IntegerField()
    ended_hour = models.IntegerField(null=True)
    count = models.IntegerField()
    people = models.IntegerField(default=0)
    expected = models.FloatField()
    limit = models.IntegerField()
    chance = models.FloatField()
    weeks = models.SmallIntegerField()
    snoozed_until = models.DateTimeField(null=True)
    verdict = models.SmallIntegerField(default=0)
    judged_by_id = models.BigIntegerField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "search_alert"
        constraints = [
            models.UniqueConstraint(fields=["search"], condition=Q(closed_at=None), name="search_alert_open_once")
        ]
        indexes = [models.Index(fields=["opened_at"], name="search_alert_list")]


class VoiceSet(models.Model):
    """A set of names whose shares of what is said are compared."""

    name = models.TextField(unique=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "voice_set"


class VoiceVersion(models.Model):
    """The names of a set from a moment on: [{"name", "synonyms", "without"}]. Never changed; a change is a new version, with its reason.

    `searches` are the hidden searches that count the names, in their order.
    """

    voice_set = models.ForeignKey(VoiceSet, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    names = models.JSONField()
    searches = ArrayField(models.BigIntegerField(), default=list)
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by_name = models.TextField()

    class Meta:
        db_table = "voice_version"
        constraints = [models.UniqueConstraint(fields=["voice_set", "number"], name="voice_version_once")]


class RisingTerm(models.Model):
    """A term or a topic that more people speak of than before, as last computed; of at least five people.

    `activity_ids` are some posts with it. `words` are those that set a topic apart which nobody has named; none of a term.
    """

    computed_at = models.DateTimeField()
    hours = models.IntegerField()
    place = models.IntegerField()
    term = models.TextField()
    now = models.IntegerField()
    before = models.IntegerField()
    ratio = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    chance = models.FloatField()
    activity_ids = ArrayField(models.BigIntegerField(), default=list)
    words = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        db_table = "rising_term"
        constraints = [models.UniqueConstraint(fields=["hours", "place"], name="rising_term_once")]


class RisingState(models.Model):
    """What the rising terms were computed from: one row for each length of time looked at."""

    hours = models.IntegerField(primary_key=True)
    computed_at = models.DateTimeField()
    posts = models.IntegerField()
    people = models.IntegerField()
    before_people = models.IntegerField()
    tested = models.IntegerField()

    class Meta:
        db_table = "rising_state"
