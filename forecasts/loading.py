"""From the tables to the engine's inputs: one statement, and so one moment, whatever the size of the market."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from django.db import connection

from forecasts import engine
from forecasts.engine import inputs as engine_inputs
from forecasts.models import Dimension, Market
from forecasts.scenarios import weights_of

# An input row names its node by its segment's path, else by its partial dimension's code; else it is the total's.
_NODE = "coalesce(segment.path, dimension.code)"
_OF_NODE = """LEFT JOIN forecasts_segment segment ON segment.id = one.segment_id
              LEFT JOIN forecasts_dimension dimension ON dimension.id = one.dimension_id
              WHERE one.market_id = market.id"""

# Decimals as texts: JSON's numbers would lose their exactness.
_QUESTION = f"""
SELECT first_year, base_year, last_year, decimals, reconciliation, json_build_object(
    'dimensions', (SELECT json_agg(json_build_array(one.id, one.code, one.coverage, broken.path))
                   FROM forecasts_dimension one LEFT JOIN forecasts_segment broken ON broken.id = one.breaks_down_id
                   WHERE one.market_id = market.id),
    'segments', (SELECT json_agg(json_build_array(one.dimension_id, one.path, parent.path))
                 FROM forecasts_segment one JOIN forecasts_dimension own ON own.id = one.dimension_id
                 LEFT JOIN forecasts_segment parent ON parent.id = one.parent_id WHERE own.market_id = market.id),
    'observations', (SELECT json_agg(json_build_array({_NODE}, one.year, one.value::text, one.status, one.source))
                     FROM forecasts_observation one {_OF_NODE}),
    'assumptions', (SELECT json_agg(json_build_array({_NODE}, one.id, one.method, one.rate::text, one.share::text,
                                                     one.drift::text, one.backcast))
                    FROM forecasts_assumption one {_OF_NODE}),
    'steps', (SELECT json_agg(json_build_array(one.assumption_id, one.year, one.rate::text))
              FROM forecasts_growthstep one JOIN forecasts_assumption own ON own.id = one.assumption_id
              WHERE own.market_id = market.id),
    'pins', (SELECT json_agg(json_build_array({_NODE}, one.year, one.value::text)) FROM forecasts_pin one {_OF_NODE}),
    'drivers', (SELECT json_agg(json_build_array(one.code, one.name, one.effect::text) ORDER BY one.position, one.id)
                FROM forecasts_driver one WHERE one.market_id = market.id),
    'scenarios', (SELECT json_agg(json_build_array(one.code, one.name) ORDER BY one.position, one.id)
                  FROM forecasts_scenario one WHERE one.market_id = market.id),
    'weights', (SELECT json_agg(json_build_array(own.code, driver.code, one.weight::text))
                FROM forecasts_scenarioweight one JOIN forecasts_scenario own ON own.id = one.scenario_id
                JOIN forecasts_driver driver ON driver.id = one.driver_id WHERE own.market_id = market.id)
)
FROM forecasts_market market WHERE market.id = %s
"""

type Rows = Iterable[Any]


def load_inputs(market: Market | int) -> engine.MarketInputs:
    """Everything one market's forecast is made from, as the database has it now. One query, whatever its size.

    Ten queries would see ten moments, and take four times as long. Raises Market.DoesNotExist when there is no such
    market.
    """
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [market if isinstance(market, int) else market.pk])
        found = cursor.fetchone()
    if found is None:
        raise Market.DoesNotExist(f"There is no market {market}.")
    first, base, last, decimals, reconciliation, told = found
    rows: Mapping[str, Rows] = defaultdict(list, {name: some for name, some in told.items() if some})
    drivers = tuple(engine.Driver(code, name, Decimal(effect)) for code, name, effect in rows["drivers"])
    return engine.MarketInputs(
        first_year=first,
        base_year=base,
        last_year=last,
        decimals=decimals,
        nodes=_nodes(rows),
        drivers=drivers,
        scenarios=_scenarios(rows, drivers),
        reconciliation=cast("engine_inputs.Reconciliation", reconciliation),
    )


def _nodes(rows: Mapping[str, Rows]) -> tuple[engine.Node, ...]:
    observations = _observations(rows["observations"])
    assumptions = _assumptions(rows["assumptions"], rows["steps"])
    pins = _pins(rows["pins"])

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
    for pk, code, coverage, breaks_down in rows["dimensions"]:
        if coverage == Dimension.Coverage.PARTIAL:
            nodes.append(node(code, None, code, coverage))
            roots[pk] = (code, code, coverage)
        else:
            roots[pk] = (breaks_down or engine.TOTAL, code, coverage)
    for dimension_id, path, parent_path in rows["segments"]:
        root, code, coverage = roots[dimension_id]
        nodes.append(node(path, parent_path or root, code, coverage))
    return tuple(nodes)


def _observations(rows: Rows) -> Mapping[str, dict[int, engine.Observation]]:
    found: dict[str, dict[int, engine.Observation]] = defaultdict(dict)
    for path, year, value, status, source in rows:
        found[path or engine.TOTAL][year] = engine.Observation(Decimal(value), status, source)
    return found


def _assumptions(rows: Rows, steps: Rows) -> Mapping[str, engine.Assumption]:
    paths: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for assumption_id, year, rate in steps:
        paths[assumption_id][year] = Decimal(rate)
    return {
        path or engine.TOTAL: engine.Assumption(
            method=method,
            rate=_number(rate),
            path=paths.get(pk, {}),
            share=_number(share),
            drift=Decimal(drift),
            backcast=backcast,
        )
        for path, pk, method, rate, share, drift, backcast in rows
    }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _pins(rows: Rows) -> Mapping[str, dict[int, Decimal]]:
    found: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for path, year, value in rows:
        found[path or engine.TOTAL][year] = Decimal(value)
    return found


def _scenarios(rows: Mapping[str, Rows], drivers: tuple[engine.Driver, ...]) -> tuple[engine.Scenario, ...]:
    given: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for scenario, driver, weight in rows["weights"]:
        given[scenario][driver] = Decimal(weight)
    return tuple(
        engine.Scenario(code, name, weights_of(code, given.get(code, {}), drivers)) for code, name in rows["scenarios"]
    )
