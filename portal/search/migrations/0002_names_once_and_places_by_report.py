"""Entries know their report, and names are kept once. The entries are a projection: thrown away here, and written anew by
the first sweep of a worker."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

NAMES = ("Report", "Segment", "Company")


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0006_drafts_on_their_way"),
        ("search", "0001_what_can_be_found"),
    ]

    operations = [
        migrations.RunSQL("TRUNCATE search_searchentry", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SearchName",
            fields=[("name", models.TextField(primary_key=True, serialize=False))],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["name"], name="search_name_letters", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="searchentry",
            name="report",
            field=models.ForeignKey(
                default=0, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="reports.report"
            ),
            preserve_default=False,
        ),
        migrations.RemoveIndex(model_name="searchentry", name="search_entry_title_letters"),
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(models.F("title"), config="english"),
                condition=models.Q(("place__in", NAMES)),
                name="search_entry_names",
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["title"], condition=models.Q(("place__in", NAMES)), name="search_entry_by_name"),
        ),
    ]
