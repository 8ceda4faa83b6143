"""Intervals: there only where a history gives a basis, coherent with pins and parts, and the same every time."""

from decimal import Decimal

from forecasts.engine import MarketForecast, MarketInputs, Node, compute
from forecasts.engine.inputs import Reconciliation
from tests.engine.markets import growing, observed, share

HISTORY = {2020: "80", 2021: "86", 2022: "95", 2023: "97", 2024: "105"}


def market(*, pins: dict[int, Decimal] | None = None, mode: Reconciliation = "top-down") -> MarketInputs:
    half = {year: str(Decimal(value) / 2) for year, value in HISTORY.items()}
    nodes = (
        Node("total", observations=observed(HISTORY), assumption=growing("6"), pins=pins or {}),
        Node("a/x", "total", "a", observations=observed(half), assumption=growing("5")),
        Node("a/y", "total", "a", observations=observed(half), assumption=growing("7")),
        Node("a/x/1", "a/x", "a", assumption=share("30")),
        Node("a/x/2", "a/x", "a", assumption=share("70")),
        Node("b/z", "total", "b", observations=observed({2024: "10"}), assumption=growing("3")),
        Node("b/rest", "total", "b"),
    )
    return MarketInputs(2020, 2024, 2030, 2, nodes, reconciliation=mode)


def width(forecast: MarketForecast, path: str, year: int) -> Decimal:
    cell = forecast.cells["base", path, year]
    assert cell.low80 is not None
    assert cell.high80 is not None
    return cell.high80 - cell.low80


def test_they_widen_with_the_horizon() -> None:
    for mode in ("top-down", "structural", "variance"):
        forecast = compute(market(mode=mode))
        for path in ("total", "a/x", "a/y", "a/x/1"):
            widths = [width(forecast, path, year) for year in range(2025, 2031)]
            assert widths == sorted(widths)


def test_what_was_observed_has_none() -> None:
    assert compute(market()).cells["base", "total", 2024].low95 is None


def test_a_total_without_history_has_none_nor_have_its_parts() -> None:
    node = Node("total", observations=observed({2024: "10"}), assumption=growing("3"))
    forecast = compute(MarketInputs(2020, 2024, 2030, 2, (node, Node("a/x", "total", "a", assumption=share("9")))))
    assert all(cell.low80 is None for cell in forecast.cells.values())


def test_a_part_gets_the_relative_width_of_the_parent_it_is_a_share_of() -> None:
    forecast = compute(market())
    parent, part = forecast.cells["base", "a/x", 2028], forecast.cells["base", "a/x/1", 2028]
    relative = width(forecast, "a/x", 2028) / parent.value, width(forecast, "a/x/1", 2028) / part.value
    assert abs(relative[0] - relative[1]) < Decimal("0.001")


def test_they_close_at_a_pin_and_narrow_before_it() -> None:
    free, pinned = compute(market()), compute(market(pins={2028: Decimal("140")}))
    assert width(pinned, "total", 2028) == 0
    assert width(pinned, "total", 2027) < width(free, "total", 2027)
    assert width(pinned, "a/x", 2028) > 0


def test_the_same_inputs_give_the_same_intervals() -> None:
    assert compute(market()).digest == compute(market()).digest
