"""A report: the draft that words, numbers and companies are gathered in, and the industry it belongs to."""

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify

from companies.models import Development
from forecasts.models import Market

if TYPE_CHECKING:
    from reports.models.editions import Edition


class Industry(models.Model):
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    isic = models.CharField("ISIC code", max_length=6, blank=True, help_text="ISIC Rev. 4 or 5, such as 2930.")
    naics = models.CharField("NAICS code", max_length=6, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "industries"

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["created_at", "updated_at"])
class Report(models.Model):
    """The draft of a report on one market. Readers never see it: they see its editions."""

    class Concentration(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    market = models.OneToOneField(Market, on_delete=models.PROTECT, related_name="report")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="reports")
    summary = models.TextField(blank=True, help_text="Two or three sentences for lists and search results.")
    concentration = models.CharField(max_length=6, choices=Concentration, blank=True)
    illustrative = models.BooleanField(
        default=False, help_text="The data is not market data; every page, export and API row says so."
    )
    developments = models.ManyToManyField(Development, blank=True, related_name="reports")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(concentration__in=["", "low", "medium", "high"]), name="report_concentration_known"
            )
        ]
        permissions = [("publish_report", "Can publish and withdraw editions")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.slug = self.slug or slugify(self.title)[:200]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.slug])

    @property
    def current_edition(self) -> "Edition | None":
        """The highest-numbered edition that was not withdrawn."""
        return self.editions.current().first()


@pghistory.track()
class ReportDevelopment(Report.developments.through):  # type: ignore[name-defined,misc]
    """That a development is among a report's, as the draft history follows it."""

    class Meta:
        proxy = True
        verbose_name = "development in the report"
        verbose_name_plural = "developments in the report"
