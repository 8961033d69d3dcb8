"""What the search over our own words reads, our answers in a timeline, and the conversations one sees somebody in by their Cc."""

from django.db import migrations

CREATE = """
CREATE INDEX message_body ON message USING gin (to_tsvector('simple', body)) WHERE body <> '';
CREATE INDEX message_ours ON message (conversation_id, id) WHERE direction = 2;
CREATE INDEX participant_by_handle ON conversation_participant (handle_id);
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_presence")]
    operations = [
        migrations.RunSQL(CREATE, "DROP INDEX message_body; DROP INDEX message_ours; DROP INDEX participant_by_handle;")
    ]
