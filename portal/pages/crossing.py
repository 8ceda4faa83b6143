"""Cross-tables as readers see them: one table a year, every cell that is modelled marked as such."""

from dataclasses import dataclass

from reports.document import CrossTable, Document
from reports.figures import TOTAL, grouped


@dataclass(frozen=True, slots=True)
class CrossValue:
    text: str
    modelled: bool


@dataclass(frozen=True, slots=True)
class CrossRow:
    name: str
    values: tuple[CrossValue, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class CrossYear:
    """The table of one year; `wholes` is its last line, what the columns sum to, and what everything does."""

    year: int
    projected: bool
    rows: tuple[CrossRow, ...]
    wholes: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CrossSection:
    """One cross-table on the page. `shown` are the base year and the last, `others` the years that fold away."""

    code: str
    anchor: str
    title: str
    unit: str
    rows_name: str
    columns: tuple[str, ...]
    shown: tuple[CrossYear, ...]
    others: tuple[CrossYear, ...]
    has_known: bool
    without: tuple[str, ...]
    illustrative: bool


def cross_sections(document: Document, scenario: str) -> tuple[CrossSection, ...]:
    """Every cross-table that the document holds, in one scenario."""
    return tuple(_section(document, table, scenario) for table in document.cross_tables)


def whole_of_cross(document: Document, table: CrossTable) -> str:
    """The path that all cells of a table sum to: the market, or the segment that both dimensions break down."""
    dimension = {one.code: one for one in document.dimensions}[table.rows_dimension]
    return dimension.breaks_down or TOTAL


def name_of(document: Document, path: str) -> str:
    node = document.by_path.get(path)
    return node.name if node else document.headline.market if path == TOTAL else path


def _section(document: Document, table: CrossTable, scenario: str) -> CrossSection:
    headline = document.headline
    ends = {headline.base_year, headline.last_year}
    years = [_year(document, table, scenario, year) for year in table.years]
    cells = table.cells.values()
    return CrossSection(
        code=table.code,
        anchor=table.anchor,
        title=table.title,
        unit=headline.unit,
        rows_name=next(one.name for one in document.dimensions if one.code == table.rows_dimension),
        columns=tuple(name_of(document, path) for path in table.columns),
        shown=tuple(one for one in years if one.year in ends) or tuple(years[-1:]),
        others=tuple(one for one in years if one.year not in ends) if ends & set(table.years) else tuple(years[:-1]),
        has_known=any(not cell.modelled for cell in cells),
        without=tuple(name_of(document, path) for path in table.without),
        illustrative=headline.illustrative or any(cell.illustrative for cell in cells),
    )


def _year(document: Document, table: CrossTable, scenario: str, year: int) -> CrossYear:
    places = document.headline.decimals

    def printed(path: str) -> str:
        value = document.value(path, year, scenario)
        return "" if value is None else grouped(value, places)

    rows, sources = [], []
    for row in table.rows:
        found = [table.cells.get((scenario, row, column, year)) for column in table.columns]
        values = tuple(
            CrossValue("", False) if cell is None else CrossValue(grouped(cell.value, places), cell.modelled)
            for cell in found
        )
        sources += [cell.source for cell in found if cell is not None and cell.source]
        rows.append(CrossRow(name_of(document, row), values, printed(row)))
    wholes = (*(printed(column) for column in table.columns), printed(whole_of_cross(document, table)))
    return CrossYear(year, year > document.headline.base_year, tuple(rows), wholes, tuple(dict.fromkeys(sources)))
