"""How far forecasts have kept up, in words, for the editor's screen and the operator's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F, Q

from forecasts.models import ForecastRun, ForecastState, Market
from forecasts.recompute import TRIES


@dataclass(frozen=True, slots=True)
class ForecastStatus:
    """`stage` is for the program, `sentence` for the reader; `last_run` is the last try, `made_by` made what is shown.

    `waiting_since` is when the first edit came that the forecast lacks; None when it lacks none.
    """

    stage: Literal["current", "waiting", "running", "failed"]
    sentence: str
    inputs_version: int
    forecast_version: int
    waiting_since: datetime | None
    last_run: ForecastRun | None
    made_by: ForecastRun | None

    @property
    def is_current(self) -> bool:
        """Whether the forecast on screen is made from the inputs on screen."""
        return self.stage == "current"

    @property
    def milliseconds(self) -> float | None:
        """How long the run took whose values show: load, compute and store together."""
        return None if self.made_by is None else round(sum(self.made_by.timings.values()), 1)


def forecast_status(market: Market | int) -> ForecastStatus:
    """How far a market's forecast has come. Two queries, so that a page may ask every second.

    Raises ForecastState.DoesNotExist when there is no such market.
    """
    market_id = market if isinstance(market, int) else market.pk
    state = ForecastState.objects.get(pk=market_id)
    runs = list(ForecastRun.objects.filter(market_id=market_id).defer("not_estimated", "ledger")[:10])
    made_by = next((run for run in runs if run.outcome == ForecastRun.Outcome.DONE), None)
    stage: Literal["current", "waiting", "running", "failed"]
    if state.is_current:
        stage, sentence = "current", _current(made_by)
    elif state.has_failed:
        stage, sentence = "failed", f"The forecast could not be computed: {state.problem}"
        if state.forecast_version:
            sentence += " The values shown are those of the last good forecast."
    elif state.attempts and state.problem:
        stage, sentence = "running", state.problem
    elif state.attempts:
        again = f" (try {state.attempts} of {TRIES})" if state.attempts > 1 else ""
        stage, sentence = "running", f"The forecast is being computed{again}."
    else:
        stage, sentence = "waiting", "The forecast has not caught up with the latest edit. It will in a moment."
    return ForecastStatus(
        stage=stage,
        sentence=sentence,
        inputs_version=state.inputs_version,
        forecast_version=state.forecast_version,
        waiting_since=None if state.is_current else state.stale_since,
        last_run=runs[0] if runs else None,
        made_by=made_by,
    )


def _current(run: ForecastRun | None) -> str:
    if run is None:
        return "The forecast is current."
    took = sum(run.timings.values())
    values = "1 value" if run.values_changed == 1 else f"{run.values_changed:,} values"
    return f"The forecast is current. Its last computation took {took:.0f} ms and changed {values}."


@dataclass(frozen=True, slots=True)
class Progress:
    """Markets by how far their forecasts have come. `oldest` is since when the longest waiting one waits."""

    markets: int
    current: int
    failed: int
    oldest: datetime | None

    @property
    def waiting(self) -> int:
        """How many are still to be computed."""
        return self.markets - self.current - self.failed


def recompute_progress() -> Progress:
    """How far all forecasts have come, for instance after an upgrade of the engine. Two queries."""
    states = ForecastState.objects
    is_current = Q(forecast_version=F("inputs_version"))
    has_failed = Q(failed_version=F("inputs_version")) & ~is_current
    oldest = (
        states.exclude(is_current | has_failed).order_by("stale_since").values_list("stale_since", flat=True).first()
    )
    counts = {name: states.filter(which).count() for name, which in (("current", is_current), ("failed", has_failed))}
    return Progress(markets=states.count(), oldest=oldest, **counts)
