"""An index of one entry in sixteen, where frequent words are looked for first; and of names in the order of tiers, so
that of a name that ten thousand reports say the first that somebody may read is found at once."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models.functions import Mod
from django.db.models.lookups import Exact

NAMES = ("Report", "Segment", "Company")


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_names_once_and_places_by_report"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(Exact(Mod("id", 16), 0)), fields=["vector"], name="search_entry_sample"
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("place__in", NAMES)), fields=["title", "tier", "id"],
                name="search_entry_least_of_name",
            ),
        ),
        migrations.RemoveIndex(model_name="searchentry", name="search_entry_by_name"),
    ]  # fmt: skip
