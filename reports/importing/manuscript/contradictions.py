"""Headline claims that contradict each other: years, values, growth, spans. All of them are kept."""

from collections.abc import Iterable

from reports.importing.manuscript.amounts import amount_of
from reports.importing.manuscript.model import Finding, HeadlineClaim


def about_claims(claims: tuple[HeadlineClaim, ...]) -> list[Finding]:
    """Contradictions between headline claims: base year, end year, values, growth, spans."""
    market = [claim for claim in claims if claim.scope == "market" and not claim.value_to]
    findings: list[Finding] = []
    findings += _years("base-year-contradiction", "base", market, "base-value", ("base-year",))
    findings += _years(
        "end-year-contradiction",
        "end",
        market,
        "end-value",
        ("study-period", "forecast-period", "timeline", "end-year"),
    )
    findings += _values(market)
    findings += _growth(market)
    findings += _spans(market)
    return findings


def _years(
    code: str, word: str, claims: list[HeadlineClaim], value_kind: str, year_kinds: tuple[str, ...]
) -> list[Finding]:
    distinct = {(c.value, c.unit, c.year): c for c in reversed(claims) if c.kind == value_kind and c.year and c.value}
    valued = list(reversed(distinct.values()))[:100]
    for position, first in enumerate(valued):
        for second in valued[position + 1 :]:
            if first.year != second.year and _same(first, second):
                where = f"for {first.year} (line {first.line}) and for {second.year} (line {second.line})"
                sentence = f"The {word} value {_shown(first)} is given {where}. Decide which year is meant."
                return [Finding(code, "error", (first.line, second.line), sentence)]
    stated: dict[int, list[HeadlineClaim]] = {}
    for claim in claims:
        if claim.kind in year_kinds and (year := claim.year or claim.year_to):
            stated.setdefault(year, []).append(claim)
    if len(stated) > 1:
        said = "; ".join(f"{year} on {_lines(claim.line for claim in held)}" for year, held in sorted(stated.items()))
        lines = tuple(sorted({claim.line for held in stated.values() for claim in held}))
        sentence = f"The {word} year is not the same throughout: {said}. Decide which is meant."
        return [Finding(code, "error", lines, sentence)]
    if stated and valued and not any(claim.year in stated for claim in valued):
        year, held = next(iter(stated.items()))
        sentence = (
            f"The {word} year is {year} ({_lines(claim.line for claim in held)}), but the {word} value is given for "
            f"{valued[0].year} (line {valued[0].line}). Check which year the value belongs to."
        )
        return [Finding(f"{word}-year-without-value", "warning", (held[0].line, valued[0].line), sentence)]
    return []


def _values(claims: list[HeadlineClaim]) -> list[Finding]:
    findings: list[Finding] = []
    by_year: dict[int, list[HeadlineClaim]] = {}
    for claim in claims:
        if claim.kind in ("base-value", "start-value", "end-value") and claim.year and amount_of(claim):
            by_year.setdefault(claim.year, []).append(claim)
    for year, held in sorted(by_year.items()):
        other = next(
            (
                claim
                for claim in held[1:]
                if claim.currency in ("", held[0].currency)
                and _unit(claim) == _unit(held[0])
                and not _same(held[0], claim)
            ),
            None,
        )
        if other:
            first = f"{_shown(held[0])} (line {held[0].line})"
            second = f"{_shown(other)} (line {other.line})"
            sentence = f"For {year} the page gives {first} and {second}. Decide which is right."
            findings.append(Finding("value-contradiction", "error", (held[0].line, other.line), sentence))
    return findings


def _growth(claims: list[HeadlineClaim]) -> list[Finding]:
    rates = [claim for claim in claims if claim.kind == "cagr"]
    other = next((claim for claim in rates[1:] if float(claim.value) != float(rates[0].value)), None)
    if not other:
        return []
    first = f"{rates[0].value} % a year on line {rates[0].line}"
    sentence = f"Growth is {first} and {other.value} % on line {other.line}. Decide which is right."
    return [Finding("cagr-contradiction", "error", (rates[0].line, other.line), sentence)]


def _spans(claims: list[HeadlineClaim]) -> list[Finding]:
    findings: list[Finding] = []
    spans: dict[tuple[int, int], list[HeadlineClaim]] = {}
    for claim in claims:
        if claim.kind in ("study-period", "forecast-period", "timeline") and claim.year_from and claim.year_to:
            spans.setdefault((claim.year_from, claim.year_to), []).append(claim)
    ends = {last for _, last in spans}
    if len(spans) > 1 and (len(ends) > 1 or len(spans) > 2):
        said = ", ".join(f"{first}–{last} ({_lines(c.line for c in held)})" for (first, last), held in spans.items())
        lines = tuple(sorted({claim.line for held in spans.values() for claim in held}))
        findings.append(
            Finding(
                "span-contradiction",
                "error",
                lines,
                f"The page names {len(spans)} spans of years: {said}. Decide which one the report covers.",
            )
        )
    base = next((claim for claim in claims if claim.kind == "base-year" and claim.year), None)
    study = next((claim for claim in claims if claim.kind == "study-period" and claim.year_from), None)
    if (
        base
        and study
        and base.year
        and study.year_from
        and study.year_to
        and not study.year_from <= base.year <= study.year_to
    ):
        span = f"{study.year_from}–{study.year_to} (line {study.line})"
        sentence = f"The study period {span} leaves out its own base year {base.year} (line {base.line})."
        findings.append(Finding("study-period-without-base-year", "error", (study.line, base.line), sentence))
    return findings


def _unit(claim: HeadlineClaim) -> str:
    return claim.unit.partition(" ")[2] if " " in claim.unit else ""


def _same(first: HeadlineClaim, second: HeadlineClaim) -> bool:
    one, two = amount_of(first), amount_of(second)
    if one is None or two is None:
        return False
    return abs(one[0] - two[0]) <= max(one[1], two[1])


def _shown(claim: HeadlineClaim) -> str:
    return " ".join(part for part in (claim.currency, claim.value, claim.unit) if part)


def _lines(lines: Iterable[int]) -> str:
    numbers = sorted(set(lines))
    return f"line {numbers[0]}" if len(numbers) == 1 else "lines " + ", ".join(map(str, numbers))
