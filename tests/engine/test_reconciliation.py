"""What happens where numbers that were entered don't add up."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from forecasts.engine import InfeasibleInputs, MarketInputs, Node, compute
from forecasts.engine.inputs import Reconciliation
from forecasts.engine.reconciliation import allocate
from tests.engine.markets import growing, observed, share


def market(*nodes: Node, decimals: int = 1, mode: Reconciliation = "top-down") -> MarketInputs:
    return MarketInputs(2023, 2024, 2026, decimals, nodes, reconciliation=mode)


def test_observed_parts_that_miss_an_observed_total_are_scaled_and_said() -> None:
    forecast = compute(
        market(
            Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
            Node("a/x", "total", "a", observations=observed({2024: "60"}), assumption=growing("0")),
            Node("a/y", "total", "a", observations=observed({2024: "60"}), assumption=growing("0")),
        )
    )
    assert forecast.cells["base", "total", 2024].value == Decimal("100.0")
    assert forecast.cells["base", "a/x", 2024].value == Decimal("50.0")
    assert forecast.cells["base", "a/x", 2024].status == "E"
    assert "2024: 120.0 against 100.0" in forecast.notes[0]


def test_a_gap_of_rounding_is_closed_without_a_note() -> None:
    parts = [
        Node(f"a/{name}", "total", "a", observations=observed({2024: "33.3"}), assumption=growing("0"))
        for name in "xyz"
    ]
    forecast = compute(market(Node("total", observations=observed({2024: "100"}), assumption=growing("0")), *parts))
    shown = [forecast.cells["base", part.path, 2024].value for part in parts]
    assert sorted(shown) == [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")]
    assert forecast.notes == ()


def test_what_is_observed_stays_and_the_others_share_the_rest() -> None:
    forecast = compute(
        market(
            Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
            Node("a/x", "total", "a", observations=observed({2024: "70"}), assumption=growing("0")),
            Node("a/y", "total", "a", assumption=share("40")),
            Node("a/z", "total", "a", assumption=share("20")),
        )
    )
    shown = [str(forecast.cells["base", path, 2024].value) for path in ("a/x", "a/y", "a/z")]
    assert shown == ["70.0", "20.0", "10.0"]


def test_a_stated_share_stands_while_others_can_give_way() -> None:
    forecast = compute(
        market(
            Node("total", observations=observed({2024: "100"}), assumption=growing("10")),
            Node("a/x", "total", "a", assumption=share("60")),
            Node("a/y", "total", "a", observations=observed({2024: "40"}), assumption=growing("50")),
        )
    )
    assert forecast.cells["base", "a/x", 2026].value == Decimal("72.6")
    assert forecast.cells["base", "a/y", 2026].value == Decimal("48.4")


def test_stated_shares_that_do_not_make_a_whole_are_scaled_and_said() -> None:
    forecast = compute(
        market(
            Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
            Node("a/x", "total", "a", assumption=share("60")),
            Node("a/y", "total", "a", assumption=share("30")),
        )
    )
    assert forecast.cells["base", "a/x", 2026].value == Decimal("66.7")
    assert "come to 90.00 % in 2024" in forecast.notes[0]


def test_each_dimension_sums_to_the_total_on_its_own() -> None:
    nodes = [Node("total", observations=observed({2024: "100"}), assumption=growing("7"))]
    for code, sizes in (("a", ("30", "70")), ("b", ("20", "20", "60"))):
        nodes += [
            Node(f"{code}/{place}", "total", code, observations=observed({2024: size}), assumption=growing(str(place)))
            for place, size in enumerate(sizes)
        ]
    for mode in ("top-down", "structural"):
        forecast = compute(market(*nodes, mode=mode))
        for year in (2024, 2025, 2026):
            whole = forecast.cells["base", "total", year].value
            for code, count in (("a", 2), ("b", 3)):
                parts = [forecast.cells["base", f"{code}/{place}", year].value for place in range(count)]
                assert sum(parts) == whole


def test_least_squares_moves_the_total_towards_its_parts() -> None:
    nodes = (
        Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
        Node("a/x", "total", "a", observations=observed({2024: "50"}), assumption=growing("20")),
        Node("a/y", "total", "a", observations=observed({2024: "50"}), assumption=growing("20")),
    )
    assert compute(market(*nodes)).cells["base", "total", 2025].value == Decimal("100.0")
    # The total's variance is 2, the parts' 1 each: the gap of 20 is shared half and half.
    assert compute(market(*nodes, mode="structural")).cells["base", "total", 2025].value == Decimal("110.0")


def test_pins_hold_under_least_squares() -> None:
    nodes = (
        Node("total", observations=observed({2024: "100"}), assumption=growing("0"), pins={2026: Decimal("150")}),
        Node("a/x", "total", "a", observations=observed({2024: "50"}), assumption=growing("20")),
        Node("a/y", "total", "a", observations=observed({2024: "50"}), pins={2026: Decimal("90")}),
    )
    forecast = compute(market(*nodes, mode="structural"))
    shown = [str(forecast.cells["base", path, 2026].value) for path in ("total", "a/x", "a/y")]
    assert shown == ["150.0", "60.0", "90.0"]


def test_a_partial_dimension_larger_than_the_market_is_refused() -> None:
    with pytest.raises(InfeasibleInputs, match="“ev” is a part of the market but larger than its total in 2024"):
        compute(
            market(
                Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
                Node("ev", None, "ev", "partial", observations=observed({2024: "101"}), assumption=growing("0")),
            )
        )


def test_a_partial_dimension_that_outgrows_the_market_is_held_at_it_and_said() -> None:
    forecast = compute(
        market(
            Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
            Node("ev", None, "ev", "partial"),
            Node("ev/x", "ev", "ev", "partial", observations=observed({2024: "80"}), assumption=growing("20")),
        )
    )
    assert forecast.cells["base", "ev/x", 2025].value == Decimal("96.0")
    assert forecast.cells["base", "ev/x", 2026].value == Decimal("100.0")
    assert "held at the total" in forecast.notes[0]


def test_a_partial_dimension_is_never_printed_larger_than_the_market() -> None:
    """10.6 is hardly more than 10.4, but 11 would be printed beside 10."""
    forecast = compute(
        market(
            Node("total", observations=observed({2024: "10"}), assumption=growing("4")),
            Node("ev", None, "ev", "partial", observations=observed({2024: "10"}), assumption=growing("6")),
            decimals=0,
        )
    )
    assert forecast.cells["base", "total", 2025].value == forecast.cells["base", "ev", 2025].value == 10


def test_pins_of_a_partial_dimension_beyond_the_market_are_refused_by_name_and_year() -> None:
    nodes = (
        Node("total", observations=observed({2024: "100"}), assumption=growing("0")),
        Node("ev", None, "ev", "partial"),
        Node("ev/x", "ev", "ev", "partial", pins={2025: Decimal(120), 2026: Decimal(130)}),
        Node("ev/y", "ev", "ev", "partial", observations=observed({2024: "1"}), assumption=growing("0")),
    )
    with pytest.raises(InfeasibleInputs) as refused:
        compute(market(*nodes))
    assert "in 2025, 120.0 against 100.0, by “ev/x” (120)." in str(refused.value)
    assert "in 2026, 130.0 against 100.0, by “ev/x” (130)." in str(refused.value)


def test_below_a_node_that_is_not_estimated_the_nearest_whole_is_the_limit() -> None:
    total = Node("total", observations=observed({2024: "100"}), assumption=growing("0"))
    for open_node in (Node("a/x", "total", "a"), Node("ev", None, "ev", "partial")):
        code, coverage = open_node.path, open_node.coverage
        growth = Node(f"{code}/1", code, "b", coverage, observed({2024: "80"}), growing("20"))
        forecast = compute(market(total, open_node, growth, Node(f"{code}/2", code, "b", coverage)))
        assert code in forecast.not_estimated
        assert forecast.cells["base", f"{code}/1", 2025].value == Decimal("96.0")
        assert forecast.cells["base", f"{code}/1", 2026].value == Decimal("100.0")
        pinned = Node(f"{code}/1", code, "b", coverage, observed({2024: "80"}), pins={2026: Decimal(101)})
        with pytest.raises(InfeasibleInputs, match=rf"“{code}/1” \(101\) come to more .* a whole of 100\.0"):
            compute(market(total, open_node, pinned, Node(f"{code}/2", code, "b", coverage)))


def test_pins_that_clash_in_several_years_are_all_named() -> None:
    years = range(2024, 2031)
    nodes = (
        Node("total", observations=observed({2023: "10"}), pins=dict.fromkeys(years, Decimal(10))),
        Node("a/x", "total", "a", pins=dict.fromkeys(years, Decimal(11))),
        Node("a/x/deep", "a/x", "a", observations=observed({2023: "1"})),
    )
    with pytest.raises(InfeasibleInputs) as refused:
        compute(MarketInputs(2023, 2023, 2030, 1, nodes))
    for year in (2024, 2025, 2026):
        assert f"In {year} the pins of “a/x” (11) come to more than “total”, which is pinned to 10." in str(
            refused.value
        )
    assert "And so in 4 more years." in str(refused.value)


def test_a_pin_above_its_observed_parent_says_what_was_observed() -> None:
    nodes = (
        Node("total", observations=observed({2023: "9", 2024: "10"}), assumption=growing("0")),
        Node("a/x", "total", "a", observations=observed({2024: "5"}), pins={2023: Decimal(20)}),
    )
    with pytest.raises(InfeasibleInputs, match=r"the pins of “a/x” \(20\) come to more .* which was observed as 9\."):
        compute(market(*nodes))


def test_pins_of_two_dimensions_that_disagree_are_refused() -> None:
    nodes = [Node("total", observations=observed({2024: "10"}), assumption=growing("0"))]
    for code, size in (("a", "6"), ("b", "7")):
        nodes += [
            Node(f"{code}/{name}", "total", code, observations=observed({2024: "5"}), pins={2026: Decimal(size)})
            for name in "xy"
        ]
    with pytest.raises(InfeasibleInputs) as refused:
        compute(market(*nodes))
    assert str(refused.value) == (
        "In 2026 the pins of “a/x” (6), “a/y” (6) come to less than “total”, which the pins of “b/x” (7), “b/y” (7) "
        "hold elsewhere. Change or remove one of them."
    )


def test_the_digest_tells_inputs_apart_and_ignores_how_a_number_is_written() -> None:
    inputs = market(Node("total", observations=observed({2024: "100"}), assumption=growing("7.2")))
    same = market(Node("total", observations=observed({2024: "100.00"}), assumption=growing("7.20")))
    other = market(Node("total", observations=observed({2024: "100"}), assumption=growing("7.3")))
    assert inputs.digest() == same.digest()
    assert len({inputs.digest(), other.digest(), replace(inputs, decimals=2).digest()}) == 3


def test_allocation_respects_bounds_and_proportions() -> None:
    weights = np.array([[1.0], [1.0], [2.0]])
    low, high = np.array([[0.0], [5.0], [0.0]]), np.array([[np.inf], [5.0], [3.0]])
    split = allocate(np.array([12.0]), weights, low, high)
    assert split.ravel().tolist() == pytest.approx([4.0, 5.0, 3.0])
