"""A spreadsheet's bytes as tables of texts, or one sentence on why they are none. No Django."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import PurePath

from reports.importing.opening import CannotOpen, open_workbook
from reports.importing.opening.weighing import MAX_BYTES
from reports.importing.sheets.escaping import unescaped

MAX_ROWS = 50_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number as the spreadsheet shows it, and its cells, as many as it has."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its first row that says something as header; rows without anything are left out."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_tables(content: bytes, filename: str) -> list[Table]:
    """Every sheet that has a header and a row. Raises CannotOpen, with a sentence, for what is no spreadsheet.

    A csv may be parted by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252.
    """
    if not content:
        raise CannotOpen(f"{filename} is empty: there is nothing to import.")
    if filename.lower().endswith((".csv", ".tsv", ".txt")):
        found = [(PurePath(filename).stem, _csv_rows(content, filename))]
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise CannotOpen(f"{filename} is an old Excel file. Save it as “Excel workbook (.xlsx)” and upload that.")
    else:
        found = open_workbook(content, filename)
    tables = [table for name, rows in found if (table := _table(name, rows)) is not None]
    if not tables:
        raise CannotOpen(f"{filename} has no row below a header: there is nothing to import.")
    if sum(len(table.rows) for table in tables) > MAX_ROWS:
        raise CannotOpen(f"{filename} has more than {MAX_ROWS:,} rows. Split it into several files.")
    return tables


def _table(name: str, rows: list[list[str]]) -> Table | None:
    kept: list[Row] = []
    header: tuple[str, ...] = ()
    for number, cells in enumerate(rows, start=1):
        texts = tuple(cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in cells)
        while texts and not texts[-1]:
            texts = texts[:-1]
        if not texts:
            continue
        if header:
            kept.append(Row(number, texts))
        elif not texts[0].startswith("#"):  # lines of comment, as our own exports for readers begin with
            header = texts
    return Table(name, header, tuple(kept)) if header and kept else None


def _csv_rows(content: bytes, filename: str) -> list[list[str]]:
    if len(content) > MAX_BYTES:
        raise CannotOpen(
            f"{filename} is {len(content) / 1024 / 1024:.1f} MB; 10 MB is the most. Split it into several."
        )
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\x1f\x8b")):
        raise CannotOpen(f"{filename} is named like a csv file, but is none. Save it as csv and upload that.")
    text = _decoded(content, filename)
    rows: list[list[str]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        at = 0
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise CannotOpen(f"{filename} has more than {MAX_COLUMNS} columns in line {reader.line_num}.")
            if len(rows) > MAX_ROWS + 10:
                raise CannotOpen(f"{filename} has more than {MAX_ROWS:,} rows. Split it into several files.")
            rows.append([unescaped(cell) for cell in cells])
            at = reader.line_num
    except csv.Error:
        raise CannotOpen(
            f"{filename} is no proper csv file after line {at}: perhaps a quotation mark was never closed."
        ) from None
    return rows


def _decoded(content: bytes, filename: str) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes as plain “CSV”. Every byte means something there, except five.
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise CannotOpen(f"{filename} is no text. Save it as “CSV UTF-8” and upload that.") from None
    if "\x00" in text:
        raise CannotOpen(f"{filename} is no text. Save it as “CSV UTF-8” and upload that.")
    return text


def _delimiter(text: str) -> str:
    """The mark that parts the header's cells most often, quoted stretches aside."""
    header = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    bare = re.sub(r'"[^"]*"', "", header)
    return max(",;\t", key=bare.count)
