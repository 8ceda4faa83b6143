"""A market, the ways to split it, and the segments it is split into."""

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify

code_validator = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use small letters, digits and single hyphens.")


class MarketQuerySet(models.QuerySet["Market"]):
    def stale(self) -> "MarketQuerySet":
        """Markets edited since their forecast was made, and not given up on."""
        return self.filter(
            ~Q(state__forecast_version=F("state__inputs_version")), ~Q(state__failed_version=F("state__inputs_version"))
        )


@pghistory.track()
class Market(models.Model):
    """What is measured. Values are in `currency`, in units of 10**unit_mult (SDMX UNIT_MULT), to `decimals` places."""

    class PriceBasis(models.TextChoices):
        CURRENT = "current", "Current prices"
        CONSTANT = "constant", "Constant prices"

    class Reconciliation(models.TextChoices):
        TOP_DOWN = "top-down", "Top-down, in proportion"
        STRUCTURAL = "structural", "Least squares, structural weights"
        VARIANCE = "variance", "Least squares, variance weights"

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    measure = models.CharField(max_length=100, default="Revenue", help_text="What is counted: revenue, units sold.")
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217, such as USD.")
    unit_mult = models.PositiveSmallIntegerField(
        "unit multiplier",
        default=6,
        choices=[(0, "units"), (3, "thousand"), (6, "million"), (9, "billion")],
        help_text="SDMX UNIT_MULT: the power of ten the values are in.",
    )
    decimals = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(4)])
    price_basis = models.CharField(max_length=8, choices=PriceBasis, default=PriceBasis.CURRENT)
    price_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="For constant prices only.")
    first_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1900), MaxValueValidator(2200)])
    base_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1900), MaxValueValidator(2200)])
    last_year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1900), MaxValueValidator(2200)])
    reconciliation = models.CharField(max_length=12, choices=Reconciliation, default=Reconciliation.TOP_DOWN)

    objects = MarketQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_year__lte=F("base_year"), base_year__lt=F("last_year")),
                name="market_years_in_order",
                violation_error_message="The first year may not come after the base year; the last year must.",
            ),
            models.CheckConstraint(
                condition=Q(last_year__lte=F("first_year") + 60),
                name="market_spans_at_most_60_years",
                violation_error_message="A market spans at most 60 years.",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="market_currency_is_iso_4217",
                violation_error_message="Give the currency as three capital letters (ISO 4217), such as USD.",
            ),
            models.CheckConstraint(
                condition=Q(price_basis="current", price_year__isnull=True)
                | Q(price_basis="constant", price_year__isnull=False),
                name="market_price_year_with_constant_prices",
                violation_error_message="Constant prices need the year they are of; current prices have none.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_current(self) -> bool:
        """Whether the stored forecast was made from the inputs as they are now."""
        return self.state.is_current

    @property
    def unit_label(self) -> str:
        """The unit as readers see it: "USD million"."""
        return f"{self.currency} {self.get_unit_mult_display()}" if self.unit_mult else self.currency

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)


@pghistory.track()
class Dimension(models.Model):
    """One way to split a market."""

    class Coverage(models.TextChoices):
        COMPLETE = "complete", "Complete: its segments sum to the market"
        BREAKDOWN = "breakdown", "Breakdown: its segments sum to one segment of another dimension"
        PARTIAL = "partial", "Partial: its segments cover only part of the market"

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="dimensions")
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=60, validators=[code_validator])
    coverage = models.CharField(max_length=10, choices=Coverage, default=Coverage.COMPLETE)
    breaks_down = models.ForeignKey(
        "Segment", null=True, blank=True, on_delete=models.RESTRICT, related_name="broken_down_by"
    )
    is_geography = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["market", "code"], name="dimension_code_once_per_market"),
            models.UniqueConstraint(
                fields=["market"], condition=Q(is_geography=True), name="dimension_one_geography_per_market"
            ),
            models.CheckConstraint(
                condition=Q(coverage="breakdown", breaks_down__isnull=False)
                | Q(coverage__in=["complete", "partial"], breaks_down__isnull=True),
                name="dimension_breakdown_names_its_segment",
                violation_error_message="A breakdown needs the segment it breaks down; other coverages have none.",
            ),
            models.CheckConstraint(
                condition=~Q(code="total"),
                name="dimension_code_is_not_total",
                violation_error_message="“total” is the market itself; choose another code.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market}: {self.name}"

    def clean(self) -> None:
        other = self.breaks_down
        if other is None:
            return
        if other.dimension.market_id != self.market_id:
            raise ValidationError({"breaks_down": "The segment broken down belongs to another market."})
        seen = {self.pk}
        while other is not None:
            if other.dimension_id in seen:
                raise ValidationError({"breaks_down": "A dimension cannot break down a segment of its own."})
            seen.add(other.dimension_id)
            other = other.dimension.breaks_down

    def save(self, *args: object, **kwargs: object) -> None:
        self.code = self.code or slugify(self.name)[:60]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


@pghistory.track()
class Segment(models.Model):
    """A node in a dimension's tree. Its path is fixed when it is made: renaming a segment does not break references."""

    class Kind(models.TextChoices):
        SEGMENT = "segment", "Segment"
        REGION = "region", "Region"
        COUNTRY = "country", "Country"
        GROUP = "group", "Group of countries"
        REST = "rest", "Rest of a region"

    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="segments")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(max_length=150)
    code = models.CharField(max_length=80, validators=[code_validator], blank=True)
    path = models.CharField(max_length=400, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SEGMENT)
    iso_code = models.CharField(
        "ISO 3166 code", max_length=2, blank=True, help_text="For a country: ISO 3166-1 alpha-2, such as DE."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "path"], name="segment_path_once_per_dimension"),
            models.UniqueConstraint(
                fields=["dimension", "parent", "name"],
                name="segment_name_once_per_parent",
                nulls_distinct=False,
                violation_error_message="Its parent already has a segment of this name.",
            ),
            models.CheckConstraint(
                condition=Q(iso_code="") | Q(iso_code__regex=r"^[A-Z]{2}$", kind="country"),
                name="segment_iso_code_is_a_countrys",
                violation_error_message="Only a country has an ISO 3166-1 code, of two capital letters.",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="segment_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.parent is not None and self.parent.dimension_id != self.dimension_id:
            raise ValidationError({"parent": "The parent belongs to another dimension."})
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": "A segment cannot lie under itself."})
            above = above.parent

    def save(self, *args: object, **kwargs: object) -> None:
        self.code = self.code or slugify(self.name)[:80] or "segment"
        if not self.path:
            above = self.parent.path if self.parent else self.dimension.code
            self.path = f"{above}/{self.code}"
        super().save(*args, **kwargs)  # type: ignore[arg-type]
