"""Months of activities of which retention has left nothing are dropped, by the owner of the tables."""

from django.db import migrations

CREATE = """
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


class Migration(migrations.Migration):
    dependencies = [("consents", "0003_rights"), ("channels", "0002_activity")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION drop_empty_activity_partitions(bigint);")]
