"""What writes a table anew, as the owner of the tables: the application's role owns none."""

from django.db import migrations

CREATE = """
-- CLUSTER copies the rows that are there into a new file and makes the indexes anew; the old file is truncated at commit.
CREATE FUNCTION rewrite_table(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    wanted regclass := to_regclass(quote_ident(name));
    key regclass;
BEGIN
    SELECT i.indexrelid::regclass INTO key FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE i.indrelid = wanted AND i.indisvalid AND i.indpred IS NULL AND c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema())
        ORDER BY i.indisprimary DESC, i.indisunique DESC, i.indexrelid LIMIT 1;
    IF key IS NULL THEN
        RAISE EXCEPTION 'no table % that could be written anew', name;
    END IF;
    EXECUTE format('CLUSTER %s USING %I', wanted, (SELECT relname FROM pg_class WHERE oid = key));
    EXECUTE format('ALTER TABLE %s SET WITHOUT CLUSTER', wanted);
    EXECUTE format('ANALYZE %s', wanted);
    SELECT i.inhparent::regclass INTO key FROM pg_inherits i WHERE i.inhrelid = wanted;
    IF key IS NOT NULL THEN  -- a partitioned table has samples of its own
        EXECUTE format('ANALYZE %s', key);
    END IF;
END $$;

-- The oldest transaction whose time some open session of ours can still see.
CREATE FUNCTION oldest_seen_transaction() RETURNS xid8 LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - coalesce(max(greatest(age(a.backend_xmin), age(a.backend_xid))), 0))::text::xid8
    FROM pg_stat_activity a
    WHERE a.datname = current_database() AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.pid <> pg_backend_pid()
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_consent")]
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION rewrite_table(text); DROP FUNCTION oldest_seen_transaction();")
    ]
