"""Has a file opened by a process of its own that may use only so much memory and time."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from reports.importing.opening.weighing import CannotOpen, weigh

PATIENCE = 20.0
"""Seconds by the clock; the child's own bound is on the processor's time, so a busy machine refuses nothing."""


def open_workbook(content: bytes, name: str) -> list[tuple[str, list[list[str]]]]:
    """The sheets of an .xlsx file as (name, rows of texts): numbers in plain notation, days as 2023-11-15.

    Raises CannotOpen, with a sentence.
    """
    weigh(content, name, kind="an Excel workbook (.xlsx)", holds="xl/workbook.xml")
    sheets: list[tuple[str, list[list[str]]]] = [(sheet, rows) for sheet, rows in _ask("workbook", content, name)]
    return sheets


def open_word(content: bytes, name: str) -> str:
    """The text of a .docx file in Markdown. Raises CannotOpen, with a sentence."""
    weigh(content, name, kind="a Word document (.docx)", holds="word/document.xml")
    return str(_ask("word", content, name))


def open_html(text: str, name: str) -> str:
    """The text of a page in Markdown, as a reader would see it: no script, no style. Raises CannotOpen."""
    return str(_ask("html", text.encode("utf-8", "replace"), name))


def _ask(what: str, content: bytes, name: str) -> Any:
    command = [sys.executable, "-m", "reports.importing.opening.child", what]
    here = Path(__file__).resolve().parents[3]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, cwd=here, check=False)
    except subprocess.TimeoutExpired:
        raise CannotOpen(
            f"{name} takes too long to open. Split it, or try again when the server is less busy."
        ) from None
    if done.returncode:
        raise CannotOpen(
            f"{name} is too large or too tangled to open safely. Keep only the rows that matter, save, retry."
        )
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise CannotOpen(f"{name} {answer['refused']}")
    return answer["read"]
