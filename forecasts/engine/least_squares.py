"""Weighted least squares reconciliation (MinT with a diagonal covariance), exact and linear in the number of nodes.

Finds the values nearest to the base forecasts, in squares weighted by 1 / variance, under which every group sums to
its parent: Wickramasuriya, Athanasopoulos and Hyndman, 2019, "Optimal forecast reconciliation for hierarchical and
grouped time series through trace minimization", J. American Statistical Association 114 (structural scaling: the
variance is the number of leaves below; variance scaling: the one-step error variance).

Because the groups hang together as a tree, the solution needs no matrix: one pass up combines what a node says of
itself with what each of its groups says of it, weighing by precision; one pass down shares each group's difference
from its parent in proportion to variance. It is the Kalman smoother of the tree (Chou, Willsky and Benveniste, 1994,
"Multiscale recursive estimation", IEEE Trans. Automatic Control 39). A fixed value is one whose variance is zero.
All passes work on whole levels and any number of markets and years at once, as many as fit the processor's cache.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.hierarchy import Group, Indices

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

NEAR_ZERO = 1e-10  # an active bound's variance relative to the node's own: fixed, yet its multiplier can still be read
ROUNDS = 50
AT_ONCE = 2**16  # values handled together: half a megabyte


@dataclass(frozen=True, slots=True)
class Layer:
    """Groups that can be handled together: no two share a parent, none lies below another.

    ``children`` holds the groups' members one group after the other; ``starts`` and ``sizes`` say where each group
    begins and how many it has; ``parents`` is one place a group.
    """

    parents: Indices
    children: Indices
    starts: Indices
    sizes: Indices


@dataclass(frozen=True, slots=True)
class Plan:
    """The layers of one hierarchy from the deepest to the top, its leaves, and how many leaves lie under each node."""

    size: int
    layers: tuple[Layer, ...]
    leaves: Indices
    leaf_counts: Floats


def plan(size: int, groups: Sequence[Group], depth: Indices) -> Plan:
    """Arrange the groups of a hierarchy of ``size`` nodes in layers. Every group given is one that must sum.

    A parent's later groups come in later layers. Leaves under a parent with several groups are counted in its first.
    """
    slots: dict[tuple[int, int], list[Group]] = {}
    seen: dict[int, int] = {}
    for group in groups:
        slot = seen.get(group.parent, 0)
        seen[group.parent] = slot + 1
        slots.setdefault((-int(depth[group.parent]), slot), []).append(group)
    layers = []
    leaf_counts = np.ones(size)
    for (_, slot), members in sorted(slots.items(), key=lambda item: item[0]):
        sizes = np.array([len(group.children) for group in members], dtype=np.intp)
        starts: Indices = np.concatenate([np.zeros(1, dtype=np.intp), np.cumsum(sizes)[:-1]])
        children = np.concatenate([group.children for group in members])
        parents = np.array([group.parent for group in members], dtype=np.intp)
        layers.append(Layer(parents, children, starts, sizes))
        if slot == 0:
            leaf_counts[parents] = np.add.reduceat(leaf_counts[children], starts)
    leaves = np.setdiff1d(np.arange(size), np.array(sorted(seen), dtype=np.intp))
    return Plan(size, tuple(layers), leaves, leaf_counts)


def reconcile(layout: Plan, values: Floats, variances: Floats) -> Floats:
    """Values of the same shape as ``values`` (float[N, ...]) in which every group sums to its parent.

    ``variances`` (float[N, ...], broadcast to values) are not negative; zero fixes a value. Fixed values must not
    contradict each other: where a parent and all its children are fixed, the parent wins and the children stay.
    """
    return _in_blocks(lambda some, spread: _solve(layout, some, spread)[0], values, variances)


def reconcile_nonnegative(layout: Plan, values: Floats, variances: Floats) -> Floats:
    """As ``reconcile``, with no leaf (hence nothing) below zero: the exact minimum, by an active set of leaves.

    A leaf that comes out negative is held at zero; one whose multiplier says that zero costs more than it saves is
    released, until neither happens (Nocedal and Wright, 2006, Numerical Optimization, 2nd ed., ch. 16.5).
    """
    return _in_blocks(lambda some, spread: _nonnegative(layout, some, spread), values, variances)


def _in_blocks(solve: Callable[[Floats, Floats], Floats], values: Floats, variances: Floats) -> Floats:
    """Solve a few columns (markets, or years) after the other: they don't depend on each other."""
    columns = values.shape[1]
    step = max(AT_ONCE * columns // max(values.size, 1), 1)
    if step >= columns:
        return solve(values, variances)
    fitted = np.empty(values.shape)
    for begin in range(0, columns, step):
        block = slice(begin, begin + step)
        spread = variances[:, block] if variances.shape[1] == columns else variances
        fitted[:, block] = solve(values[:, block], spread)
    return fitted


def _nonnegative(layout: Plan, values: Floats, variances: Floats) -> Floats:
    fitted, _ = _solve(layout, values, variances)
    tolerance = 1e-9 * np.maximum(np.abs(values).max(axis=0), 1e-300)
    leaves = layout.leaves
    if not (fitted[leaves] < -tolerance).any():
        return fitted
    spread = np.broadcast_to(variances, values.shape)
    free = spread[leaves] > 0
    active = np.zeros(free.shape, dtype=np.bool_)
    for _ in range(ROUNDS):
        held_values, held_spread = values.copy(), spread.copy()
        held_values[leaves] = np.where(active, 0.0, values[leaves])
        held_spread[leaves] = np.where(active, NEAR_ZERO * spread[leaves], spread[leaves])
        fitted, multipliers = _solve(layout, held_values, held_spread)
        with np.errstate(divide="ignore", invalid="ignore"):
            price = multipliers[leaves] - values[leaves] / spread[leaves]
        sinking = ~active & free & (fitted[leaves] < -tolerance)
        rising = active & (price < 0)
        if not (sinking | rising).any():
            break
        active = (active | sinking) & ~rising
    return np.maximum(fitted, 0.0)


def _solve(layout: Plan, values: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """The two passes. Also returns each node's multiplier: that of the constraint of the group it is a member of."""
    mean = values.astype(np.float64, copy=True)
    spread = np.array(variances, dtype=np.float64)
    passed: list[tuple[Floats, Floats]] = []
    for layer in layout.layers:
        said = np.add.reduceat(mean[layer.children], layer.starts)
        doubt = np.add.reduceat(spread[layer.children], layer.starts)
        own = spread[layer.parents]
        both = own + doubt
        gain = np.divide(own, both, out=np.zeros_like(both), where=both > 0)
        mean[layer.parents] += gain * (said - mean[layer.parents])
        spread[layer.parents] = own - gain * own
        passed.append((said, doubt))
    multipliers = np.zeros_like(mean)
    for layer, (said, doubt) in zip(reversed(layout.layers), reversed(passed), strict=True):
        gap = mean[layer.parents] - said
        price = np.divide(gap, doubt, out=np.zeros_like(gap), where=np.broadcast_to(doubt > 0, gap.shape))
        price = np.repeat(price, layer.sizes, axis=0)
        mean[layer.children] += spread[layer.children] * price
        multipliers[layer.children] = -price
    return mean, multipliers
