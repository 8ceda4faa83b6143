"""What can be found: a projection of current editions, one row for each place in them. Safe to delete, written anew."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField

from reports.models import Edition


class SearchEntry(models.Model):
    """One place in an edition: its title and words. `tier` is the least access that may read it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="search_entries")
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
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="search_entry_title_letters"),
        ]

    def __str__(self) -> str:
        return self.title
