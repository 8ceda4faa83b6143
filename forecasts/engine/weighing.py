"""Least squares for one market: which groups bind in which years, and how far each base forecast is to be trusted."""

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import least_squares
from forecasts.engine.base import BaseForecasts
from forecasts.engine.frame import Frame
from forecasts.engine.inputs import Reconciliation

Floats = NDArray[np.float64]


def nearest(frame: Frame, projected: BaseForecasts, mode: Reconciliation, notes: list[str]) -> Floats:
    """The base forecasts float[N, S, M, Y] moved to the nearest values that add up; what is known stays.

    ``structural`` trusts a node less the more leaves it has; ``variance`` by the error of its own history, and a
    node without one by the median relative error of those that have one.
    """
    tree = frame.hierarchy
    values = projected.values.copy()
    available = projected.available
    binding = np.array([group.sums & available[[group.parent, *group.children]].all(axis=0) for group in tree.groups])
    if not binding.any():
        return values
    relative = _relative_errors(frame, notes) if mode == "variance" else None
    patterns, which = np.unique(binding, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        groups = [group for group, binds in zip(tree.groups, pattern, strict=True) if binds]
        if not groups:
            continue
        layout = least_squares.plan(len(tree.nodes), groups, tree.depth)
        for year in np.flatnonzero(which.ravel() == number):
            now = np.nan_to_num(values[..., year], nan=0.0)
            if relative is None:
                variances = layout.leaf_counts.copy()
            else:
                variances = np.maximum((relative * now[:, 0, 0]) ** 2, 1e-12)
            variances[~np.isnan(frame.known[:, year])] = 0.0
            moved = least_squares.reconcile_nonnegative(layout, now, variances[:, None, None])
            values[..., year] = np.where(available[:, year][:, None, None], moved, np.nan)
    return values


def _relative_errors(frame: Frame, notes: list[str]) -> Floats | None:
    """float[N]: the one-step relative error of each node, or None (structural weights) when no node has a history."""
    own = {place: float(spread[0]) for place, spread in frame.spreads.items() if len(spread)}
    if not own:
        notes.append("No node has a history to weigh by its variance; the number of leaves was used instead.")
        return None
    relative = np.full(len(frame.hierarchy.nodes), float(np.median(list(own.values()))))
    for place, error in own.items():
        relative[place] = error
    return relative
