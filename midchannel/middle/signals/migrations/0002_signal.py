"""The signal table: one row an activity, partitioned by the same months, so that a month goes as a whole when its texts are gone."""

from django.db import migrations

CREATE = """
CREATE TABLE signal (
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    channel_id integer NOT NULL,
    intents integer NOT NULL,
    reader_id smallint NOT NULL,
    sentiment smallint NOT NULL,
    negative smallint NOT NULL,
    positive smallint NOT NULL,
    offensive smallint NOT NULL,
    spam smallint NOT NULL,
    urgency smallint NOT NULL,
    press smallint NOT NULL,
    language_sure smallint NOT NULL,
    corrected smallint NOT NULL,
    language text NOT NULL,
    topics integer[],
    detail jsonb,
    CONSTRAINT signal_pk PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX signal_at ON signal USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX signal_topics ON signal USING gin (topics) WITH (gin_pending_list_limit = 1024);
CREATE TABLE signal_default PARTITION OF signal DEFAULT;

-- As `ensure_activity_partition` does it.
CREATE FUNCTION ensure_signal_partition(month date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first date := date_trunc('month', month);
    name text := 'signal_' || to_char(first, 'YYYY_MM');
    low bigint := (extract(epoch FROM first - timestamp '2020-01-01') * 1000)::bigint << 20;
    high bigint := (extract(epoch FROM (first + interval '1 month') - timestamp '2020-01-01') * 1000)::bigint << 20;
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN name;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('ensure_signal_partition', 0));
    IF to_regclass(name) IS NOT NULL THEN
        RETURN name;
    END IF;
    IF NOT EXISTS (SELECT FROM signal_default WHERE id >= low AND id < high) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF signal FOR VALUES FROM (%s) TO (%s)', name, low, high);
        RETURN name;
    END IF;
    LOCK TABLE signal IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE signal INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM signal_default WHERE id >= %s AND id < %s RETURNING *) INSERT INTO %I SELECT * FROM moved', low, high, name);
    EXECUTE format('ALTER TABLE signal ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', name, low, high);
    RETURN name;
END $$;

-- Months of which retention has left nothing, as `drop_empty_activity_partitions` does it.
CREATE FUNCTION drop_empty_signal_partitions(before bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    part record;
    is_empty boolean;
    dropped integer := 0;
BEGIN
    FOR part IN
        SELECT c.relname, substring(pg_get_expr(c.relpartbound, c.oid) FROM $p$TO \\('?(\\d+)'?\\)$p$)::bigint AS until
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass('signal') AND c.relname ~ '^signal_\\d{4}_\\d\\d$'
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
DROP = "DROP FUNCTION ensure_signal_partition(date); DROP FUNCTION drop_empty_signal_partitions(bigint); DROP TABLE signal;"


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
