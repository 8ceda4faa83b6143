"""The whole engine on a small market: what an editor relies on."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from forecasts.engine import (
    Driver,
    InfeasibleInputs,
    MarketForecast,
    MarketInputs,
    Node,
    Scenario,
    cagr,
    compute,
    default_scenarios,
)
from tests.engine.markets import growing, observed, share, sunroofs


def value(forecast: MarketForecast, path: str, year: int, scenario: str = "base") -> Decimal:
    return forecast.cells[scenario, path, year].value


def test_the_total_grows_smoothly_to_its_pin() -> None:
    forecast = compute(sunroofs())
    values = [value(forecast, "total", year) for year in range(2024, 2032)]
    assert values[0] == Decimal("2274.97")
    assert values[-1] == Decimal("3701.17")
    rates = [cagr(before, after, 1) for before, after in pairwise(values)]
    assert max(rates) - min(rates) < Decimal("0.01")


def test_printed_children_sum_to_printed_parents() -> None:
    inputs = sunroofs()
    forecast = compute(inputs)
    for year in range(2024, 2032):
        for parent, children in {
            "total": ["material/fabric-material", "material/glass-material"],
            "material/fabric-material": ["fabric/foldable", "fabric/removable"],
            "ev": ["ev/bev", "ev/hev"],
        }.items():
            assert sum(value(forecast, child, year) for child in children) == value(forecast, parent, year)


def test_a_node_without_data_is_not_estimated_and_nobody_fills_its_gap() -> None:
    forecast = compute(sunroofs())
    assert "no observation" in forecast.not_estimated["geography/europe/rest"]
    assert ("base", "geography/europe/rest", 2031) not in forecast.cells
    known = value(forecast, "geography/europe/germany", 2031) + value(forecast, "geography/europe/france", 2031)
    assert known < value(forecast, "geography/europe", 2031)


def test_years_that_nobody_observed_are_not_invented() -> None:
    forecast = compute(sunroofs())
    assert ("base", "total", 2023) not in forecast.cells


def test_pins_that_exceed_their_parent_are_refused_by_name() -> None:
    inputs = MarketInputs(
        2024,
        2024,
        2026,
        1,
        (
            Node("total", observations=observed({2024: "10"}), assumption=growing("1"), pins={2026: Decimal(12)}),
            Node("a/x", "total", "a", observations=observed({2024: "5"}), pins={2026: Decimal(8)}),
            Node("a/y", "total", "a", observations=observed({2024: "5"}), pins={2026: Decimal(7)}),
        ),
    )
    with pytest.raises(InfeasibleInputs, match=r"In 2026 the pins of “a/x” \(8\), “a/y” \(7\) come to more"):
        compute(inputs)


def test_scenarios_move_growth_by_the_weighted_effects() -> None:
    plain = sunroofs(pins={})
    inputs = MarketInputs(2021, 2024, 2031, 2, plain.nodes, plain.drivers, default_scenarios(plain.drivers))
    forecast = compute(inputs)
    assert cagr(value(forecast, "total", 2024), value(forecast, "total", 2031), 7).quantize(Decimal("0.01")) == Decimal(
        "7.20"
    )
    # A quarter of 2.5 from what helps, and a quarter of 1.1 less from what hinders.
    better = value(forecast, "total", 2031, "optimistic")
    assert cagr(value(forecast, "total", 2024), better, 7).quantize(Decimal("0.01")) == Decimal("8.10")


def test_the_ledger_sums_to_the_cagr() -> None:
    ledger = compute(sunroofs()).ledger["base"]
    assert sum(entry.contribution for entry in ledger.entries) + ledger.residual == ledger.cagr == Decimal("7.20")


def test_the_trace_sums_to_the_value() -> None:
    forecast = compute(sunroofs())
    for scenario, path, year in forecast.cells:
        trace = forecast.explain(scenario, path, year)
        assert trace.base_value + trace.reconciliation_adjustment + trace.rounding == trace.value


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused_by_name(number: str) -> None:
    effect = replace(sunroofs(), drivers=(Driver("cost", "Cost", Decimal(number)),))
    weight = sunroofs(scenarios=(Scenario("calm", "Calm", {"cost": Decimal(number)}),))
    drift = replace(sunroofs(), nodes=(Node("total", assumption=share("5", number)),))
    for inputs, named in ((effect, "driver “Cost”"), (weight, "“Calm” weighs “cost”"), (drift, "share of “total”")):
        with pytest.raises(InfeasibleInputs, match=named):
            compute(inputs)


def test_a_scenario_may_turn_growth_into_collapse_but_never_below_nothing() -> None:
    dark = Scenario("dark", "Dark", {"cost": Decimal(500)})
    forecast = compute(sunroofs(pins={}, scenarios=(dark,)))
    assert value(forecast, "total", 2025, "dark") == 0
    assert {
        cell.value for (scenario, _, year), cell in forecast.cells.items() if scenario == "dark" and year > 2024
    } == {Decimal("0.00")}
    assert forecast.ledger["dark"].cagr == -100
