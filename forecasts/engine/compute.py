"""From inputs to the computed cube: check, project, reconcile, round, and keep what explains each number."""

from dataclasses import replace

import numpy as np

from forecasts.engine import answer, base, drivers, hierarchy, intervals, rounding, topdown
from forecasts.engine import frame as frames
from forecasts.engine.inputs import Assumption, InfeasibleInputs, MarketInputs
from forecasts.engine.result import MarketForecast


def compute(inputs: MarketInputs) -> MarketForecast:
    """Compute one market's forecast in every scenario.

    The same inputs and engine version give the same bytes, in whatever order they were entered. Raises
    InfeasibleInputs, with a sentence for an editor, when inputs contradict each other.
    """
    _check(inputs)
    tree = hierarchy.build(inputs.nodes)
    frame = frames.build(inputs, tree)
    projected = base.project(frame)
    _check_size(inputs, frame, projected)
    noise = intervals.noise(frame, projected.available, projected.shares, inputs.reconciliation, inputs.digest())
    if noise is not None:
        frame = replace(frame, noise=noise)
        projected = base.project(frame)
    reconciled = topdown.reconcile(frame, projected, inputs.reconciliation)
    return answer.assemble(inputs, frame, projected, reconciled)


def _check_size(inputs: MarketInputs, frame: frames.Frame, projected: base.BaseForecasts) -> None:
    """Refuse a projection that has run away beyond what can be printed exactly."""
    over = np.nan_to_num(projected.values[:, :, 0, :].max(axis=1), nan=0.0) >= rounding.LARGEST
    for place, year in np.argwhere(over)[:1].tolist():
        largest = rounding.from_units(rounding.LARGEST, inputs.decimals)
        raise InfeasibleInputs(
            f"“{frame.hierarchy.nodes[place].path}” grows beyond {largest} in {frame.years[year]}, which can't be "
            f"right. Check its growth, its pins and its observations."
        )


def _check(inputs: MarketInputs) -> None:
    if not inputs.first_year <= inputs.base_year <= inputs.last_year:
        raise InfeasibleInputs(
            f"The base year {inputs.base_year} must lie between {inputs.first_year} and {inputs.last_year}."
        )
    for node in inputs.ordered_nodes():
        if node.assumption is not None:
            _check_assumption(node.path, node.assumption)
    drivers.check(inputs.drivers, inputs.scenarios)


def _check_assumption(path: str, assumption: Assumption) -> None:
    """Refuse rates below -100 % a year, shares outside 0 to 100 %, and a drift that is no number."""
    rates = [*assumption.path.values(), *([] if assumption.rate is None else [assumption.rate])]
    for rate in rates:
        if not rate.is_finite() or rate < -100:
            raise InfeasibleInputs(f"“{path}” is to grow by {rate} % a year. Enter a rate of -100 % or more.")
    share = assumption.share
    if share is not None and not (share.is_finite() and 0 <= share <= 100):
        raise InfeasibleInputs(f"“{path}” is to be {share} % of its parent. Enter a share between 0 and 100 %.")
    if not assumption.drift.is_finite():
        raise InfeasibleInputs(f"The share of “{path}” is to drift by {assumption.drift} a year. Enter a number.")
