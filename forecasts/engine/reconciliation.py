"""Making a tree add up: bounds from what is fixed, then proportional allocation from the top down.

Top-down by proportions of the base forecasts (Athanasopoulos, Ahmed and Hyndman, 2009, "Hierarchical forecasts for
Australian domestic tourism", Int. J. Forecasting 25), with each child kept inside bounds. Values are in units (see
rounding.py); the last axis is the year, the axes between node and year (scenario, sample path) are free.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.hierarchy import Hierarchy

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What each node's value can be, float[N, Y] in units: ``low`` to ``high``, infinite where nothing limits it."""

    low: Floats
    high: Floats


def bounds(hierarchy: Hierarchy, fixed: Floats, available: Booleans) -> Bounds:
    """Carry fixed values up the trees: a node is at least the sum of its parts' lows, and at most the sum of their
    highs where a group that sums to it is complete. ``fixed`` is float[N, Y], NaN where nothing is fixed."""
    held = ~np.isnan(fixed)
    low = np.where(held, fixed, 0.0)
    high = np.where(held, fixed, np.inf)
    high[~available] = 0.0
    for group in reversed(hierarchy.groups):
        free = ~held[group.parent] & available[group.parent]
        under = low[group.children].sum(axis=0)
        low[group.parent] = np.where(free, np.maximum(low[group.parent], under), low[group.parent])
        if group.sums:
            full = free & available[group.children].all(axis=0)
            over = high[group.children].sum(axis=0)
            high[group.parent] = np.where(full, np.minimum(high[group.parent], over), high[group.parent])
    return Bounds(low, np.maximum(high, low))


def allocate(total: Floats, weights: Floats, low: Floats, high: Floats) -> Floats:
    """Split ``total`` (float[...]) over k children in proportion to ``weights`` (float[k, ...]) inside the bounds.

    Finds the one factor f for which sum(clip(f * weight, low, high)) is the total, by settling the children that a
    trial factor pushes out of bounds and sharing the rest again: at most k rounds. Children without any weight share
    equally what the others can't take. Assumes weights that are numbers, none negative, and sum(low) <= total <=
    sum(high). ``low`` and ``high`` broadcast to the weights.
    """
    free = high > low  # bounds may have fewer axes of full length than the weights; they are not spread out for nothing
    result = np.where(free, 0.0, low)
    for _ in range(len(weights) + 1):
        rest = np.maximum(total - np.where(free, 0.0, result).sum(axis=0), 0.0)
        pull = np.where(free, weights, 0.0)
        pulled = pull.sum(axis=0)
        trial = pull * (rest / np.where(pulled > 0, pulled, 1.0))
        count = free.sum(axis=0)
        unled = (pulled <= 0) & (count > 0)
        if unled.any():
            trial = np.where(unled, rest / np.maximum(count, 1), trial)
        trial = np.where(free, trial, result)
        clipped = np.clip(trial, low, high)
        if np.array_equal(clipped, trial):
            return clipped
        excess = (clipped - trial).sum(axis=0)
        above, below = free & (trial > high), free & (trial < low)
        # Lifting some and capping others can't both be final: settle only the side that weighs more in this round.
        settle = np.where(excess > 0, below, np.where(excess < 0, above, above | below))
        result = np.where(settle, clipped, trial)
        free = free & ~settle
    return np.asarray(np.clip(result, low, high))


def children_target(total: Floats, weights: Floats, low: Floats, high: Floats, full: Booleans) -> Floats:
    """What a group sums to: the parent where the group is complete; otherwise what its members come to, at most the
    parent, because nobody may fill the gap of a member without data."""
    if full.all():
        return total
    own = np.clip(weights, low, high).sum(axis=0)
    limited = np.where(np.isnan(total), own, np.minimum(own, total))
    return np.where(full, total, limited)
