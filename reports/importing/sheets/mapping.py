"""Publishers' upload sheets: one row a report, in columns of the publisher's own, read by a saved mapping.

A row becomes the text of a manuscript and goes the way of manuscripts: what it says is placed in a draft, what finds no
place is kept, and nothing that an editor wrote is overwritten.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.text import slugify

from reports.importing.drafting_market import market_name
from reports.importing.manuscript import parse
from reports.importing.manuscript.companies import split_companies
from reports.importing.opening.words import looks_like_html, text_of_html
from reports.importing.reading import ManuscriptError
from reports.importing.sheets.judging import Verdict
from reports.importing.store import import_manuscript
from reports.models import ManuscriptImport, Report, SheetImport, SheetRow

MANUSCRIPTS = "manuscripts"
TARGETS: dict[str, str] = {
    "title": "Title",
    "summary": "Summary or description",
    "overview": "Overview, further text",
    "industry": "Industry",
    "base_year": "Base year",
    "base_value": "Value in the base year, such as USD 2,274.97 million",
    "end_value": "Value in the last year, such as USD 3,701.17 million by 2031",
    "cagr": "Growth rate, such as 7.2 %",
    "period": "Forecast period, such as 2024-2031",
    "segmentation": "Segmentation",
    "geography": "Regions and countries",
    "players": "Key players",
    "drivers": "Drivers",
    "restraints": "Restraints",
    "opportunities": "Opportunities",
    "developments": "Recent developments",
    "contents": "Table of contents",
    "pages": "Number of pages",
}
_GUESSES = (
    ("title", r"(report )?(title|name)"),
    ("contents", r"(table of )?contents?|toc"),
    ("segmentation", r"(market )?segment(ation|s)?"),
    ("players", r"(key |major |top )?(players|companies|vendors)( profiled)?"),
    ("geography", r"regions?( and countries)?|geograph(y|ies)|countries"),
    ("summary", r"(report |short )?(summary|description|abstract)"),
    ("overview", r"(market )?overview|introduction|long description"),
    ("industry", r"industry|categor(y|ies)|sector"),
    ("base_year", r"base year"),
    ("base_value", r"(base |current |market )(value|size)( .*)?"),
    ("end_value", r"(end|forecast|projected) (value|size)( .*)?"),
    ("cagr", r"cagr( .*)?|growth( rate)?"),
    ("period", r"(forecast|study) period"),
    ("pages", r"(number of |no\.? of )?pages?( count)?"),
    ("drivers", r"(market |growth )?drivers"),
    ("restraints", r"(market )?restraints?|challenges"),
    ("opportunities", r"(market )?opportunit(y|ies)"),
    ("developments", r"(recent |key |latest )?developments"),
)
_SECTIONS = (
    ("overview", "Market Overview"),
    ("segmentation", "Market Segmentation"),
    ("geography", "Regional Analysis"),
    ("drivers", "Market Drivers"),
    ("restraints", "Market Restraints"),
    ("opportunities", "Market Opportunities"),
    ("players", "Key Players"),
    ("developments", "Recent Developments"),
    ("contents", "Table of Contents"),
)
_FACTS = (
    ("base_year", "Base Year"),
    ("base_value", "Market Size in the Base Year"),
    ("end_value", "Forecast Market Size"),
    ("cagr", "CAGR"),
    ("period", "Forecast Period"),
    ("industry", "Industry"),
    ("pages", "Number of Pages"),
)


def guess(header: Sequence[str]) -> dict[str, str]:
    """A first proposal for the columns of a sheet: header to target, where its words say it; each target once."""
    found: dict[str, str] = {}
    for name in header:
        words = re.sub(r"[\W_]+", " ", name).strip().lower()
        target = next((code for code, pattern in _GUESSES if re.fullmatch(pattern, words)), "")
        if target and target not in found.values():
            found[name] = target
    return found


def manuscript_text(cells: Mapping[str, str], columns: Mapping[str, str]) -> str:
    """One row as the text of a manuscript, in Markdown. Several columns of one meaning follow each other."""
    said: dict[str, str] = {}
    for header, target in columns.items():
        text = cells.get(header, "").strip()
        text = text_of_html(text) if looks_like_html(text) else text
        if text and target in TARGETS:
            said[target] = f"{said[target]}\n\n{text}" if target in said else text
    parts = [f"# {' '.join(said['title'].split())}"] if "title" in said else []
    if "summary" in said:
        parts.append(said["summary"])
    facts = [f"| {name} | {' '.join(said[code].split())} |" for code, name in _FACTS if code in said]
    if facts:
        parts.append("\n".join(["## Report Scope", "", "| Attribute | Details |", "|---|---|", *facts]))
    for code, heading in _SECTIONS:
        if code in said:
            parts.append(f"## {heading}\n\n{_players(said[code]) if code == 'players' else said[code]}")
    return "\n\n".join(parts) + "\n"


def _players(text: str) -> str:
    lines = [line.strip(" -*•\t") for line in re.split(r"[\n|]", text)]
    names = [name for line in lines for name in (split_companies(line) if re.search(r"[,;]", line) else [line])]
    return "\n".join(f"- {name}" for name in names if name)


def judge_manuscripts(rows: Sequence[SheetRow]) -> None:
    """Say of each row which draft it would make or add to, and what the text says against itself."""
    for row in rows:
        columns = row.upload.mapping.columns if row.upload.mapping else {}
        row.stored_was = row.becomes = None
        row.notes = []
        title = next((row.cells.get(header, "").strip() for header, to in columns.items() if to == "title"), "")
        if not title:
            row.verdict = Verdict.REFUSED
            row.notes = [
                {"column": "", "sentence": "The row has no title, and without one there is no report to draft."}
            ]
            continue
        text = manuscript_text(row.cells, columns)
        manuscript = parse(text)
        report = _report_of(market_name(manuscript, row.upload.filename))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        if report is not None and ManuscriptImport.objects.filter(report=report, sha256=sha256).exists():
            row.verdict = Verdict.UNCHANGED
            row.notes = [{"column": "", "sentence": f"It was imported into “{report.title}” before."}]
            continue
        row.verdict = Verdict.NEW if report is None else Verdict.CHANGED
        counts = manuscript.counts
        row.becomes = {"draft": manuscript.title or title, "placed": f"{manuscript.placed_share:.0%}"} | {
            name: str(counts[name]) for name in ("dimensions", "segments", "players") if counts.get(name)
        }
        if report is not None:
            row.stored_was = {"draft": report.title}
        row.notes = [{"column": "", "sentence": finding.sentence} for finding in manuscript.findings[:5]]


def store_manuscript(upload: SheetImport, row: SheetRow, *, now: datetime) -> None:
    """Make the draft of one row, or add to the one there is. Call within a transaction."""
    text = manuscript_text(row.cells, upload.mapping.columns if upload.mapping else {})
    try:
        import_manuscript(text, filename=f"{upload.filename}, row {row.number}", now=now, by=upload.uploaded_by)
    except ManuscriptError as refused:
        row.verdict, row.notes = Verdict.REFUSED, [{"column": "", "sentence": str(refused)}]
    else:
        row.stored = True
    row.save(update_fields=["verdict", "notes", "stored"])


def _report_of(market: str) -> Report | None:
    return Report.objects.filter(market__slug=slugify(market)[:200] or "market").first()
