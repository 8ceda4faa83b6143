"""A trigger that refuses to change or delete an edition, by whatever door: what was published stays published."""

from django.db import migrations

SQL = """
CREATE FUNCTION reports_edition_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An edition is immutable: publish a new one, or withdraw this one.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON reports_edition
  FOR EACH ROW EXECUTE FUNCTION reports_edition_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunSQL(SQL, "DROP FUNCTION reports_edition_never_changes() CASCADE;"),
    ]
