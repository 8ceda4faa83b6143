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
from reports.importing.reading import read_bytes

TEXT_SUFFIXES = {".txt", ".md", ".markdown", ".text", ".html", ".htm", ".xhtml"}
LARGEST = 5 * 1024 * 1024
_PAGE = re.compile(r"<(?:!doctype\s+html|html|body)\b|</(?:p|div|h[1-6]|table|ul)>", re.I)
WORTH_SHARING = 20


class Command(BaseCommand):
    help = (
        "Check the text of market reports against itself. Give files, folders (walked for .txt, .md and .html) or - "
        "for standard input. Nothing is stored. "
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
            found = sorted(one for one in path.rglob("*") if one.suffix.lower() in TEXT_SUFFIXES and one.is_file())
            if not found:
                raise CommandError(f"{name} holds no .txt, .md or .html file.")
            yield from map(str, found)
        else:
            yield name


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
    if name == "-":
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        path = Path(name)
        if not path.exists():
            raise ValueError("There is no such file.")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError("The file is larger than 5 MB; a report page is text of some 50 kB.")
    if data.startswith(b"PK\x03\x04"):
        return read_bytes(data, name)
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("The file is not text. Save it as plain text or Markdown first.")
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            return text_of_html(text) if _PAGE.search(text) else text
        except UnicodeDecodeError:
            continue
    raise ValueError("The file is in no encoding that could be read. Save it as UTF-8.")
