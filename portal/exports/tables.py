"""The table of one dimension as a file holds it: raw numbers, what each row sums to, and where it all comes from."""

from dataclasses import dataclass
from decimal import Decimal

from portal.exports.citing import ILLUSTRATIVE, Citation, cite
from portal.pages.charts.market import market_words
from portal.pages.tables import STATUS, coverage_note, growth_of, whole_of
from reports.contents import anchor
from reports.document import Cell, Document, Node
from reports.figures import TOTAL, UnknownFigure, share
from reports.models import Edition

NOT_ESTIMATED = "not estimated"


class NothingToExport(ValueError):
    """There is no number of this table in any edition's document; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One node. `cells` are the values by year; empty, with `why_not`, where it is not estimated."""

    path: str
    name: str
    level: int
    adds_to: str
    iso_code: str
    cells: dict[int, Cell]
    cagr: Decimal | None
    share: Decimal | None
    why_not: str


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table ready for a file. The last row is the whole that the others sum to, where `whole` names it."""

    code: str
    title: str
    report: str
    unit: str
    measure: str
    decimals: int
    price_basis: str
    scenario: str
    base_year: int
    last_year: int
    years: tuple[int, ...]
    rows: tuple[ExportRow, ...]
    whole: str
    note: str
    illustrative: bool
    sources: tuple[str, ...]
    citation: Citation
    access: str

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """What a reader of the file must know, line by line; first of all whether it is market data."""
        lines = [("Notice", ILLUSTRATIVE)] if self.illustrative else []
        lines += [
            ("Report", self.report),
            ("Table", self.title),
            ("Unit", f"{self.measure}, {self.unit}, {self.price_basis}"),
            ("Scenario", self.scenario),
            ("Edition", self.citation.edition.removeprefix("Edition ")),
            ("Digest", f"SHA-256 {self.citation.digest}"),
            ("Base year", f"{self.base_year}; later years are projected"),
            ("Adding up", self.note),
            ("Growth and shares", "Per cent, computed from the values in this table"),
            ("Access", self.access),
            ("Source", "; ".join(self.sources) or "Publisher’s estimates"),
            ("Cite as", self.citation.text),
        ]
        return tuple(lines)


def export_table(
    document: Document, edition: Edition, code: str, scenario: str = "base", access: str = ""
) -> ExportTable:
    """The table of the dimension `code`, or of the whole market for "total", from what the document holds.

    `document` is what the reader may read, so nothing else can be in the file. Raises KeyError for a dimension or
    scenario that the document does not have, and NothingToExport where it holds no value of it.
    """
    headline = document.headline
    scenarios = {one.code: one.name for one in document.scenarios} or {"base": "Base"}
    chosen = scenarios[scenario]
    if code == TOTAL:
        nodes: tuple[Node, ...] = ()
        whole, note, name = TOTAL, "The whole market.", f"{market_words(headline)}, whole"
    else:
        dimension = {one.code: one for one in document.dimensions}[code]
        nodes = dimension.nodes
        whole, note, name = whole_of(document, dimension), coverage_note(document, dimension), f"By {dimension.name}"
    held = {one.path: {c.year: c for c in one.cells} for one in document.series if one.scenario == scenario}
    paths = [node.path for node in nodes] or [TOTAL]
    years = sorted({year for path in paths for year in held.get(path, {})})
    if not years:
        raise NothingToExport("No number of this table is estimated in this edition, so there is nothing to download.")
    rows = [_row(document, node, held.get(node.path, {}), years[-1], scenario) for node in nodes]
    if whole:
        broken = document.by_path.get(whole)
        cells = {year: cell for year, cell in held.get(whole, {}).items() if year in years}
        growth = growth_of(document, whole, scenario)
        rows.append(ExportRow(whole, broken.name if broken else "Whole market", 0, "", "", cells, growth, None, ""))
    used = [cell for row in rows for cell in row.cells.values()]
    illustrative = headline.illustrative or any(cell.illustrative for cell in used)
    title = f"{name}, {years[0]}–{years[-1]}"
    place = "chart-total" if code == TOTAL else anchor("dimension", code)
    basis = f"{headline.price_year} {headline.price_basis.lower()}" if headline.price_year else headline.price_basis
    return ExportTable(
        code=code,
        title=title,
        report=document.title,
        unit=headline.unit,
        measure=headline.measure,
        decimals=headline.decimals,
        price_basis=basis,
        scenario=chosen,
        base_year=headline.base_year,
        last_year=headline.last_year,
        years=tuple(years),
        rows=tuple(rows),
        whole=whole,
        note=note,
        illustrative=illustrative,
        sources=tuple(dict.fromkeys(cell.source for cell in used if cell.source)),
        citation=cite(edition, code=code, part=title, anchor=place),
        access=access,
    )


def status_words(cell: Cell) -> str:
    return STATUS.get(cell.status, cell.status)


def _row(document: Document, node: Node, cells: dict[int, Cell], year: int, scenario: str) -> ExportRow:
    part = document.value(node.path, year, scenario)
    whole = document.value(node.adds_to, year, scenario) if node.adds_to else None
    shared = None
    if part is not None and whole is not None:
        try:
            shared = share(part, whole)
        except UnknownFigure:
            shared = None
    return ExportRow(
        node.path, node.name, node.level, node.adds_to, node.iso_code, cells,
        growth_of(document, node.path, scenario), shared,
        "" if cells else node.why_not or "No observation and no assumption.",
    )  # fmt: skip
