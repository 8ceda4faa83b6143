"""The process that opens one file: `python -m reports.importing.opening.child workbook < file`, answers in JSON.

It bounds itself before it reads a byte. When the file needs more, it dies, and its parent says so in a sentence.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from reports.importing.opening.words import text_of_html

MEMORY = 512 * 1024 * 1024
"""Bytes of address space, of which Python and its libraries take about 120 MB before the file is opened."""
SECONDS = 3
MAX_ROWS = 60_000
MAX_COLUMNS = 200
MAX_SHEETS = 60
MAX_CHARACTERS = 20_000_000


class Refused(ValueError):
    """The rest of a sentence that begins with the file's name."""


def main() -> None:
    """Open what standard input brings and print {"read": …} or {"refused": sentence without its subject}."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        open_one = {"workbook": _workbook, "word": _word, "html": _html}[sys.argv[1]]
        answer: dict[str, Any] = {"read": open_one(content)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    json.dump(answer, sys.stdout)


def _workbook(content: bytes) -> list[tuple[str, list[list[str]]]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        if len(book.sheet_names) > MAX_SHEETS:
            raise Refused(f"has more than {MAX_SHEETS} sheets. Keep only those that matter.")
        read, rows_read, characters = [], 0, 0
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows_read += sheet.total_height
            if rows_read > MAX_ROWS:
                raise Refused(f"has more than {MAX_ROWS:,} rows. Split it into several files.")
            if sheet.total_width > MAX_COLUMNS:
                raise Refused(f"has more than {MAX_COLUMNS} columns in the sheet “{name}”. Is it the right file?")
            rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            characters += sum(len(cell) for row in rows for cell in row)
            if characters > MAX_CHARACTERS:
                raise Refused("holds more text than can be imported at once. Split it into several files.")
            read.append((name, rows))
    except (python_calamine.CalamineError, OSError) as error:
        raise Refused(
            f"can't be read as a workbook ({type(error).__name__}). Save it anew in your spreadsheet."
        ) from None
    return read


def _text(cell: Any) -> str:
    """A cell as it would be typed: 2024 rather than 2024.0, yes rather than True, 2023-11-15."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return _plain(cell)
        case datetime() if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)


def _plain(number: float) -> str:
    """The shortest digits that give the number, without an exponent."""
    from decimal import Decimal

    return f"{Decimal(repr(number)):f}"


def _word(content: bytes) -> str:
    import mammoth  # type: ignore[import-untyped]  # it has no types

    try:
        # Pictures are left out: a manuscript is text, and a picture would come as megabytes within the HTML.
        html = mammoth.convert_to_html(
            io.BytesIO(content), convert_image=mammoth.images.img_element(lambda _: {})
        ).value
    except MemoryError:
        raise
    except Exception as error:  # mammoth has no error of its own: KeyError, ExpatError, BadZipFile and more
        raise Refused(f"can't be read as a Word document ({type(error).__name__}). Save it anew as .docx.") from None
    return text_of_html(str(html))


def _html(content: bytes) -> str:
    return text_of_html(content.decode("utf-8"))


if __name__ == "__main__":
    main()
