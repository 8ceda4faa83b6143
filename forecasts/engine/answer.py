"""From arrays to the answer: decimals, SDMX statuses, intervals, notes, the driver ledgers and the digest."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import drivers, explain, growth, intervals, rounding
from forecasts.engine.base import BaseForecasts
from forecasts.engine.frame import Frame
from forecasts.engine.inputs import TOTAL, MarketInputs
from forecasts.engine.result import Cells, Columns, Ledger, MarketForecast, Status
from forecasts.engine.topdown import Reconciled

Units = NDArray[np.int64]


def assemble(inputs: MarketInputs, frame: Frame, projected: BaseForecasts, reconciled: Reconciled) -> MarketForecast:
    """Put the computed arrays into cells, with statuses, intervals, notes, ledgers and what explains each value."""
    scenarios = inputs.ordered_scenarios()
    statuses = _statuses(frame, reconciled)
    ends = _ends(frame, reconciled)
    cells = _cells(inputs, frame, reconciled, statuses, ends)
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
                f"Pinned values hold in every scenario: {', '.join(held)}. Until then every scenario bends towards "
                f"them, so driver weights show little or nothing there. Use a growth rate to show them."
            )
    ledgers = {}
    for scenario in scenarios:
        book = _ledger(inputs, frame, reconciled, scenario.code)
        if book is not None:
            ledgers[scenario.code] = book
    missing = _not_estimated(inputs, frame, projected)
    tracer = explain.Tracer(inputs, frame, projected, reconciled, cells)
    return MarketForecast(
        cells, missing, tuple(notes), ledgers, _digest(inputs, frame, reconciled, statuses, ends), tracer.trace
    )


def _not_estimated(inputs: MarketInputs, frame: Frame, projected: BaseForecasts) -> dict[str, str]:
    """Why each node without a single shown value has none, by path."""
    missing = {frame.hierarchy.nodes[place].path: reason for place, reason in sorted(projected.reasons.items())}
    shown = projected.available[:, frame.years.index(inputs.first_year) :].any(axis=1)
    for place in np.flatnonzero(~shown).tolist():
        path = frame.hierarchy.nodes[place].path
        missing.setdefault(path, f"“{path}” has values only before {inputs.first_year}, the first year shown.")
    return missing


def _statuses(frame: Frame, reconciled: Reconciled) -> list[list[Status]]:
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
    known = ~np.isnan(frame.known)
    for group in reversed(frame.hierarchy.groups):
        if not group.sums:
            continue
        members = [result[child] for child in group.children.tolist()]
        for year in np.flatnonzero(~known[group.parent, : frame.base + 1]).tolist():
            if all(member[year] == "A" for member in members):
                result[group.parent][year] = "A"
    return result


def _ends(frame: Frame, reconciled: Reconciled) -> Units:
    """low80, high80, low95, high95 in units, int[4, N, S, Y], -1 where there is no basis for an interval."""
    if frame.noise.shape[1] == 1:
        return np.full((4, *reconciled.units.shape), -1, dtype=np.int64)
    basis = intervals.basis(frame, reconciled.available)
    measured = intervals.measure(reconciled.values, reconciled.units, basis)
    ends = np.stack([measured.low80, measured.high80, measured.low95, measured.high95])
    return np.rint(np.nan_to_num(ends, nan=-1.0)).astype(np.int64)


def _cells(
    inputs: MarketInputs, frame: Frame, reconciled: Reconciled, statuses: list[list[Status]], ends: Units
) -> Cells:
    """The cells in the order scenario, path, year; one for each value there is in the published years."""
    first = frame.years.index(inputs.first_year)
    years = frame.years[first:]
    columns = Columns(inputs.decimals)
    for row, scenario in enumerate(inputs.ordered_scenarios()):
        for node in inputs.ordered_nodes():
            place = frame.hierarchy.index[node.path]
            units = reconciled.units[place, row, first:]
            there = np.flatnonzero(reconciled.available[place, first:] & (units >= 0))
            if not len(there):
                continue
            at = there.tolist()
            columns.scenario.extend([scenario.code] * len(at))
            columns.path.extend([node.path] * len(at))
            columns.year.extend([years[year] for year in at])
            columns.value.extend(units[there].tolist())
            low80, high80, low95, high95 = ends[:, place, row, first:][:, there].tolist()
            columns.low80.extend(low80)
            columns.high80.extend(high80)
            columns.low95.extend(low95)
            columns.high95.extend(high95)
            columns.status.extend([statuses[place][first + year] for year in at])
    return Cells(columns)


def _digest(
    inputs: MarketInputs, frame: Frame, reconciled: Reconciled, statuses: list[list[Status]], ends: Units
) -> str:
    """SHA-256 (hexadecimal) of every value, interval and status: equal exactly where the answers are."""
    checksum = hashlib.sha256()
    names = [[node.path for node in frame.hierarchy.nodes], [one.code for one in inputs.ordered_scenarios()]]
    checksum.update(repr((names, frame.years, inputs.first_year, inputs.decimals, statuses)).encode())
    shown = np.where(reconciled.available[:, None, :], reconciled.units, -1)
    checksum.update(shown.astype("<i8").tobytes())
    checksum.update(ends.astype("<i8").tobytes())
    return checksum.hexdigest()


def _ledger(inputs: MarketInputs, frame: Frame, reconciled: Reconciled, scenario: str) -> Ledger | None:
    """The driver ledger of one scenario, or None where the total has no value to compute a CAGR from."""
    place = frame.hierarchy.index.get(TOTAL)
    span = inputs.last_year - inputs.base_year
    if place is None or span < 1:
        return None
    row = [one.code for one in inputs.ordered_scenarios()].index(scenario)
    ends = [frame.years.index(inputs.base_year), frame.years.index(inputs.last_year)]
    begin, end = rounding.shown(reconciled.units[place, row, ends].tolist(), inputs.decimals)
    if not reconciled.available[place, ends].all() or begin is None or end is None or begin <= 0:
        return None
    rate = growth.cagr(begin, end, span)
    chosen = next(one for one in inputs.ordered_scenarios() if one.code == scenario)
    return drivers.ledger(inputs.drivers, chosen, inputs.base_year, inputs.last_year, rate)
