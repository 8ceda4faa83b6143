"""Rounding that keeps sums."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.engine import InfeasibleInputs
from forecasts.engine.rounding import from_units, largest_remainder, to_units


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_rounded_parts_sum_to_the_rounded_whole(parts: list[float]) -> None:
    values = np.array(parts)[:, None]
    total = np.rint(values.sum(axis=0)).astype(np.int64)
    scaled = values * (total / values.sum(axis=0)) if values.sum() > 0 else values
    rounded = largest_remainder(scaled, total, np.full_like(values, np.inf))
    assert rounded.sum() == total[0]
    assert np.abs(rounded - scaled).max() < 1 + 1e-6


def test_a_tie_goes_to_the_earlier_part() -> None:
    thirds = np.full((3, 1), 1 / 3)
    assert largest_remainder(thirds, np.array([1]), np.full((3, 1), np.inf)).ravel().tolist() == [1, 0, 0]


def test_a_part_at_its_bound_takes_no_more() -> None:
    values, high = np.array([[5.0], [2.5], [2.5]]), np.array([[5.0], [np.inf], [np.inf]])
    assert largest_remainder(values, np.array([10]), high).ravel().tolist() == [5, 3, 2]


def test_units_and_decimals_go_both_ways() -> None:
    assert to_units(Decimal("2274.97"), 2, "x") == 227497
    assert from_units(370117, 2) == Decimal("3701.17")
    assert str(from_units(1200, 2)) == "12.00"
    assert str(from_units(12, 0)) == "12"


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity", "1e15"])
def test_a_value_that_cannot_be_held_is_refused_by_name(value: str) -> None:
    with pytest.raises(InfeasibleInputs, match="The value of x"):
        to_units(Decimal(value), 2, "The value of x")
