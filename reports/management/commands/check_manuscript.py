"""Checks the text of market reports that were never imported: claims, growth against end points, contradictions."""

import json
import os
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.checks.manuscripts import check_text
from reports.importing.opening.words import text_of_html
from reports.importing.reading import kind_of_file, read_bytes

TEXT_SUFFIXES = {".txt", ".md", ".markdown", ".text", ".html", ".htm", ".xhtml", ".docx"}
LARGEST = 5 * 1024 * 1024
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{3,20})|<\?xml[^>]{0,80}encoding=["']([\w-]{3,20})""", re.I
)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|body)\b|</(?:p|div|h[1-6]|table|ul)>", re.I)
WORTH_SHARING = 20


class Command(BaseCommand):
    help = (
        "Check the text of market reports against itself. Give files, folders (walked for .txt, .md, .html and .docx) "
        "or - for standard input. Nothing is stored. "
        "Exits with 1 when a file could not be read, or, with --strict, has an error."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="A text, a folder of texts, or - for standard input."
        )
        parser.add_argument("--json", action="store_true", help="One JSON object a file, one file a line.")
        parser.add_argument("--strict", action="store_true", help="Exit with 1 when a file has an error.")
        parser.add_argument("--errors-only", action="store_true", help="Leave out warnings and notes.")
        parser.add_argument("--today", type=date.fromisoformat, help="Judge as of this day, as in 2026-11-23.")

    def handle(self, *, files: list[str], **options: Any) -> None:
        today = options["today"] or timezone.now().date()
        bad = 0
        for result in _results(list(_named(files)), today):
            if options["errors_only"]:
                result["findings"] = [one for one in result["findings"] if one["severity"] == "error"]
            bad += bool(result.get("problem")) or (options["strict"] and _has_error(result))
            self.stdout.write(json.dumps(result, ensure_ascii=False) if options["json"] else as_table(result))
        if bad:
            sys.exit(1)


def check_file(name: str, *, today: date) -> dict[str, Any]:
    """The findings of one file, or under `problem` the sentence why it could not be read. Never raises."""
    try:
        text = _read(name)
    except (OSError, ValueError) as problem:
        return {"file": name, "title": "", "claims": [], "headline": [], "findings": [], "problem": str(problem)}
    return {"file": name, **check_text(text, today=today)}


def as_table(result: dict[str, Any]) -> str:
    """One file's claims and findings for people."""
    lines = [f"{result['file']}: {result['title']}".rstrip(": ")]
    if result.get("problem"):
        return f"{lines[0]}\n  {result['problem']}\n"
    for claim in result["claims"]:
        implied = claim["implied"]
        span = "" if implied is None else f"{implied['low']:.2f} to {_high(implied['high'])} %"
        years = "–".join(str(year) for year in claim["years"] if year) or "no years"
        values = " to ".join(str(value) for value in claim["values"] if value) or "no values"
        head = f"  line {claim['line']:>5}  {claim['stated']} %  {claim['verdict']:<16}"
        lines.append(f"{head}  {values}, {years}  {span}".rstrip())
    for found in result["findings"]:
        lines.append(f"  {found['severity']:<8} {found['place']:<16} {found['code']}: {found['sentence']}")
    if not result["findings"]:
        lines.append("  Nothing found.")
    return "\n".join(lines) + "\n"


def _has_error(result: dict[str, Any]) -> bool:
    return any(one["severity"] == "error" for one in result["findings"])


def _high(value: float | None) -> str:
    return "any" if value is None else f"{value:.2f}"


def _named(files: Iterable[str]) -> Iterator[str]:
    """The files meant: folders are walked in order, anything else is taken as it is."""
    for name in files:
        path = Path(name)
        if name != "-" and path.is_dir():
            found = sorted(filter(_is_text, path.rglob("*")))
            if not found:
                raise CommandError(f"{name} holds no .txt, .md, .html or .docx file.")
            yield from map(str, found)
        else:
            yield name


def _is_text(path: Path) -> bool:
    """Whether a file of a folder is one to check; Word's own lock files ("~$page.docx") are not."""
    return path.suffix.lower() in TEXT_SUFFIXES and path.is_file() and not path.name.startswith("~$")


def _results(names: list[str], today: date) -> Iterator[dict[str, Any]]:
    """The results in the order of the files; many files are shared between the machine's cores."""
    check = partial(check_file, today=today)
    cores = min(os.cpu_count() or 1, 8)
    if len(names) < WORTH_SHARING or cores == 1 or "-" in names:
        yield from map(check, names)
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as pool:
        yield from pool.map(check, names, chunksize=8)


def _read(name: str) -> str:
    """The text of a file; of a web page or a Word document, what its readers see. Raises ValueError with a sentence."""
    data = _bytes_of(name)
    if len(data) > LARGEST:
        raise ValueError("The file is larger than 5 MB; a report page is text of some 50 kB.")
    if not data.strip():
        raise ValueError("The file is empty: there is nothing to check.")
    if data.startswith(b"PK\x03\x04"):
        return read_bytes(data, name)
    if kind := kind_of_file(data):
        raise ValueError(f"The file is {kind}. Save its text as plain text, HTML or Word (.docx) and check that.")
    text = _decoded(data)
    if _PAGE.search(text):
        text = text_of_html(text)
        if not text.strip():
            raise ValueError("The page shows no text without running its scripts. Save it from a browser as text.")
    return text


def _bytes_of(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ValueError("There is no such file.") from None
    except PermissionError:
        raise ValueError("The file may not be read by this user; change its permissions.") from None
    except OSError as problem:
        raise ValueError(f"The file can’t be read: {problem.strerror or problem}.") from None


def _decoded(data: bytes) -> str:
    """The text of bytes, by their byte order mark, else as UTF-8, as the page declares, or as Windows writes it."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\x00" in data[:4096]:
        return _of_two_bytes(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:4096])
    try:
        return data.decode((declared[1] or declared[2]).decode() if declared else "cp1252")
    except (UnicodeDecodeError, LookupError):
        return data.decode("latin-1")


def _of_two_bytes(data: bytes) -> str:
    """UTF-16 without a byte order mark: every other byte of Latin text is zero. Anything else with zeros is no text."""
    head = data[:4096]
    first, second = head[0::2].count(0), head[1::2].count(0)
    few, many = len(head) // 50, len(head) // 5
    if first <= few and second >= many:
        return data.decode("utf-16-le", "replace")
    if second <= few and first >= many:
        return data.decode("utf-16-be", "replace")
    raise ValueError("The file is not text. Save it as plain text or Markdown first.")
