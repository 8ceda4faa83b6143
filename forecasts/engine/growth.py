"""Projecting one node by growth, and bending a projection so that it meets pinned values without a jump."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cagr(first: Decimal, last: Decimal, years: int) -> Decimal:
    """Compound annual growth rate in per cent: ``(last / first) ** (1 / years) - 1``, times 100, to 28 digits.

    Raises ValueError when there is no year between the two, when the first is not positive or the last is negative.
    """
    if years < 1:
        raise ValueError("A growth rate needs at least one year between the first and the last value.")
    if first <= 0 or last < 0:
        raise ValueError("A growth rate needs a first value above zero and a last value that isn't negative.")
    with localcontext() as context:
        context.prec = 40
        context.rounding = ROUND_HALF_EVEN
        ratio = last / first
        rate = (ratio ** (Decimal(1) / years) - 1) * 100 if ratio else Decimal(-100)
        context.prec = 28
        return +rate


def rates_by_year(path: Mapping[int, Decimal], years: Sequence[int]) -> tuple[list[float], list[int]]:
    """The rate (per cent) of each year from a growth path; a year that isn't in it takes the nearest earlier rate,
    or the first there is. Also returns the years that had to borrow one."""
    known = sorted(path)
    rates, borrowed = [], []
    for year in years:
        earlier = [one for one in known if one <= year]
        rates.append(float(path[earlier[-1] if earlier else known[0]]))
        if year not in path:
            borrowed.append(year)
    return rates, borrowed


def grow(start: Floats | float, steps: Floats) -> Floats:
    """Values after each step: ``start * cumulative product of steps`` along the last axis."""
    start_column = np.asarray(start, dtype=np.float64)[..., None]
    return np.asarray(start_column * np.cumprod(steps, axis=-1))


def bend(raw: Floats, anchor: int, pins: Sequence[tuple[int, float]]) -> Floats:
    """Bend a projection to meet pins exactly, keeping its shape.

    ``raw`` is float[..., Y]; ``anchor`` is the place of the last known value, which stays; ``pins`` are (place,
    value) after the anchor, ascending. Between two knots the correction grows geometrically, so each year's growth
    changes by the same factor; after the last pin the raw growth goes on from it. Where a geometric correction has
    no meaning (a value of zero), the correction is linear.
    """
    if not pins:
        return raw
    bent = raw.copy()
    start, start_ratio = anchor, np.ones(raw.shape[:-1])
    start_offset = np.zeros(raw.shape[:-1])
    for place, value in pins:
        at_pin = raw[..., place]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where((at_pin > 0) & (value > 0), value / at_pin, np.nan)
        span = place - start
        steps = np.arange(1, span + 1) / span
        inside = raw[..., start + 1 : place + 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = start_ratio[..., None] * (ratio / start_ratio)[..., None] ** steps
        begin = raw[..., start] * np.where(start_ratio > 0, start_ratio, 1.0) + start_offset
        linear = begin[..., None] + (value - begin)[..., None] * steps
        usable = np.isfinite(ratio) & (start_ratio > 0) & (begin > 0)
        bent[..., start + 1 : place + 1] = np.where(usable[..., None], inside * scale, linear)
        bent[..., place] = value
        start_ratio = np.where(usable, ratio, 1.0)
        start_offset = np.where(usable, 0.0, value - at_pin)
        start = place
    after = raw[..., start + 1 :]
    bent[..., start + 1 :] = np.maximum(after * start_ratio[..., None] + start_offset[..., None], 0.0)
    return bent


def bridge(first: float, last: float, gap: int) -> Floats:
    """The ``gap - 1`` values between two known ones that are ``gap`` years apart: geometric, linear beside a zero."""
    steps = np.arange(1, gap) / gap
    if first > 0 and last > 0:
        return np.asarray(first * (last / first) ** steps)
    return np.asarray(first + (last - first) * steps)
