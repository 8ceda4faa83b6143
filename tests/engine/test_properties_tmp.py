"""What must hold for any market at all: random trees, coverage, histories, assumptions, pins and scenarios."""

import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from forecasts.engine import InfeasibleInputs, MarketForecast, MarketInputs, Node, cagr, compute
from tests.engine.any_market import markets


def computed(inputs: MarketInputs) -> MarketForecast:
    """The forecast. Inputs that contradict each other are refused and not counted as an example: where nearly all
    were, hypothesis would fail the test."""
    try:
        return compute(inputs)
    except InfeasibleInputs:
        reject()


def answered(inputs: MarketInputs) -> MarketForecast | str:
    """The forecast, or the sentence with which the inputs are refused."""
    try:
        return compute(inputs)
    except InfeasibleInputs as error:
        return str(error)


def groups_of(inputs: MarketInputs) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for node in inputs.nodes:
        if node.adds_to is not None:
            groups.setdefault((node.adds_to, node.group), []).append(node.path)
    return groups


def nodes_of(inputs: MarketInputs) -> dict[str, Node]:
    return {node.path: node for node in inputs.nodes}


def scenarios_of(inputs: MarketInputs) -> list[str]:
    return [scenario.code for scenario in inputs.ordered_scenarios()]


several = settings(max_examples=2500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)


@several
@given(markets())
def test_complete_groups_sum_exactly_and_incomplete_ones_never_exceed(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    for (parent, _), children in groups_of(inputs).items():
        partial = parent == "total" and any(nodes_of(inputs)[child].coverage == "partial" for child in children)
        for scenario in scenarios_of(inputs):
            for year in inputs.years:
                cells = [forecast.cells.get((scenario, child, year)) for child in children]
                whole = forecast.cells.get((scenario, parent, year))
                parts = sum((cell.value for cell in cells if cell), Decimal(0))
                if whole is not None and all(cells) and not partial:
                    assert parts == whole.value
                elif whole is not None:
                    assert parts <= whole.value


@several
@given(markets())
def test_pins_hold_nothing_is_negative_and_intervals_enclose_the_value(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    step = Decimal(1).scaleb(-inputs.decimals)
    for node in inputs.nodes:
        for year, pin in node.pins.items():
            for scenario in scenarios_of(inputs):
                assert forecast.cells[scenario, node.path, year].value == pin.quantize(step)
    for cell in forecast.cells.values():
        assert cell.value >= 0
        if cell.low95 is not None and cell.low80 is not None and cell.high80 is not None and cell.high95 is not None:
            assert 0 <= cell.low95 <= cell.low80 <= cell.value <= cell.high80 <= cell.high95


@several
@given(markets())
def test_a_partial_dimension_never_exceeds_the_market(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    for (scenario, path, year), cell in forecast.cells.items():
        whole = forecast.cells.get((scenario, "total", year))
        if path in ("ev", "hybrid") and whole is not None:
            assert cell.value <= whole.value


@several
@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_entry_changes_nothing(inputs: MarketInputs, shuffler: random.Random) -> None:
    forecast = answered(inputs)
    shuffled = list(inputs.nodes)
    shuffler.shuffle(shuffled)
    scenarios = tuple(reversed(inputs.scenarios))
    other = replace(inputs, nodes=tuple(shuffled), drivers=tuple(reversed(inputs.drivers)), scenarios=scenarios)
    assert other.digest() == inputs.digest()
    again = answered(other)
    if isinstance(forecast, str) or isinstance(again, str):
        assert again == forecast
    else:
        assert again.digest == forecast.digest
        assert again.cells == forecast.cells
        assert again.notes == forecast.notes
        assert again.not_estimated == forecast.not_estimated


@several
@given(markets())
def test_what_is_missing_is_said_to_be_missing(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    shown = {path for _, path, _ in forecast.cells}
    assert {node.path for node in inputs.nodes} - shown == set(forecast.not_estimated)


@several
@given(markets())
def test_every_trace_sums_to_its_value(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    for scenario, path, year in forecast.cells:
        trace = forecast.explain(scenario, path, year)
        assert trace.base_value + trace.reconciliation_adjustment + trace.rounding == trace.value


@several
@given(markets())
def test_a_thousandfold_unit_scales_every_value(inputs: MarketInputs) -> None:
    """Entered in thousands with three more decimals, every value is the same to the printed unit of the smaller."""
    forecast = computed(inputs)

    def scaled(node: Node) -> Node:
        observations = {year: replace(one, value=one.value / 1000) for year, one in node.observations.items()}
        return replace(node, observations=observations, pins={year: pin / 1000 for year, pin in node.pins.items()})

    smaller = replace(inputs, decimals=inputs.decimals + 3, nodes=tuple(scaled(node) for node in inputs.nodes))
    again = compute(smaller)
    assert {key: cell.value * 1000 for key, cell in again.cells.items()} == {
        key: cell.value for key, cell in forecast.cells.items()
    }


@several
@given(markets())
def test_equal_inputs_give_equal_bytes(inputs: MarketInputs) -> None:
    """Entered anew, with numbers written in another way."""
    forecast = computed(inputs)

    def rewritten(node: Node) -> Node:
        observations = {year: replace(one, value=one.value.normalize()) for year, one in node.observations.items()}
        return replace(node, observations=observations, pins={year: pin * 1 for year, pin in node.pins.items()})

    again = compute(replace(inputs, nodes=tuple(rewritten(node) for node in inputs.nodes)))
    assert again.digest == forecast.digest
    assert repr(sorted(again.cells.items())) == repr(sorted(forecast.cells.items()))


@several
@given(markets())
def test_the_ledger_of_every_scenario_sums_to_the_cagr_of_what_is_shown(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    span = inputs.last_year - inputs.base_year
    for scenario, ledger in forecast.ledger.items():
        assert sum((entry.contribution for entry in ledger.entries), Decimal(0)) + ledger.residual == ledger.cagr
        first = forecast.cells[scenario, "total", inputs.base_year].value
        final = forecast.cells[scenario, "total", inputs.last_year].value
        assert ledger.cagr == cagr(first, final, span).quantize(Decimal("0.01"))
