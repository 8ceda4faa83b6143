"""Each value also holds its row as JSON, so that a page of the API need only join rows together."""

from django.db import migrations, models

WRITE = """
UPDATE reports_editionvalue SET
  written = substr(w, 2, length(w) - 2),
  written_intervals = substr(i, 2, length(i) - 2)
FROM (
  SELECT id,
    json_build_object(
      'dimension', dimension, 'path', path, 'level', level, 'parent', parent, 'leaf', leaf, 'year', year,
      'scenario', scenario, 'value', value::text, 'unit', unit, 'currency', currency, 'status', status, 'name', name,
      'adds_to', adds_to, 'source', source, 'illustrative', illustrative, 'note', note
    )::text AS w,
    json_build_object(
      'low80', low80::text, 'high80', high80::text, 'low95', low95::text, 'high95', high95::text
    )::text AS i
  FROM reports_editionvalue
) written_out
WHERE reports_editionvalue.id = written_out.id;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_projections_of_editions")]
    operations = [
        migrations.AddField(
            model_name="editionvalue",
            name="written",
            field=models.TextField(
                db_default="", help_text="The row as JSON members, but for report, edition, intervals."
            ),
        ),
        migrations.AddField(
            model_name="editionvalue",
            name="written_intervals",
            field=models.TextField(db_default="", help_text="The intervals as JSON members."),
        ),
        migrations.RunSQL(WRITE, migrations.RunSQL.noop),
    ]
