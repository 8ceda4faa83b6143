"""A manuscript's words as draft rows: sections, takeaways, narratives, forces, matrix, PEST, Porter, abbreviations.

What an editor has already written is never replaced: a part is added only where the report lacks it.
"""

import re

from reports.importing.drafting_market import DraftedMarket
from reports.importing.manuscript.model import Manuscript, Rated
from reports.importing.manuscript.model import Segment as ReadSegment
from reports.importing.markup import as_html, fitted, table_as_html
from reports.models import (
    Abbreviation,
    MarketForce,
    MatrixArea,
    MatrixCell,
    PestItem,
    PorterForce,
    Report,
    Section,
    SegmentNarrative,
    Takeaway,
)

Left = tuple[int, str, str]
_KINDS = {
    "objectives": "introduction",
    "trends": "overview",
    "segmentation": "overview",
    "forces": "overview",
    "other": "overview",
}
_FORCE_KINDS = {"driver": "driver", "restraint": "restraint", "opportunity": "opportunity", "challenge": "restraint"}
_PORTER = (
    ("suppliers", r"supplier"),
    ("buyers", r"buyer|customer"),
    ("substitutes", r"substitut"),
    ("entrants", r"entra"),
    ("rivalry", r"rival|competiti"),
)
_RATINGS = {
    "very low": 1,
    "weak": 1,
    "low": 2,
    "low to moderate": 2,
    "low to medium": 2,
    "moderate": 3,
    "medium": 3,
    "moderate to high": 4,
    "medium to high": 4,
    "high": 4,
    "strong": 5,
    "intense": 5,
    "very high": 5,
}
_ABBREVIATION = re.compile(r"^-?\s*\**([A-Za-z][\w&/.\-]{0,28})\**\s*(?::|=|\s[-–—]\s)\s*(\S.{1,198})$")


def draft_words(report: Report, manuscript: Manuscript, drafted: DraftedMarket, notes: list[str]) -> list[Left]:
    """Add the words the report lacks. Returns what found no place: line, text and the reason."""
    left: list[Left] = []
    _sections(report, manuscript, left)
    _takeaways(report, manuscript)
    _narratives(report, manuscript, drafted)
    _forces(report, manuscript, notes)
    _matrix(report, manuscript, left)
    _pest(report, manuscript, left)
    _porter(report, manuscript, left)
    return left


def _add(report: Report, kind: str, heading: str, body: str) -> None:
    """A section, unless the report has one of this kind and heading. Too long a heading leads the body."""
    short = fitted(heading, 200)
    if short.endswith("…") and short != heading:
        body = as_html(heading) + body
    if not Section.objects.filter(report=report, kind=kind, heading=short).exists():
        position = Section.objects.filter(report=report, kind=kind).count()
        Section.objects.create(report=report, kind=kind, heading=short, body=body, position=position)


def _sections(report: Report, manuscript: Manuscript, left: list[Left]) -> None:
    for number, block in enumerate(manuscript.overview):
        heading = block.title or (f"{manuscript.market_name} overview" if number == 0 else "")
        previous = Section.objects.filter(report=report, kind="overview", heading="").first()
        if not heading and previous is not None:
            if as_html(block.body) not in previous.body:
                previous.body += as_html(block.body)
                previous.save()
            continue
        _add(report, "overview", heading, as_html(block.body))
    if manuscript.competitive_summary:
        _add(report, "competitive", "", as_html(manuscript.competitive_summary))
    for block in manuscript.competitive_sections:
        _add(report, "competitive", block.title, as_html(block.body))
    for section in manuscript.sections:
        if section.kind == "abbreviations":
            _abbreviations(report, section.body, section.line, left)
        else:
            _add(report, _KINDS.get(section.kind, section.kind), section.title, as_html(section.body))
    if manuscript.matrix is not None and manuscript.matrix.narrative:
        _add(report, "overview", "Impact matrix", as_html(manuscript.matrix.narrative))
    if manuscript.faq:
        body = "".join(f"<h3>{as_html(q.question)[3:-4] or 'Answer'}</h3>{as_html(q.answer)}" for q in manuscript.faq)
        _add(report, "overview", "Frequently asked questions", body)
    for table in manuscript.tables:
        _add(report, "overview", table.title or f"Table of line {table.line}", table_as_html(table.header, table.rows))


def _abbreviations(report: Report, body: str, line: int, left: list[Left]) -> None:
    for row in body.split("\n"):
        if match := _ABBREVIATION.match(row.strip()):
            Abbreviation.objects.get_or_create(report=report, short=match[1], defaults={"long": match[2].strip()})
        elif row.strip():
            left.append((line, row.strip(), "It is no abbreviation of the form “SUV: sport utility vehicle”."))


def _takeaways(report: Report, manuscript: Manuscript) -> None:
    known = set(report.takeaways.values_list("body", flat=True))
    for position, text in enumerate(manuscript.takeaways):
        body = as_html(text)
        if body not in known:
            Takeaway.objects.create(report=report, body=body, position=position)


def _narratives(report: Report, manuscript: Manuscript, drafted: DraftedMarket) -> None:
    def add(code: str, path: str, text: str) -> None:
        dimension = drafted.dimensions.get(code)
        segment = drafted.segments.get(path) if path else None
        if text and dimension is not None and (segment is not None or not path):
            SegmentNarrative.objects.get_or_create(
                report=report, dimension=dimension, segment=segment, defaults={"body": as_html(text)}
            )

    def walk(code: str, segments: tuple[ReadSegment, ...]) -> None:
        for segment in segments:
            add(code, segment.path, segment.narrative)
            walk(code, segment.children)

    for dimension in manuscript.dimensions:
        add(dimension.code, "", dimension.narrative)
        walk(dimension.code, dimension.segments)


def _forces(report: Report, manuscript: Manuscript, notes: list[str]) -> None:
    for position, force in enumerate(manuscript.forces):
        if force.kind == "challenge":
            notes.append(f"Line {force.line}: the challenge “{force.title}” is kept among the restraints.")
        title = fitted(force.title, 200)
        body = force.body if title == " ".join(force.title.split()) else f"{force.title}\n\n{force.body}"
        MarketForce.objects.get_or_create(
            report=report,
            kind=_FORCE_KINDS[force.kind],
            title=title,
            defaults={"body": as_html(body), "position": position},
        )


def _matrix(report: Report, manuscript: Manuscript, left: list[Left]) -> None:
    if manuscript.matrix is None:
        return
    for position, name in enumerate(manuscript.matrix.areas):
        MatrixArea.objects.get_or_create(
            report=report, name=fitted(name, 120) or "Area", defaults={"position": position}
        )
    for cell in manuscript.matrix.cells:
        kind = next((kind for kind in MarketForce.Kind.values if cell.force.lower().startswith(kind[:7])), "")
        area = MatrixArea.objects.filter(report=report, name=fitted(cell.area, 120) or "Area").first()
        if not kind or area is None:
            left.append(
                (
                    cell.line,
                    f"{cell.force} | {cell.area} | {cell.text}",
                    "The matrix has rows for drivers, restraints and opportunities only.",
                )
            )
            continue
        MatrixCell.objects.get_or_create(area=area, kind=kind, defaults={"body": as_html(cell.text)})


def _pest(report: Report, manuscript: Manuscript, left: list[Left]) -> None:
    for item in manuscript.pest:
        factor = next((f for f in PestItem.Factor.values if item.title.lower().startswith(f[:6])), "")
        if factor:
            PestItem.objects.get_or_create(report=report, factor=factor, defaults={"body": as_html(item.body)})
        elif item.title or item.body:
            left.append(_rest(item, "A PEST analysis has a political, an economic, a social and a technological part."))


def _porter(report: Report, manuscript: Manuscript, left: list[Left]) -> None:
    for item in manuscript.porter:
        force = next((code for code, words in _PORTER if re.search(words, item.title, re.I)), "")
        if force:
            PorterForce.objects.get_or_create(
                report=report, force=force, defaults={"rating": _RATINGS.get(item.rating), "body": as_html(item.body)}
            )
        elif item.title or item.body:
            left.append(_rest(item, "It is none of Porter's five forces."))


def _rest(item: Rated, reason: str) -> Left:
    return item.line, f"{item.title}: {item.body}".strip(": \n"), reason
