"""The unique index of values begins with the report and gives rows in the API's order: a second index only misleads."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_values_are_written_once")]
    operations = [migrations.RemoveIndex(model_name="editionvalue", name="edition_value_range")]
