"""Skills, swarms, and who was in them."""

from django.db import models
from django.db.models import Q


class Skill(models.Model):
    """Something a colleague says they can help with. `slug` is the name behind the #."""

    user_id = models.BigIntegerField()
    slug = models.TextField()
    name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "skill"
        constraints = [models.UniqueConstraint(fields=["user_id", "slug"], name="skill_once")]
        indexes = [models.Index(fields=["slug"], name="skill_slug")]


class Swarm(models.Model):
    """People gathered around a case; at most one at a time. `reason` is what they were asked to help with."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField()
    started_by_name = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.TextField(blank=True)

    class Meta:
        db_table = "swarm"
        constraints = [
            models.UniqueConstraint(fields=["case_id"], name="swarm_open_once", condition=Q(ended_at=None)),
        ]
        indexes = [models.Index(fields=["case_id", "started_at"], name="swarm_of_case")]


class SwarmMember(models.Model):
    """Who was in a swarm, from when to when; kept for ever, access only while it lasts."""

    swarm = models.ForeignKey(Swarm, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    joined_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    because = models.TextField(blank=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "swarm_member"
        constraints = [
            models.UniqueConstraint(fields=["swarm", "user_id"], name="swarm_member_once", condition=Q(left_at=None))
        ]
        indexes = [
            models.Index(fields=["user_id"], name="swarm_member_now", condition=Q(left_at=None)),
        ]
