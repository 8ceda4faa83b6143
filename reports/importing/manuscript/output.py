"""A manuscript as one JSON object and as a table for people."""

import dataclasses
import json
from collections import Counter
from typing import Any

from reports.importing.manuscript.model import Manuscript

_SEPARATE = frozenset({"findings", "unplaced", "unplaced_characters", "placements"})


def as_json(manuscript: Manuscript) -> dict[str, Any]:
    """One object with `placed_share` (0 to 1), `counts`, `unplaced`, `findings` and `report`; only JSON's own types."""
    whole = dataclasses.asdict(manuscript)
    placed: Counter[str] = Counter()
    for placement in manuscript.placements:
        placed[placement.place.split("/")[0]] += placement.characters
    result = {
        "placed_share": round(manuscript.placed_share, 6),
        "counts": manuscript.counts,
        "unplaced": whole["unplaced"],
        "findings": whole["findings"],
        "report": {key: value for key, value in whole.items() if key not in _SEPARATE}
        | {"placed_characters": dict(placed)},
    }
    jsonable: dict[str, Any] = json.loads(json.dumps(result))
    return jsonable


def as_table(manuscript: Manuscript) -> str:
    """What was placed where, the share of characters placed, the findings, and what the reader was unsure of."""
    lines: dict[str, set[int]] = {}
    characters: Counter[str] = Counter()
    for placement in manuscript.placements:
        place = placement.place.split("/")[0]
        lines.setdefault(place, set()).add(placement.line)
        characters[place] += placement.characters
    total = sum(characters.values()) + manuscript.unplaced_characters
    out = [manuscript.title or "(no title)", "", f"{'placed in':<34}{'lines':>7}{'characters':>12}{'share':>9}"]
    for place, held in sorted(lines.items(), key=lambda item: -characters[item[0]]):
        out.append(f"{place:<34}{len(held):>7}{characters[place]:>12}{_share(characters[place], total):>9}")
    unplaced = {part.line for part in manuscript.unplaced}
    out.append(
        f"{'unplaced':<34}{len(unplaced):>7}{manuscript.unplaced_characters:>12}"
        f"{_share(manuscript.unplaced_characters, total):>9}"
    )
    out += [
        "",
        f"Placed: {_share(total - manuscript.unplaced_characters, total)} of {total} characters (white space aside).",
        "",
    ]
    out += [f"{name.replace('_', ' '):<34}{count:>7}" for name, count in manuscript.counts.items()]
    if manuscript.claims:
        out += ["", "Headline claims, all kept:"]
        for claim in manuscript.claims:
            years = str(claim.year or "") or (f"{claim.year_from}-{claim.year_to}" if claim.year_from else "")
            shown = " ".join(
                part
                for part in (claim.currency, claim.shown, claim.unit if claim.kind != "unit" else "", years)
                if part
            )
            out.append(
                f"  line {claim.line:>4}  {claim.kind:<16}{shown}{' (of a part)' if claim.scope == 'part' else ''}"
            )
    if manuscript.findings:
        out += ["", "Findings:"]
        for finding in manuscript.findings:
            where = f"line {finding.lines[0]}: " if finding.lines else ""
            out.append(f"  {finding.severity:<8}{where}{finding.sentence}")
    if manuscript.unsure:
        out += ["", "Unsure:"] + [f"  {sentence}" for sentence in manuscript.unsure]
    if manuscript.unplaced:
        out += ["", "Unplaced, kept for the editor:"]
        out += [
            f"  line {part.line:>4}  {part.text[:100]}" + (f"  ({part.reason})" if part.reason else "")
            for part in manuscript.unplaced
        ]
    return "\n".join(out)


def _share(part: int, total: int) -> str:
    return f"{100 * part / total:.1f} %" if total else "100.0 %"
