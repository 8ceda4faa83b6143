"""How a stored number came about: the engine's own trace of it, made anew from the inputs it was made from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from forecasts import engine
from forecasts.loading import load_inputs
from forecasts.models import ForecastRun, ForecastState, Market

NOT_CURRENT = "The forecast has not caught up with the latest edit, so no number can be explained yet. Look again soon."
FAILED = "The last recompute failed, so the numbers on screen can’t be explained: {problem} Mend that first."
OTHER_ENGINE = (
    "The stored forecast was made by another version of the engine. Have it recomputed; then it can be explained."
)


class CannotExplain(ValueError):
    """There is no explanation; the message is a sentence that says why and what to do."""


def explain(market: Market, scenario: str, path: str, year: int) -> dict[str, Any]:
    """How one value of the market's stored forecast came about, in the market's unit, with Decimals.

    base_value + reconciliation_adjustment + rounding = value, exactly. Keys are those of `engine.Trace`, observations
    as dictionaries of year, value, status and source. Loads and computes the market; stores nothing. Raises
    CannotExplain when the stored forecast is stale, failed or another engine's, and when there is no such value.
    """
    forecast = _computed(market)
    try:
        return asdict(forecast.explain(scenario, path, year))
    except KeyError:
        raise CannotExplain(_why_not(forecast, scenario, path, year)) from None


@dataclass(frozen=True, slots=True)
class Account:
    """How a whole forecast came about.

    `methods` is path -> how the engine projected the node, in words, for every node with a forecast in the base
    scenario; `traces` is (scenario, path, year) -> how that value came about. Both are empty where the stored forecast
    can't be explained: then there is nothing to say that is sure to be true of it.
    """

    methods: Mapping[str, str] = field(default_factory=dict)
    traces: Mapping[tuple[str, str, int], engine.Trace] = field(default_factory=dict)


def account(market: Market) -> Account:
    """Explain every value of the stored forecast. Loads and computes the market once; stores nothing."""
    try:
        forecast = _computed(market)
    except CannotExplain:
        return Account()
    return Account(_methods(market, forecast), {place: forecast.explain(*place) for place in forecast.cells})


def methods(market: Market) -> Mapping[str, str]:
    """Path -> how the engine projected the node, in words. Empty where the stored forecast can't be explained."""
    try:
        return _methods(market, _computed(market))
    except CannotExplain:
        return {}


def _methods(market: Market, forecast: engine.MarketForecast) -> dict[str, str]:
    found = {}
    for scenario, path, year in forecast.cells:
        if scenario == engine.BASE and year == market.last_year:
            method = _projecting(forecast, path, year)
            if method:
                found[path] = method
    return found


def _projecting(forecast: engine.MarketForecast, path: str, last: int) -> str:
    """The method of the latest year that is neither observed nor pinned; "" where every year is."""
    year = last
    while (engine.BASE, path, year) in forecast.cells:
        trace = forecast.explain(engine.BASE, path, year)
        if trace.status != "F":
            return ""
        if trace.method not in ("observed", "pinned", "observed values only"):
            return trace.method
        year -= 1
    return ""


def _computed(market: Market) -> engine.MarketForecast:
    state = ForecastState.objects.get(pk=market.pk)
    if state.has_failed and not state.is_current:
        raise CannotExplain(FAILED.format(problem=state.problem))
    if not state.is_current:
        raise CannotExplain(NOT_CURRENT)
    run = ForecastRun.objects.filter(market_id=market.pk, outcome=ForecastRun.Outcome.DONE).first()
    if run is None or run.engine_version != engine.ENGINE_VERSION:
        raise CannotExplain(OTHER_ENGINE)
    inputs = load_inputs(market)
    if inputs.digest() != state.inputs_digest:
        raise CannotExplain(NOT_CURRENT)
    return engine.compute(inputs)


def _why_not(forecast: engine.MarketForecast, scenario: str, path: str, year: int) -> str:
    scenarios = {one for one, _, _ in forecast.cells}
    if path in forecast.not_estimated:
        return f"Not estimated: {forecast.not_estimated[path]}"
    if scenarios and scenario not in scenarios:
        return f"This market has no scenario “{scenario}”. It has: {', '.join(sorted(scenarios))}."
    if not any(one == path for _, one, _ in forecast.cells):
        return f"This market has no segment at “{path}”. Open the data grid and ask from there."
    return f"“{path}” is not estimated in {year}."
