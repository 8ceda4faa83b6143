"""What must hold for any market at all: random trees, coverage, histories, assumptions, pins and scenarios."""

import random
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasts.engine import (
    Assumption,
    Driver,
    InfeasibleInputs,
    MarketForecast,
    MarketInputs,
    Node,
    Observation,
    Scenario,
    compute,
)
from forecasts.engine.inputs import Coverage, Reconciliation

FIRST, BASE_YEAR, LAST = 2019, 2024, 2029
CENT = Decimal("0.01")
numbers = st.decimals(min_value=0, max_value=10**6, places=2)
rates = st.decimals(min_value=-60, max_value=80, places=1)


@st.composite
def assumptions(draw: st.DrawFn, root: bool) -> Assumption | None:
    method = draw(st.sampled_from(["none", "growth-rate", "growth-path", "trend", *([] if root else ["share"])]))
    backcast = draw(st.booleans())
    if method == "growth-rate":
        return Assumption("growth-rate", rate=draw(rates), backcast=backcast)
    if method == "growth-path":
        path = draw(st.dictionaries(st.integers(FIRST, LAST), rates, min_size=1, max_size=4))
        return Assumption("growth-path", path=path, backcast=backcast)
    if method == "trend":
        return Assumption("trend", backcast=backcast)
    if method == "share":
        part = draw(st.decimals(min_value=0, max_value=100, places=1))
        drift = draw(st.decimals(min_value=-3, max_value=3, places=1))
        return Assumption("share", share=part, drift=drift, backcast=backcast)
    return None


@st.composite
def nodes(draw: st.DrawFn, path: str, above: str | None, group: str, coverage: Coverage) -> Node:
    seen = draw(st.sets(st.integers(FIRST, BASE_YEAR), max_size=6))
    # A partial dimension is kept small, or nearly every market would be refused for exceeding its total.
    size = Decimal("0.001") if coverage == "partial" else Decimal(1)
    observations = {
        year: Observation((draw(numbers) * size).quantize(CENT), draw(st.sampled_from(["A", "E"])), "src")
        for year in sorted(seen)
    }
    years = draw(st.sets(st.integers(BASE_YEAR + 1, LAST), max_size=1)) if draw(st.integers(0, 5)) == 0 else set()
    return Node(
        path,
        above,
        group,
        coverage,
        observations,
        draw(assumptions(root=above is None)),
        {year: draw(numbers) for year in years},
    )


@st.composite
def markets(draw: st.DrawFn) -> MarketInputs:
    made = [draw(nodes("total", None, "", "complete"))]
    if draw(st.booleans()):
        made.append(draw(nodes("ev", None, "ev", "partial")))
    for number in range(draw(st.integers(0, 9))):
        above = draw(st.sampled_from(made))
        if above.path.startswith("ev"):
            made.append(draw(nodes(f"{above.path}/{number}", above.path, "ev", "partial")))
            continue
        group = draw(st.sampled_from(["material", "geography"]))
        coverage: Coverage = "complete" if above.path == "total" else "breakdown"
        made.append(draw(nodes(f"{above.path}/{number}", above.path, group, coverage)))
    drivers = (Driver("up", "Up", Decimal("1.5")), Driver("down", "Down", Decimal("-0.7")))
    scenarios = (Scenario("high", "High", {"up": Decimal(2), "down": Decimal(0)}),)
    mode: Reconciliation = draw(st.sampled_from(["top-down", "structural", "variance"]))
    decimals = draw(st.sampled_from([0, 2]))
    return MarketInputs(FIRST, BASE_YEAR, LAST, decimals, tuple(made), drivers, scenarios, mode)


def computed(inputs: MarketInputs) -> MarketForecast | None:
    """The forecast, or None where the inputs contradict each other and are refused."""
    try:
        return compute(inputs)
    except InfeasibleInputs:
        return None


def groups_of(inputs: MarketInputs) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for node in inputs.nodes:
        if node.adds_to is not None:
            groups.setdefault((node.adds_to, node.group), []).append(node.path)
    return groups


several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@several
@given(markets())
def test_complete_groups_sum_exactly_and_incomplete_ones_never_exceed(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    if forecast is None:
        return
    for (parent, _), children in groups_of(inputs).items():
        for scenario in ("base", "high"):
            for year in inputs.years:
                cells = [forecast.cells.get((scenario, child, year)) for child in children]
                whole = forecast.cells.get((scenario, parent, year))
                parts = sum((cell.value for cell in cells if cell), Decimal(0))
                if whole is not None and all(cells):
                    assert parts == whole.value
                elif whole is not None:
                    assert parts <= whole.value


@several
@given(markets())
def test_pins_hold_nothing_is_negative_and_intervals_enclose_the_value(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    if forecast is None:
        return
    step = Decimal(1).scaleb(-inputs.decimals)
    for node in inputs.nodes:
        for year, pin in node.pins.items():
            for scenario in ("base", "high"):
                assert forecast.cells[scenario, node.path, year].value == pin.quantize(step)
    for cell in forecast.cells.values():
        assert cell.value >= 0
        if cell.low95 is not None and cell.low80 is not None and cell.high80 is not None and cell.high95 is not None:
            assert 0 <= cell.low95 <= cell.low80 <= cell.value <= cell.high80 <= cell.high95


@several
@given(markets())
def test_a_partial_dimension_never_exceeds_the_market(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    if forecast is None:
        return
    for (scenario, path, year), cell in forecast.cells.items():
        whole = forecast.cells.get((scenario, "total", year))
        if path == "ev" and whole is not None:
            assert cell.value <= whole.value


@several
@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_entry_changes_nothing(inputs: MarketInputs, shuffler: random.Random) -> None:
    forecast = computed(inputs)
    shuffled = list(inputs.nodes)
    shuffler.shuffle(shuffled)
    other = MarketInputs(
        inputs.first_year,
        inputs.base_year,
        inputs.last_year,
        inputs.decimals,
        tuple(shuffled),
        tuple(reversed(inputs.drivers)),
        inputs.scenarios,
        inputs.reconciliation,
    )
    assert other.digest() == inputs.digest()
    again = computed(other)
    if forecast is None or again is None:
        assert forecast is again
    else:
        assert again.digest == forecast.digest
        assert again.cells == forecast.cells
        assert again.notes == forecast.notes


@several
@given(markets())
def test_what_is_missing_is_said_to_be_missing(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    if forecast is None:
        return
    shown = {path for _, path, _ in forecast.cells}
    assert {node.path for node in inputs.nodes} - shown == set(forecast.not_estimated)


@several
@given(markets())
def test_every_trace_sums_to_its_value(inputs: MarketInputs) -> None:
    forecast = computed(inputs)
    if forecast is None:
        return
    for scenario, path, year in forecast.cells:
        trace = forecast.explain(scenario, path, year)
        assert trace.base_value + trace.reconciliation_adjustment + trace.rounding == trace.value


@several
@given(markets())
def test_a_thousandfold_unit_scales_every_value(inputs: MarketInputs) -> None:
    """Entered in thousands with three more decimals, every value is the same to the printed unit of the smaller."""
    forecast = computed(inputs)
    if forecast is None:
        return

    def scaled(node: Node) -> Node:
        return Node(
            node.path,
            node.adds_to,
            node.group,
            node.coverage,
            {year: Observation(one.value / 1000, one.status, one.source) for year, one in node.observations.items()},
            node.assumption,
            {year: pin / 1000 for year, pin in node.pins.items()},
        )

    smaller = MarketInputs(
        inputs.first_year,
        inputs.base_year,
        inputs.last_year,
        inputs.decimals + 3,
        tuple(scaled(node) for node in inputs.nodes),
        inputs.drivers,
        inputs.scenarios,
        inputs.reconciliation,
    )
    again = compute(smaller)
    assert {key: cell.value * 1000 for key, cell in again.cells.items()} == {
        key: cell.value for key, cell in forecast.cells.items()
    }
