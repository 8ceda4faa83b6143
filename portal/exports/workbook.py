"""A table as an Excel workbook: live sums, growth and shares, a native chart, values with interval and source."""

import io
from decimal import Decimal

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from portal.exports.citing import ILLUSTRATIVE
from portal.exports.tables import NOT_ESTIMATED, ExportRow, ExportTable, status_words

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
HEADER = 4
"""The row, from 0, that the column names stand in."""
FIRST_YEAR = 1
MOST_LINES = 8


def workbook_bytes(table: ExportTable) -> bytes:
    """The workbook: sheets "Table" with the chart, "Values" in long form, and "About".

    A row whose children sum to it, to the last printed place, holds a SUM over them. Growth and shares are formulas.
    Text is written as text whatever it begins with.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    # The same edition gives the same bytes.
    book.set_properties({"title": f"{table.report}: {table.title}", "comments": table.citation.text,
                         "created": table.citation.published_at.replace(tzinfo=None)})  # fmt: skip
    _table_sheet(book, table)
    _values_sheet(book, table)
    _about_sheet(book, table)
    book.close()
    return out.getvalue()


def _table_sheet(book: xlsxwriter.Workbook, table: ExportTable) -> None:
    sheet = book.add_worksheet("Table")
    places = "0" * table.decimals
    number_form = f"#,##0.{places}" if places else "#,##0"
    bold, quiet = book.add_format({"bold": True}), book.add_format({"font_color": "#636a73"})
    head = book.add_format({"bold": True, "bottom": 1, "align": "right"})
    number, rate = book.add_format({"num_format": number_form}), book.add_format({"num_format": "0.0%"})
    number_whole = book.add_format({"num_format": number_form, "bold": True, "top": 1})
    rate_whole = book.add_format({"num_format": "0.0%", "bold": True, "top": 1})
    name_whole = book.add_format({"bold": True, "top": 1})
    sheet.write_string(0, 0, table.report, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"{table.title}. {table.unit}, {table.scenario} scenario. {table.note}")
    notice = f"{ILLUSTRATIVE}. " if table.illustrative else ""
    sheet.write_string(2, 0, f"{notice}{table.citation.edition}. Cite as on sheet “About”.", quiet)
    growth_column = FIRST_YEAR + len(table.years)
    share_column = growth_column + 1
    sheet.write_string(HEADER, 0, "Segment", book.add_format({"bold": True, "bottom": 1}))
    for column, year in enumerate(table.years, FIRST_YEAR):
        sheet.write_number(HEADER, column, year, head)
    sheet.write_string(HEADER, growth_column, f"CAGR {table.base_year}–{table.last_year}", head)
    sheet.write_string(HEADER, share_column, f"Share {table.years[-1]}", head)
    line_of = {row.path: HEADER + 1 + place for place, row in enumerate(table.rows)}
    for row in table.rows:
        line = line_of[row.path]
        is_whole = row.path == table.whole
        indent = book.add_format({"indent": max(row.level - 1, 0)})
        sheet.write_string(line, 0, row.name, name_whole if is_whole else indent)
        if not row.cells:
            sheet.write_string(line, FIRST_YEAR, f"{NOT_ESTIMATED}: {row.why_not}", quiet)
            continue
        children = [one for one in table.rows if one.adds_to == row.path and one.path != row.path]
        for column, year in enumerate(table.years, FIRST_YEAR):
            cell = row.cells.get(year)
            if cell is None:
                sheet.write_string(line, column, NOT_ESTIMATED, quiet)
                continue
            form = number_whole if is_whole else number
            if _sums(row, children, year):
                parts = ",".join(xl_rowcol_to_cell(line_of[one.path], column) for one in children if one.cells)
                sheet.write_formula(line, column, f"=SUM({parts})", form, float(cell.value))
            else:
                sheet.write_number(line, column, float(cell.value), form)
        if row.cagr is not None and {table.base_year, table.last_year} <= set(table.years):
            first = xl_rowcol_to_cell(line, FIRST_YEAR + table.years.index(table.base_year))
            last = xl_rowcol_to_cell(line, FIRST_YEAR + table.years.index(table.last_year))
            formula = f"=({last}/{first})^(1/{table.last_year - table.base_year})-1"
            form = rate_whole if is_whole else rate
            sheet.write_formula(line, growth_column, formula, form, float(row.cagr / 100))
        if row.share is not None and row.adds_to in line_of:
            last_column = growth_column - 1
            part = xl_rowcol_to_cell(line, last_column)
            whole = xl_rowcol_to_cell(line_of[row.adds_to], last_column)
            sheet.write_formula(line, share_column, f"={part}/{whole}", rate, float(row.share / 100))
    sheet.set_column(0, 0, 32)
    sheet.set_column(FIRST_YEAR, share_column, 12)
    sheet.freeze_panes(HEADER + 1, 1)
    sheet.write_string(
        HEADER + len(table.rows) + 2, 0, f"Source: {'; '.join(table.sources) or 'Publisher’s estimates'}", quiet
    )
    sheet.write_string(HEADER + len(table.rows) + 3, 0, table.citation.text, quiet)
    sheet.write_string(
        3, 0, "Years after the base year are projected.", bold if table.years[-1] > table.base_year else quiet
    )
    _chart(book, sheet, table, line_of)


def _chart(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, table: ExportTable, line_of: dict[str, int]
) -> None:
    drawn = [row for row in table.rows if row.cells and row.level == 1][:MOST_LINES] or [
        row for row in table.rows if row.cells
    ]
    chart = book.add_chart({"type": "line" if len(drawn) > 1 else "column"})
    last = FIRST_YEAR + len(table.years) - 1
    for row in drawn:
        line = line_of[row.path]
        chart.add_series({
            "name": ["Table", line, 0],
            "categories": ["Table", HEADER, FIRST_YEAR, HEADER, last],
            "values": ["Table", line, FIRST_YEAR, line, last],
        })  # fmt: skip
    notice = f" ({ILLUSTRATIVE.lower()})" if table.illustrative else ""
    chart.set_title({"name": f"{table.title}{notice}", "name_font": {"size": 12}})
    chart.set_y_axis({"name": table.unit, "major_gridlines": {"visible": True, "line": {"color": "#e1ddd3"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 380})
    sheet.insert_chart(HEADER + len(table.rows) + 5, 0, chart)


def _values_sheet(book: xlsxwriter.Workbook, table: ExportTable) -> None:
    sheet = book.add_worksheet("Values")
    bold = book.add_format({"bold": True, "bottom": 1})
    names = ("Segment", "Path", "Year", "Value", "Unit", "Status", "Low 80 %", "High 80 %", "Low 95 %", "High 95 %",
             "Source", "Notice")  # fmt: skip
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    line = 0
    for row in table.rows:
        for year in table.years:
            cell = row.cells.get(year)
            line += 1
            sheet.write_string(line, 0, row.name)
            sheet.write_string(line, 1, row.path)
            sheet.write_number(line, 2, year)
            sheet.write_string(line, 4, table.unit)
            if cell is None:
                sheet.write_string(line, 5, NOT_ESTIMATED)
                sheet.write_string(line, 10, row.why_not)
                continue
            sheet.write_number(line, 3, float(cell.value))
            sheet.write_string(line, 5, status_words(cell))
            for column, bound in enumerate((cell.low80, cell.high80, cell.low95, cell.high95), 6):
                if bound is not None:
                    sheet.write_number(line, column, float(bound))
            sheet.write_string(line, 10, cell.source)
            if table.illustrative:
                sheet.write_string(line, 11, ILLUSTRATIVE)
    sheet.set_column(0, 1, 30)
    sheet.set_column(2, 9, 12)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, line, len(names) - 1)


def _about_sheet(book: xlsxwriter.Workbook, table: ExportTable) -> None:
    sheet = book.add_worksheet("About")
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    for line, (name, text) in enumerate(table.about):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, text, wrap)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 100)


def _sums(row: ExportRow, children: list[ExportRow], year: int) -> bool:
    """Whether the rows that add to this one do so to the last printed place; else a sum would change a print."""
    values = [one.cells[year].value for one in children if one.cells and year in one.cells]
    whole = len(values) == len([one for one in children if one.cells])
    return bool(values) and whole and sum(values, Decimal(0)) == row.cells[year].value
