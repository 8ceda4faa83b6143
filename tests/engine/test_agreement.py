"""A whole run agrees with hierarchicalforecast on the cases it covers, and with exact optimisation beyond them."""

import warnings
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from forecasts.engine import MarketInputs, Node, compute, hierarchy
from forecasts.engine import least_squares as ls
from forecasts.engine.inputs import Reconciliation
from tests.engine.markets import growing, observed
from tests.engine.test_least_squares import layout_of, tree

Floats = NDArray[np.float64]
YEARS = range(2025, 2030)


def grown_market(seed: int, mode: Reconciliation) -> tuple[MarketInputs, Floats]:
    """A market of three levels with a growth rate for each node, and its base forecasts float[N, Y]: parents that
    nearly, but not quite, are the sum of their parts."""
    draw = np.random.default_rng(seed)
    built = tree((2, 3, 4))
    starts = draw.uniform(20, 60, len(built.nodes))
    for group in reversed(built.groups):
        starts[group.parent] = starts[group.children].sum() * draw.uniform(0.95, 1.05)
    starts, rates = starts.round(2), draw.uniform(-5, 9, len(built.nodes)).round(1)
    nodes = tuple(
        Node(one.path, one.adds_to, one.group, "complete", observed({2024: str(start)}), growing(str(rate)))
        for one, start, rate in zip(built.nodes, starts, rates, strict=True)
    )
    values = np.array([starts * (1 + rates / 100) ** (year - 2024) for year in YEARS]).T
    return MarketInputs(2024, 2024, 2029, 9, nodes, reconciliation=mode), values


def peer(built: hierarchy.Hierarchy, values: Floats, method: str) -> Floats:
    """What hierarchicalforecast makes of base forecasts, float[N, Y] in the hierarchy's own order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from hierarchicalforecast.methods import BottomUp, MinTrace, TopDown

        leaves = [int(one) for one in layout_of(built).leaves]
        order = [one for one in range(len(built.nodes)) if one not in set(leaves)] + leaves
        summing = np.zeros((len(order), len(leaves)))
        for column, leaf in enumerate(leaves):
            place = leaf
            while place >= 0:
                summing[place, column] = 1
                place = int(built.parent[place])
        tags = {
            str(depth): np.array([row for row, place in enumerate(order) if built.depth[place] == depth])
            for depth in range(3)
        }
        if method == "top-down":
            answer = TopDown("forecast_proportions").fit_predict(S=summing[order], y_hat=values[order], tags=tags)
        elif method == "bottom-up":
            answer = BottomUp().fit_predict(S=summing[order], y_hat=values[order])
        else:
            answer = MinTrace("wls_struct").fit_predict(S=summing[order], y_hat=values[order])
    result = np.empty_like(values)
    result[order] = answer["mean"]
    return result


def shown(inputs: MarketInputs) -> Floats:
    """What a run prints, float[N, Y] in the hierarchy's own order."""
    forecast = compute(inputs)
    ordered = hierarchy.build(inputs.nodes).nodes
    return np.array([[float(forecast.cells["base", node.path, year].value) for year in YEARS] for node in ordered])


@pytest.mark.parametrize("mode", ["top-down", "structural"])
@pytest.mark.parametrize("seed", range(4))
def test_a_run_equals_the_peer(seed: int, mode: Reconciliation) -> None:
    inputs, values = grown_market(seed, mode)
    assert np.abs(shown(inputs) - peer(hierarchy.build(inputs.nodes), values, mode)).max() < 1e-6


def test_parents_without_data_equal_the_peers_bottom_up() -> None:
    inputs, values = grown_market(9, "top-down")
    built = hierarchy.build(inputs.nodes)
    parents = {built.nodes[group.parent].path for group in built.groups}
    nodes = tuple(Node(one.path, one.adds_to, one.group) if one.path in parents else one for one in built.nodes)
    without = MarketInputs(2024, 2024, 2029, 9, nodes)
    assert np.abs(shown(without) - peer(built, values, "bottom-up")).max() < 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_nonnegative_answers_are_the_exact_minimum(seed: int) -> None:
    """The peer's solver stops short of it. At the minimum no leaf above zero has a slope, and none at zero has one
    that would lead down (Karush, Kuhn and Tucker)."""
    built = tree((3, 4, 5))
    draw = np.random.default_rng(seed)
    values = np.maximum(draw.uniform(-8, 10, (len(built.nodes), 6)), 0.0)
    variances = draw.uniform(0.2, 5, (len(built.nodes), 1))
    layout = layout_of(built)
    assert ls.reconcile(layout, values, variances).min() < 0
    fitted = ls.reconcile_nonnegative(layout, values, variances)
    for group in built.groups:
        assert np.abs(fitted[group.parent] - fitted[group.children].sum(axis=0)).max() < 1e-6
    pull = (fitted - values) / variances
    for leaf in layout.leaves.tolist():
        slope, place = np.zeros(values.shape[1]), leaf
        while place >= 0:
            slope, place = slope + pull[place], int(built.parent[place])
        assert (fitted[leaf] >= 0).all()
        assert (slope > -1e-6).all()
        assert np.abs(slope[fitted[leaf] > 1e-6]).max(initial=0.0) < 1e-6


def test_fixed_published_totals_hold_and_the_rest_is_the_exact_minimum_around_them() -> None:
    """Thousands of markets at once, each with its own weights and its own years in which its total is fixed (after
    Zhang, Kang, Panagiotelis and Li, 2023, "Optimal reconciliation with immutable forecasts")."""
    built = tree((2, 3, 4))
    layout = layout_of(built)
    draw = np.random.default_rng(1)
    values = draw.uniform(50, 100, (len(built.nodes), 3000, 5))
    variances = np.broadcast_to(draw.uniform(0.5, 4, (len(built.nodes), 3000, 1)), values.shape).copy()
    published = draw.uniform(size=(3000, 5)) < 0.5
    variances[0][published] = 0.0
    fitted = ls.reconcile(layout, values, variances)
    assert np.array_equal(fitted[0][published], values[0][published])
    constraints = np.zeros((len(built.groups), len(built.nodes)))
    for row, group in enumerate(built.groups):
        constraints[row, group.parent], constraints[row, group.children] = 1, -1
    for market, year in ((0, 0), (7, 3), (2999, 4)):
        base, weighted = values[:, market, year], constraints * variances[:, market, year]
        exact = base - weighted.T @ np.linalg.solve(weighted @ constraints.T, constraints @ base)
        assert np.abs(fitted[:, market, year] - exact).max() < 1e-9


@pytest.mark.parametrize("mode", ["top-down", "structural", "variance"])
def test_a_published_total_stands_in_every_year_and_its_parts_share_it(mode: Reconciliation) -> None:
    published = {year: Decimal(300 + 7 * (year - 2024)) for year in YEARS}
    inputs, _ = grown_market(3, mode)
    nodes = tuple(
        Node(one.path, one.adds_to, one.group, one.coverage, one.observations, None, published)
        if one.path == "total"
        else one
        for one in inputs.nodes
    )
    forecast = compute(MarketInputs(2024, 2024, 2029, 2, nodes, reconciliation=mode))
    for year, value in published.items():
        assert forecast.cells["base", "total", year].value == value
        assert sum(forecast.cells["base", f"g/{region}", year].value for region in range(3)) == value


def test_thousands_of_markets_with_different_trees_are_one_pass() -> None:
    """A forest is a hierarchy too: the groups of all markets side by side."""
    draw = np.random.default_rng(4)
    shapes = [tree(tuple(draw.integers(1, 5, size=draw.integers(1, 4)).tolist())) for _ in range(30)]
    chosen = [shapes[one] for one in draw.integers(0, len(shapes), 3000)]
    starts = np.cumsum([0, *(len(one.nodes) for one in chosen)])
    groups = [
        hierarchy.Group(group.parent + start, group.code, group.children + start, True)
        for one, start in zip(chosen, starts.tolist(), strict=False)
        for group in one.groups
    ]
    size = int(starts[-1])
    layout = ls.plan(size, groups, np.concatenate([one.depth for one in chosen]))
    values, variances = draw.uniform(-2, 9, (size, 7)), draw.uniform(0.5, 2, (size, 1))
    together = ls.reconcile_nonnegative(layout, values, variances)
    assert len(layout.layers) == 2
    for market in (0, 1234, 2999):
        rows = slice(starts[market], starts[market + 1])
        alone = ls.reconcile_nonnegative(layout_of(chosen[market]), values[rows], variances[rows])
        assert np.abs(together[rows] - alone).max() < 1e-9
