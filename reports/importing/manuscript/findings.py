"""What is wrong with the text itself, seen while reading it. A finding names its lines and says it in a sentence."""

import re
from collections.abc import Iterable

from reports.importing.manuscript.model import Alias, Dimension, Finding, Force, Matrix, Player


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
