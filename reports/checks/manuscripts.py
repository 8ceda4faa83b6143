"""Any manuscript as a draft the rules can judge, without a database: claims, findings and growth, one object a text.

A page shows its dimensions side by side, each as a way to split the whole market, so they count as complete here
whatever the importer guesses: what the page shows is what is judged. Only a page that says otherwise is believed.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from reports.checks import draft as snapshot
from reports.checks import rules as _rules  # noqa: F401 - importing them registers them
from reports.checks.claims import GrowthStatement, growth_statements
from reports.checks.growth import Printed, printed
from reports.checks.registry import Found, rules_of_text, run
from reports.checks.words import is_english, squeezed, unwrapped
from reports.importing.manuscript import Manuscript, parse
from reports.importing.manuscript import model as read

_SCALES = {"trillion": 12, "billion": 9, "crore": 7, "million": 6, "lakh": 5, "thousand": 3}
_SPANS = frozenset({"study-period", "forecast-period", "history-period", "timeline"})
_VALUES = frozenset({"base-value", "start-value", "end-value"})
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_BY_PLACES = re.compile(r"\bby (region|geography)\b", re.I)
_COVERAGE = re.compile(r"^[\s*_-]*coverage\s*:", re.I)
_HEDGES = {
    "at-least": re.compile(r"\b(?:more than|over|above|at least|exceeding|upwards of|in excess of)\s+(?:a\s+)?$", re.I),
    "at-most": re.compile(r"\b(?:less than|under|below|up to|at most|not more than)\s+$", re.I),
    "about": re.compile(
        r"(?:\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|close to|circa|ca\.|an estimated)|~)\s*$",
        re.I,
    ),
}
_MARKS = re.compile(r"^[\s#>*•\-–\d.)]+|[*_]+")


def check_text(text: str, *, today: date) -> dict[str, Any]:
    """What a text claims and what is wrong with it: `title`, `claims`, `headline` and `findings`, of JSON's own types.

    Each claim is a stated growth rate: `line`, `quote`, `values` and `years` of its end points as printed, `stated` and
    `implied` (`low`, `high`) in per cent, and `verdict`: agrees, disagrees, fits-other-years or unverifiable. Each
    finding has `code`, `severity`, `place`, `line`, `sentence` and `suggestion`. Any text is accepted; `today` decides
    what is old.
    """
    text = unwrapped(text)
    manuscript = parse(text)
    draft = draft_of(manuscript, text, today=today)
    return {
        "title": manuscript.title,
        "claims": [_claim_as_json(growth) for growth in growth_statements(draft)],
        "headline": [_headline_as_json(claim) for claim in draft.claims if claim.kind != "cagr"],
        "findings": [_finding_as_json(found) for found in run(draft, rules=rules_of_text())],
    }


def draft_of(manuscript: Manuscript, text: str, *, today: date) -> snapshot.Draft:
    """A parsed manuscript in the form the rules judge. `text` is what it was parsed from, for line numbers."""
    lines = _line_index(text)
    scope_is_clear = is_english(text)
    declared = _declared_coverage(text, manuscript)
    majors = {squeezed(player.name) for player in manuscript.major_players}
    keys = {squeezed(player.name) for player in manuscript.players}
    players = [_player(player, True, squeezed(player.name) in majors) for player in manuscript.players]
    players += [
        _player(player, not keys, True) for player in manuscript.major_players if squeezed(player.name) not in keys
    ]
    return snapshot.Draft(
        title=manuscript.title,
        today=today,
        subject=manuscript.subject,
        claims=tuple(_claim(claim, scope_is_clear=scope_is_clear) for claim in manuscript.claims),
        dimensions=tuple(_dimension(dimension, text, declared) for dimension in manuscript.dimensions),
        texts=tuple(_texts(manuscript, lines)),
        forces=tuple(
            snapshot.Force(force.kind, force.title, force.body, line=force.line) for force in manuscript.forces
        ),
        matrix=_matrix(manuscript.matrix),
        players=tuple(players),
        alias_questions=tuple(
            snapshot.AliasQuestion(alias.name, alias.alias, alias.reason) for alias in manuscript.aliases
        ),
        developments=tuple(_development(development) for development in manuscript.developments),
        import_notes=tuple(
            snapshot.ImportNote(f.code, f.severity, f.sentence, f.lines[0] if f.lines else None)
            for f in manuscript.findings
        ),
    )


def _claim(claim: read.HeadlineClaim, *, scope_is_clear: bool) -> snapshot.Claim:
    """A claim as the rules judge it.

    What is said of the whole market is told by English words; in another language it is unclear, and a claim is judged
    by its own sentence only.
    """
    is_span = claim.kind in _SPANS
    shown = (
        f"{claim.shown} %"
        if claim.kind == "cagr"
        else " ".join(filter(None, (claim.currency, claim.shown, claim.unit)))
    )
    return snapshot.Claim(
        kind="span" if is_span else claim.kind,
        quote=claim.quote,
        place=f"line {claim.line}",
        printed=_printed(claim) if claim.kind == "cagr" or claim.kind in _VALUES else None,
        shown=shown,
        year=claim.year_from or claim.year,
        end_year=claim.year_to,
        scope=claim.scope if scope_is_clear else "unclear",
        currency=claim.currency,
        label=claim.kind if is_span else "",
        line=claim.line,
        hedge=_hedge(claim) if claim.kind == "cagr" else "",
        is_past=claim.is_past,
        goods=_goods(claim),
    )


def _goods(claim: read.HeadlineClaim) -> str:
    """What an amount counts, "tons" of "12 million tons"; "" for money."""
    if claim.kind not in _VALUES or claim.currency:
        return ""
    scale, _, goods = claim.unit.partition(" ")
    return (goods if scale in _SCALES else claim.unit).lower()


def _hedge(claim: read.HeadlineClaim) -> str:
    """How a rate is hedged in its sentence: "over 6 %" is at-least, "up to 6 %" at-most, "nearly 6 %" about."""
    stated = re.search(rf"(?<![\d.,]){re.escape(claim.value.removeprefix('-'))}\s?(?:%|per)", claim.quote)
    before = claim.quote[: stated.start()][-40:] if stated else ""
    return next((hedge for hedge, pattern in _HEDGES.items() if pattern.search(before)), "")


def _printed(claim: read.HeadlineClaim) -> Printed | None:
    """The number as printed, in single units, so that values printed in millions and in billions compare.

    A range stands for every value between those that round to its ends.
    """
    number = printed(claim.value)
    if number and claim.value_to and (upper := printed(claim.value_to)):
        number = Printed((number.low + upper.high) / 2, (upper.high - number.low) / 2)
    if number is None or claim.kind == "cagr":
        return number
    scale = Decimal(10) ** _SCALES.get(claim.unit.split(" ")[0].lower(), 0)
    return Printed(number.value * scale, number.half * scale)


def _declared_coverage(text: str, manuscript: Manuscript) -> frozenset[str]:
    """The dimensions under whose headings a line such as "Coverage: partial" stands, by name."""
    names = {squeezed(f"By {dimension.name}"): dimension.code for dimension in manuscript.dimensions}
    declared: set[str] = set()
    current = ""
    for line in text.splitlines():
        if _COVERAGE.match(line):
            declared.add(current)
        elif "by " in line[:10].lower():
            current = names.get(squeezed(line.strip(" #*:")), current)
    return frozenset(declared)


def _dimension(dimension: read.Dimension, text: str, declared: frozenset[str]) -> snapshot.Dimension:
    is_geography = dimension.code == "geography"
    # The importer calls every split by places Geography; only what the page itself writes counts as a name of it.
    names = {name.title() for name in _BY_PLACES.findall(text)} if is_geography else set(dimension.names)
    return snapshot.Dimension(
        code=dimension.code,
        name=dimension.name,
        coverage=dimension.coverage if dimension.code in declared else "complete",
        breaks_down=dimension.breakdown_of if dimension.code in declared else "",
        is_geography=is_geography,
        segments=tuple(_segments(dimension.segments, dimension.code, "")),
        names=tuple(sorted(names)),
        line=dimension.line,
    )


def _segments(segments: tuple[read.Segment, ...], dimension: str, parent: str) -> Iterator[snapshot.Segment]:
    for one in segments:
        yield snapshot.Segment(one.path, one.name, dimension, parent, one.kind, one.iso, line=one.line)
        yield from _segments(one.children, dimension, one.path)


def _texts(manuscript: Manuscript, lines: dict[str, int]) -> Iterator[snapshot.Text]:
    """Every piece of running text, a paragraph each, at its own line where that can be told."""

    def pieces(kind: str, body: str, line: int | None, heading: str = "", about: str = "") -> Iterator[snapshot.Text]:
        for paragraph in filter(None, (part.strip() for part in re.split(r"\n+", body))):
            at = lines.get(_start(paragraph), line)
            yield snapshot.Text(f"line {at}" if at else kind, kind, paragraph, heading, about, line=at)

    for block in manuscript.overview:
        yield from pieces("overview", block.body, block.line, block.title)
    for takeaway in manuscript.takeaways:
        yield from pieces("takeaway", takeaway, None)
    for dimension in manuscript.dimensions:
        yield from pieces("narrative", dimension.narrative, dimension.line, about=dimension.code)
        for segment in _tree(dimension.segments):
            yield from pieces("narrative", segment.narrative, segment.line, about=segment.path)
    for force in manuscript.forces:
        yield from pieces(force.kind, force.body, force.line, force.title)
    yield from pieces("competitive", manuscript.competitive_summary, None)
    for block in manuscript.competitive_sections:
        yield from pieces("competitive", block.body, block.line, block.title)
    for item in (*manuscript.pest, *manuscript.porter):
        yield from pieces("analysis", item.body, item.line, item.title)
    for section in manuscript.sections:
        yield from pieces(section.kind, section.body, section.line, section.title)
    for question in manuscript.faq:
        yield from pieces("faq", question.answer, question.line, question.question)


def _tree(segments: tuple[read.Segment, ...]) -> Iterator[read.Segment]:
    for segment in segments:
        yield segment
        yield from _tree(segment.children)


def _matrix(matrix: read.Matrix | None) -> snapshot.Matrix | None:
    if matrix is None:
        return None
    cells = tuple(
        snapshot.Text(f"line {cell.line}", "matrix", cell.text, line=cell.line) for cell in matrix.cells if cell.text
    )
    return snapshot.Matrix(matrix.areas, cells, matrix.narrative, line=matrix.line)


def _player(player: read.Player, is_key: bool, is_major: bool) -> snapshot.Player:
    share = printed(player.share)
    return snapshot.Player(
        name=player.name,
        is_key=is_key,
        is_major=is_major,
        share=share.value if share else None,
        written=player.written,
        line=player.line,
    )


def _development(development: read.Development) -> snapshot.Development:
    numbers = [int(part) for part in development.date.split("-") if part.isdigit()]
    earliest = latest = None
    if numbers:
        year, month, day = [*numbers, 0, 0][:3]
        try:
            earliest = date(year, month or 1, day or 1)
            latest = date(year, month or 12, day or monthrange(year, month or 12)[1])
        except ValueError:
            # A date such as 2023-02-31 is the page's own slip; the text is kept, the date is not known.
            earliest = latest = None
    when = f"{_MONTHS[earliest.month - 1]} {earliest.year}" if earliest and len(numbers) > 1 else development.date
    return snapshot.Development(
        text=development.text,
        earliest=earliest,
        latest=latest,
        when=when,
        companies=development.companies,
        line=development.line,
    )


def _line_index(text: str) -> dict[str, int]:
    """The start of each line, marks aside, -> its number, so that a paragraph's own line can be told."""
    index: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        start = _start(line)
        if len(start) > 20:
            index.setdefault(start, number)
    return index


def _start(line: str) -> str:
    return " ".join(_MARKS.sub("", line[:160]).split())[:60]


def _claim_as_json(growth: GrowthStatement) -> dict[str, Any]:
    claim, implied = growth.claim, growth.implied
    ends = [float(end) for end in claim.shown.removesuffix(" %").replace(",", "").split("–")] if claim.printed else []
    stated = (*ends, None, None)
    return {
        "line": claim.line,
        "quote": claim.quote,
        "scope": claim.scope,
        "values": [one.shown if one else None for one in (growth.first, growth.last)],
        "years": [growth.first_year, growth.last_year],
        "stated_years": [claim.year, claim.end_year],
        "stated": stated[0],
        "stated_to": stated[1],
        "implied": {"low": _rounded(implied[0]), "high": _rounded(implied[1])} if implied else None,
        "verdict": growth.verdict,
        "reason": growth.reason,
    }


def _headline_as_json(claim: snapshot.Claim) -> dict[str, Any]:
    return {
        "kind": claim.label or claim.kind,
        "line": claim.line,
        "shown": claim.shown,
        "years": [claim.year, claim.end_year],
        "quote": claim.quote,
        "scope": claim.scope,
    }


def _finding_as_json(found: Found) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "place": found.place,
        "line": found.line,
        "sentence": found.sentence,
        "suggestion": found.suggestion,
    }


def _rounded(value: Decimal) -> float | None:
    return round(float(value), 4) if value.is_finite() else None
