"""The activity table, partitioned by id (which carries the time of arrival), with its full-text index."""

from django.db import migrations

CREATE = """
CREATE TABLE activity (
    id bigint NOT NULL,
    handle_id bigint NOT NULL,
    at timestamptz NOT NULL,
    channel_id integer NOT NULL,
    kind smallint NOT NULL,
    flags smallint NOT NULL,
    text text NOT NULL,
    data jsonb,
    CONSTRAINT activity_pk PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX activity_timeline ON activity (handle_id, at);
CREATE INDEX activity_text ON activity USING gin (to_tsvector('simple', text)) WITH (gin_pending_list_limit = 4096);
CREATE TABLE activity_default PARTITION OF activity DEFAULT;
CREATE INDEX activity_version_text ON activity_version USING gin (to_tsvector('simple', text));
ALTER TABLE arrival ALTER COLUMN body SET STORAGE EXTERNAL;

-- A month's partition, by the rule of platform.ids: milliseconds since 2020 shifted by 20 bits. Runs as the owner of the tables, so
-- that the application's role, which owns none, can ask for next month's.
CREATE FUNCTION ensure_activity_partition(month date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first date := date_trunc('month', month);
    name text := 'activity_' || to_char(first, 'YYYY_MM');
    low bigint := (extract(epoch FROM first - timestamp '2020-01-01') * 1000)::bigint << 20;
    high bigint := (extract(epoch FROM (first + interval '1 month') - timestamp '2020-01-01') * 1000)::bigint << 20;
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN name;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('ensure_activity_partition', 0));
    IF to_regclass(name) IS NOT NULL THEN
        RETURN name;
    END IF;
    IF NOT EXISTS (SELECT FROM activity_default WHERE id >= low AND id < high) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF activity FOR VALUES FROM (%s) TO (%s)', name, low, high);
        RETURN name;
    END IF;
    -- What came before its month had a partition moves there.
    LOCK TABLE activity IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE activity INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM activity_default WHERE id >= %s AND id < %s RETURNING *) INSERT INTO %I SELECT * FROM moved', low, high, name);
    EXECUTE format('ALTER TABLE activity ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', name, low, high);
    RETURN name;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP FUNCTION ensure_activity_partition(date); DROP TABLE activity; DROP INDEX activity_version_text;",
        )
    ]
