"""Who spoke to whom in public, the communities that this makes, and how often everybody uses a word."""

from django.db import models


class TalkKind(models.IntegerChoices):
    """How somebody turned to somebody else."""

    REPLY = 1
    MENTION = 2
    SHARE = 3


class Talk(models.Model):
    """Somebody (`from_id`) turned to somebody else (`to_id`) by an activity; both are handles. Once for each activity and person."""

    pk = models.CompositePrimaryKey("activity_id", "to_id")
    activity_id = models.BigIntegerField()
    to_id = models.BigIntegerField()
    from_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.SmallIntegerField(choices=TalkKind)

    class Meta:
        db_table = "talk"
        indexes = [models.Index(fields=["to_id"], name="talk_to"), models.Index(fields=["from_id"], name="talk_from")]


class AwaitedTalk(models.Model):
    """A reply whose parent had not arrived: `key` is that of `channels.Seen`."""

    pk = models.CompositePrimaryKey("key", "activity_id")
    key = models.UUIDField()
    activity_id = models.BigIntegerField()
    from_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "talk_awaited"


class Ranking(models.Model):
    """One night's ranking: of how many people, by how many ties, since when. `method` is what found the communities."""

    at = models.DateTimeField()
    since = models.DateTimeField()
    people = models.IntegerField()
    ties = models.IntegerField()
    communities = models.IntegerField()
    modularity = models.FloatField()
    method = models.TextField()

    class Meta:
        db_table = "social_ranking"


class Community(models.Model):
    """People who talk with each other more than with the rest. `voice` is their share of what is said to the company.

    `handles` are those most listened to in it, and `words` what is typical of it, both as of its ranking. Numbered from 1, by `voice`.
    """

    ranking = models.ForeignKey(Ranking, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    size = models.IntegerField()
    voice = models.FloatField()
    handles = models.JSONField(default=list)
    words = models.JSONField(default=list)

    class Meta:
        db_table = "social_community"
        constraints = [models.UniqueConstraint(fields=["ranking", "number"], name="social_community_once")]


class WordTotal(models.Model):
    """How often a word is used by everybody, in texts of one language. Only words of at least five people are kept.

    The row of the empty word counts all words of the language.
    """

    pk = models.CompositePrimaryKey("language", "word")
    language = models.TextField()
    word = models.TextField()
    count = models.BigIntegerField()

    class Meta:
        db_table = "word_total"


class SocialState(models.Model):
    """How far the events are heard: one row. `counted_at` is when the words were counted."""

    event_id = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "social_state"
