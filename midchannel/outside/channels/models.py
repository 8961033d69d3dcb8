"""Channels, what arrived through them, and what is sent."""

from django.db import models

from midchannel.platform.accounts.models import Scope


class Health(models.TextChoices):
    """Whether a channel works. Anything but OK stops the composer, with the reason."""

    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"
    CLOSED = "closed"


class Channel(models.Model):
    """One connection to a network. `purpose` says why it was opened; `scope` whose work it brings.

    `config` is what an adapter needs and may be shown; `sealed` holds its secrets (`platform.secrets`), `cursor` where its reader stands.
    `queue_id` names the queue in `inside.service` that its conversations wait in.
    """

    network = models.TextField()
    name = models.TextField(unique=True)
    purpose = models.TextField(blank=True)
    scope = models.ForeignKey(Scope, null=True, on_delete=models.PROTECT, related_name="+")
    queue_id = models.BigIntegerField(null=True)
    can_send = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    address = models.TextField(blank=True)
    config = models.JSONField(default=dict)
    sealed = models.BinaryField(default=b"")
    cursor = models.JSONField(default=dict)
    health = models.TextField(choices=Health.choices, default=Health.OK)
    health_reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "channel"


class ChannelToken(models.Model):
    """A collector's token. Only its hash is kept; a revoked one stays, so that its refusal can be explained."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channel_token"


class ChannelCount(models.Model):
    """What came in through a channel, counted per delivery; striped, so that batches side by side do not wait for one row."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    stripe = models.SmallIntegerField()
    received = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    applied = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channel_count"
        constraints = [models.UniqueConstraint(fields=["channel", "stripe"], name="channel_count_stripe")]


class ChannelDropped(models.Model):
    """What was understood and not kept, because nobody had allowed it, by the reason; striped as `ChannelCount` is."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    stripe = models.SmallIntegerField()
    reason = models.TextField()
    count = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        db_table = "channel_dropped"
        constraints = [models.UniqueConstraint(fields=["channel", "stripe", "reason"], name="channel_dropped_once")]


class Handle(models.Model):
    """A face of somebody on a network: an address, an IRI, a number. Whose it is, is not known here.

    `addressed` once they talked to the company or it to them; before, they were only overheard.
    """

    id = models.BigIntegerField(primary_key=True)
    network = models.TextField()
    address = models.TextField()
    name = models.TextField(blank=True)
    url = models.TextField(blank=True)
    addressed = models.BooleanField(default=True)
    blocked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "handle"
        constraints = [models.UniqueConstraint(fields=["network", "address"], name="handle_once")]


class Seen(models.Model):
    """What has arrived: the key of (channel, external id), the hash of its first content, its activity (or our own message)."""

    key = models.UUIDField(primary_key=True)
    content = models.BigIntegerField()
    activity_id = models.BigIntegerField()

    class Meta:
        db_table = "seen"


class SeenVersion(models.Model):
    """Every further content that arrived under a key. `content` 0 means: deleted at its source."""

    pk = models.CompositePrimaryKey("key", "content")
    key = models.UUIDField()
    content = models.BigIntegerField()

    class Meta:
        db_table = "seen_version"


class SeenErased(models.Model):
    """What had arrived and was erased, under a key that nobody can compute without the installation's secret (`erased`)."""

    key = models.UUIDField(primary_key=True)

    class Meta:
        db_table = "seen_erased"


class Arrival(models.Model):
    """One accepted batch, whole: the block of raw documents whose activities have the ids `first_id` and on.

    `body` is zstd over msgpack `[[verdict, target id, document], ...]`. The row is the queue: `waiting` until applied.
    """

    first_id = models.BigIntegerField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", db_index=False)
    size = models.SmallIntegerField()
    waiting = models.BooleanField(default=True)
    body = models.BinaryField()

    class Meta:
        db_table = "arrival"
        indexes = [
            models.Index(fields=["channel", "first_id"], name="arrival_waiting", condition=models.Q(waiting=True))
        ]


class Parked(models.Model):
    """An arrival that could not be applied: whole, with its reason, replayable.

    `code` is one word for machines, `reason` a sentence with the remedy. The same bytes again are a duplicate (`raw_hash`).
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    raw = models.BinaryField()
    raw_hash = models.UUIDField()
    code = models.TextField()
    reason = models.TextField()
    arrived_at = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        db_table = "parked"
        constraints = [models.UniqueConstraint(fields=["channel", "raw_hash"], name="parked_once")]


class Activity(models.Model):
    """Somebody did something at a time. Partitioned by id (months of arrival) and never edited; see migration 0002.

    `flags`: see `kinds.Flag`. `data` holds what only some kinds have (subject, attachments, duration ...).
    """

    id = models.BigIntegerField(primary_key=True)
    handle_id = models.BigIntegerField()
    at = models.DateTimeField()
    channel_id = models.IntegerField()
    kind = models.SmallIntegerField()
    flags = models.SmallIntegerField()
    text = models.TextField()
    data = models.JSONField(null=True)

    class Meta:
        db_table = "activity"
        managed = False


class ActivityVersion(models.Model):
    """A later content of an activity (an edit), or its deletion (`deleted`, text empty)."""

    id = models.BigIntegerField(primary_key=True)
    activity_id = models.BigIntegerField()
    at = models.DateTimeField()
    deleted = models.BooleanField(default=False)
    text = models.TextField()
    data = models.JSONField(null=True)

    class Meta:
        db_table = "activity_version"
        indexes = [models.Index(fields=["activity_id", "id"], name="activity_version_of")]


class DeliveryState(models.TextChoices):
    """Where an attempt to bring a message to a network stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


class Delivery(models.Model):
    """One message on its way to a network. `external_key` (Message-ID, record key) is fixed before the first attempt.

    `document` is all the adapter needs: a `port.Outgoing` as JSON. `client_key` is made by whoever asked, so that a repeat is harmless.
    """

    id = models.BigIntegerField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    message_id = models.BigIntegerField()
    client_key = models.TextField(unique=True)
    external_key = models.TextField()
    external_id = models.TextField(blank=True)
    document = models.JSONField()
    state = models.TextField(choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    permanent = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        indexes = [
            models.Index(fields=["message_id"], name="delivery_of_message"),
            models.Index(
                fields=["due_at"], name="delivery_open", condition=models.Q(state__in=["queued", "sending", "unknown"])
            ),
        ]


class SendBudget(models.Model):
    """How much was sent by machine to one address in an hour: the stop of mail loops."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    address = models.TextField()
    hour = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        db_table = "send_budget"
        constraints = [models.UniqueConstraint(fields=["channel", "address", "hour"], name="send_budget_once")]
