"""What the search for people reads: the beginnings of addresses."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("channels", "0002_activity")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX handle_prefix ON handle (lower(address) text_pattern_ops)", "DROP INDEX handle_prefix"
        )
    ]
