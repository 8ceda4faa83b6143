"""Places in editions by words and, in titles, by likeness of letters."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("reports", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.PositiveSmallIntegerField()),
                ("place", models.CharField(help_text="What kind of place it is, in words: “Segment”.", max_length=40)),
                ("anchor", models.CharField(blank=True, max_length=500)),
                ("title", models.TextField()),
                ("body", models.TextField(blank=True)),
                (
                    "vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                models.F("title"), config="english", weight="A"
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(models.F("body"), config="english", weight="C"),
                            django.contrib.postgres.search.SearchConfig("english"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="search_entries", to="reports.edition"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "search entries",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_entry_words"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["title"], name="search_entry_title_letters", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
    ]
