"""From the tables to the engine's inputs, in a number of queries that does not grow with the market."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from forecasts import engine
from forecasts.engine import inputs as engine_inputs
from forecasts.models import (
    Assumption,
    Dimension,
    Driver,
    GrowthStep,
    Market,
    Observation,
    Pin,
    Scenario,
    ScenarioWeight,
    Segment,
)
from forecasts.scenarios import weights_of

# An input row names its node by its segment's path, else by its partial dimension's code; else it is the total's.
NODE = ("segment__path", "dimension__code")


def load_inputs(market: Market | int) -> engine.MarketInputs:
    """Everything one market's forecast is made from, as the database has it now. Ten queries, whatever its size.

    Raises Market.DoesNotExist when there is no such market.
    """
    market_id = market if isinstance(market, int) else market.pk
    first, base, last, decimals, reconciliation = Market.objects.values_list(
        "first_year", "base_year", "last_year", "decimals", "reconciliation"
    ).get(pk=market_id)
    drivers = _drivers(market_id)
    return engine.MarketInputs(
        first_year=first,
        base_year=base,
        last_year=last,
        decimals=decimals,
        nodes=_nodes(market_id),
        drivers=drivers,
        scenarios=_scenarios(market_id, drivers),
        reconciliation=cast("engine_inputs.Reconciliation", reconciliation),
    )


def _address(segment_path: str | None, dimension_code: str | None) -> str:
    return segment_path or dimension_code or engine.TOTAL


def _nodes(market_id: int) -> tuple[engine.Node, ...]:
    observations = _observations(market_id)
    assumptions = _assumptions(market_id)
    pins = _pins(market_id)

    def node(path: str, adds_to: str | None, group: str, coverage: str) -> engine.Node:
        return engine.Node(
            path=path,
            adds_to=adds_to,
            group=group,
            coverage=cast("engine_inputs.Coverage", coverage),
            observations=observations.get(path, {}),
            assumption=assumptions.get(path),
            pins=pins.get(path, {}),
        )

    nodes = [node(engine.TOTAL, None, "", "complete")]
    roots: dict[int, tuple[str, str, str]] = {}
    for pk, code, coverage, breaks_down in Dimension.objects.filter(market_id=market_id).values_list(
        "pk", "code", "coverage", "breaks_down__path"
    ):
        if coverage == Dimension.Coverage.PARTIAL:
            nodes.append(node(code, None, code, coverage))
            roots[pk] = (code, code, coverage)
        else:
            roots[pk] = (breaks_down or engine.TOTAL, code, coverage)
    for dimension_id, path, parent_path in Segment.objects.filter(dimension__market_id=market_id).values_list(
        "dimension_id", "path", "parent__path"
    ):
        root, code, coverage = roots[dimension_id]
        nodes.append(node(path, parent_path or root, code, coverage))
    return tuple(nodes)


def _observations(market_id: int) -> Mapping[str, dict[int, engine.Observation]]:
    found: dict[str, dict[int, engine.Observation]] = defaultdict(dict)
    rows = Observation.objects.filter(market_id=market_id).order_by()
    for segment, dimension, year, value, status, source in rows.values_list(*NODE, "year", "value", "status", "source"):
        found[_address(segment, dimension)][year] = engine.Observation(
            value, cast("engine_inputs.ObservationStatus", status), source
        )
    return found


def _assumptions(market_id: int) -> Mapping[str, engine.Assumption]:
    steps: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for assumption_id, year, rate in (
        GrowthStep.objects.filter(assumption__market_id=market_id)
        .order_by()
        .values_list("assumption_id", "year", "rate")
    ):
        steps[assumption_id][year] = rate
    found = {}
    rows = Assumption.objects.filter(market_id=market_id).order_by()
    for segment, dimension, pk, method, rate, share, drift, backcast in rows.values_list(
        *NODE, "pk", "method", "rate", "share", "drift", "backcast"
    ):
        found[_address(segment, dimension)] = engine.Assumption(
            method=cast("engine_inputs.Method", method),
            rate=rate,
            path=steps.get(pk, {}),
            share=share,
            drift=drift,
            backcast=backcast,
        )
    return found


def _pins(market_id: int) -> Mapping[str, dict[int, Decimal]]:
    found: dict[str, dict[int, Decimal]] = defaultdict(dict)
    rows = Pin.objects.filter(market_id=market_id).order_by()
    for segment, dimension, year, value in rows.values_list(*NODE, "year", "value"):
        found[_address(segment, dimension)][year] = value
    return found


def _drivers(market_id: int) -> tuple[engine.Driver, ...]:
    rows = Driver.objects.filter(market_id=market_id).values_list("code", "name", "effect")
    return tuple(engine.Driver(code, name, effect) for code, name, effect in rows)


def _scenarios(market_id: int, drivers: tuple[engine.Driver, ...]) -> tuple[engine.Scenario, ...]:
    given: dict[str, dict[str, Decimal]] = defaultdict(dict)
    rows = ScenarioWeight.objects.filter(scenario__market_id=market_id)
    for scenario, driver, weight in rows.values_list("scenario__code", "driver__code", "weight"):
        given[scenario][driver] = weight
    scenarios = Scenario.objects.filter(market_id=market_id).values_list("code", "name")
    return tuple(
        engine.Scenario(code, name, weights_of(code, given.get(code, {}), drivers)) for code, name in scenarios
    )
