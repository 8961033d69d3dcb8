"""What files there are."""

from django.db import models


class StoredFile(models.Model):
    """A file by its SHA-256. The same content is kept once."""

    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    media_type = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"
