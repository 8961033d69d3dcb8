"""The table of who is looking: unlogged, because it may be lost at any moment."""

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE conversation_presence (
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    mode smallint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT conversation_presence_pk PRIMARY KEY (conversation_id, user_id)
);
CREATE INDEX conversation_presence_age ON conversation_presence (at);
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE conversation_presence;")]
