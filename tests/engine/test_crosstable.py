"""Cross-tables meet both margins in print, hold what is known, and say what is modelled."""

import random
from decimal import Decimal

import pytest

from forecasts.engine import InfeasibleInputs
from forecasts.engine.crosstable import fill


@pytest.mark.parametrize("seed", range(40))
def test_both_margins_are_met_and_known_cells_held(seed: int) -> None:
    draw = random.Random(seed)
    height, width = draw.randint(1, 7), draw.randint(1, 7)
    truth = [[draw.randint(0, 99999) if draw.random() < 0.9 else 0 for _ in range(width)] for _ in range(height)]
    rows = {f"r{i}": Decimal(sum(truth[i])) / 100 for i in range(height)}
    columns = {f"c{j}": Decimal(sum(row[j] for row in truth)) / 100 for j in range(width)}
    known = {
        (f"r{i}", f"c{j}"): Decimal(truth[i][j]) / 100
        for i in range(height)
        for j in range(width)
        if draw.random() < 0.3
    }
    table = fill(rows, columns, known, 2)
    for name, total in rows.items():
        assert sum(table[name, column].value for column in columns) == total
    for name, total in columns.items():
        assert sum(table[row, name].value for row in rows) == total
    for key, cell in table.items():
        assert cell.value >= 0
        assert cell.modelled == (key not in known)
        assert cell.value == known.get(key, cell.value)


def test_without_anything_known_the_dimensions_are_independent() -> None:
    half = {"x": Decimal("30"), "y": Decimal("70")}
    table = fill(half, {"a": Decimal("40"), "b": Decimal("60")}, {}, 1)
    assert table["x", "a"].value == Decimal("12.0")
    assert table["y", "b"].value == Decimal("42.0")


def test_margins_with_different_totals_are_refused() -> None:
    with pytest.raises(InfeasibleInputs, match=r"rows come to 10\.0 and the columns to 11\.0"):
        fill({"x": Decimal(10)}, {"a": Decimal(11)}, {}, 1)


def test_known_cells_above_their_margin_are_refused_by_name() -> None:
    with pytest.raises(InfeasibleInputs, match=r"known cells of “x” exceed its total by 2\.0"):
        fill({"x": Decimal(10), "y": Decimal(5)}, {"a": Decimal(15)}, {("x", "a"): Decimal(12)}, 1)


def test_zeros_that_leave_no_way_are_refused() -> None:
    with pytest.raises(InfeasibleInputs, match="leave no way"):
        fill(
            {"x": Decimal(10), "y": Decimal(5)},
            {"a": Decimal(10), "b": Decimal(5)},
            {},
            1,
            seed={("x", "b"): Decimal(1), ("y", "a"): Decimal(1), ("y", "b"): Decimal(1)},
        )


def test_a_cell_outside_the_table_is_refused_by_name() -> None:
    margins = {"x": Decimal(1)}, {"a": Decimal(1)}
    with pytest.raises(InfeasibleInputs, match="no cell of “z” and “a”"):
        fill(*margins, {("z", "a"): Decimal(1)}, 0)
    with pytest.raises(InfeasibleInputs, match="no cell of “x” and “b”"):
        fill(*margins, {}, 0, seed={("x", "b"): Decimal(1)})


@pytest.mark.parametrize("weight", ["-1", "NaN", "Infinity"])
def test_a_pattern_of_no_meaning_is_refused(weight: str) -> None:
    with pytest.raises(InfeasibleInputs, match="The pattern of “x” and “a”"):
        fill({"x": Decimal(1)}, {"a": Decimal(1)}, {}, 0, seed={("x", "a"): Decimal(weight)})


def test_a_pattern_is_kept_up_to_both_margins() -> None:
    """Fitting scales rows and columns, so the odds ratio of the pattern stays."""
    names = [("x", "a"), ("x", "b"), ("y", "a"), ("y", "b")]
    seed = dict(zip(names, map(Decimal, ("6", "1", "1", "2")), strict=True))
    table = fill({"x": Decimal(40), "y": Decimal(60)}, {"a": Decimal(50), "b": Decimal(50)}, {}, 6, seed)
    one, two, three, four = (table[name].value for name in names)
    assert float(one * four / (two * three)) == pytest.approx(12, rel=1e-5)


def test_order_of_entry_and_zeros_change_nothing() -> None:
    rows = {"x": Decimal("0"), "y": Decimal("7.5"), "z": Decimal("2.5")}
    columns = {"a": Decimal("10"), "b": Decimal("0")}
    table = fill(rows, columns, {}, 1)
    assert fill(dict(reversed(rows.items())), dict(reversed(columns.items())), {}, 1) == table
    assert [table[row, "a"].value for row in rows] == list(rows.values())
    assert all(table[row, "b"].value == 0 for row in rows)


@pytest.mark.parametrize("seed", range(12))
def test_a_sparse_pattern_of_large_numbers_meets_both_margins(seed: int) -> None:
    """Fitting comes only near where most of the pattern is zero; what is left is moved in bulk, not unit by unit."""
    draw = random.Random(seed)
    truth = {
        (f"r{i}", f"c{j}"): Decimal(draw.randint(1, 10**9) if draw.random() < 0.25 else 0)
        for i in range(12)
        for j in range(12)
    }
    rows = {name: sum((value for (row, _), value in truth.items() if row == name), Decimal(0)) for name, _ in truth}
    columns = {name: sum((value for (_, one), value in truth.items() if one == name), Decimal(0)) for _, name in truth}
    table = fill(rows, columns, {}, 0, {place: value * draw.randint(1, 9) for place, value in truth.items()})
    for name, total in rows.items():
        assert sum(table[name, column].value for column in columns) == total
    for name, total in columns.items():
        assert sum(table[row, name].value for row in rows) == total
    assert all(cell.value >= 0 for cell in table.values())
    assert all(table[place].value == 0 for place, value in truth.items() if not value)
