"""A report: the draft that words, numbers and companies are gathered in, and the industry it belongs to."""

from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
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


class ReportQuerySet(models.QuerySet["Report"]):
    def with_standing(self) -> "ReportQuerySet":
        """Each report with what lists say of it, in the same query.

        `current_number` and `current_at` are of its current edition, or None; `open_errors` counts findings that stand
        in the way of publishing, `other_findings` those that do not, `open_comments` what was said of the draft and is
        not settled.
        """
        from reports.models.editions import Edition
        from reports.models.findings import Finding, Waiver
        from reports.models.workflow import ReviewComment

        def count(rows: models.QuerySet[Any]) -> Coalesce:
            counted = rows.order_by().values("report").annotate(count=Count("pk")).values("count")
            return Coalesce(Subquery(counted), 0)

        current = Edition.objects.filter(report=OuterRef("pk"), withdrawal__isnull=True).order_by("-number")
        waived = Waiver.objects.filter(report=OuterRef("report"), fingerprint=OuterRef("fingerprint"))
        open_findings = Finding.objects.filter(~Exists(waived), report=OuterRef("pk"))
        comments = ReviewComment.objects.filter(report=OuterRef("pk"), settled_at=None)
        return self.annotate(
            current_number=Subquery(current.values("number")[:1]),
            current_at=Subquery(current.values("published_at")[:1]),
            open_errors=count(open_findings.filter(severity="error")),
            other_findings=count(open_findings.exclude(severity="error")),
            open_comments=count(comments),
        )


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
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        limit_choices_to={"is_staff": True},
        related_name="reports_kept",
        help_text="The editor who looks after the report; it is on their home.",
    )
    featured = models.PositiveSmallIntegerField(
        "place on the home page",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="1 comes first among what the readers’ home page features. Empty: listed by date like the others.",
    )
    developments = models.ManyToManyField(Development, blank=True, related_name="reports")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReportQuerySet.as_manager()

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
