"""Plans, cases, what is in them and what happened to them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from midchannel.middle.cases import plan_models  # noqa: F401 - tables in a file of their own
from midchannel.platform.accounts.models import Grant
from midchannel.platform.accounts.queries import Viewer


class CaseState(models.TextChoices):
    """Where a case stands, as the engine says."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    FAILED = "failed"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CLOSED = "closed"


# The kind of a grant by which somebody is in a case's swarm: it holds while the case is open.
SWARM = "swarm"
OPEN = (CaseState.ACTIVE, CaseState.SUSPENDED, CaseState.FAILED)


class PlanVersion(models.Model):
    """A version of a plan, as text; never edited. `case_id` is set for the changed plan of one case alone."""

    id = models.BigIntegerField(primary_key=True)
    name = models.TextField()
    number = models.IntegerField()
    title = models.TextField()
    text = models.TextField()
    is_current = models.BooleanField(default=False)
    case_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.TextField()

    class Meta:
        db_table = "case_plan_version"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number"], name="case_plan_version_once", condition=Q(case_id=None)
            ),
            models.UniqueConstraint(fields=["name"], name="case_plan_current_once", condition=Q(is_current=True)),
        ]
        indexes = [
            models.Index(fields=["case_id", "number"], name="case_plan_of_case", condition=Q(case_id__isnull=False))
        ]


class CaseQuerySet(models.QuerySet["Case"]):
    """Permission, as a query."""

    def visible_to(self, viewer: Viewer) -> "CaseQuerySet":
        """In the viewer's scopes, or one they were brought to (by a swarm: while it is open); for leads also what is nobody's."""
        grant = Grant.objects.filter(user_id=viewer.user_id, object_type="case", object_id=OuterRef("pk"))
        allowed = (
            Q(scope_id__in=viewer.scope_ids) | Q(Exists(grant.exclude(kind=SWARM))) | Q(Exists(grant), ended_at=None)
        )
        if viewer.is_lead:
            allowed |= Q(scope_id=None)
        return self.filter(allowed)


class Case(models.Model):
    """A case. `snapshot` is the engine's state as JSON, the sum of its `case_event`s; `revision` counts them.

    `handle_id` is whom it is about; the customer is read through its link. `before_version_id` and `before_snapshot` are what the
    last change of plan can be taken back to. `parent_instance` is the plan item of the parent that this case was opened for.
    """

    id = models.BigIntegerField(primary_key=True)
    scope_id = models.BigIntegerField(null=True)
    queue_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    handle_id = models.BigIntegerField(null=True)
    parent_id = models.BigIntegerField(null=True)
    parent_instance = models.IntegerField(null=True)
    plan_version_id = models.BigIntegerField()
    title = models.TextField()
    state = models.TextField(choices=CaseState.choices, default=CaseState.ACTIVE)
    snapshot = models.BinaryField()
    revision = models.IntegerField()
    before_version_id = models.BigIntegerField(null=True)
    before_snapshot = models.BinaryField(null=True)
    changed_revision = models.IntegerField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        db_table = "casework_case"
        constraints = [models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state")]
        indexes = [
            models.Index(fields=["scope_id", "state", "changed_at"], name="case_list"),
            models.Index(fields=["owner_id", "changed_at"], name="case_mine", condition=Q(owner_id__isnull=False)),
            models.Index(fields=["handle_id"], name="case_of_handle", condition=Q(handle_id__isnull=False)),
            models.Index(fields=["parent_id"], name="case_of_parent", condition=Q(parent_id__isnull=False)),
            models.Index(fields=["next_due_at"], name="case_due", condition=Q(next_due_at__isnull=False)),
            models.Index(fields=["changed_at"], name="case_changed"),
            models.Index(fields=["id"], name="case_open", condition=Q(ended_at__isnull=True)),
        ]


class PlanItem(models.Model):
    """An instance that is alive in a case, for lists across cases. `list_name` is where the case page shows it: now, start or waiting."""

    case_id = models.BigIntegerField()
    instance = models.IntegerField()
    item = models.TextField()
    kind = models.TextField()
    title = models.TextField()
    state = models.TextField()
    list_name = models.TextField()
    role = models.TextField(blank=True)
    assignee_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "plan_item"
        constraints = [models.UniqueConstraint(fields=["case_id", "instance"], name="plan_item_once")]
        indexes = [
            models.Index(
                fields=["assignee_id", "since"], name="plan_item_mine", condition=Q(assignee_id__isnull=False)
            ),
            models.Index(fields=["list_name", "role", "since"], name="plan_item_of_role"),
            models.Index(fields=["case_id"], name="plan_item_subcase", condition=Q(kind="caseTask")),
        ]


class CaseEvent(models.Model):
    """What happened in a case: the engine's event as JSON, in order. Append-only."""

    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    body = models.JSONField()
    at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.TextField()

    class Meta:
        db_table = "case_event"
        constraints = [models.UniqueConstraint(fields=["case_id", "seq"], name="case_event_once")]


class CaseConversation(models.Model):
    """A conversation that belongs to a case."""

    case_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "case_conversation"
        constraints = [models.UniqueConstraint(fields=["case_id", "conversation_id"], name="case_conversation_once")]
        indexes = [models.Index(fields=["conversation_id"], name="case_of_conversation")]


class AppliedSignal(models.Model):
    """What came from outside for a case: each at most once, whatever crashes. `waiting` until it has moved the case, or could not.

    `key` is that of the source event (`reply:ID of the activity`), `body` holds ids and numbers, never words. `outcome` is "moved",
    "unused" (the plan has no use for it now), "over" (the case had ended) or "refused".
    """

    case_id = models.BigIntegerField()
    key = models.TextField()
    at = models.DateTimeField()
    kind = models.TextField(default="", db_default="")
    body = models.JSONField(null=True)
    happened_at = models.DateTimeField(null=True)
    waiting = models.BooleanField(default=False, db_default=False)
    outcome = models.TextField(default="", db_default="")

    class Meta:
        db_table = "case_signal"
        constraints = [models.UniqueConstraint(fields=["case_id", "key"], name="case_signal_once")]
        indexes = [models.Index(fields=["case_id"], name="case_signal_waiting", condition=Q(waiting=True))]


class OpeningRule(models.Model):
    """When a conversation opens a case by itself: the first rule, by `place`, whose conditions all hold. An empty one asks for nothing.

    `words`: one of them stands in the first message. `intent`, `sentiment` and `is_urgent` ask what was understood in it.
    """

    name = models.TextField()
    plan = models.TextField()
    place = models.IntegerField(default=0)
    is_on = models.BooleanField(default=True)
    channel_id = models.IntegerField(null=True)
    network = models.TextField(blank=True)
    words = models.JSONField(default=list)
    intent = models.TextField(blank=True)
    sentiment = models.TextField(blank=True)
    is_urgent = models.BooleanField(default=False)
    is_public = models.BooleanField(null=True)
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()

    class Meta:
        db_table = "case_rule"
        constraints = [models.UniqueConstraint(fields=["name"], name="case_rule_name")]


class AskedConversation(models.Model):
    """A conversation that has begun and about which no rule was asked yet; the row is the queue."""

    conversation_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "case_asked"


class WorkingHours(models.Model):
    """When a team works (`scope_id` None: every team that has no hours of its own): for timers in business time.

    `week`: seven lists of [from, to] in minutes of the day, Monday first. `holidays`: dates (ISO 8601).
    """

    scope_id = models.BigIntegerField(null=True)
    timezone = models.TextField(default="UTC")
    week = models.JSONField(default=list)
    holidays = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "case_hours"
        constraints = [models.UniqueConstraint(fields=["scope_id"], name="case_hours_once", nulls_distinct=False)]


class CaseTrace(models.Model):
    """What a case has gone through, up to `revision`: for learning and measures. Made of its events by `tracing`, anew after more.

    `milestones`: seconds from the opening to each, by key. `path`: milestones in the order they were reached. `choices`: pairs of the
    milestones reached by then (sorted, joined by commas) and what was done. `said`: values that are yes, no or a number. `touches` counts
    what people did in it. `is_good`: completed, without a bad mood at the end; None while it is open.
    """

    case_id = models.BigIntegerField(primary_key=True)
    revision = models.IntegerField()
    plan = models.TextField()
    version_id = models.BigIntegerField()
    scope_id = models.BigIntegerField(null=True)
    state = models.TextField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    milestones = models.JSONField(default=dict)
    path = models.JSONField(default=list)
    choices = models.JSONField(default=list)
    said = models.JSONField(default=dict)
    items = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    again = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    touches = models.IntegerField(default=0)
    is_good = models.BooleanField(null=True)

    class Meta:
        db_table = "case_trace"
        indexes = [
            models.Index(fields=["plan", "opened_at"], name="case_trace_of_plan"),
            models.Index(fields=["changed_at"], name="case_trace_newest"),
        ]
