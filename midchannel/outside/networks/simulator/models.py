"""The tables of the network in the box. Nobody else reads them."""

from django.db import models


class Trouble(models.TextChoices):
    """What the network does to what we send, so that every state of a delivery can be seen."""

    NONE = "none"
    REFUSE = "refuse"
    REFUSE_FOR_GOOD = "refuse_for_good"
    LOSE_RECEIPT = "lose_receipt"
    LOSE_BOTH = "lose_both"
    DOWN = "down"


class World(models.Model):
    """One network in the box: the clockwork of a simulator channel.

    `carry` is the part of a post that was due and not yet said; `steps` counts the steps, which with `seed` decide all chance.
    """

    channel_id = models.BigIntegerField(primary_key=True)
    seed = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0)
    said = models.BigIntegerField(default=0)
    per_minute = models.FloatField(default=1.0)
    carry = models.FloatField(default=0.0)
    is_paused = models.BooleanField(default=False)
    trouble = models.TextField(choices=Trouble.choices, default=Trouble.NONE)
    confirms = models.BooleanField(default=True)
    lived_until = models.DateTimeField()

    class Meta:
        db_table = "simulator_world"


class Persona(models.Model):
    """Somebody who does not exist."""

    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="+")
    handle = models.TextField()
    name = models.TextField()
    language = models.TextField(default="en")
    temper = models.TextField(default="calm")
    email = models.TextField(blank=True)

    class Meta:
        db_table = "simulator_persona"
        constraints = [models.UniqueConstraint(fields=["world", "handle"], name="simulator_persona_once")]


class Post(models.Model):
    """What stands in the network: `persona` None means that the company said it, `key` is then the delivery's.

    `partner` is whom a private message is with. `topic` is the matter (an intent of Banking77).
    """

    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="+")
    persona = models.ForeignKey(Persona, null=True, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Persona, null=True, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    external_id = models.TextField(unique=True)
    key = models.TextField(null=True, unique=True)  # noqa: DJ001 - only ours have one
    text = models.TextField()
    topic = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)
    is_addressed = models.BooleanField(default=True)
    published_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "simulator_post"
        indexes = [models.Index(fields=["world", "id"], name="simulator_post_list")]


class Change(models.Model):
    """The network's log, which its reader follows: a post was made, edited or deleted. `text` as it was then."""

    id = models.BigAutoField(primary_key=True)
    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    verb = models.TextField()
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "simulator_change"
        indexes = [models.Index(fields=["world", "id"], name="simulator_change_log")]


class Plan(models.Model):
    """What a persona will do about a post when the time comes."""

    world = models.ForeignKey(World, on_delete=models.CASCADE, related_name="+")
    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    what = models.TextField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "simulator_plan"
        indexes = [models.Index(fields=["world", "due_at"], name="simulator_plan_due")]
