"""From arrays to the answer: decimals, SDMX statuses, intervals, notes, the driver ledgers and the digest."""

import hashlib
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from forecasts.engine import drivers, explain, growth, intervals, rounding
from forecasts.engine.base import BaseForecasts
from forecasts.engine.frame import Frame
from forecasts.engine.inputs import TOTAL, MarketInputs
from forecasts.engine.result import Cell, Ledger, MarketForecast, Status
from forecasts.engine.topdown import Reconciled

Units = NDArray[np.int64]
Ends = tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]
NO_BASIS: Ends = (None, None, None, None)


def assemble(inputs: MarketInputs, frame: Frame, projected: BaseForecasts, reconciled: Reconciled) -> MarketForecast:
    """Put the computed arrays into cells, with statuses, intervals, notes, ledgers and what explains each value."""
    scenarios = inputs.ordered_scenarios()
    tree = frame.hierarchy
    first = frame.years.index(inputs.first_year)
    available = reconciled.available
    statuses = _statuses(frame, reconciled)
    ends = _ends(frame, reconciled)
    ranges = _ranges(inputs, ends)
    decimals = inputs.decimals
    cells: dict[tuple[str, str, int], Cell] = {}
    for row, scenario in enumerate(scenarios):
        for node in inputs.ordered_nodes():
            place = tree.index[node.path]
            units = reconciled.units[place, row].tolist()
            for year in range(first, len(frame.years)):
                if available[place, year]:
                    value = rounding.from_units(units[year], decimals)
                    low80, high80, low95, high95 = ranges.get((place, row, year), NO_BASIS)
                    key = scenario.code, node.path, frame.years[year]
                    cells[key] = Cell(value, low80, high80, low95, high95, statuses[place][year])
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
    return MarketForecast(
        cells, missing, tuple(notes), ledgers, _digest(inputs, frame, reconciled, statuses, ends), tracer.trace
    )


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
    for group in reversed(frame.hierarchy.groups):
        if not group.sums:
            continue
        for year in range(len(frame.years)):
            if np.isnan(frame.known[group.parent, year]) and all(result[one][year] == "A" for one in group.children):
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


def _ranges(inputs: MarketInputs, ends: Units) -> dict[tuple[int, int, int], Ends]:
    """The interval's ends as decimals by place, scenario's row and year, where there is a basis for one."""
    where = np.nonzero(ends[0] >= 0)
    columns = ends[:, *where].tolist()
    keys = zip(*(axis.tolist() for axis in where), strict=True)
    shown = ([rounding.from_units(end, inputs.decimals) for end in column] for column in columns)
    return dict(zip(keys, zip(*shown, strict=True), strict=True))


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
