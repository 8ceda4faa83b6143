"""How single nodes are projected: what is asked for, what is filled in, and what is left open."""

from decimal import Decimal

import pytest

from forecasts.engine import Assumption, InfeasibleInputs, MarketForecast, MarketInputs, Node, cagr, compute
from tests.engine.markets import growing, observed, share


def market(*nodes: Node, first: int = 2020, base: int = 2024, last: int = 2028, decimals: int = 2) -> MarketInputs:
    return MarketInputs(first, base, last, decimals, nodes)


def values(forecast: MarketForecast, path: str, first: int = 2020, last: int = 2028) -> list[str | None]:
    cells = [forecast.cells.get(("base", path, year)) for year in range(first, last + 1)]
    return [None if cell is None else str(cell.value) for cell in cells]


def test_a_growth_rate_compounds() -> None:
    forecast = compute(market(Node("total", observations=observed({2024: "100"}), assumption=growing("10"))))
    assert values(forecast, "total", 2024) == ["100.00", "110.00", "121.00", "133.10", "146.41"]


def test_a_growth_path_uses_the_rate_of_each_year_and_says_what_it_borrowed() -> None:
    path = {2025: Decimal(10), 2026: Decimal(0), 2028: Decimal(-50)}
    node = Node("total", observations=observed({2024: "100"}), assumption=Assumption("growth-path", path=path))
    forecast = compute(market(node))
    assert values(forecast, "total", 2024) == ["100.00", "110.00", "110.00", "110.00", "55.00"]
    assert "no rate for 2027" in forecast.notes[0]


def test_a_share_drifts_from_the_base_year() -> None:
    total = Node("total", observations=observed({2024: "100"}), assumption=growing("0"))
    part, rest = Node("a/x", "total", "a", assumption=share("20", "1.5")), Node("a/rest", "total", "a")
    forecast = compute(market(total, part, rest))
    assert values(forecast, "a/x", 2023) == [None, "20.00", "21.50", "23.00", "24.50", "26.00"]


def test_history_is_filled_only_where_the_editor_says_so() -> None:
    seen = observed({2021: "100", 2024: "133.10"})
    closed = Node("total", observations=seen, assumption=growing("10"))
    opened = Node("total", observations=seen, assumption=Assumption("growth-rate", rate=Decimal(10), backcast=True))
    assert values(compute(market(closed)), "total", 2020, 2024) == [None, "100.00", None, None, "133.10"]
    assert values(compute(market(opened)), "total", 2020, 2024) == ["90.91", "100.00", "110.00", "121.00", "133.10"]
    assert compute(market(opened)).cells["base", "total", 2022].status == "E"


def test_a_pin_without_an_assumption_is_met_by_constant_growth() -> None:
    node = Node("total", observations=observed({2024: "100"}), pins={2026: Decimal("121")})
    assert values(compute(market(node)), "total", 2024) == ["100.00", "110.00", "121.00", "133.10", "146.41"]


def test_a_pin_bends_a_projection_without_a_jump() -> None:
    node = Node("total", observations=observed({2024: "100"}), assumption=growing("5"), pins={2028: Decimal("146.41")})
    shown = [Decimal(text or "0") for text in values(compute(market(node)), "total", 2024)]
    rates = [cagr(shown[place], shown[place + 1], 1) for place in range(4)]
    assert max(rates) - min(rates) < Decimal("0.02")


def test_a_pin_to_zero_is_met_in_even_steps() -> None:
    node = Node("total", observations=observed({2024: "100"}), assumption=growing("0"), pins={2028: Decimal(0)})
    assert values(compute(market(node)), "total", 2024) == ["100.00", "75.00", "50.00", "25.00", "0.00"]


def test_four_observations_make_a_trend_and_three_follow_the_parent() -> None:
    total = Node("total", observations=observed({2024: "1000"}), assumption=growing("10"))
    long = Node("a/long", "total", "a", observations=observed({2021: "10", 2022: "11", 2023: "12", 2024: "13"}))
    short = Node("a/short", "total", "a", observations=observed({2022: "11", 2023: "12", 2024: "20"}))
    forecast = compute(market(total, long, short, Node("a/rest", "total", "a")))
    assert values(forecast, "a/short", 2024) == ["20.00", "22.00", "24.20", "26.62", "29.28"]
    assert forecast.explain("base", "a/long", 2026).method == "trend of its own history"
    assert any("“a/short” has no assumption and 3 observations" in note for note in forecast.notes)


def test_years_of_nothing_before_a_market_began_leave_its_trend_to_what_came_after() -> None:
    began = {2021: "10", 2022: "11", 2023: "12", 2024: "13"}
    total = Node("total", observations=observed({2024: "1000"}), assumption=growing("10"))
    young = Node("a/young", "total", "a", observations=observed({2019: "0", 2020: "0", **began}))
    ended = Node("b/ended", "total", "b", observations=observed({**began, 2024: "0"}))
    forecast = compute(market(total, young, ended, Node("a/rest", "total", "a"), Node("b/rest", "total", "b")))
    alone = compute(
        market(total, Node("a/young", "total", "a", observations=observed(began)), Node("a/rest", "total", "a"))
    )
    assert forecast.explain("base", "a/young", 2026).method == "trend of its own history"
    assert values(forecast, "a/young", 2024) == values(alone, "a/young", 2024)
    assert values(forecast, "b/ended", 2024) == ["0.00"] * 5


def test_a_total_without_own_data_is_the_sum_of_its_parts() -> None:
    parts = [
        Node(f"a/{name}", "total", "a", observations=observed({2024: size}), assumption=growing(rate))
        for name, size, rate in (("x", "40", "10"), ("y", "60", "0"))
    ]
    forecast = compute(market(Node("total"), *parts))
    assert values(forecast, "total", 2023) == [None, "100.00", "104.00", "108.40", "113.24", "118.56"]
    assert forecast.cells["base", "total", 2024].status == "A"


def test_a_total_with_one_part_missing_is_not_estimated() -> None:
    part = Node("a/x", "total", "a", observations=observed({2024: "40"}), assumption=growing("1"))
    forecast = compute(market(Node("total"), part, Node("a/y", "total", "a")))
    assert set(forecast.not_estimated) == {"total", "a/y"}


def test_a_node_with_an_assumption_but_nothing_to_start_from_says_so() -> None:
    forecast = compute(market(Node("total", assumption=growing("7"))))
    assert forecast.cells == {}
    assert "no observation or pin to start from" in forecast.not_estimated["total"]


def test_history_before_the_first_year_informs_the_trend_but_is_not_shown() -> None:
    node = Node("total", observations=observed({2018: "10", 2019: "11", 2020: "12", 2021: "13"}))
    forecast = compute(market(node, first=2021, base=2021))
    assert forecast.cells["base", "total", 2028].value > 13
    assert ("base", "total", 2020) not in forecast.cells


def test_a_node_known_only_before_the_first_year_is_said_to_be_out() -> None:
    total = Node("total", observations=observed({2024: "100"}), assumption=growing("0"))
    parts = (Node("a/x", "total", "a", observations=observed({2018: "5"})), Node("a/y", "total", "a"))
    forecast = compute(market(total, *parts, first=2022, base=2022, last=2024))
    assert "only before 2022" in forecast.not_estimated["a/x"]
    assert "no observation" in forecast.not_estimated["a/y"]


def test_a_market_of_a_single_year_is_a_market() -> None:
    parts = [Node(f"a/{one}", "total", "a", assumption=share("50")) for one in "xy"]
    total = Node("total", observations=observed({2024: "100.01"}))
    forecast = compute(market(total, *parts, first=2024, base=2024, last=2024))
    assert [values(forecast, path, 2024, 2024) for path in ("total", "a/x", "a/y")] == [
        ["100.01"],
        ["50.01"],
        ["50.00"],
    ]
    assert forecast.ledger == {}


def test_a_tree_may_be_as_deep_as_it_likes() -> None:
    nodes = [Node("total", observations=observed({2024: "1000"}), assumption=growing("3"))]
    for depth in range(60):
        above = nodes[-1].path
        nodes += [Node(f"{above}/b", above, "a", "breakdown", assumption=share("3"))]
        nodes += [Node(f"{above}/a", above, "a", "breakdown", assumption=share("97"))]
        assert nodes[-1].path.count("/") == depth + 1
    forecast = compute(market(*nodes))
    for node in nodes:
        parts = [forecast.cells["base", one.path, 2028].value for one in nodes if one.adds_to == node.path]
        assert not parts or sum(parts) == forecast.cells["base", node.path, 2028].value


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Node("total", observations=observed({2030: "1"})), "in 2030 lies after 2028"),
        (Node("total", observations=observed({2024: "-1"})), "isn't negative"),
        (Node("total", pins={2031: Decimal(1)}), "lies outside 2020 to 2028"),
        (
            Node("total", observations=observed({2024: "5"}), pins={2024: Decimal(6)}),
            "is 6, but 5 was observed",
        ),
        (Node("total", "nowhere"), "isn't in this market"),
        (Node("total", observations=observed({2024: "5"}), assumption=Assumption("growth-rate")), "no rate is given"),
        (Node("total", observations=observed({2024: "5"}), assumption=Assumption("growth-path")), "Enter its rates"),
        (Node("total", assumption=share("10")), "of what or how much"),
        (Node("total", assumption=share("101")), "between 0 and 100 %"),
        (Node("total", assumption=growing("-101")), "-100 % or more"),
        (Node("total", observations=observed({2024: "9e9"}), assumption=growing("900")), "can't be right"),
    ],
)
def test_contradictions_are_refused_in_words(node: Node, message: str) -> None:
    with pytest.raises(InfeasibleInputs, match=message):
        compute(market(node))


def test_a_circle_and_a_double_are_refused() -> None:
    with pytest.raises(InfeasibleInputs, match="adds to itself"):
        compute(market(Node("a", "b"), Node("b", "a")))
    with pytest.raises(InfeasibleInputs, match="given twice"):
        compute(market(Node("total"), Node("total")))
