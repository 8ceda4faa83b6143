"""What can be found: projections of current editions, one row for each place in them, and one for each name that any of
them has. Safe to delete, written anew."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact

from reports.models import Edition, Report

NAMES = ("Report", "Segment", "Company")
"""Places whose titles are names, which are looked for by likeness and suggested while typing."""

ONE_IN = 16
"""Of so many entries one is in the sample, where words that stand in very many are looked for first."""


class SearchEntry(models.Model):
    """One place in an edition: its title and words. `tier` is the least access that may read it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="search_entries")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    tier = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=40, help_text="What kind of place it is, in words: “Segment”.")
    anchor = models.CharField(max_length=500, blank=True)
    title = models.TextField()
    body = models.TextField(blank=True)
    vector = GeneratedField(
        expression=SearchVector(F("title"), weight="A", config="english")
        + SearchVector(F("body"), weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            GinIndex(fields=["vector"], name="search_entry_words"),
            GinIndex(
                SearchVector(F("title"), config="english"), condition=Q(place__in=NAMES), name="search_entry_names"
            ),
            GinIndex(fields=["vector"], condition=Q(Exact(Mod("id", ONE_IN), 0)), name="search_entry_sample"),
            models.Index(
                fields=["title", "tier", "id"], condition=Q(place__in=NAMES), name="search_entry_least_of_name"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SearchName(models.Model):
    """A name that entries have, once, however many reports say it. It tells nothing by itself: whoever looks it up is
    shown an entry of that name that they may read, or nothing."""

    name = models.TextField(primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="search_name_letters")]

    def __str__(self) -> str:
        return self.name
