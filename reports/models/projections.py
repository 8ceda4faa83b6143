"""Projections of editions: tables to filter and join on across reports. Safe to delete, rebuilt from the documents.

Written by `reports.projection` alone. `EditionSummary` has one row for each edition; the others have one row for each
thing an edition says, valid for a range of editions: what did not change from one edition to the next is not stored
again, and its `last_edition` stays empty.
"""

from django.db import models
from django.db.models import F, Q

from reports.models.editions import Edition
from reports.models.report import Report


class EditionSummary(models.Model):
    """An edition's headline, for lists: everything here is public."""

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="summary")
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    industry = models.CharField(max_length=120)
    industry_slug = models.CharField(max_length=120, db_index=True)
    isic = models.CharField(max_length=6, blank=True)
    naics = models.CharField(max_length=6, blank=True)
    market = models.TextField()
    measure = models.TextField()
    currency = models.CharField(max_length=3)
    unit = models.CharField(max_length=30)
    price_basis = models.TextField(blank=True)
    first_year = models.PositiveSmallIntegerField()
    base_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    base_value = models.DecimalField(null=True)
    end_value = models.DecimalField(null=True)
    cagr = models.DecimalField(null=True, help_text="Per cent a year, from the base year to the last year.")
    concentration = models.CharField(max_length=20, blank=True)
    illustrative = models.BooleanField(default=False)
    pages = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["edition"]
        verbose_name_plural = "edition summaries"

    def __str__(self) -> str:
        return self.title


class Ranged(models.Model):
    """What an edition says, valid from `first_edition` to `last_edition`, or to the newest where that is empty."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="%(class)ss")
    first_edition = models.PositiveIntegerField()
    last_edition = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


def _range_in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(last_edition__isnull=True) | Q(last_edition__gte=F("first_edition")), name=name
    )


class EditionSegment(Ranged):
    """A node of a dimension's tree, with its public narrative as HTML."""

    dimension = models.CharField(max_length=60)
    dimension_name = models.TextField()
    coverage = models.CharField(max_length=10)
    breaks_down = models.CharField(max_length=400, blank=True)
    path = models.CharField(max_length=400)
    name = models.TextField()
    kind = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    parent = models.CharField(max_length=400, blank=True)
    adds_to = models.CharField(max_length=400, blank=True)
    leaf = models.BooleanField()
    iso_code = models.CharField(max_length=2, blank=True)
    estimated = models.BooleanField()
    why_not = models.TextField(blank=True)
    narrative = models.TextField(blank=True)

    class Meta:
        ordering = ["report", "path", "first_edition"]
        constraints = [
            models.UniqueConstraint(fields=["report", "path", "first_edition"], name="edition_segment_once"),
            _range_in_order("edition_segment_range_in_order"),
        ]

    def __str__(self) -> str:
        return self.path


class EditionCompany(Ranged):
    """A company that a report names. Its share and profile are for licensed readers."""

    slug = models.CharField(max_length=200, db_index=True)
    name = models.TextField()
    is_player = models.BooleanField(default=False)
    is_key = models.BooleanField(default=False)
    is_major = models.BooleanField(default=False)
    share = models.DecimalField(null=True)
    share_year = models.PositiveSmallIntegerField(null=True)
    share_source = models.TextField(blank=True)
    profile = models.JSONField(null=True)

    class Meta:
        ordering = ["report", "slug", "first_edition"]
        verbose_name_plural = "edition companies"
        constraints = [
            models.UniqueConstraint(fields=["report", "slug", "first_edition"], name="edition_company_once"),
            _range_in_order("edition_company_range_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class EditionDevelopment(Ranged):
    """Something a company did, as a report tells it. `key` is a digest of what is told."""

    key = models.CharField(max_length=64)
    date = models.DateField(db_index=True)
    precision = models.CharField(max_length=5)
    when = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    text = models.TextField()
    companies = models.JSONField(default=list, help_text="[{name, slug}]")
    source = models.TextField(blank=True)
    source_url = models.TextField(blank=True)

    class Meta:
        ordering = ["-date", "report", "key", "first_edition"]
        constraints = [
            models.UniqueConstraint(fields=["report", "key", "first_edition"], name="edition_development_once"),
            _range_in_order("edition_development_range_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.when}: {self.text[:80]}"
