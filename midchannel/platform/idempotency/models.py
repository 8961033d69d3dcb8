"""Answers that were given."""

from django.db import models

from midchannel.platform.accounts.models import User


class GivenAnswer(models.Model):
    """The answer to a request under a key of one person's machines. The body is sealed: it may hold a token that is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    request_hash = models.BinaryField()
    status = models.SmallIntegerField(default=0)
    location = models.TextField(default="")
    sealed = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "given_answer"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="given_answer_once")]
