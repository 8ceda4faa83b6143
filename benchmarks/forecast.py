"""Speed of reconciliation and of a whole recompute, beside hierarchicalforecast on the same hierarchy in the same run.

Run with ``make bench NAME=forecast``. One market is 52 series (a total, 6 regions, 45 countries) by 11 years,
reconciled by MinT with variance weights of its own. The peer is called as its users call it
(``HierarchicalReconciliation.reconcile``); its bare matrix core is timed too, as ``ratio_core``. The peer takes one
market a call, so for 1,000 and 10,000 markets it is timed on a sample of them and scaled, and the agreement is checked
on that sample. Memory is compared a market: what the peer allocates at worst for one, and what we do for all, divided
by their number. Base forecasts of 52,000 short series are timed beside AutoETS likewise. The last line printed is one
JSON object.
"""

import json
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import Assumption, MarketInputs, Node, Observation, compute, default_scenarios, hierarchy, trend
from forecasts.engine import least_squares as ls

Floats = NDArray[np.float64]
YEARS = 11
HISTORY = 20
SAMPLE = 12  # markets on which the peer is timed for the sizes above one
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Case:
    """One hierarchy, float[N, B, YEARS] base forecasts and float[N, B, HISTORY] in-sample errors of B markets."""

    tree: hierarchy.Hierarchy
    values: Floats
    errors: Floats

    @property
    def variances(self) -> Floats:
        """float[N, B, 1], as the peer computes them."""
        return np.asarray((self.errors**2).mean(axis=2, keepdims=True) + 2e-8)


def build(markets: int) -> Case:
    """The same random markets in every run."""
    sizes = (7, 7, 7, 8, 8, 8)
    nodes = [Node("total")]
    for region, countries in enumerate(sizes):
        nodes.append(Node(f"geography/{region}", "total", "geography"))
        nodes += [Node(f"geography/{region}/{one}", f"geography/{region}", "geography") for one in range(countries)]
    tree = hierarchy.build(tuple(nodes))
    draw = np.random.default_rng(2024)
    values = draw.uniform(1.0, 10.0, (len(nodes), markets, YEARS))
    errors = draw.normal(size=(len(nodes), markets, HISTORY)) * draw.uniform(0.3, 2.0, (len(nodes), markets, 1))
    return Case(tree, values, errors)


class Peer:
    """hierarchicalforecast on a Case, one market a call."""

    def __init__(self, case: Case) -> None:
        import pandas as pd
        from hierarchicalforecast.core import HierarchicalReconciliation
        from hierarchicalforecast.methods import MinTrace

        tree = case.tree
        layout = ls.plan(len(tree.nodes), tree.groups, tree.depth)
        leaves = [int(one) for one in layout.leaves]
        self.order = [one for one in range(len(tree.nodes)) if one not in set(leaves)] + leaves
        summing = np.zeros((len(tree.nodes), len(leaves)))
        for column, leaf in enumerate(leaves):
            place = leaf
            while place >= 0:
                summing[place, column] = 1
                place = int(tree.parent[place])
        self.summing = summing[self.order]
        names = [tree.nodes[one].path for one in self.order]
        self.frame = pd.DataFrame(self.summing, columns=names[-len(leaves) :])
        self.frame.insert(0, "unique_id", names)
        levels = {depth: [tree.nodes[one].path for one in self.order if tree.depth[one] == depth] for depth in range(3)}
        self.tags = {str(depth): np.array(paths) for depth, paths in levels.items()}
        self.reconciler = HierarchicalReconciliation([MinTrace(method="wls_var")])
        self.core = MinTrace(method="wls_var")
        self.inputs = []
        for market in range(min(case.values.shape[1], SAMPLE)):
            ids = np.repeat(names, YEARS)
            forecast = pd.DataFrame({"unique_id": ids, "ds": np.tile(np.arange(YEARS) + HISTORY, len(names))})
            forecast["model"] = case.values[self.order, market].ravel()
            past = pd.DataFrame({"unique_id": np.repeat(names, HISTORY), "ds": np.tile(np.arange(HISTORY), len(names))})
            past["y"] = case.errors[self.order, market].ravel()
            past["model"] = 0.0
            self.inputs.append((forecast, past))
        self.case = case

    def reconcile(self, market: int) -> Floats:
        """float[N, YEARS] in the Case's order of nodes, by the public interface."""
        forecast, past = self.inputs[market]
        answer = self.reconciler.reconcile(Y_hat_df=forecast, S_df=self.frame, tags=self.tags, Y_df=past)
        result = np.empty((len(self.order), YEARS))
        result[self.order] = answer[answer.columns[-1]].to_numpy().reshape(-1, YEARS)
        return result

    def reconcile_core(self, market: int) -> Floats:
        """The same by the bare matrix core."""
        errors = self.case.errors[self.order, market]
        answer = self.core.fit_predict(
            S=self.summing,
            y_hat=self.case.values[self.order, market],
            y_insample=errors,
            y_hat_insample=np.zeros_like(errors),
        )
        result = np.empty((len(self.order), YEARS))
        result[self.order] = answer["mean"]
        return result


def seconds(work: Callable[[], object], repeat: int = 1) -> float:
    """Wall time of one call, as the mean of ``repeat`` calls in a row."""
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def peak(work: Callable[[], object]) -> int:
    """Bytes allocated at the worst moment of one call."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def measure(markets: int) -> dict[str, float]:
    """Medians of alternating rounds for one size: seconds of ours and the peer's, and the largest difference."""
    case = build(markets)
    peer = Peer(case)
    sample = range(len(peer.inputs))
    layout = ls.plan(len(case.tree.nodes), case.tree.groups, case.tree.depth)
    variances = case.variances

    def ours() -> Floats:
        return ls.reconcile(layout, case.values, variances)

    def theirs() -> list[Floats]:
        return [peer.reconcile(market) for market in sample]

    def core() -> list[Floats]:
        return [peer.reconcile_core(market) for market in sample]

    answers, fitted = theirs(), ours()
    difference = max(float(np.abs(fitted[:, market] - answers[market]).max()) for market in sample)
    repeat = 50 if markets == 1 else 1
    rounds = [(seconds(ours, repeat), seconds(theirs), seconds(core)) for _ in range(ROUNDS)]
    scale = markets / len(peer.inputs)
    mine, his, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    return {
        "ours": mine,
        "peer": his * scale,
        "core": bare * scale,
        "difference": difference,
        "memory": peak(lambda: peer.reconcile(0)) / (max(peak(ours), 1) / markets),
    }


def recompute_seconds() -> float:
    """A whole ``compute`` of one market: 52 nodes with histories, three scenarios, intervals, 11 years."""
    draw = np.random.default_rng(7)
    nodes = []
    for node in build(1).tree.nodes:
        size = {0: 3150, 1: 450, 2: 60}[node.path.count("/")] if node.path != "total" else 2800
        observed = {
            year: Observation(Decimal(str(round(size * 1.05 ** (year - 2021) * draw.uniform(0.98, 1.02), 2))), "A")
            for year in range(2021, 2025)
        }
        nodes.append(Node(node.path, node.adds_to, node.group, "complete", observed, Assumption("trend")))
    inputs = MarketInputs(2021, 2024, 2031, 2, tuple(nodes), (), default_scenarios(()))
    compute(inputs)
    return statistics.median(seconds(lambda: compute(inputs)) for _ in range(9))


def base_forecasts() -> tuple[float, float]:
    """Seconds for 52,000 series of 11 years, seven years ahead: ours, and AutoETS's scaled up from a sample."""
    from statsforecast.models import AutoETS

    draw = np.random.default_rng(11)
    history = np.exp(np.cumsum(draw.normal(0.05, 0.1, (52_000, YEARS)), axis=1))
    trend.project(history[:256], 7)

    def theirs() -> None:
        for series in history[:40]:
            AutoETS(season_length=1).forecast(y=series, h=7, level=[80, 95])

    theirs()
    rounds = [(seconds(lambda: trend.project(history, 7)), seconds(theirs) * len(history) / 40) for _ in range(3)]
    mine, his = (statistics.median(column) for column in zip(*rounds, strict=True))
    return mine, his


def main() -> None:
    """Measure one, 1,000 and 10,000 markets and a whole recompute."""
    warnings.simplefilter("ignore")
    result: dict[str, float] = {}
    worst = 0.0
    for markets, name in ((1, "one"), (1_000, "1000"), (10_000, "10000")):
        found = measure(markets)
        worst = max(worst, found["difference"])
        result[f"ratio_{name}"] = round(found["peer"] / found["ours"], 1)
        result[f"ratio_core_{name}"] = round(found["core"] / found["ours"], 1)
        result[f"seconds_{name}"] = round(found["ours"], 6)
        result[f"peer_seconds_{name}"] = round(found["peer"], 4)
        result[f"memory_ratio_{name}"] = round(found["memory"], 1)
        print(f"{markets:6} markets: ours {found['ours'] * 1000:.3f} ms, peer {found['peer'] * 1000:.1f} ms, ", end="")
        print(f"its core {found['core'] * 1000:.2f} ms, largest difference {found['difference']:.1e}")
    result["max_difference"] = worst
    mine, his = base_forecasts()
    result["ratio_base_forecasts"] = round(his / mine, 1)
    print(f"Base forecasts of 52,000 series: ours {mine:.2f} s, AutoETS {his:.1f} s")
    result["compute_seconds"] = round(recompute_seconds(), 5)
    print(f"A whole recompute of one market of 52 nodes: {result['compute_seconds'] * 1000:.1f} ms")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
