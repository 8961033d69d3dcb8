"""Dialogues and their messages."""

from django.db import models


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

    class Meta:
        db_table = "conversation"
        indexes = [
            models.Index(fields=["scope_id", "state", "last_message_id"], name="conversation_list"),
            models.Index(fields=["handle_id", "id"], name="conversation_of_handle"),
        ]


class Message(models.Model):
    """One utterance. From outside it has the id of its activity, where its text, time and handle stay; ours has its `body` here, and its id
    tells when it was written.
    """

    id = models.BigIntegerField(primary_key=True)
    conversation_id = models.BigIntegerField()
    author_id = models.BigIntegerField(null=True)
    direction = models.SmallIntegerField(choices=Direction.choices)
    audience = models.SmallIntegerField(choices=Audience.choices)
    body = models.TextField(blank=True)

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
