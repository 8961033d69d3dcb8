"""Dialogues and their messages."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from midchannel.platform.accounts.models import Grant
from midchannel.platform.accounts.queries import Viewer


class State(models.IntegerChoices):
    """Where a conversation stands."""

    OPEN = 1
    WAITING = 2
    SNOOZED = 3
    RESOLVED = 4
    SPAM = 5


class Audience(models.IntegerChoices):
    """Who may see a message, together with the participants. What is internal is not a message."""

    PUBLIC = 1
    PRIVATE = 2
    PARTNER = 3


class Direction(models.IntegerChoices):
    """IN: from outside. OUT: said by the company."""

    IN = 1
    OUT = 2


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Permission, as a query."""

    def visible_to(self, viewer: Viewer) -> "ConversationQuerySet":
        """Those in the viewer's scopes, those they were asked about, and for leads those that are nobody's yet."""
        grant = Grant.objects.filter(user_id=viewer.user_id, object_type="conversation", object_id=OuterRef("pk"))
        allowed = Q(scope_id__in=viewer.scope_ids) | Q(Exists(grant))
        if viewer.is_lead:
            allowed |= Q(scope_id=None)
        return self.filter(allowed)


class Conversation(models.Model):
    """A dialogue with the person behind `handle_id`. `scope_id` decides who sees it, `queue_id` where it waits.

    `last_message_id` orders the list (its text and time are read by key); `last_in_id` is the newest from outside, which a reply must have
    seen. Nothing else is kept twice: a row is rewritten with every message, so it is narrow.
    `owner_epoch` counts changes of owner, for senders that act on somebody's behalf. `joined_into_id` is set when its messages moved to
    another conversation because the thread turned out to be one.
    """

    id = models.BigIntegerField(primary_key=True)
    scope_id = models.BigIntegerField(null=True)
    queue_id = models.BigIntegerField(null=True)
    channel_id = models.IntegerField()
    handle_id = models.BigIntegerField()
    audience = models.SmallIntegerField(choices=Audience.choices, default=Audience.PUBLIC)
    state = models.SmallIntegerField(choices=State.choices, default=State.OPEN)
    subject = models.TextField(blank=True)
    owner_id = models.BigIntegerField(null=True)
    owner_epoch = models.IntegerField(default=0)
    opened_by_us = models.BooleanField(default=False)
    last_message_id = models.BigIntegerField()
    last_in_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    first_answer_due_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True)
    resolution_due_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    joined_into_id = models.BigIntegerField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        db_table = "conversation"
        indexes = [
            models.Index(fields=["scope_id", "state", "last_message_id"], name="conversation_list"),
            models.Index(fields=["handle_id", "id"], name="conversation_of_handle"),
            models.Index(
                fields=["owner_id", "last_message_id"],
                name="conversation_mine",
                condition=Q(owner_id__isnull=False, state__in=[State.OPEN, State.WAITING]),
            ),
            models.Index(
                fields=["scope_id", "waiting_since", "id"],
                name="conversation_longest",
                condition=Q(state=State.OPEN, waiting_since__isnull=False),
            ),
            models.Index(fields=["snoozed_until"], name="conversation_snoozed", condition=Q(state=State.SNOOZED)),
        ]


class Message(models.Model):
    """One utterance. From outside it has the id of its activity, where its text, time and handle stay; ours has its `body` here, and its id
    tells when it was written. `before` keeps what our reply changed in the conversation, so that taking it back restores that.
    """

    id = models.BigIntegerField(primary_key=True)
    conversation_id = models.BigIntegerField()
    author_id = models.BigIntegerField(null=True)
    direction = models.SmallIntegerField(choices=Direction.choices)
    audience = models.SmallIntegerField(choices=Audience.choices)
    body = models.TextField(blank=True)
    before = models.JSONField(null=True)

    class Meta:
        db_table = "message"
        indexes = [models.Index(fields=["conversation_id", "id"], name="message_thread")]


class Participant(models.Model):
    """Somebody beside the first author who may see what is private in a conversation (a mail's Cc)."""

    conversation_id = models.BigIntegerField()
    handle_id = models.BigIntegerField()

    class Meta:
        db_table = "conversation_participant"
        constraints = [models.UniqueConstraint(fields=["conversation_id", "handle_id"], name="participant_once")]


class AwaitedParent(models.Model):
    """A reply came before what it answers: `key` is that of `channels.Seen`; its thread is found when the parent arrives."""

    key = models.UUIDField()
    message_id = models.BigIntegerField()

    class Meta:
        db_table = "awaited_parent"
        constraints = [models.UniqueConstraint(fields=["key", "message_id"], name="awaited_once")]


class ReadMarker(models.Model):
    """How far a person has read a conversation."""

    user_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    read_id = models.BigIntegerField()

    class Meta:
        db_table = "conversation_read"
        constraints = [models.UniqueConstraint(fields=["conversation_id", "user_id"], name="conversation_read_once")]


class Draft(models.Model):
    """A person's unsent text. `saw_message_id` is the last message they had seen."""

    user_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    text = models.TextField()
    saw_message_id = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "conversation_draft"
        constraints = [models.UniqueConstraint(fields=["conversation_id", "user_id"], name="conversation_draft_once")]


class Looking(models.IntegerChoices):
    """What somebody does who has a conversation before them."""

    VIEWING = 1
    TYPING = 2


class Presence(models.Model):
    """Who is looking at a conversation. Unlogged, forgotten after a minute, never a measure; see migration 0002."""

    pk = models.CompositePrimaryKey("conversation_id", "user_id")
    conversation_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    mode = models.SmallIntegerField(choices=Looking.choices)
    at = models.DateTimeField()

    class Meta:
        db_table = "conversation_presence"
        managed = False
