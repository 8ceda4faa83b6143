"""What analysts enter: observations with their sources, assumptions, pins, drivers and scenarios."""

from decimal import Decimal

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from forecasts.models.market import Dimension, Market, Segment, code_validator


def years_of(market: Market) -> str:
    return f"{market.first_year}–{market.last_year}"


class NodeInput(models.Model):
    """An input for one node: a segment, a partial dimension's own total, or, with neither, the market's total."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="%(class)ss")
    dimension = models.ForeignKey(
        Dimension,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="%(class)ss",
        help_text="Only for the own total of a partial dimension.",
    )
    segment = models.ForeignKey(
        Segment,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="%(class)ss",
        help_text="Empty for the market's total.",
    )

    class Meta:
        abstract = True

    @property
    def path(self) -> str:
        """The node's address: "total", "electric-vehicle" or "geography/europe"."""
        if self.segment is not None:
            return self.segment.path
        return self.dimension.code if self.dimension is not None else "total"

    def clean(self) -> None:
        if self.segment is not None and self.dimension is not None:
            raise ValidationError("Name a segment or a partial dimension, not both.")
        if self.segment is not None and self.segment.dimension.market_id != self.market_id:
            raise ValidationError({"segment": "The segment belongs to another market."})
        if self.dimension is not None and self.dimension.coverage != Dimension.Coverage.PARTIAL:
            raise ValidationError({"dimension": "Only a partial dimension has a total of its own."})


@pghistory.track()
class Observation(NodeInput):
    """What an analyst entered for a node and year, with its source. Status as in SDMX CL_OBS_STATUS."""

    class Status(models.TextChoices):
        ACTUAL = "A", "Actual"
        ESTIMATE = "E", "Estimate"

    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=6, validators=[MinValueValidator(0)])
    status = models.CharField(max_length=1, choices=Status, default=Status.ESTIMATE)
    source = models.CharField(max_length=300)
    illustrative = models.BooleanField(default=False, help_text="Not market data: shown as illustrative everywhere.")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "dimension", "segment", "year"],
                name="observation_once_per_node_and_year",
                nulls_distinct=False,
                violation_error_message="There is already an observation for this node and year.",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="observation_is_not_negative",
                violation_error_message="A market's value cannot be negative.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="observation_has_a_source",
                violation_error_message="Say where the number comes from.",
            ),
            models.CheckConstraint(condition=Q(status__in=["A", "E"]), name="observation_status_is_sdmx_a_or_e"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.year}: {self.value}"

    def clean(self) -> None:
        super().clean()
        if self.year and self.market_id and self.year not in self.market.years:
            raise ValidationError({"year": f"{self.year} is not among this market’s years, {years_of(self.market)}."})


@pghistory.track()
class Assumption(NodeInput):
    """How a node is projected beyond its observations."""

    class Method(models.TextChoices):
        GROWTH_RATE = "growth-rate", "Constant growth rate"
        GROWTH_PATH = "growth-path", "Growth rate for each year"
        SHARE = "share", "Share of its parent"
        TREND = "trend", "Trend from its history"

    method = models.CharField(max_length=12, choices=Method)
    rate = models.DecimalField(
        "growth, % a year", max_digits=9, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(-100)]
    )
    share = models.DecimalField("share of parent, %", max_digits=9, decimal_places=6, null=True, blank=True)
    drift = models.DecimalField(
        "drift of the share, percentage points a year", max_digits=9, decimal_places=6, default=0
    )
    backcast = models.BooleanField(
        default=False, help_text="Also fill the years before the first observation by the growth rate."
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "dimension", "segment"],
                name="assumption_once_per_node",
                nulls_distinct=False,
                violation_error_message="This node already has an assumption.",
            ),
            models.CheckConstraint(
                condition=Q(method="growth-rate", rate__isnull=False)
                | Q(method="share", share__isnull=False, share__gte=0, share__lte=100)
                | Q(method__in=["growth-path", "trend"]),
                name="assumption_has_what_its_method_needs",
                violation_error_message="A growth rate needs its rate; a share needs a share between 0 and 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path}: {self.get_method_display()}"


@pghistory.track()
class GrowthStep(models.Model):
    """One year of a growth path."""

    assumption = models.ForeignKey(Assumption, on_delete=models.CASCADE, related_name="growth_steps")
    year = models.PositiveSmallIntegerField()
    rate = models.DecimalField("growth, %", max_digits=9, decimal_places=4, validators=[MinValueValidator(-100)])

    class Meta:
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["assumption", "year"], name="growth_step_once_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.rate} %"


@pghistory.track()
class Pin(NodeInput):
    """A value that must be met exactly in a year."""

    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=6, validators=[MinValueValidator(0)])
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "dimension", "segment", "year"],
                name="pin_once_per_node_and_year",
                nulls_distinct=False,
                violation_error_message="This node is already pinned in this year.",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="pin_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(reason=""), name="pin_has_a_reason", violation_error_message="Say why the value is pinned."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.year} = {self.value}"

    def clean(self) -> None:
        super().clean()
        if self.year and self.market_id and self.year not in self.market.years:
            raise ValidationError({"year": f"{self.year} is not among this market’s years, {years_of(self.market)}."})


@pghistory.track()
class Driver(models.Model):
    """A force with a signed effect on growth, in percentage points a year. A market's drivers sum to its CAGR."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="drivers")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=80, validators=[code_validator])
    effect = models.DecimalField("effect on growth, percentage points", max_digits=7, decimal_places=4)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["market", "code"], name="driver_code_once_per_market")]

    def __str__(self) -> str:
        return f"{self.name} ({Decimal(self.effect).normalize():+f} pp)"


@pghistory.track()
class Scenario(models.Model):
    """A named set of driver weights. Every market has base; a driver without a weight counts once."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=60)
    code = models.CharField(max_length=60, validators=[code_validator])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["market", "code"], name="scenario_code_once_per_market")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ScenarioWeight(models.Model):
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="weights")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="weights")
    weight = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scenario", "driver"], name="scenario_weight_once_per_driver")]

    def __str__(self) -> str:
        return f"{self.scenario}: {self.driver.name} x {self.weight}"

    def clean(self) -> None:
        if self.scenario.market_id != self.driver.market_id:
            raise ValidationError({"driver": "The driver belongs to another market."})
