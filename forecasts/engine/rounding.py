"""Rounding that keeps sums: the largest-remainder method (Hamilton's apportionment), down a tree, in whole units.

A unit is one in the last printed decimal, so with two decimals 12.34 is 1234 units. Everything here is in units.
Source: Balinski and Young, Fair Representation, 2nd ed. 2001, for the method; ties go to the earlier node, so that
the same inputs always give the same digits.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.inputs import InfeasibleInputs

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LARGEST = 10**14  # well inside the whole numbers of a float64, so that sums of shares err by less than one unit


def to_units(value: Decimal, decimals: int, what: str) -> int:
    """A decimal in units, half to even; refuses a negative, infinite or unrepresentably large value, naming it."""
    if not value.is_finite() or value < 0:
        raise InfeasibleInputs(f"{what} is {value}. Enter a number that isn't negative.")
    units = int(value.scaleb(decimals).to_integral_value(ROUND_HALF_EVEN))
    if units >= LARGEST:
        raise InfeasibleInputs(f"{what} is {value}, too large at {decimals} decimals. Use a larger unit.")
    return units


def from_units(units: int, decimals: int) -> Decimal:
    """The decimal that is printed for a number of units."""
    return Decimal(units) * _step(decimals)


def shown(units: list[int], decimals: int) -> list[Decimal | None]:
    """What is printed for many numbers of units; None for a negative one, which stands for no number."""
    step = _step(decimals)
    return [Decimal(one) * step if one >= 0 else None for one in units]


@lru_cache(maxsize=16)
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def largest_remainder(values: Floats, totals: Integers, high: Floats) -> Integers:
    """Whole numbers near ``values`` that sum to ``totals``.

    ``values`` is float[k, ...] whose sums along the first axis equal ``totals`` (int[...]) to within float error;
    ``high`` (broadcast to values) is never exceeded, and a value that is whole already and at its bound stays.
    """
    whole = np.floor(values + 1e-7)
    remainder = values - whole
    missing = totals - whole.sum(axis=0).astype(np.int64)
    # Who is at the upper bound can't take a unit; a stable sort gives ties to the earlier node.
    key = np.where(whole + 1 <= high, remainder, -np.inf)
    order = np.argsort(-key, axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(_column(len(values), values.ndim), values.shape), axis=0)
    whole += rank < missing
    if np.any(missing < 0):
        whole -= _give_back(whole, remainder, -missing)
    return whole.astype(np.int64)


def _column(count: int, dimensions: int) -> NDArray[np.intp]:
    return np.arange(count).reshape((count,) + (1,) * (dimensions - 1))


def _give_back(whole: Floats, remainder: Floats, surplus: Integers) -> Floats:
    """Take units back where floor still left too many (float error only): the smallest remainders above zero first."""
    key = np.where(whole > 0, remainder, np.inf)
    order = np.argsort(key, axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(_column(len(whole), whole.ndim), whole.shape), axis=0)
    return (rank < surplus).astype(np.float64)
