"""Cross-tables filled from the stored forecast: every year and scenario, known cells held, the rest modelled.

They are filled when a draft is compiled and not stored beside the forecast, which does not depend on them.

A year is fitted to the printed values of both dimensions. Its pattern is that of the nearest year with known cells, the
earlier of two; where no cell is known at all, rows and columns are independent. So what an analyst knows of one year
shapes the others, and what the table says follows from what the report prints.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from forecasts import engine
from forecasts.models import CrossCell, CrossTable, Dimension, Market, Segment

type Place = tuple[str, str]
"""The paths of a row and a column."""
type Values = Mapping[tuple[str, str, int], Decimal]
"""(scenario, path, year) -> the printed value."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """One cross-table, filled. `rows` and `columns` are paths of estimated segments, `without` those that are not.

    `cells` is (scenario, row, column, year) -> value and whether it is modelled; `known` the given cells behind those
    that are not. `problem` says why there are no cells, in a sentence for an editor; empty where there are.
    """

    table: CrossTable
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    without: tuple[str, ...]
    cells: Mapping[tuple[str, str, str, int], engine.CrossCell]
    known: Mapping[tuple[str, str, int], CrossCell]
    problem: str = ""


def cross_tables(market: Market, values: Values) -> list[Crossed]:
    """Every cross-table of a market, filled from `values`, the printed forecast. Three queries at most."""
    tables = list(market.cross_tables.select_related("rows__breaks_down", "columns__breaks_down"))
    if not tables:
        return []
    segments: dict[int, list[Segment]] = defaultdict(list)
    for segment in Segment.objects.filter(dimension__market=market).order_by("position", "pk"):
        segments[segment.dimension_id].append(segment)
    known: dict[int, list[CrossCell]] = defaultdict(list)
    for cell in CrossCell.objects.filter(table__in=tables).select_related("row", "column"):
        known[cell.table_id].append(cell)
    names = {one.path: one.name for several in segments.values() for one in several}
    return [
        _crossed(
            table,
            names,
            _shown(segments[table.rows_id], table.row_detail),
            _shown(segments[table.columns_id], table.column_detail),
            known[table.pk],
            values,
            market.decimals,
        )
        for table in tables
    ]


def _shown(segments: Sequence[Segment], detail: str) -> list[str]:
    """The paths of the segments that a table shows, in the order of the tree's top level, then of entry."""
    parents = {segment.parent_id for segment in segments}
    if detail == CrossTable.Detail.TOP:
        return [segment.path for segment in segments if segment.parent_id is None]
    return [segment.path for segment in segments if segment.pk not in parents]


def _crossed(
    table: CrossTable,
    names: Mapping[str, str],
    rows: list[str],
    columns: list[str],
    known: list[CrossCell],
    values: Values,
    decimals: int,
) -> Crossed:
    there = {path for _, path, _ in values}
    without = tuple(path for path in (*rows, *columns) if path not in there)
    rows, columns = ([path for path in paths if path in there] for paths in (rows, columns))
    held = {(cell.row.path, cell.column.path, cell.year): cell for cell in known}

    def answer(cells: Mapping[tuple[str, str, str, int], engine.CrossCell], problem: str = "") -> Crossed:
        return Crossed(table, tuple(rows), tuple(columns), without, cells, held, problem)

    for row, column, year in held:
        if row not in rows or column not in columns:
            stray = f"{names[row]} × {names[column]} in {year}"
            return answer({}, f"A cell is given for {stray}, outside the table. Remove it, or change its detail.")
    if not rows or not columns:
        dimension: Dimension = table.columns if rows else table.rows
        return answer({}, f"No segment of {dimension.name} is estimated yet, so there is nothing to cross.")
    given: dict[int, dict[Place, Decimal]] = defaultdict(dict)
    for (row, column, year), cell in held.items():
        given[year][row, column] = cell.value
    cells: dict[tuple[str, str, str, int], engine.CrossCell] = {}
    for scenario in sorted({scenario for scenario, _, _ in values}):
        years = _common_years(values, scenario, (*rows, *columns))
        for year in given.keys() - set(years):
            return answer({}, f"A cell is given for {year}, when not every row and column has a value. Remove it.")
        try:
            filled = fill_years(rows, columns, given, values, scenario, years, decimals)
        except engine.InfeasibleInputs as problem:
            # The engine speaks of addresses; editors know names.
            return answer({}, re.sub("“([^”]+)”", lambda found: f"“{names.get(found[1], found[1])}”", str(problem)))
        cells.update(filled)
    if not cells:
        return answer({}, "No year has a value for every row and every column, so there is nothing to cross.")
    return answer(cells)


def _common_years(values: Values, scenario: str, paths: Iterable[str]) -> list[int]:
    """The years in which every row and every column has a value."""
    every = [{year for one, path, year in values if (one, path) == (scenario, wanted)} for wanted in paths]
    return sorted(set.intersection(*every))


def fill_years(
    rows: Sequence[str],
    columns: Sequence[str],
    given: Mapping[int, Mapping[Place, Decimal]],
    values: Values,
    scenario: str,
    years: Sequence[int],
    decimals: int,
) -> dict[tuple[str, str, str, int], engine.CrossCell]:
    """The table of each year; years with given cells first, because they are what the others take their pattern from.

    Raises InfeasibleInputs, naming the year, where the given cells can't be reconciled with rows and columns.
    """
    tables: dict[int, Mapping[Place, engine.CrossCell]] = {}
    known_years = [year for year in years if given.get(year)]
    for year in [*known_years, *(year for year in years if year not in known_years)]:
        near = min(known_years, key=lambda one: (abs(one - year), one), default=None)
        seed = None if near is None or near == year else _pattern(tables[near], decimals)
        try:
            tables[year] = engine.fill(
                {row: values[scenario, row, year] for row in rows},
                {column: values[scenario, column, year] for column in columns},
                given.get(year, {}),
                decimals,
                seed,
            )
        except engine.InfeasibleInputs as problem:
            raise engine.InfeasibleInputs(f"{year}: {problem}") from problem
    return {(scenario, *place, year): cell for year, table in sorted(tables.items()) for place, cell in table.items()}


def _pattern(table: Mapping[Place, engine.CrossCell], decimals: int) -> dict[Place, Decimal]:
    """What a year passes on. A cell known to be nothing stays nothing; one that only rounds to it may grow."""
    least = Decimal(1).scaleb(-decimals - 1)
    return {place: max(cell.value, least) if cell.modelled else cell.value for place, cell in table.items()}
