"""A goal and a baseline are never changed, and never removed unless they belong to the demo."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_to_thaw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.is_demo THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a % is frozen: it is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER goal_frozen BEFORE UPDATE OR DELETE ON goal FOR EACH ROW EXECUTE FUNCTION refuse_to_thaw();
CREATE TRIGGER baseline_frozen BEFORE UPDATE OR DELETE ON baseline FOR EACH ROW EXECUTE FUNCTION refuse_to_thaw();
"""
DROP = "DROP TRIGGER goal_frozen ON goal; DROP TRIGGER baseline_frozen ON baseline; DROP FUNCTION refuse_to_thaw();"


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
