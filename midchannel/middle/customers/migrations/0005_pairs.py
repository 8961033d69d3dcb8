"""Decisions from before pairs: the customer of such a row is named after the record that began it."""

from django.db import migrations

PAIRS = """
UPDATE link_decision d SET other_id = d.customer_id WHERE d.other_id IS NULL AND d.verdict IN ('link', 'apart')
 AND d.customer_id <> d.record_id AND EXISTS (SELECT 1 FROM source_record r WHERE r.id = d.customer_id)
"""
REDIRECTS = """
UPDATE customer c SET redirect_to_id = r.customer_id FROM source_record r WHERE r.id = c.id AND r.customer_id <> c.id
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_scores")]
    operations = [
        migrations.RunSQL(PAIRS, migrations.RunSQL.noop),
        migrations.RunSQL(REDIRECTS, migrations.RunSQL.noop),
    ]
