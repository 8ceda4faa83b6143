"""The parts of a report's draft. Numbers in prose are references such as [[total 2031]], never typed."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.html import strip_tags

from companies.models import Company
from forecasts.models import Dimension, Driver, Segment
from reports.models.prose import ProseField
from reports.models.report import Report


@pghistory.track()
class Section(models.Model):
    """A titled piece of prose: an overview block, a part of the competitive landscape, the methodology and so on."""

    class Kind(models.TextChoices):
        OVERVIEW = "overview", "Overview"
        COMPETITIVE = "competitive", "Competitive landscape"
        ANALYST_VIEW = "analyst-view", "Analyst view"
        OUTLOOK = "outlook", "Future outlook"
        METHODOLOGY = "methodology", "Methodology"
        DEFINITION = "definition", "Market definition"
        SCOPE = "scope", "Study scope"
        INTRODUCTION = "introduction", "Introduction"
        EXECUTIVE_SUMMARY = "executive-summary", "Executive summary"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=20, choices=Kind)
    heading = models.CharField(max_length=200, blank=True)
    body = ProseField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position", "pk"]

    def __str__(self) -> str:
        return self.heading or self.get_kind_display()


@pghistory.track()
class Takeaway(models.Model):
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="takeaways")
    body = ProseField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return strip_tags(self.body)[:80]


@pghistory.track()
class SegmentNarrative(models.Model):
    """What the report says of a dimension as a whole, or of one of its segments."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="narratives")
    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="narratives")
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.CASCADE, related_name="narratives")
    body = ProseField()

    class Meta:
        ordering = ["dimension__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "dimension", "segment"],
                name="narrative_once_per_segment",
                nulls_distinct=False,
                violation_error_message="There is already a text on this segment.",
            )
        ]

    def __str__(self) -> str:
        return str(self.segment or self.dimension.name)


@pghistory.track()
class MarketForce(models.Model):
    class Kind(models.TextChoices):
        DRIVER = "driver", "Driver"
        RESTRAINT = "restraint", "Restraint"
        OPPORTUNITY = "opportunity", "Opportunity"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="forces")
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=200)
    body = ProseField(blank=True)
    driver = models.OneToOneField(
        Driver,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="force",
        help_text="Its measured effect on growth, in the driver ledger.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "kind", "title"], name="force_title_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["driver", "restraint", "opportunity"]), name="force_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class MatrixArea(models.Model):
    """A column of the impact matrix: an area of business that the forces act on."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="matrix_areas")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["report", "name"], name="matrix_area_once_per_report")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class MatrixCell(models.Model):
    area = models.ForeignKey(MatrixArea, on_delete=models.CASCADE, related_name="cells")
    kind = models.CharField("forces", max_length=12, choices=MarketForce.Kind)
    body = ProseField()

    class Meta:
        ordering = ["area__position", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["area", "kind"], name="matrix_cell_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["driver", "restraint", "opportunity"]), name="matrix_cell_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.area}"


@pghistory.track()
class PestItem(models.Model):
    class Factor(models.TextChoices):
        POLITICAL = "political", "Political"
        ECONOMIC = "economic", "Economic"
        SOCIAL = "social", "Social"
        TECHNOLOGICAL = "technological", "Technological"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="pest_items")
    factor = models.CharField(max_length=13, choices=Factor)
    body = ProseField(blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "PEST item"
        constraints = [models.UniqueConstraint(fields=["report", "factor"], name="pest_factor_once_per_report")]

    def __str__(self) -> str:
        return self.get_factor_display()


@pghistory.track()
class PorterForce(models.Model):
    class Force(models.TextChoices):
        SUPPLIERS = "suppliers", "Bargaining power of suppliers"
        BUYERS = "buyers", "Bargaining power of buyers"
        SUBSTITUTES = "substitutes", "Threat of substitutes"
        ENTRANTS = "entrants", "Threat of new entrants"
        RIVALRY = "rivalry", "Competitive rivalry"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="porter_forces")
    force = models.CharField(max_length=12, choices=Force)
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="1 weak to 5 strong."
    )
    body = ProseField(blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "Porter force"
        constraints = [
            models.UniqueConstraint(fields=["report", "force"], name="porter_force_once_per_report"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
                name="porter_rating_is_one_to_five",
                violation_error_message="Rate a force from 1 (weak) to 5 (strong).",
            ),
        ]

    def __str__(self) -> str:
        return self.get_force_display()


@pghistory.track()
class Player(models.Model):
    """A company's part in this market."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="players")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="plays")
    is_key = models.BooleanField("key player", default=True)
    is_major = models.BooleanField("major player", default=False)
    share = models.DecimalField("market share, %", max_digits=6, decimal_places=3, null=True, blank=True)
    share_year = models.PositiveSmallIntegerField(null=True, blank=True)
    share_source = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "company"],
                name="player_once_per_report",
                violation_error_message="This company is already among the players.",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True, share_year__isnull=True)
                | (Q(share__gte=0, share__lte=100, share_year__isnull=False) & ~Q(share_source="")),
                name="player_share_has_year_and_source",
                violation_error_message="A market share lies between 0 and 100 and needs its year and source.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.company)


@pghistory.track()
class Abbreviation(models.Model):
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="abbreviations")
    short = models.CharField(max_length=30)
    long = models.CharField(max_length=200)

    class Meta:
        ordering = ["short"]
        constraints = [models.UniqueConstraint(fields=["report", "short"], name="abbreviation_once_per_report")]

    def __str__(self) -> str:
        return self.short
