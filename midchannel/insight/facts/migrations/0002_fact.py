"""The fact table: no key of its own (76 bytes a row), one index for counting and listing, two small ones."""

from django.db import migrations

CREATE = """
CREATE TABLE fact (
    at timestamptz NOT NULL,
    event_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    person bigint NOT NULL,
    actor bigint,
    channel_id integer NOT NULL,
    scope_id integer NOT NULL,
    seconds integer,
    kind smallint NOT NULL
);
CREATE INDEX fact_rows ON fact (scope_id, kind, at);
CREATE INDEX fact_of_conversation ON fact (conversation_id) WHERE kind IN (2, 3, 8);
CREATE INDEX fact_own ON fact (actor, at) WHERE actor IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("facts", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE fact;")]
