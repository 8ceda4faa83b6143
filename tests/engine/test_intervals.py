"""Intervals: there only where a history gives a basis, coherent with pins and parts, and the same every time."""

from decimal import Decimal
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from forecasts.engine import Assumption, MarketForecast, MarketInputs, Node, compute, intervals
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


@pytest.mark.parametrize("mode", ["top-down", "structural", "variance"])
def test_after_reconciliation_they_cover_what_they_say(mode: Reconciliation) -> None:
    """Forty simulated markets of two regions with three countries each, fifteen years known and five to come."""
    draw = np.random.default_rng(5)
    hits: dict[int, list[bool]] = {80: [], 95: []}
    for _ in range(40):
        common = draw.normal(0.03, 0.04, 20)
        series = {}
        for region in "xy":
            for country in "123":
                own = draw.normal(0, 0.06, 20) + draw.normal(0, 0.02)
                series[f"a/{region}/{country}"] = draw.uniform(50, 400) * np.exp(np.cumsum(common + own))
            series[f"a/{region}"] = np.sum([series[f"a/{region}/{country}"] for country in "123"], axis=0)
        series["total"] = series["a/x"] + series["a/y"]
        nodes = tuple(
            Node(
                path,
                None if path == "total" else path.rpartition("/")[0].replace("a", "total", path.count("/") == 1),
                "" if path == "total" else "a",
                observations=observed({2010 + year: f"{value:.2f}" for year, value in enumerate(values[:15])}),
                assumption=Assumption("trend"),
            )
            for path, values in series.items()
        )
        forecast = compute(MarketInputs(2010, 2024, 2029, 2, nodes, reconciliation=mode))
        for path, values in series.items():
            for year in range(15, 20):
                cell = forecast.cells["base", path, 2010 + year]
                hits[80].append(float(cell.low80 or "nan") <= values[year] <= float(cell.high80 or "nan"))
                hits[95].append(float(cell.low95 or "nan") <= values[year] <= float(cell.high95 or "nan"))
    assert 0.74 <= np.mean(hits[80]) <= 0.86
    assert 0.91 <= np.mean(hits[95]) <= 0.985


def nested(mode: Reconciliation) -> MarketInputs:
    """A total, three parts and three parts of each, all with five years of history that go their own ways."""
    swing = np.random.default_rng(4)

    def node(path: str, above: str | None, group: str, size: float) -> Node:
        values = size * np.exp(np.cumsum(swing.normal(0.05, 0.04, 5)))
        history = {2020 + year: f"{value:.2f}" for year, value in enumerate(values)}
        return Node(path, above, group, observations=observed(history), assumption=Assumption("trend"))

    made = [node("total", None, "", 9000)]
    for part in "xyz":
        made.append(node(f"a/{part}", "total", "a", 3000))
        made += [node(f"a/{part}/{piece}", f"a/{part}", "a", 1000) for piece in "123"]
    return MarketInputs(2020, 2024, 2031, 2, tuple(made), reconciliation=mode)


@pytest.mark.parametrize("mode", ["top-down", "structural", "variance"])
def test_the_ends_of_a_hundred_paths_are_nearly_those_of_thousands_and_have_no_kinks(
    mode: Reconciliation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends() -> NDArray[np.float64]:
        cells = compute(nested(mode)).cells
        return np.array(
            [
                [
                    float(getattr(cells["base", node.path, year], end) / cells["base", node.path, year].value)
                    for year in range(2025, 2032)
                ]
                for node in nested(mode).nodes
                for end in ("low95", "low80", "high80", "high95")
            ]
        )

    few = np.log(ends())
    monkeypatch.setattr(intervals, "PATHS", 5000)
    monkeypatch.setattr(intervals, "_shapes", intervals._shapes.__wrapped__)
    monkeypatch.setattr(intervals, "_scores", lru_cache(intervals._scores.__wrapped__))
    many = np.log(ends())
    assert np.abs(few - many).max() < 0.12
    assert np.abs(np.diff(few, n=2)).max() < 0.1
