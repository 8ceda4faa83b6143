"""Editions: what was published, for ever. And the rows projected from them for filtering across reports."""

from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.document import Document
from reports.models.report import Report


class EditionQuerySet(models.QuerySet["Edition"]):
    def standing(self) -> "EditionQuerySet":
        """Editions that were not withdrawn."""
        return self.filter(withdrawal__isnull=True)

    def current(self) -> "EditionQuerySet":
        """Of each report, the highest-numbered edition that was not withdrawn."""
        newest = (
            Edition.objects.filter(report=models.OuterRef("report"), withdrawal__isnull=True)
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest))

    def as_of(self, moment: datetime) -> "EditionQuerySet":
        """Of each report, the edition that was current at that moment: published by then, not withdrawn by then."""
        newest = (
            Edition.objects.filter(report=models.OuterRef("report"), published_at__lte=moment)
            .exclude(withdrawal__withdrawn_at__lte=moment)
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest))


class Edition(models.Model):
    """One published version of a report. A database trigger refuses to change or delete it."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    schema = models.PositiveSmallIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the document in canonical JSON.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="published_editions"
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["report", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="edition_number_once_per_report"),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.report.title}, edition {self.number}"

    @cached_property
    def contents(self) -> Document:
        """The document as dataclasses, upgraded to today's schema."""
        return Document.from_json(self.document)


class Withdrawal(models.Model):
    """That an edition was withdrawn, why and by whom. The edition itself stays as it was."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="withdrawals")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="withdrawal_has_a_reason", violation_error_message="Say why."
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition} withdrawn"


class EditionValueQuerySet(models.QuerySet["EditionValue"]):
    def of_edition(self, edition: Edition) -> "EditionValueQuerySet":
        return self.filter(
            Q(last_edition__isnull=True) | Q(last_edition__gte=edition.number),
            report_id=edition.report_id,
            first_edition__lte=edition.number,
        )


class EditionValue(models.Model):
    """A projection of editions: one number, valid for a range of editions. Safe to delete, rebuilt from the documents.

    A number that did not change from one edition to the next is not stored again: `last_edition` stays empty.
    `tier` is the least access that may read it. Decimals keep the places they were printed with.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="edition_values")
    first_edition = models.PositiveIntegerField()
    last_edition = models.PositiveIntegerField(null=True)
    tier = models.PositiveSmallIntegerField()
    dimension = models.CharField(max_length=60)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=150)
    level = models.PositiveSmallIntegerField()
    parent = models.CharField(max_length=400, blank=True)
    leaf = models.BooleanField()
    adds_to = models.CharField(max_length=400, blank=True)
    year = models.PositiveSmallIntegerField()
    scenario = models.CharField(max_length=60)
    value = models.DecimalField(null=True)
    low80 = models.DecimalField(null=True)
    high80 = models.DecimalField(null=True)
    low95 = models.DecimalField(null=True)
    high95 = models.DecimalField(null=True)
    unit = models.CharField(max_length=30)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=1, help_text="SDMX: A actual, E estimated, F forecast, M not estimated.")
    source = models.TextField(blank=True)
    illustrative = models.BooleanField(default=False)
    note = models.TextField(blank=True, help_text="Why there is no value, where there is none.")
    written = models.TextField(db_default="", help_text="The row as JSON members, but for report, edition, intervals.")
    written_intervals = models.TextField(db_default="", help_text="The intervals as JSON members.")

    objects = EditionValueQuerySet.as_manager()

    class Meta:
        ordering = ["report", "path", "scenario", "year", "first_edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "path", "scenario", "year", "first_edition"], name="edition_value_once"
            ),
            models.CheckConstraint(
                condition=Q(last_edition__isnull=True) | Q(last_edition__gte=models.F("first_edition")),
                name="edition_value_range_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.year}: {self.value}"
