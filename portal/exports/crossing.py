"""A cross-table as a file: CSV and XLSX, each cell with whether it is known or modelled."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from portal.exports.citing import ILLUSTRATIVE, Citation, cite
from portal.exports.csv_file import text
from portal.exports.workbook import OPTIONS
from portal.pages.crossing import name_of, whole_of_cross
from reports.document import CrossCell, CrossTable, Document
from reports.models import Edition

BASIS = {True: "modelled", False: "known"}
HEADER = 5
"""The row, from 0, that the first year's column names stand in."""


@dataclass(frozen=True, slots=True)
class ExportCross:
    """A cross-table ready for a file, in one scenario. `sums` holds what rows, columns and all of it come to."""

    title: str
    report: str
    unit: str
    measure: str
    decimals: int
    scenario: str
    base_year: int
    years: tuple[int, ...]
    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: dict[tuple[str, str, int], CrossCell]
    sums: dict[tuple[str, int], Decimal]
    whole: str
    without: tuple[str, ...]
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
            ("Unit", f"{self.measure}, {self.unit}"),
            ("Scenario", self.scenario),
            ("Edition", f"{self.citation.number}, published {self.citation.published_at:%-d %B %Y}"),
            ("Digest", f"SHA-256 {self.citation.digest}"),
            ("Base year", f"{self.base_year}; later years are projected"),
            ("Basis", "known: given by a source; modelled: fitted so that rows and columns sum to the report’s values"),
        ]
        if self.without:
            lines.append(("Left out", f"Not estimated: {', '.join(self.without)}"))
        lines += [
            ("Access", self.access),
            ("Source of known cells", "; ".join(self.sources) or "None: every cell is modelled"),
            ("Cite as", self.citation.text),
        ]
        return tuple(lines)


def export_cross(
    document: Document, edition: Edition, table: CrossTable, scenario: str = "base", access: str = ""
) -> ExportCross:
    """One cross-table of what the reader may read. Raises KeyError for a scenario that it does not have."""
    headline = document.headline
    chosen = ({one.code: one.name for one in document.scenarios} or {"base": "Base"})[scenario]
    cells = {(row, column, year): cell for (one, row, column, year), cell in table.cells.items() if one == scenario}
    whole = whole_of_cross(document, table)
    sums = {
        (path, year): value
        for path in (*table.rows, *table.columns, whole)
        for year in table.years
        if (value := document.value(path, year, scenario)) is not None
    }
    return ExportCross(
        title=table.title,
        report=document.title,
        unit=headline.unit,
        measure=headline.measure,
        decimals=headline.decimals,
        scenario=chosen,
        base_year=headline.base_year,
        years=table.years,
        rows=tuple((path, name_of(document, path)) for path in table.rows),
        columns=tuple((path, name_of(document, path)) for path in table.columns),
        cells=cells,
        sums=sums,
        whole=whole,
        without=tuple(name_of(document, path) for path in table.without),
        illustrative=headline.illustrative or any(cell.illustrative for cell in cells.values()),
        sources=tuple(dict.fromkeys(cell.source for cell in cells.values() if cell.source)),
        citation=cite(edition, code=table.code, part=table.title, anchor=table.anchor),
        access=access,
    )


def cross_csv(table: ExportCross) -> bytes:
    """One line a cell, in UTF-8 with a mark that spreadsheets know it by; values as printed, ungrouped."""
    out = io.StringIO()
    for name, says in table.about:
        out.write(f"# {name}: {' '.join(says.split())}\r\n")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["row", "row_path", "column", "column_path", "year", "value", "basis", "source"])
    for path, name in table.rows:
        for column, title in table.columns:
            for year in table.years:
                cell = table.cells.get((path, column, year))
                if cell is not None:
                    writer.writerow(
                        [text(name), text(path), text(title), text(column), year, f"{cell.value:f}",
                         BASIS[cell.modelled], text(cell.source)]
                    )  # fmt: skip
    return ("\ufeff" + out.getvalue()).encode()


def cross_workbook(table: ExportCross) -> bytes:
    """Sheet "Table" with one block a year, its sums live; "Values" in long form; "About". Modelled cells are italic."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    # The same edition gives the same bytes.
    book.set_properties({"title": f"{table.report}: {table.title}", "comments": table.citation.text,
                         "created": table.citation.published_at.replace(tzinfo=None)})  # fmt: skip
    _blocks(book, table)
    _values(book, table)
    sheet = book.add_worksheet("About")
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    for line, (name, says) in enumerate(table.about):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, says, wrap)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    book.close()
    return out.getvalue()


def _blocks(book: xlsxwriter.Workbook, table: ExportCross) -> None:
    sheet = book.add_worksheet("Table")
    form = "#,##0." + "0" * table.decimals if table.decimals else "#,##0"
    head = book.add_format({"bold": True, "bottom": 1, "align": "right"})
    name_head = book.add_format({"bold": True, "bottom": 1})
    quiet = book.add_format({"font_color": "#636a73"})
    forms = {True: book.add_format({"num_format": form, "italic": True}), False: book.add_format({"num_format": form})}
    sums = book.add_format({"num_format": form, "bold": True, "top": 1})
    sheet.write_string(0, 0, table.report, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"{table.title}. {table.unit}, {table.scenario} scenario.")
    notice = f"{ILLUSTRATIVE}. " if table.illustrative else ""
    sheet.write_string(2, 0, f"{notice}Cells in italics are modelled; the others are known.", quiet)
    sheet.write_string(3, 0, f"Edition {table.citation.number}. Cite as on sheet “About”.", quiet)
    line = HEADER
    last = len(table.columns)
    for year in table.years:
        sheet.write_string(line, 0, f"{year}{', projected' if year > table.base_year else ''}", name_head)
        for place, (_, title) in enumerate(table.columns, 1):
            sheet.write_string(line, place, title, head)
        sheet.write_string(line, last + 1, "Sum", head)
        first = line + 1
        for path, name in table.rows:
            line += 1
            sheet.write_string(line, 0, name)
            for place, (column, _) in enumerate(table.columns, 1):
                cell = table.cells.get((path, column, year))
                if cell is not None:
                    sheet.write_number(line, place, float(cell.value), forms[cell.modelled])
            across = f"=SUM({xl_rowcol_to_cell(line, 1)}:{xl_rowcol_to_cell(line, last)})"
            sheet.write_formula(line, last + 1, across, forms[False], float(table.sums[path, year]))
        line += 1
        sheet.write_string(line, 0, "Sum", name_head)
        for place, path in enumerate([*(path for path, _ in table.columns), table.whole], 1):
            down = f"=SUM({xl_rowcol_to_cell(first, place)}:{xl_rowcol_to_cell(line - 1, place)})"
            sheet.write_formula(line, place, down, sums, float(table.sums[path, year]))
        line += 2
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, last + 1, 14)


def _values(book: xlsxwriter.Workbook, table: ExportCross) -> None:
    sheet = book.add_worksheet("Values")
    bold = book.add_format({"bold": True, "bottom": 1})
    names = ("Row", "Row path", "Column", "Column path", "Year", "Value", "Unit", "Basis", "Source", "Notice")
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, bold)
    line = 0
    for path, name in table.rows:
        for column, title in table.columns:
            for year in table.years:
                cell = table.cells.get((path, column, year))
                if cell is None:
                    continue
                line += 1
                for place, said in enumerate((name, path, title, column)):
                    sheet.write_string(line, place, said)
                sheet.write_number(line, 4, year)
                sheet.write_number(line, 5, float(cell.value))
                sheet.write_string(line, 6, table.unit)
                sheet.write_string(line, 7, BASIS[cell.modelled])
                sheet.write_string(line, 8, cell.source)
                if cell.illustrative:
                    sheet.write_string(line, 9, ILLUSTRATIVE)
    sheet.set_column(0, 3, 28)
    sheet.set_column(4, 9, 12)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, line, len(names) - 1)
