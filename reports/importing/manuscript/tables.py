"""Reads tables: attributes with their values, the impact matrix, lists of players; any other is kept whole."""

import re
from dataclasses import replace

from reports.importing.manuscript.amounts import attribute_kind
from reports.importing.manuscript.companies import split_companies
from reports.importing.manuscript.lines import Fragment
from reports.importing.manuscript.model import Fact, Matrix, MatrixCell, Table
from reports.importing.manuscript.outline import FORCES, SectionBlock, TableBlock
from reports.importing.manuscript.page import Page
from reports.importing.manuscript.places import place_of
from reports.importing.manuscript.sections import ForceDraft


def read_table(page: Page, table: TableBlock, section: SectionBlock) -> None:
    header = table.rows[0].cells
    if len(table.rows) == 1 and not table.ruled and section.kind in ("front", "overview"):
        _single_row(page, table.rows[0])
        return
    if _is_matrix(page, table, section):
        _matrix(page, table)
    elif section.kind in ("players", "major_players") and len(header) >= 1:
        for row in table.rows[1 if table.ruled else 0 :]:
            (page.major if section.kind == "major_players" else page.players).add(row.cells[0], row.line)
    elif (
        max(len(row.cells) for row in table.rows) == 4
        and sum(_is_attribute(row, 0) and _is_attribute(row, 2) for row in table.rows) >= 2
    ):
        for row in table.rows:
            for cells in (row.cells[:2], row.cells[2:]):
                if len(cells) == 2:
                    _attribute_row(page, replace(row, cells=cells), header=False)
        return
    elif len(header) in (2, 3) and (
        any(attribute_kind(row.cells[0]) for row in table.rows if row.cells)
        or re.match(r"(?:report )?(?:attribute|parameter|metric|particular|feature|scope)s?", header[0], re.I)
    ):
        for row in table.rows:
            _attribute_row(page, row, header is row.cells and not attribute_kind(row.cells[0]) and table.ruled)
        return
    else:
        page.tables.append(
            Table(
                table.title.text if table.title else section.name,
                header,
                tuple(row.cells for row in table.rows[1:]),
                table.rows[0].line,
            )
        )
        read_years(page, table, section)
    if table.ruled or len(table.rows) > 2:
        _first_column(page, table, section)
    for row in table.rows:
        page.ledger.place(row, "tables")


def _is_attribute(row: Fragment, column: int) -> bool:
    return len(row.cells) > column and bool(attribute_kind(row.cells[column]))


def _single_row(page: Page, row: Fragment) -> None:
    """A line that only looks like a table: "Base year: 2023 | CAGR: 6 %", or a title with bars."""
    if any(_is_attribute(row, column) for column in range(len(row.cells))) or any(":" in cell for cell in row.cells):
        for cell in row.cells:
            attribute, _, value = cell.partition(":")
            if attribute_kind(attribute) and value:
                page.headline.read_attribute(attribute, value.strip(), row.line)
            elif any(map(str.isdigit, cell)):
                page.headline.read_label(cell, row.line)
            elif value:
                page.headline.facts.append(Fact(attribute, value.strip(), row.line))
    else:
        page.headline.read_label(row.text, row.line)
    page.ledger.place(row, "facts")


_YEAR_CELL = re.compile(r"(?:FY\s?)?((?:19|20)\d\d)\s?[AEFPaefp*]?")
_SIZE_CELL = re.compile(r"market size|market value|revenue|\bvalue\b|market \(|\btotal\b|size \(", re.I)


def read_years(page: Page, table: TableBlock, section: SectionBlock) -> None:
    """A table of the market's size by year, down ("Year | Market size (USD bn)") or across (years in the header)."""
    rows = [row.cells for row in table.rows]
    title = table.title.text if table.title else section.name
    down = [cells for cells in rows[1:] if len(cells) >= 2 and _YEAR_CELL.fullmatch(cells[0])]
    if len(down) >= 2 and len(rows[0]) >= 2 and _SIZE_CELL.search(rows[0][1]):
        pairs = [(cells[0], cells[1]) for cells in down]
        page.headline.read_series(rows[0][1], title, pairs, table.rows[0].line)
        return
    years = rows[0][1:]
    if len(years) >= 2 and all(_YEAR_CELL.fullmatch(cell) for cell in years):
        for row in table.rows[1:]:
            if row.cells and _SIZE_CELL.search(row.cells[0]):
                page.headline.read_series(row.cells[0], title, list(zip(years, row.cells[1:], strict=False)), row.line)
                return


def _first_column(page: Page, table: TableBlock, section: SectionBlock) -> None:
    """The first column of a table below a dimension names its segments; below drivers or restraints, the forces."""
    for row in table.rows[1:]:
        name = row.cells[0]
        if not name or len(name.split()) > 14 or re.match(r"(?:grand )?total|overall", name, re.I):
            continue
        if section.kind == "dimension":
            draft = page.segmentation.dimension(section.name, row.line)
            page.segmentation.add(draft, name, row.line, "bullet")
        elif section.kind == "geography" and place_of(name):
            page.segmentation.add_place(name, row.line, "bullet")
        elif section.kind in FORCES:
            page.forces.append(ForceDraft(FORCES[section.kind], name, row.line))


def _attribute_row(page: Page, row: Fragment, header: bool) -> None:
    attribute = row.cells[0]
    value = " ".join(cell for cell in row.cells[1:] if cell)
    if header or re.fullmatch(
        r"(?:report )?(?:attributes?|parameters?|metrics?|particulars?|features?)", attribute, re.I
    ):
        page.ledger.place(row, "markup")
        return
    value = re.sub(r"\s*<br\s*/?>\s*", "; ", value)
    page.ledger.place(row, "headline")
    if re.match(r"(?:regional|regions?|geograph|countr)", attribute, re.I) and value:
        page.segmentation.dimension("Geography", row.line)
        page.segmentation.read_places(value, row.line, "list")
    elif re.match(
        r"(?:key |major |leading |top |prominent )?(?:compan|players|vendors|market players|manufacturers)",
        attribute,
        re.I,
    ):
        major = attribute.lower().startswith("major")
        for name in split_companies(value):
            (page.major if major else page.players).add(name, row.line)
    elif re.match(r"(?:market )?segment|by segment|segments", attribute, re.I):
        if not page.segmentation.read_sentences(value, row.line):
            _segments_in_cell(page, value, row.line)
    elif match := re.match(r"by (?P<name>.+)$", attribute, re.I):
        draft = page.segmentation.dimension(match["name"], row.line)
        page.list_names(value, row.line, draft.name)
    elif page.headline.read_attribute(attribute, value, row.line):
        return
    if not page.headline.facts or page.headline.facts[-1].line != row.line:
        page.headline.facts.append(Fact(attribute, value, row.line))


def _segments_in_cell(page: Page, value: str, line: int) -> None:
    parts = [part.strip() for part in re.split(r";\s*|(?<=\))\s*,?\s*(?=By )", value) if part.strip()]
    below = ""
    for part in parts:
        bulleted = re.match(r"[-•*–]\s*", part)
        if bulleted and below:
            _names_below(page, part[bulleted.end() :], line, below)
            continue
        opened = re.sub(r"^(?:by|on the basis of)\s+", "", part, flags=re.I)
        name, separator, names = opened.partition(":")
        if not separator:
            name, separator, names = opened.partition(" - ")
        if separator and names.strip():
            page.list_names(names, line, name)
        elif len(parts) == 1 and opened == part:
            for single in re.split(r",\s*(?:and\s+)?|\s+and\s+", part):
                if single.strip() and len(single.split()) <= 5:
                    page.segmentation.dimension(single, line)
        elif len(name.split()) <= 5:
            below = name.strip()
            page.segmentation.dimension(below, line)


def _names_below(page: Page, name: str, line: int, dimension: str) -> None:
    draft = page.segmentation.dimension(dimension, line)
    if draft.name == "Geography":
        page.segmentation.read_places(name, line, "bullet")
    else:
        page.segmentation.add(draft, name, line, "bullet")


def _is_matrix(page: Page, table: TableBlock, section: SectionBlock) -> bool:
    first = [row.cells[0].lower() for row in table.rows if row.cells]
    forces = sum(bool(re.match(r"drivers?|restraints?|opportunit|challenges?", cell)) for cell in first)
    return len(table.rows[0].cells) >= 3 and (forces >= 2 or (section.kind == "matrix" and len(table.rows) >= 2))


def _matrix(page: Page, table: TableBlock) -> None:
    areas = table.rows[0].cells[1:]
    cells = [
        MatrixCell(row.cells[0], area, text, row.line)
        for row in table.rows[1:]
        for area, text in zip(areas, row.cells[1:], strict=False)
        if text
    ]
    if page.matrix is None:
        page.matrix = Matrix(tuple(row.cells[0] for row in table.rows[1:]), areas, tuple(cells), "", table.rows[0].line)
