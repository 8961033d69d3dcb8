"""What editing plans leaves: drafts, offers that were declined, and running cases on their way to another version."""

from django.db import models
from django.db.models import Q


class PlanDraft(models.Model):
    """A text that somebody is writing, kept as they type. `plan` is empty until it is saved; `base_id` is the version it began from."""

    id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField()
    plan = models.TextField(blank=True)
    text = models.TextField(blank=True)
    base_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "plan_draft"
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "plan"], name="plan_draft_once", condition=~Q(plan=""))
        ]


class DeclinedAddition(models.Model):
    """What many cases add by hand and the plan shall not have: `said` is its title in small letters."""

    plan = models.TextField()
    said = models.TextField()
    by_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "plan_declined_addition"
        constraints = [models.UniqueConstraint(fields=["plan", "said"], name="plan_declined_once")]


class MoveState(models.TextChoices):
    """Where a move of cases to another version stands."""

    LOOKING = "looking"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class PlanMove(models.Model):
    """Running cases are brought to another version of their plan: first looked at, then, group by group, moved."""

    id = models.BigIntegerField(primary_key=True)
    plan = models.TextField()
    version_id = models.BigIntegerField()
    state = models.TextField(choices=MoveState.choices, default=MoveState.LOOKING)
    reason = models.TextField(blank=True)
    by_id = models.BigIntegerField()
    by_name = models.TextField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "plan_move"
        constraints = [models.CheckConstraint(condition=Q(state__in=MoveState.values), name="plan_move_state")]
        indexes = [models.Index(fields=["plan", "made_at"], name="plan_move_of_plan")]


class MovedState(models.TextChoices):
    """Where one case of a move stands: to be looked at, looked at, chosen, moved, otherwise than when chosen, refused, taken back, gone."""

    WAITING = "waiting"
    LOOKED = "looked"
    CHOSEN = "chosen"
    MOVED = "moved"
    DIFFERS = "differs"
    REFUSED = "refused"
    BACK = "back"
    GONE = "gone"


class PlanMoveCase(models.Model):
    """One case of a move. `group_key` is what would come of it, `says` that in titles; `revision` is how far the case was then."""

    move_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    state = models.TextField(choices=MovedState.choices, default=MovedState.WAITING)
    revision = models.IntegerField(default=0)
    group_key = models.TextField(blank=True)
    says = models.JSONField(default=dict)
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "plan_move_case"
        constraints = [
            models.UniqueConstraint(fields=["move_id", "case_id"], name="plan_move_case_once"),
            models.CheckConstraint(condition=Q(state__in=MovedState.values), name="plan_move_case_state"),
        ]
        indexes = [models.Index(fields=["move_id", "state", "case_id"], name="plan_move_case_next")]
