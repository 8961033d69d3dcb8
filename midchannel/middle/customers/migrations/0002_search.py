"""What the search for people reads: words of names, and the beginnings of identifiers."""

from django.db import migrations

CREATE = """
CREATE INDEX source_record_words ON source_record USING gin (to_tsvector('simple', name));
CREATE INDEX identifier_prefix ON identifier (lower(value) text_pattern_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX source_record_words; DROP INDEX identifier_prefix;")]
