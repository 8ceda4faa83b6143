"""What is wrong with the text itself, seen while reading it. A finding names its lines and says it in a sentence."""

import re
from collections.abc import Iterable

from reports.importing.manuscript.headline import amount_of
from reports.importing.manuscript.model import Alias, Dimension, Finding, Force, HeadlineClaim, Matrix, Player


def about_claims(claims: tuple[HeadlineClaim, ...]) -> list[Finding]:
    """Contradictions between headline claims: base year, end year, values, growth, spans."""
    market = [claim for claim in claims if claim.scope == "market"]
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


def about_players(players: tuple[Player, ...], major: tuple[Player, ...], aliases: tuple[Alias, ...]) -> list[Finding]:
    """One company twice; major players that leave out the first key player; names that may be one company."""
    findings = [
        Finding(
            "duplicate-player",
            "error",
            (player.line,),
            f"“{'” and “'.join(player.written)}” are the same name written in different ways; the player is kept once.",
        )
        for player in players
        if len(player.written) > 1
    ]
    if players and major:
        first = players[0]
        names = (
            {first.name}
            | {a.name for a in aliases if a.alias == first.name}
            | {a.alias for a in aliases if a.name == first.name}
        )
        keys = {name.casefold() for name in names}
        if not any(player.name.casefold() in keys for player in major):
            lines = (major[0].line, first.line)
            findings.append(
                Finding(
                    "major-players-omit-first",
                    "warning",
                    lines,
                    f"The major players leave out {first.name}, which the list of key players names first.",
                )
            )
    for alias in aliases:
        findings.append(
            Finding(
                "possible-alias",
                "info",
                (),
                f"“{alias.name}” and “{alias.alias}” may be one company. {alias.reason} Merge them or keep both.",
            )
        )
    return findings


def about_forces(forces: tuple[Force, ...]) -> list[Finding]:
    """Forces that are named and not explained."""
    bare = [force for force in forces if not force.body]
    if not bare or not forces:
        return []
    names = "; ".join(force.title for force in bare[:12])
    return [
        Finding(
            "forces-without-body",
            "warning",
            tuple(force.line for force in bare),
            f"{len(bare)} of {len(forces)} market forces have a title and no text: {names}.",
        )
    ]


def about_geography(geography: Dimension | None, announced: int) -> list[Finding]:
    """Regions without countries, regions without a rest, names that are wrong."""
    if geography is None:
        return []
    findings: list[Finding] = []
    with_countries = [region for region in geography.segments if region.children]
    if (
        announced
        and geography.line
        and not any(
            announced < child.line < announced + 40 for region in geography.segments for child in region.children
        )
    ):
        findings.append(
            Finding(
                "countries-announced-not-listed",
                "warning",
                (announced,),
                "The heading announces regions and countries, but no country is named below it.",
            )
        )
    for region in geography.segments:
        if not region.children and with_countries:
            findings.append(
                Finding(
                    "region-without-countries",
                    "warning",
                    (region.line,),
                    f"{region.name} has no countries, while other regions have.",
                )
            )
        resting = [r for r in with_countries if any(child.kind == "rest" for child in r.children)]
        if region.children and region not in resting and resting:
            findings.append(
                Finding(
                    "region-without-rest",
                    "warning",
                    (region.line,),
                    f"{region.name} has no “Rest of {region.name}”, while {resting[0].name} has one, so "
                    f"its countries can't be known to add up to it.",
                )
            )
        for child in region.children:
            if "asean" in child.name.lower() and "(" in child.name and "nations" not in child.name.lower():
                findings.append(
                    Finding(
                        "wrong-name",
                        "warning",
                        (child.line,),
                        f"“{child.name}” is misnamed: ASEAN is the Association of Southeast Asian Nations.",
                    )
                )
    if len(geography.names) > 1:
        findings.append(
            Finding(
                "dimension-named-twice",
                "info",
                (geography.line,),
                f"One dimension goes by {len(geography.names)} names: {', '.join(geography.names)}.",
            )
        )
    return findings


def about_dimensions(dimensions: tuple[Dimension, ...], guesses: Iterable[str] = ()) -> list[Finding]:
    """A breakdown shown as if it were a dimension of its own; a dimension that can't sum to the market."""
    findings: list[Finding] = []
    said = " ".join(guesses)
    for dimension in dimensions:
        if (
            f"“{dimension.name}” is read as a breakdown" in said
            and dimension.coverage == "breakdown"
            and dimension.breakdown_of
            and any(c.code == dimension.breakdown_of.split("/")[0] for c in dimensions)
        ):
            parent = dimension.breakdown_of
            findings.append(
                Finding(
                    "breakdown-as-dimension",
                    "info",
                    (dimension.line,),
                    f"{dimension.name} splits {parent}, yet the page shows it beside that dimension. "
                    f"Confirm the coverage.",
                )
            )
        if dimension.coverage == "partial" and not dimension.sure:
            findings.append(
                Finding(
                    "coverage-unsure",
                    "warning",
                    (dimension.line,),
                    f"{dimension.name} seems to cover only a part of the market. Confirm its coverage "
                    f"before the forecast uses it.",
                )
            )
    return findings


def about_matrix(matrix: Matrix | None, subject: str) -> list[Finding]:
    """Areas named in two ways; cells that say nothing of this market."""
    if matrix is None:
        return []
    findings: list[Finding] = []
    named = re.search(r"\bincluding ([^.]{5,200})", matrix.narrative)
    if named:
        listed = [re.sub(r"^and\s+", "", part.strip()) for part in named[1].split(",")]
        differing = [name for name in listed if name.lower() not in {area.lower() for area in matrix.areas}]
        if differing and len(listed) >= 3:
            findings.append(
                Finding(
                    "matrix-areas-named-twice",
                    "warning",
                    (matrix.line,),
                    f"The matrix names its areas in two ways: {', '.join(listed)} in the text and "
                    f"{', '.join(matrix.areas)} in the table.",
                )
            )
    words = {word.lower().rstrip("s") for word in subject.split() if len(word) > 3}
    text = " ".join(cell.text.lower() for cell in matrix.cells)
    if words and matrix.cells and not any(word in text for word in words):
        findings.append(
            Finding(
                "matrix-generic",
                "warning",
                (matrix.line,),
                f"No cell of the impact matrix speaks of {subject}; it would fit any market.",
            )
        )
    return findings


def about_percentages(sentences: Iterable[tuple[int, str]]) -> list[Finding]:
    """Percentages in running text that come without a source."""
    found = [
        (line, match[0])
        for line, text in sentences
        for match in re.finditer(r"\b\d{1,3}(?:\.\d+)?\s?%", text)
        if not re.search(
            r"CAGR|compound|according to|source|survey by|growth rate",
            text[max(0, match.start() - 120) : match.end() + 60],
            re.I,
        )
    ]
    if not found:
        return []
    said = ", ".join(f"{share} (line {line})" for line, share in found[:12])
    return [
        Finding(
            "percentage-without-source",
            "warning",
            tuple(line for line, _ in found),
            f"{len(found)} percentages are stated without a source: {said}.",
        )
    ]


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
