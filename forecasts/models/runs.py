"""What the engine computed: one record a run, one row a value."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from forecasts.models.market import Market


class ForecastState(models.Model):
    """How far a market's forecast has kept up with its inputs. Made by a database trigger with every market.

    `inputs_version` is raised by triggers on every change of an input, whatever door it came in by, so an edit cannot
    be missed; `forecast_version` is the version the stored forecast was made from. Equal means current. A table of its
    own, so that saving a market cannot write an older state back. Its row is the lock of a recompute.
    """

    market = models.OneToOneField(Market, primary_key=True, on_delete=models.CASCADE, related_name="state")
    inputs_version = models.PositiveBigIntegerField(default=1)
    forecast_version = models.PositiveBigIntegerField(default=0)
    failed_version = models.PositiveBigIntegerField(default=0, help_text="The version given up on after three tries.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Failed tries at the present version.")
    inputs_digest = models.CharField(max_length=64, blank=True, help_text="What the stored forecast was made from.")
    problem = models.TextField(blank=True, help_text="Why the last recompute failed, in words.")
    changed_at = models.DateTimeField(null=True, help_text="When an input last changed.")
    stale_since = models.DateTimeField(null=True, help_text="When the first edit came that the forecast lacks.")
    attempted_at = models.DateTimeField(null=True, help_text="When the last try at a recompute began.")
    asked_trigger = models.CharField(max_length=40, blank=True, db_default="", help_text="What asked for a run.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Who asked."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(forecast_version__lte=F("inputs_version")), name="forecast_not_ahead_of_its_inputs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.market}: {'current' if self.is_current else 'stale'}"

    @property
    def is_current(self) -> bool:
        return self.forecast_version == self.inputs_version

    @property
    def has_failed(self) -> bool:
        return self.failed_version == self.inputs_version


class ForecastRun(models.Model):
    """One attempt to recompute a market: who asked, what from, how long, what came of it."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="runs")
    outcome = models.CharField(max_length=6, choices=Outcome)
    trigger = models.CharField(max_length=60, help_text="What asked for it: an edit, the sweep, a command.")
    triggered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    inputs_version = models.PositiveBigIntegerField()
    inputs_digest = models.CharField(max_length=64, blank=True)
    values_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    timings = models.JSONField(default=dict, help_text="Milliseconds by phase: load, compute, store.")
    values_changed = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    notes = models.JSONField(default=list, help_text="Sentences of the engine an editor should read.")
    not_estimated = models.JSONField(default=dict, help_text="Path -> sentence why the node has no values.")
    ledger = models.JSONField(default=dict, help_text="Scenario -> driver effects and residual, which sum to the CAGR.")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["market", "-id"], name="run_latest_of_market")]

    def __str__(self) -> str:
        return f"{self.market} run {self.pk}: {self.get_outcome_display()}"


class ForecastValue(models.Model):
    """One value of the current forecast: scenario x node x year. Derived: rebuilt by every run that changes it.

    `path` rather than a foreign key: the row is the engine's answer for that address, and is replaced as a whole.
    Status as in SDMX CL_OBS_STATUS: A actual, E estimated, F forecast.
    """

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="values")
    scenario = models.CharField(max_length=60)
    path = models.CharField(max_length=400)
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    low80 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    high80 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    low95 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    high95 = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    status = models.CharField(max_length=1)

    class Meta:
        ordering = ["scenario", "path", "year"]
        constraints = [
            models.UniqueConstraint(fields=["market", "scenario", "path", "year"], name="value_once_per_cell"),
            models.CheckConstraint(condition=Q(value__gte=0), name="value_is_not_negative"),
            models.CheckConstraint(condition=Q(status__in=["A", "E", "F"]), name="value_status_is_sdmx"),
            models.CheckConstraint(
                condition=Q(low95__isnull=True)
                | Q(low95__lte=F("low80"), low80__lte=F("high80"), high80__lte=F("high95")),
                name="value_intervals_are_nested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} {self.path} {self.year}: {self.value}"
