"""The writing transaction on every event, so that a reader never passes over one that commits late."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE event ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE event DROP COLUMN tx",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE id_run INCREMENT 1024 MINVALUE 0 MAXVALUE 1047552 START 0 CYCLE",
            "DROP SEQUENCE id_run",
        ),
    ]
