"""What the search over our own words reads, and what finds the conversations that somebody else's Cc makes visible."""

from django.db import migrations

CREATE = """
CREATE INDEX message_body ON message USING gin (to_tsvector('simple', body)) WHERE body <> '';
CREATE INDEX participant_by_handle ON conversation_participant (handle_id);
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_presence")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX message_body; DROP INDEX participant_by_handle;")]
