"""Documents of cases, and the stores in which some of them lie."""

from django.db import models
from django.db.models import Q


class Store(models.Model):
    """A WebDAV folder of the company's. `sealed` is its password, bound to the row."""

    name = models.TextField(unique=True)
    url = models.TextField()
    user_name = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by_name = models.TextField()
    checked_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "document_store"


class Document(models.Model):
    """A document in a case file. Kept here (`sha256`) or in a store (`store_id` and `path`). `item` is what the plan calls it, or empty.

    `partner_id` is the partner who brought it, `added_by_id` the colleague. A newer one of the same name removes the older.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    item = models.TextField(blank=True)
    name = models.TextField()
    media_type = models.TextField()
    size_bytes = models.BigIntegerField(null=True)
    sha256 = models.TextField(blank=True)
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT, related_name="+")
    path = models.TextField(blank=True)
    added_at = models.DateTimeField()
    added_by_id = models.BigIntegerField(null=True)
    added_by_name = models.TextField()
    partner_id = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by_name = models.TextField(blank=True)
    is_replaced = models.BooleanField(default=False)

    class Meta:
        db_table = "case_document"
        constraints = [
            models.CheckConstraint(
                condition=Q(store=None, path="") | Q(store__isnull=False, sha256=""), name="case_document_one_place"
            )
        ]
        indexes = [
            models.Index(fields=["case_id", "added_at"], name="case_document_of_case"),
            models.Index(fields=["sha256"], name="case_document_content", condition=~Q(sha256="")),
        ]
