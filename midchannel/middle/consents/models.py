"""What people allowed, and what they asked of the company."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class State(models.TextChoices):
    """What was said: yes, or no (any more)."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class Consent(models.Model):
    """Append-only: a source record said yes or no to a purpose, on one network or (empty) on any, at `said_at`.

    `how` names the way it was said ("form", "unsubscribe", "import", "person" ...), `proof` what shows that it was (texts, addresses,
    ids). `among` makes it a confirmation: a person has looked at what these records say and decided what holds for whoever they are; it
    holds while all of them are one customer. `by_user_id` and `by_name` say who wrote it down.
    """

    id = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField()
    purpose = models.TextField()
    network = models.TextField(blank=True)
    state = models.TextField(choices=State.choices)
    among = ArrayField(models.BigIntegerField(), null=True)
    how = models.TextField()
    proof = models.JSONField(default=dict)
    said_at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "consent"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="consent_state")]
        indexes = [models.Index(fields=["record_id", "purpose"], name="consent_of_record")]


class RequestKind(models.TextChoices):
    """What somebody asks of the company: to see what it holds about them, or to have it erased."""

    ACCESS = "access"
    ERASURE = "erasure"


class RequestState(models.TextChoices):
    """Where a request stands; see `states`."""

    WAITING = "waiting"
    STOPPED = "stopped"
    WORKING = "working"
    CLEANING = "cleaning"
    READY = "ready"
    DONE = "done"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class RightsRequest(models.Model):
    """A person exercises a right. The row is the queue of the work it makes, and holds nothing that names them.

    `record_ids` are the customer's as of when it was asked: an erasure stops when these are others by the time it is due (`run_at`).
    `progress` is what a crash must not lose: `done` and `total`, tables still to be written anew, files still to be removed. `answer` is
    the certificate of an erasure; `file` the name of an export's ZIP in DATA/rights, there until `expires_at`.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.TextField(choices=RequestKind.choices)
    state = models.TextField(choices=RequestState.choices, default=RequestState.WAITING)
    customer_id = models.BigIntegerField()
    record_ids = ArrayField(models.BigIntegerField(), default=list)
    with_internal = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by_id = models.BigIntegerField()
    opened_by_name = models.TextField()
    due_on = models.DateField()
    run_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    answer = models.JSONField(null=True)
    file = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "rights_request"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RequestKind.values), name="rights_request_kind"),
            models.CheckConstraint(condition=models.Q(state__in=RequestState.values), name="rights_request_state"),
            models.UniqueConstraint(
                fields=["customer_id", "kind"],
                name="rights_request_open_once",
                condition=models.Q(state__in=["waiting", "stopped", "working", "cleaning"]),
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id", "id"], name="rights_request_of"),
            models.Index(
                fields=["run_at"],
                name="rights_request_due",
                condition=models.Q(state__in=["waiting", "working", "cleaning"]),
            ),
        ]


class RetentionRule(models.Model):
    """How long one kind of thing is kept, when that is limited: a row only for rules that somebody has set."""

    kind = models.TextField(primary_key=True)
    days = models.IntegerField()
    is_on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "retention_rule"
        constraints = [models.CheckConstraint(condition=models.Q(days__gte=1), name="retention_rule_days")]
