"""Who somebody is, and why we think so."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class Customer(models.Model):
    """A person or organisation. The id is that of the record it began with, and never used again; `name` is computed from the records.

    `redirect_to_id`: all its records are with another customer now.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.TextField(default="person")
    name = models.TextField()
    redirect_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")

    class Meta:
        db_table = "customer"
        indexes = [
            models.Index(
                fields=["redirect_to"], name="customer_redirected", condition=models.Q(redirect_to__isnull=False)
            )
        ]


class RecordKind(models.IntegerChoices):
    """What sort of source a record comes from. The ids of business records outlive those of others."""

    SOCIAL = 0
    BUSINESS = 1
    TRACKED = 2
    THIRD_PARTY = 3


class SourceRecord(models.Model):
    """What one source says about a person, as it says it now; what it said before is in `SourceRecordVersion`.

    `customer` is its current link. `said_at` is when the source said it, `trust` 0 to 100; after `expires_at` the attributes are not
    used any more.
    """

    id = models.BigIntegerField(primary_key=True)
    source = models.TextField(default="handle")
    handle_id = models.BigIntegerField(null=True, unique=True)
    name = models.TextField(blank=True)
    attributes = models.JSONField(null=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.SmallIntegerField(choices=RecordKind, default=RecordKind.SOCIAL, db_default=RecordKind.SOCIAL)
    is_organisation = models.BooleanField(default=False, db_default=False)
    trust = models.SmallIntegerField(null=True)
    lawful_basis = models.TextField(null=True)  # noqa: DJ001 - a bare handle's row stays narrow
    expires_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "source_record"
        indexes = [
            models.Index(
                fields=["expires_at"], name="source_record_expiry", condition=models.Q(expires_at__isnull=False)
            )
        ]


class SourceRecordVersion(models.Model):
    """What a record said before: from `at` on, until the next version or the record itself."""

    id = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.TextField(blank=True)
    attributes = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "source_record_version"
        indexes = [models.Index(fields=["record", "at"], name="source_record_version_of")]


class Identifier(models.Model):
    """Something that names a person beyond one network, as a source record gave it; `value` in its normal form.

    `valid_to` is set when its source gives it no longer.
    """

    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    type = models.TextField()
    value = models.TextField()
    verified = models.BooleanField()
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "identifier"
        constraints = [models.UniqueConstraint(fields=["record", "type", "value"], name="identifier_once")]
        indexes = [models.Index(fields=["type", "value"], name="identifier_value", condition=models.Q(verified=True))]


class LinkDecision(models.Model):
    """Append-only: why two records are, or are not, one customer. Undone by a later row that names it in `reverts_id`.

    `verdict`: "must" and "cannot" (proof, or a person), "auto" and "review" (the weights; review does not link). `weight` is the sum of
    the fields' weights in bits, `evidence` has each field's part. `by_rule` names the rule or the model and its version, `by_user_id` the
    person. What one act of a person or one difference brought has one `act_id`. `customer_id` is the customer at that time.
    A record's first row has no `other_id`: "link", by the rule "first-seen". In rows older than `other_id`, "link" and "apart" are
    about the record and the one that began the customer.
    """

    id = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    verdict = models.TextField()
    by_rule = models.TextField(blank=True)
    by_user_id = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()
    reverts_id = models.BigIntegerField(null=True)
    other = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    weight = models.FloatField(null=True)
    act_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "link_decision"
        indexes = [
            models.Index(fields=["other"], name="link_decision_other", condition=models.Q(other__isnull=False)),
            models.Index(fields=["act_id"], name="link_decision_act", condition=models.Q(act_id__isnull=False)),
        ]


class RecordKey(models.Model):
    """A blocking key of a record: records that share one are compared. `key` is a 64-bit hash of the field and its normal form."""

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record_id = models.BigIntegerField()

    class Meta:
        db_table = "record_key"
        indexes = [BrinIndex(fields=["record_id"], name="record_key_of", autosummarize=True, pages_per_range=16)]


class GenericValue(models.Model):
    """A key that more than a few customers share (info@, a family's phone): it proves nothing about one person."""

    key = models.BigIntegerField(primary_key=True)
    field = models.TextField()
    customers = models.IntegerField()
    noted_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "generic_value"


class PairState(models.IntegerChoices):
    """Where a pair in the queue stands. OBSOLETE: the records changed, or the question answered itself."""

    OPEN = 0
    ANSWERED = 1
    OBSOLETE = 2


class ReviewPair(models.Model):
    """Two records that may be one customer: a person is asked. `left_id` < `right_id`.

    `priority` is the value at stake times the uncertainty, 4p(1 - p). `label` is the answer: "same" or "different".
    """

    id = models.BigIntegerField(primary_key=True)
    left = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    right = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField()
    probability = models.FloatField()
    evidence = models.JSONField(default=dict)
    by_rule = models.TextField(blank=True)
    value_at_stake = models.FloatField(default=1.0)
    priority = models.FloatField()
    state = models.SmallIntegerField(choices=PairState, default=PairState.OPEN)
    label = models.TextField(blank=True)
    answered_by_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    decision_id = models.BigIntegerField(null=True)
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "review_pair"
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="review_pair_once")]
        indexes = [models.Index(fields=["-priority", "-id"], name="review_pair_open", condition=models.Q(state=0))]


class IdentityModel(models.Model):
    """A trained set of weights, as JSON. One is active."""

    version = models.TextField(primary_key=True)
    body = models.JSONField()
    trained_at = models.DateTimeField()
    records = models.IntegerField(default=0)
    is_active = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_model"
        constraints = [
            models.UniqueConstraint(fields=["is_active"], name="identity_model_one", condition=models.Q(is_active=True))
        ]


class Membership(models.Model):
    """A person's record says that they belong to an organisation, whose record is another."""

    person = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    role = models.TextField(blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        db_table = "customer_membership"
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role"], name="customer_membership_once")
        ]


class DifferenceState(models.TextChoices):
    """Where a proposed difference, or one item of it, stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    DECLINED = "declined"
    UNDONE = "undone"
    OVERTAKEN = "overtaken"


class Difference(models.Model):
    """What scoring everything anew would change: proposed, looked at, applied whole or item by item, undoable."""

    id = models.BigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    engine = models.TextField()
    model_version = models.TextField()
    records = models.IntegerField(default=0)
    joins = models.IntegerField(default=0)
    splits = models.IntegerField(default=0)
    state = models.TextField(choices=DifferenceState, default=DifferenceState.PROPOSED)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "difference"


class DifferenceItem(models.Model):
    """One component that would change. `before` and `after`: its customers as lists of records' ids; `edges`: the decisions to write.

    `kind` is "join", "split" or "regroup". `records` is the number of records touched.
    """

    id = models.BigIntegerField(primary_key=True)
    difference = models.ForeignKey(Difference, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()
    before = models.JSONField()
    after = models.JSONField()
    edges = models.JSONField()
    records = models.IntegerField()
    state = models.TextField(choices=DifferenceState, default=DifferenceState.PROPOSED)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "difference_item"
        indexes = [models.Index(fields=["difference", "id"], name="difference_item_of")]


class ScoreSubject(models.TextChoices):
    """What a score is about."""

    HANDLE = "handle"
    CUSTOMER = "customer"


class Score(models.Model):
    """A number that was computed about a handle or a customer, with its interval, what it was computed by (`source`) and when.

    `detail` holds what the number rests on. `basis` is the fingerprint of the customer's records at that time
    (`queries.scores.BASIS`): where it differs now, the score is stale.
    """

    subject = models.TextField(choices=ScoreSubject)
    subject_id = models.BigIntegerField()
    name = models.TextField()
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    detail = models.JSONField(default=dict)
    source = models.TextField()
    basis = models.TextField(blank=True, default="")
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "customer_score"
        constraints = [models.UniqueConstraint(fields=["subject", "name", "subject_id"], name="customer_score_once")]
