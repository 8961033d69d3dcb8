"""Posts of internal threads, the questions they ask, and notices."""

from django.db import models
from django.db.models import Q

OBJECT_TYPES = ("conversation", "customer", "improvement", "case")


class Post(models.Model):
    """Something said internally about an object. Never a message: it has no audience, no handle and no delivery."""

    object_type = models.TextField()
    object_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "post"
        constraints = [models.CheckConstraint(condition=Q(object_type__in=OBJECT_TYPES), name="post_object_type")]
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="post_thread"),
            models.Index(fields=["author_id", "id"], name="post_by_author"),
        ]


class Question(models.Model):
    """A post that asks a colleague: open until they have answered in the thread, or it is withdrawn.

    `asked_as` is the team or skill by which they were asked (`@operations`, `#customs`): then one answer closes it for all of them.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    object_type = models.TextField()
    object_id = models.BigIntegerField()
    asker_id = models.BigIntegerField()
    asked_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    asked_as = models.TextField(default="", db_default="")
    answer = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "question"
        constraints = [models.UniqueConstraint(fields=["post", "asked_id"], name="question_once")]
        indexes = [
            models.Index(fields=["asked_id", "id"], name="question_asked", condition=Q(closed_at=None)),
            models.Index(fields=["asker_id", "id"], name="question_asker", condition=Q(closed_at=None)),
            models.Index(fields=["object_type", "object_id"], name="question_about", condition=Q(closed_at=None)),
        ]


class NoticeKind(models.TextChoices):
    """Why somebody should look: asked, answered, given work, a thread of theirs went on, brought to a case, a partner wrote."""

    ASKED = "asked"
    ANSWERED = "answered"
    ASSIGNED = "assigned"
    POSTED = "posted"
    GATHERED = "gathered"
    PARTNER = "partner"


class NoticeRow(models.Model):
    """A notice: one open row per person and object, however often something happened; gone when it is handled."""

    user_id = models.BigIntegerField()
    object_type = models.TextField()
    object_id = models.BigIntegerField()
    kind = models.TextField(choices=NoticeKind.choices)
    by_id = models.BigIntegerField()
    text = models.TextField(blank=True)
    count = models.IntegerField(default=1)
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "object_type", "object_id"], name="notice_open_once", condition=Q(handled_at=None)
            )
        ]
        indexes = [
            models.Index(fields=["user_id", "at"], name="notice_open", condition=Q(handled_at=None)),
            models.Index(fields=["handled_at"], name="notice_handled", condition=Q(handled_at__isnull=False)),
        ]
