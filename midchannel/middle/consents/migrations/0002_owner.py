"""What only the owner of the tables may do, for the application's role that owns none: write a table anew, drop a month of which nothing is left."""

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

-- Months of activities of which retention has left nothing.
CREATE FUNCTION drop_empty_activity_partitions(before bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    part record;
    is_empty boolean;
    dropped integer := 0;
BEGIN
    FOR part IN
        SELECT c.relname, substring(pg_get_expr(c.relpartbound, c.oid) FROM $p$TO \\('?(\\d+)'?\\)$p$)::bigint AS until
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass('activity') AND c.relname ~ '^activity_\\d{4}_\\d\\d$'
    LOOP
        IF part.until IS NULL OR part.until > before THEN
            CONTINUE;
        END IF;
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', part.relname) INTO is_empty;
        IF is_empty THEN
            EXECUTE format('DROP TABLE %I', part.relname);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;
"""
DROP = """
DROP FUNCTION rewrite_table(text);
DROP FUNCTION oldest_seen_transaction();
DROP FUNCTION drop_empty_activity_partitions(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial"), ("channels", "0002_activity")]
    operations = [migrations.RunSQL(CREATE, DROP)]
