"""A table as CSV: comments about it first, then one row a segment and one column a year."""

import csv
import io
from decimal import Decimal

from portal.exports.tables import NOT_ESTIMATED, ExportTable

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(table: ExportTable) -> bytes:
    """The file, in UTF-8 with a mark that spreadsheets know it by. Lines about the table start with "#".

    Values are as printed, with a point and without grouping; a segment without data says so in words, and never has an
    empty cell that could be taken for nothing. Text that a spreadsheet would run as a formula is quoted with an
    apostrophe; numbers stay numbers, negative ones too.
    """
    out = io.StringIO()
    for name, says in table.about:
        out.write(f"# {name}: {' '.join(says.split())}\r\n")
    writer = csv.writer(out, lineterminator="\r\n")
    growth = f"CAGR {table.base_year}-{table.last_year} (%)"
    writer.writerow(
        ["segment", "path", "level", "adds_to", "country", *table.years, growth, f"share {table.years[-1]} (%)", "note"]
    )
    for row in table.rows:
        values = [
            f"{row.cells[year].value:f}" if year in row.cells else (NOT_ESTIMATED if row.cells or row.why_not else "")
            for year in table.years
        ]
        writer.writerow(
            [text(row.name), text(row.path), row.level, text(row.adds_to), row.iso_code, *values, _rate(row.cagr),
             _rate(row.share), text(row.why_not)]
        )  # fmt: skip
    return ("\ufeff" + out.getvalue()).encode()


def text(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(STARTS_A_FORMULA) else value


def _rate(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.4f}"
