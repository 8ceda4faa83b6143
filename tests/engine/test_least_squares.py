"""Least squares reconciliation equals hierarchicalforecast where that covers the case, and goes on where it doesn't."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from forecasts.engine import Node, hierarchy
from forecasts.engine import least_squares as ls

Floats = NDArray[np.float64]


def tree(widths: tuple[int, ...]) -> hierarchy.Hierarchy:
    """A total, as many regions as there are widths, and in each as many countries as its width says."""
    nodes = [Node("total")]
    for region, width in enumerate(widths):
        nodes.append(Node(f"g/{region}", "total", "g"))
        nodes += [Node(f"g/{region}/{one}", f"g/{region}", "g") for one in range(width)]
    return hierarchy.build(tuple(nodes))


def layout_of(built: hierarchy.Hierarchy) -> ls.Plan:
    return ls.plan(len(built.nodes), built.groups, built.depth)


def peer(built: hierarchy.Hierarchy, values: Floats, method: str, errors: Floats, nonnegative: bool) -> Floats:
    """hierarchicalforecast's answer, float[N, Y] in the hierarchy's own order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from hierarchicalforecast.methods import MinTrace

        leaves = [int(one) for one in layout_of(built).leaves]
        order = [one for one in range(len(built.nodes)) if one not in set(leaves)] + leaves
        summing = np.zeros((len(order), len(leaves)))
        for column, leaf in enumerate(leaves):
            place = leaf
            while place >= 0:
                summing[place, column] = 1
                place = int(built.parent[place])
        answer = MinTrace(method=method, nonnegative=nonnegative).fit_predict(
            S=summing[order],
            y_hat=values[order],
            y_insample=errors[order],
            y_hat_insample=np.zeros_like(errors),
        )
    result = np.empty_like(values)
    result[order] = answer["mean"]
    return result


@pytest.mark.parametrize("widths", [(2, 3), (7, 7, 7, 8, 8, 8), (1, 1, 4)])
def test_structural_weights_equal_the_peer(widths: tuple[int, ...]) -> None:
    built = tree(widths)
    draw = np.random.default_rng(len(widths))
    values, errors = draw.uniform(1, 100, (len(built.nodes), 11)), draw.normal(size=(len(built.nodes), 20))
    layout = layout_of(built)
    ours = ls.reconcile(layout, values, layout.leaf_counts[:, None])
    assert np.abs(ours - peer(built, values, "wls_struct", errors, False)).max() < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_variance_weights_equal_the_peer(seed: int) -> None:
    built = tree((3, 4, 5))
    draw = np.random.default_rng(seed)
    values = draw.uniform(1, 100, (len(built.nodes), 11))
    errors = draw.normal(size=(len(built.nodes), 20)) * draw.uniform(0.1, 9, (len(built.nodes), 1))
    ours = ls.reconcile(layout_of(built), values, (errors**2).mean(axis=1, keepdims=True) + 2e-8)
    assert np.abs(ours - peer(built, values, "wls_var", errors, False)).max() < 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_nonnegative_answers_equal_the_peer(seed: int) -> None:
    """Base forecasts of zero beside a small total push leaves below zero. The peer's interior-point solver stops
    short of the minimum and rounds to float32, so the test is also that ours is as near to the base forecasts."""
    built = tree((3, 4, 5))
    draw = np.random.default_rng(seed)
    values = np.maximum(draw.uniform(-8, 10, (len(built.nodes), 6)), 0.0)
    errors = draw.normal(size=(len(built.nodes), 20))
    layout = layout_of(built)
    weights = layout.leaf_counts[:, None]
    ours = ls.reconcile_nonnegative(layout, values, weights)
    assert ls.reconcile(layout, values, weights).min() < 0
    assert ours.min() >= 0
    theirs = peer(built, values, "wls_struct", errors, True)
    assert np.abs(ours - theirs).max() < 1e-4

    def distance(answer: Floats) -> float:
        return float((((answer - values) ** 2) / weights).sum())

    assert distance(ours) <= distance(theirs) + 1e-6


def test_several_groups_of_one_parent_equal_the_matrix_solution() -> None:
    nodes = [Node("total"), *(Node(f"a/{one}", "total", "a") for one in range(3))]
    nodes += [*(Node(f"b/{one}", "total", "b") for one in range(4)), *(Node(f"a/1/{x}", "a/1", "a") for x in "xyz")]
    built = hierarchy.build(tuple(nodes))
    draw = np.random.default_rng(5)
    values, variances = draw.uniform(1, 50, (len(nodes), 4)), draw.uniform(0.2, 3, (len(nodes), 1))
    variances[built.index["a/0"]] = 0.0
    constraints = np.zeros((len(built.groups), len(nodes)))
    for row, group in enumerate(built.groups):
        constraints[row, group.parent] = 1
        constraints[row, group.children] = -1
    weighted = constraints * variances[:, 0]
    exact = values - weighted.T @ np.linalg.solve(weighted @ constraints.T, constraints @ values)
    ours = ls.reconcile(layout_of(built), values, variances)
    assert np.abs(ours - exact).max() < 1e-9
    assert ours[built.index["a/0"]] == pytest.approx(values[built.index["a/0"]])


def test_a_batch_of_markets_equals_each_market_alone() -> None:
    built = tree((2, 2))
    draw = np.random.default_rng(9)
    values, variances = draw.uniform(1, 9, (7, 50, 11)), draw.uniform(0.5, 2, (7, 50, 1))
    together = ls.reconcile(layout_of(built), values, variances)
    for market in (0, 17, 49):
        alone = ls.reconcile(layout_of(built), values[:, market], variances[:, market])
        assert np.array_equal(together[:, market], alone)
