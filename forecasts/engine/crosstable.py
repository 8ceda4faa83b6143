"""Cross-tables: one dimension by another, filled by iterative proportional fitting to both margins.

Deming and Stephan, 1940, "On a least squares adjustment of a sampled frequency table when the expected marginal totals
are known", Annals of Mathematical Statistics 11. Known cells are held; every other cell is modelled, and says so. The
printed cells sum to both printed margins: controlled rounding of a table, which always has a solution (Cox and Ernst,
1982, "Controlled rounding", INFOR 20), found by augmenting paths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecasts.engine.inputs import InfeasibleInputs
from forecasts.engine.rounding import from_units, to_units

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

ROUNDS = 5000  # a solution with cells forced to zero is approached slowly; what is left then is whole units
CLOSE = 1e-4  # units by which a margin may be missed before rounding


@dataclass(frozen=True, slots=True)
class CrossCell:
    """One cell, in the market's unit. ``modelled`` is False only for a cell that was given."""

    value: Decimal
    modelled: bool


def fill(
    rows: Mapping[str, Decimal],
    columns: Mapping[str, Decimal],
    known: Mapping[tuple[str, str], Decimal],
    decimals: int,
    seed: Mapping[tuple[str, str], Decimal] | None = None,
) -> dict[tuple[str, str], CrossCell]:
    """Fill the table of ``rows`` by ``columns`` so that it sums to both margins, exactly to ``decimals``.

    ``seed`` gives a pattern to stay close to (all ones, that is independence, without it); a zero in it stays zero.
    Raises InfeasibleInputs when the margins differ in their totals, the known cells don't fit them, or a cell names a
    row or column that isn't there.
    """
    names, titles = sorted(rows), sorted(columns)
    _check_cells(rows, columns, known, seed or {})
    row_units = np.array([to_units(rows[name], decimals, f"The total of “{name}”") for name in names], dtype=np.int64)
    column_units = np.array([to_units(columns[one], decimals, f"The total of “{one}”") for one in titles], np.int64)
    if row_units.sum() != column_units.sum():
        raise InfeasibleInputs(
            f"The rows come to {from_units(int(row_units.sum()), decimals)} and the columns to "
            f"{from_units(int(column_units.sum()), decimals)}. A cross-table needs both to be the same total."
        )
    held = np.full((len(names), len(titles)), -1, dtype=np.int64)
    pattern = np.ones(held.shape)
    for row, name in enumerate(names):
        for column, title in enumerate(titles):
            if seed is not None:
                pattern[row, column] = float(seed.get((name, title), Decimal(0)))
            if (name, title) in known:
                what = f"The known cell of “{name}” and “{title}”"
                held[row, column] = to_units(known[name, title], decimals, what)
    left_rows, left_columns = _left(held, row_units, column_units, names, titles, decimals)
    free = held < 0
    fitted = _fit(np.where(free, pattern, 0.0), left_rows, left_columns)
    whole = _round(fitted, free & (pattern > 0), left_rows, left_columns)
    return {
        (name, title): CrossCell(
            from_units(int(whole[row, column] if free[row, column] else held[row, column]), decimals),
            bool(free[row, column]),
        )
        for row, name in enumerate(names)
        for column, title in enumerate(titles)
    }


def _check_cells(
    rows: Mapping[str, Decimal],
    columns: Mapping[str, Decimal],
    known: Mapping[tuple[str, str], Decimal],
    seed: Mapping[tuple[str, str], Decimal],
) -> None:
    """Refuse cells outside the table, and a pattern that isn't made of numbers from zero up."""
    for name, title in sorted({*known, *seed}):
        if name not in rows or title not in columns:
            raise InfeasibleInputs(f"The table has no cell of “{name}” and “{title}”. Check both names.")
    for (name, title), weight in sorted(seed.items()):
        if not weight.is_finite() or weight < 0:
            raise InfeasibleInputs(
                f"The pattern of “{name}” and “{title}” is {weight}. Enter a number that isn't negative."
            )


def _left(
    held: Integers, rows: Integers, columns: Integers, names: Sequence[str], titles: Sequence[str], decimals: int
) -> tuple[Integers, Integers]:
    """What the known cells leave of the margins."""
    taken = np.where(held >= 0, held, 0)
    left_rows, left_columns = rows - taken.sum(axis=1), columns - taken.sum(axis=0)
    for left, labels in ((left_rows, names), (left_columns, titles)):
        for place in np.flatnonzero(left < 0):
            raise InfeasibleInputs(
                f"The known cells of “{labels[int(place)]}” exceed its total by "
                f"{from_units(-int(left[place]), decimals)}. Lower one of them."
            )
    return left_rows, left_columns


def _fit(pattern: Floats, rows: Integers, columns: Integers) -> Floats:
    """Scale rows and columns in turn until both margins are met to CLOSE units."""
    table = pattern.copy()
    for _ in range(ROUNDS):
        sums = table.sum(axis=1)
        table *= np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
        sums = table.sum(axis=0)
        table *= np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)[None, :]
        if np.abs(table.sum(axis=1) - rows).max(initial=0.0) < CLOSE:
            break
    # Never more than a margin, so that rounding only has to add.
    for axis, margin in ((1, rows), (0, columns)):
        sums = np.maximum(table.sum(axis=axis, keepdims=True), 1e-300)
        table *= np.minimum(np.expand_dims(margin, axis) / sums, 1.0)
    return table


def _round(table: Floats, allowed: Booleans, rows: Integers, columns: Integers) -> Integers:
    """Whole units that keep both margins, each cell at most one unit from its fitted value where that is possible.

    Units go to ``allowed`` cells only. Raises InfeasibleInputs when no whole numbers meet both margins.
    """
    whole = np.floor(table).astype(np.int64)
    fraction = np.where(allowed, table - whole, -1.0)
    need_rows, need_columns = rows - whole.sum(axis=1), columns - whole.sum(axis=0)
    order = np.argsort(-fraction, axis=None, kind="stable")
    for flat in order:
        row, column = divmod(int(flat), table.shape[1])
        if fraction[row, column] >= 0 and need_rows[row] > 0 and need_columns[column] > 0:
            whole[row, column] += 1
            need_rows[row] -= 1
            need_columns[column] -= 1
    while (need_rows > 0).any():
        row = int(np.flatnonzero(need_rows > 0)[0])
        moved = _augment(row, int(need_rows[row]), whole, allowed, need_columns)
        if not moved:
            raise InfeasibleInputs(
                "The known cells and zeros of the cross-table leave no way to meet both margins. Remove one of them."
            )
        need_rows[row] -= moved
    return whole


def _augment(start: int, wanted: int, units: Integers, allowed: Booleans, need_columns: Integers) -> int:
    """Give row ``start`` up to ``wanted`` more units, moving units of other rows between columns along a shortest path.

    Changes ``units`` and ``need_columns``; returns how many units the row got, 0 where there is no path.
    """
    found_by: dict[int, int] = {}  # column -> the row that would raise it
    given_up: dict[int, int] = {start: -1}  # row -> the column in which it would give up units
    queue = [start]
    while queue:
        row = queue.pop(0)
        for column in np.flatnonzero(allowed[row]).tolist():
            if column in found_by:
                continue
            found_by[column] = row
            if need_columns[column] > 0:
                path = [(found_by[column], column)]  # cells to raise, from the end of the path to its start
                while given_up[path[-1][0]] >= 0:
                    back = given_up[path[-1][0]]
                    path.append((found_by[back], back))
                lowered = [(row, back) for (row, _), (_, back) in pairwise(path)]
                moved = min([wanted, int(need_columns[column]), *(int(units[cell]) for cell in lowered)])
                for cell in path:
                    units[cell] += moved
                for cell in lowered:
                    units[cell] -= moved
                need_columns[column] -= moved
                return moved
            for other in np.flatnonzero(units[:, column] > 0).tolist():
                if other not in given_up:
                    given_up[other] = column
                    queue.append(other)
    return 0
