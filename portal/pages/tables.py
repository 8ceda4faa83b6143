"""Yearly tables as readers see them: a dimension's rows, what they sum to, growth and shares from the shown values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reports.document import Cell, Dimension, Document, Node
from reports.figures import TOTAL, UnknownFigure, cagr, grouped, percent, share

type Asked = Callable[[str], str]
"""Gives the place where the figure at an address is explained; nothing where there is no such place."""

STATUS = {"A": "Actual", "E": "Estimated", "F": "Projected"}


@dataclass(frozen=True, slots=True)
class YearColumn:
    year: int
    projected: bool


@dataclass(frozen=True, slots=True)
class Value:
    """One printed cell; `text` is empty where this edition has no value for that year."""

    text: str
    projected: bool
    estimated: bool
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    path: str
    name: str
    level: int
    kind: str
    iso_code: str
    values: tuple[Value, ...]
    cagr: str
    share: str
    why_not: str
    is_whole: bool = False
    leaf: bool = True
    cagr_asked: str = ""
    share_asked: str = ""


@dataclass(frozen=True, slots=True)
class YearTable:
    """A table ready to print. `whole` is the row that the others sum to; None where they sum to nothing."""

    anchor: str
    title: str
    unit: str
    columns: tuple[YearColumn, ...]
    rows: tuple[Row, ...]
    whole: Row | None
    has_growth: bool
    growth_span: str
    share_of: str
    share_year: int | None
    illustrative: bool
    sources: tuple[str, ...]
    note: str
    marks_estimates: bool
    all_estimated_to: int | None

    @property
    def observed(self) -> int:
        return sum(not column.projected for column in self.columns)

    @property
    def projected(self) -> int:
        return len(self.columns) - self.observed


def whole_of(document: Document, dimension: Dimension) -> str:
    """The path that the dimension's segments sum to; empty for one that covers only part of the market."""
    return {"complete": TOTAL, "breakdown": dimension.breaks_down}.get(dimension.coverage, "")


def coverage_note(document: Document, dimension: Dimension) -> str:
    """A sentence that says what the rows of a dimension sum to."""
    if dimension.coverage == "complete":
        return "The rows sum to the whole market in every year."
    if dimension.coverage == "breakdown":
        broken = document.by_path.get(dimension.breaks_down)
        return f"The rows split {broken.name if broken else dimension.breaks_down} and sum to it in every year."
    return "These rows cover only part of the market. They do not sum to it."


def nowhere(address: str) -> str:
    """Where figures are explained when they are explained nowhere."""
    return ""


def year_table(
    document: Document, dimension: Dimension, scenario: str = "base", asked: Asked = nowhere
) -> YearTable | None:
    """The table of one dimension in one scenario, or None when this document holds no value of it.

    Growth runs from the base year to the last year and is computed, like shares, from the values as printed. `asked`
    gives the place where each number is explained.
    """
    cells = {path: row for path, row in _rows(document, scenario).items() if path in {n.path for n in dimension.nodes}}
    years = sorted({year for row in cells.values() for year in row})
    if not years:
        return None
    headline = document.headline
    whole_path = whole_of(document, dimension)
    nested = any(node.level > 1 for node in dimension.nodes)
    rows = tuple(_row(document, node, cells.get(node.path, {}), years, scenario, asked) for node in dimension.nodes)
    whole_node = document.by_path.get(whole_path)
    whole = None
    if whole_path:
        values = _rows(document, scenario).get(whole_path, {})
        name = whole_node.name if whole_node else "Whole market"
        whole = Row(whole_path, name, 0, "total", "", _values(document, whole_path, values, years, scenario, asked),
                    _growth(document, whole_path, scenario), "", "", is_whole=True,
                    cagr_asked=asked(_growth_address(document, whole_path, scenario)))  # fmt: skip
    used = [cell for row in cells.values() for cell in row.values()]
    shares = any(row.share for row in rows)
    share_of = "its group" if nested else (whole.name.replace("Whole", "whole") if whole else "the whole")
    return YearTable(
        anchor=f"table-{dimension.code}",
        title=f"By {dimension.name}, {years[0]}–{years[-1]}",
        unit=headline.unit,
        columns=tuple(YearColumn(year, year > headline.base_year) for year in years),
        rows=rows,
        whole=whole,
        has_growth=any(row.cagr for row in rows),
        growth_span=f"{headline.base_year}–{headline.last_year}",
        share_of=share_of if shares else "",
        share_year=_share_year(document, years) if shares else None,
        illustrative=headline.illustrative or any(cell.illustrative for cell in used),
        sources=tuple(dict.fromkeys(cell.source for cell in used if cell.source)),
        note=coverage_note(document, dimension),
        marks_estimates={"A", "E"} <= {cell.status for cell in used},
        all_estimated_to=max((cell.year for cell in used if cell.status == "E"), default=None)
        if "A" not in {cell.status for cell in used}
        else None,
    )


def _rows(document: Document, scenario: str) -> Mapping[str, Mapping[int, Cell]]:
    return {one.path: {cell.year: cell for cell in one.cells} for one in document.series if one.scenario == scenario}


def _row(
    document: Document, node: Node, cells: Mapping[int, Cell], years: list[int], scenario: str, asked: Asked
) -> Row:
    year = _share_year(document, years)
    return Row(
        path=node.path,
        name=node.name,
        level=node.level,
        kind=node.kind,
        iso_code=node.iso_code,
        values=_values(document, node.path, cells, years, scenario, asked) if cells else (),
        cagr=_growth(document, node.path, scenario),
        share=_share(document, node, year, scenario),
        why_not="" if cells else node.why_not or "No observation and no assumption.",
        leaf=node.leaf,
        cagr_asked=asked(_growth_address(document, node.path, scenario)),
        share_asked=asked(f"share/{node.path}/{year}{_at(scenario)}"),
    )


def _values(
    document: Document, path: str, cells: Mapping[int, Cell], years: list[int], scenario: str, asked: Asked
) -> tuple[Value, ...]:
    made = []
    base = path if path == TOTAL else f"segment/{path}"
    for year in years:
        cell = cells.get(year)
        text = grouped(cell.value, document.headline.decimals) if cell else ""
        place = asked(f"{base}/{year}{_at(scenario)}") if cell else ""
        made.append(Value(text, year > document.headline.base_year, cell is not None and cell.status == "E", place))
    return tuple(made)


def _growth_address(document: Document, path: str, scenario: str) -> str:
    return f"cagr/{path}/{document.headline.base_year}-{document.headline.last_year}{_at(scenario)}"


def _at(scenario: str) -> str:
    """How a figure's address names a scenario."""
    return "" if scenario == "base" else f"@{scenario}"


def growth_of(document: Document, path: str, scenario: str = "base") -> Decimal | None:
    """Growth a year in per cent from the base year to the last, from the printed values; None where not defined."""
    headline = document.headline
    first = document.value(path, headline.base_year, scenario)
    last = document.value(path, headline.last_year, scenario)
    if first is None or last is None:
        return None
    try:
        return cagr(first, last, headline.last_year - headline.base_year)
    except UnknownFigure:
        return None


def _growth(document: Document, path: str, scenario: str) -> str:
    found = growth_of(document, path, scenario)
    return "" if found is None else percent(found)


def _share_year(document: Document, years: list[int]) -> int:
    return min(document.headline.last_year, years[-1])


def _share(document: Document, node: Node, year: int, scenario: str) -> str:
    part = document.value(node.path, year, scenario)
    whole = document.value(node.adds_to, year, scenario) if node.adds_to else None
    if part is None or not whole:
        return ""
    return percent(share(part, whole))
