"""From inputs to the computed cube: check, project, reconcile, round, and keep what explains each number."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import base, drivers, explain, growth, hierarchy, rounding, topdown, trend
from forecasts.engine.inputs import TOTAL, InfeasibleInputs, MarketInputs
from forecasts.engine.result import Cell, Ledger, MarketForecast, Status

Floats = NDArray[np.float64]


def compute(inputs: MarketInputs) -> MarketForecast:
    """Compute one market's forecast in every scenario.

    The same inputs and engine version give the same bytes, in whatever order they were entered. Raises
    InfeasibleInputs, with a sentence for an editor, when inputs contradict each other.
    """
    _check(inputs)
    tree = hierarchy.build(inputs.nodes)
    frame = _frame(inputs, tree)
    projected = base.project(frame)
    reconciled = topdown.reconcile(frame, projected)
    return _answer(inputs, frame, projected, reconciled)


def _check(inputs: MarketInputs) -> None:
    if not inputs.first_year <= inputs.base_year <= inputs.last_year:
        raise InfeasibleInputs(
            f"The base year {inputs.base_year} must lie between {inputs.first_year} and {inputs.last_year}."
        )
    drivers.check(inputs.drivers, inputs.scenarios)


def _frame(inputs: MarketInputs, tree: hierarchy.Hierarchy) -> base.Frame:
    """Decimals to units, years to places. History before the first year takes part but isn't shown."""
    seen = [year for node in tree.nodes for year in node.observations]
    years = tuple(range(min([inputs.first_year, *seen]), inputs.last_year + 1))
    at = {year: place for place, year in enumerate(years)}
    observed = np.full((len(tree.nodes), len(years)), np.nan)
    pinned = np.full_like(observed, np.nan)
    for place, node in enumerate(tree.nodes):
        for year, observation in node.observations.items():
            what = f"The observation of “{node.path}” in {year}"
            if year not in at:
                raise InfeasibleInputs(f"{what} lies after {inputs.last_year}. Extend the market's years.")
            observed[place, at[year]] = rounding.to_units(observation.value, inputs.decimals, what)
        for year, value in node.pins.items():
            what = f"The pin of “{node.path}” in {year}"
            if year not in at or year < inputs.first_year:
                raise InfeasibleInputs(f"{what} lies outside {inputs.first_year} to {inputs.last_year}. Move it.")
            pinned[place, at[year]] = rounding.to_units(value, inputs.decimals, what)
            if year in node.observations and pinned[place, at[year]] != observed[place, at[year]]:
                raise InfeasibleInputs(
                    f"{what} is {value}, but {node.observations[year].value} was observed. Remove one of the two."
                )
    shift = np.array([float(drivers.growth_shift(inputs.drivers, one)) for one in inputs.ordered_scenarios()])
    noise = np.zeros((len(tree.nodes), 1, len(years)))
    trends = _trends(tree, observed, pinned)
    return base.Frame(tree, years, at[inputs.base_year], observed, pinned, shift, noise, trends)


def _trends(tree: hierarchy.Hierarchy, observed: Floats, pinned: Floats) -> dict[int, Floats]:
    """Yearly growth factors after the last observation for each node that follows its own history, in one batch."""
    wanted: dict[int, Floats] = {}
    for place, node in enumerate(tree.nodes):
        if base.wants_trend(node, bool((~np.isnan(pinned[place])).any())):
            history = base.trend_basis(observed[place])
            if history is not None:
                wanted[place] = history
    if not wanted:
        return {}
    longest = max(len(history) for history in wanted.values())
    batch = np.full((len(wanted), longest), np.nan)
    for row, history in enumerate(wanted.values()):
        batch[row, longest - len(history) :] = history
    forecast = trend.project(batch, observed.shape[1])
    result: dict[int, Floats] = {}
    for row, place in enumerate(wanted):
        last = int(np.flatnonzero(~np.isnan(observed[place]))[-1])
        means = np.concatenate([batch[row, -1:], forecast.mean[row]])
        result[place] = (means[1:] / means[:-1])[: observed.shape[1] - last - 1]
    return result


def _answer(
    inputs: MarketInputs, frame: base.Frame, projected: base.BaseForecasts, reconciled: topdown.Reconciled
) -> MarketForecast:
    scenarios = inputs.ordered_scenarios()
    tree = frame.hierarchy
    first = frame.years.index(inputs.first_year)
    available = reconciled.available
    statuses = _statuses(frame, reconciled)
    decimals = inputs.decimals
    cells: dict[tuple[str, str, int], Cell] = {}
    checksum = hashlib.sha256()
    for row, scenario in enumerate(scenarios):
        for node in inputs.ordered_nodes():
            place = tree.index[node.path]
            units = reconciled.units[place, row].tolist()
            for year in range(first, len(frame.years)):
                if available[place, year]:
                    value = rounding.from_units(units[year], decimals)
                    cells[scenario.code, node.path, frame.years[year]] = Cell(
                        value, None, None, None, None, statuses[place][year]
                    )
    for key, cell in cells.items():
        checksum.update(repr((key, cell)).encode())
    notes = [*projected.notes, *reconciled.notes]
    if inputs.drivers and len(scenarios) > 1:
        held = [
            f"“{node.path}” in {year}"
            for node in inputs.ordered_nodes()
            for year in sorted(node.pins)
            if year > inputs.base_year
        ]
        if held:
            notes.append(
                f"Pinned values hold in every scenario, so driver weights don't change them: {', '.join(held)}."
            )
    ledgers = {}
    for scenario in scenarios:
        book = _ledger(inputs, scenario.code, cells)
        if book is not None:
            ledgers[scenario.code] = book
    missing = {tree.nodes[place].path: reason for place, reason in sorted(projected.reasons.items())}
    tracer = explain.Tracer(inputs, frame, projected, reconciled, cells)
    return MarketForecast(cells, missing, tuple(notes), ledgers, checksum.hexdigest(), tracer.trace)


def _statuses(frame: base.Frame, reconciled: topdown.Reconciled) -> list[list[Status]]:
    """SDMX status by place and year: A or E where observed and unchanged; else E up to the base year and F after it.
    A sum of actual values is actual."""
    result: list[list[Status]] = []
    for place, node in enumerate(frame.hierarchy.nodes):
        row: list[Status] = []
        for year, calendar in enumerate(frame.years):
            status: Status = "E" if year <= frame.base else "F"
            observation = node.observations.get(calendar)
            if observation is not None:
                kept = reconciled.units[place, 0, year] == frame.observed[place, year]
                status = observation.status if kept else "E"
            row.append(status)
        result.append(row)
    for group in reversed(frame.hierarchy.groups):
        if not group.sums:
            continue
        for year in range(len(frame.years)):
            if np.isnan(frame.known[group.parent, year]) and all(result[one][year] == "A" for one in group.children):
                result[group.parent][year] = "A"
    return result


def _ledger(inputs: MarketInputs, scenario: str, cells: dict[tuple[str, str, int], Cell]) -> Ledger | None:
    """The driver ledger of one scenario, or None where the total has no value to compute a CAGR from."""
    begin = cells.get((scenario, TOTAL, inputs.base_year))
    end = cells.get((scenario, TOTAL, inputs.last_year))
    span = inputs.last_year - inputs.base_year
    if begin is None or end is None or begin.value <= 0 or span < 1:
        return None
    rate = growth.cagr(begin.value, end.value, span)
    chosen = next(one for one in inputs.ordered_scenarios() if one.code == scenario)
    return drivers.ledger(inputs.drivers, chosen, inputs.base_year, inputs.last_year, rate)
