"""Writes what the desk hands out: templates, exports, and refused rows with their reasons, as xlsx or csv."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from forecasts.models import Market
from reports.importing.sheets.columns import Number, Whole
from reports.importing.sheets.escaping import escaped
from reports.importing.sheets.parts import PARTS, Part
from reports.importing.sheets.parts.profiles import PROFILE_PARTS
from reports.models import SheetImport, SheetRow

CELL_LIMIT = 32_767
"""The most characters that a cell of a workbook holds."""
GUIDE = "About"
_OF_COMPANIES = ("companies", *(part.code for part in PROFILE_PARTS), "developments")
WORKBOOKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "report": (
        "Whole reports",
        (*(code for code in PARTS if code not in _OF_COMPANIES), *_OF_COMPANIES),
    ),
    "observations": ("Observations", ("observations",)),
    "companies": ("Companies", _OF_COMPANIES[:-1]),
    "developments": ("Developments", ("developments",)),
}
Rows = Iterable[Mapping[str, str]]


class TooLongForACell(ValueError):
    """A text does not fit into a cell of a workbook; the sentence says which, and that csv can hold it."""


def template_xlsx(parts: Sequence[str]) -> bytes:
    """An empty workbook: a sheet a part with one example row, and a first sheet that explains each column."""
    return _workbook([(PARTS[code], [example(PARTS[code])]) for code in parts])


def template_csv(part: str) -> bytes:
    """The header and one example row of one part."""
    return _csv(PARTS[part].names, [example(PARTS[part])])


def example(part: Part) -> dict[str, str]:
    """A row that shows how the part is filled in."""
    return {column.name: column.example for column in part.columns}


def export_xlsx(parts: Sequence[str], markets: Iterable[Market] | None = None) -> bytes:
    """What is stored of these parts as a workbook which, imported again, changes nothing.

    Of these markets and their reports, or of everything. Raises TooLongForACell.
    """
    return _workbook([(PARTS[code], list(export_rows(code, markets))) for code in parts])


def export_csv(part: str, markets: Iterable[Market] | None = None) -> bytes:
    """What is stored of one part as a csv file which, imported again, changes nothing."""
    return _csv(PARTS[part].names, export_rows(part, markets))


def export_rows(part: str, markets: Iterable[Market] | None = None) -> Rows:
    """What is stored of one part, as texts."""
    chosen = None if markets is None else list(markets)
    return (PARTS[part].texts_of(one) for one in PARTS[part].exported(chosen))


def refused_csv(upload: SheetImport, part: str) -> bytes:
    """The refused and doubtful rows of one part with what is wrong, to be mended and uploaded again."""
    verdicts = [SheetRow.Verdict.REFUSED, SheetRow.Verdict.DOUBTFUL]
    rows = upload.rows.filter(part=part, verdict__in=verdicts).select_related("upload")
    names = PARTS[part].names if part in PARTS else next(iter(upload.headers.values()), [])
    said = (row.cells | {"#row": str(row.number), "#problem": _sentences(row)} for row in rows.iterator())
    return _csv([*names, "#row", "#problem"], said)


def _sentences(row: SheetRow) -> str:
    return " ".join(
        f"{note['column']}: {note['sentence']}" if note["column"] else note["sentence"] for note in row.notes
    )


def _csv(names: Sequence[str], rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([escaped(row.get(name, "")) for name in names])
    return ("\ufeff" + out.getvalue()).encode()


def _workbook(sheets: Sequence[tuple[Part, Sequence[Mapping[str, str]]]]) -> bytes:
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#dbe7f3", "border": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _guide(book.add_worksheet(GUIDE), [part for part, _ in sheets], bold, wrapped)
        for part, rows in sheets:
            sheet = book.add_worksheet(part.code)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(part.columns):
                sheet.write_string(0, at, column.name, bold)
                sheet.write_comment(
                    0, at, f"{column.about}\n{column.kind.about}" + ("\nNeeded." if column.required else "")
                )
                sheet.set_column(at, at, _width(column.name, [row.get(column.name, "") for row in rows[:200]]))
            for number, row in enumerate(rows, start=1):
                for at, column in enumerate(part.columns):
                    _cell(sheet, number, at, row.get(column.name, ""), column.kind, part)
            if rows:
                sheet.autofilter(0, 0, len(rows), len(part.columns) - 1)
    return out.getvalue()


def _cell(sheet: Any, row: int, at: int, text: str, kind: Any, part: Part) -> None:
    if not text:
        return
    if len(text) > CELL_LIMIT:
        raise TooLongForACell(
            f"A text of {len(text):,} characters in “{part.title}” is longer than a cell of a workbook can be "
            f"({CELL_LIMIT:,}). Export that part as csv."
        )
    # More than 15 digits would lose some as a spreadsheet's number, so those are written as text.
    is_number = isinstance(kind, Number | Whole) and len(text.replace("-", "").replace(".", "")) <= 15
    sheet.write_number(row, at, float(text)) if is_number else sheet.write_string(row, at, text)


def _guide(sheet: Any, parts: Sequence[Part], bold: Any, wrapped: Any) -> None:
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 70, wrapped)
    sheet.set_column(3, 5, 30, wrapped)
    sheet.write_string(
        0,
        0,
        "Each sheet is one table. Replace the example rows by yours; leave out what you do not need.",
    )
    sheet.write_string(
        1,
        0,
        "An import never removes a row. An empty cell leaves what is stored; write (empty) to empty it.",
    )
    for at, title in enumerate(("Sheet", "Column", "Meaning", "Kind", "Needed", "Example")):
        sheet.write_string(3, at, title, bold)
    number = 4
    for part in parts:
        for column in part.columns:
            said = (
                part.code,
                column.name,
                column.about,
                column.kind.about,
                "yes" if column.required else "",
                column.example,
            )
            for at, text in enumerate(said):
                sheet.write_string(number, at, text)
            number += 1


def _width(name: str, texts: Sequence[str]) -> int:
    return max(10, min(60, max(map(len, [name, *texts])) + 2))
