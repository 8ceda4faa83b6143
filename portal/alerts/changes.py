"""What changed for one reader between two editions: compared after each was cut to what that reader may read."""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from portal.explorer.asking import Question
from reports.document import Document, Profile, Tier, canonical
from reports.figures import TOTAL, grouped
from reports.gating import readable
from reports.impact import Impact, NumberChange, compare

BASE = "base"


@dataclass(frozen=True, slots=True)
class Changes:
    """`anything` is whether the digest of what the reader may read changed; the rest is what to say of it."""

    anything: bool
    unit: str
    numbers: tuple[NumberChange, ...] = ()
    others: tuple[str, ...] = ()

    def sentences(self, most_numbers: int) -> list[str]:
        """Each change as a sentence, the base scenario's numbers first and at most so many."""
        lines = [
            f"{change.name}, {change.year}{_scenario(change)}: "
            f"{shown(change.old)} → {shown(change.new)}{_percent(change)}"
            for change in self.numbers[:most_numbers]
        ]
        if len(self.numbers) > most_numbers:
            lines.append(f"And {len(self.numbers) - most_numbers} more numbers.")
        return [*lines, *self.others]


def shown(value: Any) -> str:
    """A value as it is printed; what there is none of is not estimated."""
    return grouped(value, -value.as_tuple().exponent) if value is not None else "not estimated"


def readable_digest(document: Document, tier: Tier) -> str:
    """SHA-256 of what a reader of `tier` may read; what only machines read is left out."""
    return dataclasses.replace(
        readable(document, tier), engine_version="", inputs_digest="", values_digest="", traces=(), schema=0
    ).digest()


def changes(before: Document | None, after: Document, tier: Tier) -> Changes:
    """What a reader of `tier` finds changed. Nothing that tier may not read is looked at."""
    unit = after.headline.unit
    if before is None:
        return Changes(True, unit, others=("This is the first edition.",))
    if readable_digest(before, tier) == readable_digest(after, tier):
        return Changes(False, unit)
    impact = compare(readable(before, tier), readable(after, tier))
    return Changes(True, unit, tuple(_ordered(impact)), tuple(_said(impact)))


def chart_changes(before: Document | None, after: Document, question: Question, tier: Tier) -> Changes:
    """What a reader of `tier` finds changed in the rows, years and scenario of one report that a saved chart shows."""
    told = changes(before, after, tier)
    if before is None or not told.anything:
        return told
    shown = rows_shown(question, after)
    first, last = question.first or after.headline.first_year, question.last or after.headline.last_year
    numbers = tuple(
        one
        for one in told.numbers
        if one.path in shown and one.scenario == question.scenario and first <= one.year <= last
    )
    return Changes(bool(numbers), told.unit, numbers)


def rows_shown(question: Question, document: Document) -> set[str]:
    """The paths whose numbers a chart is made from: its rows, and in a chart of shares what they are a part of."""
    nodes = [node for one in document.dimensions for node in one.nodes]
    region = next((node for node in nodes if slugify(node.name) == question.region), None) if question.region else None
    if question.by:
        rows = [node for node in nodes if node.dimension == question.by and node.path in question.segment]
        if not rows and region and region.dimension == question.by:
            rows = [node for node in nodes if node.parent == region.path] or [region]
        rows = rows or [node for node in nodes if node.dimension == question.by and node.level == 1]
    elif question.region:
        rows = [region] if region else []
    else:
        return {TOTAL}
    return {node.path for node in rows} | ({node.adds_to for node in rows} if question.show == "share" else set())


def company_changes(before: Document | None, after: Document | None, slug: str, tier: Tier) -> Changes:
    """What a reader of `tier` finds changed in what one report says of a company. A document may say nothing of it."""
    old, new = _of_company(before, slug, tier), _of_company(after, slug, tier)
    if hashlib.sha256(canonical(old)).digest() == hashlib.sha256(canonical(new)).digest():
        return Changes(False, "")
    said = []
    if not old:
        said.append("The report names the company for the first time.")
    elif not new:
        said.append("The report no longer names the company.")
    else:
        if old["player"] != new["player"]:
            said.append(_share(old["player"], new["player"]))
        if old["profile"] != new["profile"]:
            changed = [
                name for name in _names(Profile) if (old["profile"] or {}).get(name) != (new["profile"] or {}).get(name)
            ]
            said.append(f"The profile changed: {', '.join(name.replace('_', ' ') for name in changed)}.")
        told = {one["text"] for one in old["developments"]}
        said += [f"{one['when']}: {one['text']}" for one in new["developments"] if one["text"] not in told]
    return Changes(True, "", others=tuple(said or ["What the report says of the company changed."]))


def _of_company(document: Document | None, slug: str, tier: Tier) -> dict[str, Any]:
    if document is None:
        return {}
    open_part = readable(document, tier).to_json()
    player = next((one for one in open_part["players"] if one["slug"] == slug), None)
    profile = next((one for one in open_part["profiles"] if one["slug"] == slug), None)
    developments = [one for one in open_part["developments"] if slug in {other for _, other in one["companies"]}]
    return (
        {"player": player, "profile": profile, "developments": developments}
        if player or profile or developments
        else {}
    )


def _share(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    before, after = (old or {}).get("share"), (new or {}).get("share")
    if before != after:
        return f"Market share: {_per_cent(before)} → {_per_cent(after)}."
    return "Its part among the players changed."


def _per_cent(share: str | None) -> str:
    return f"{share} %" if share is not None else "not estimated"


def _ordered(impact: Impact) -> Iterable[NumberChange]:
    return sorted(impact.numbers, key=lambda one: (one.scenario != BASE, one.path != "total"))


def _said(impact: Impact) -> Iterable[str]:
    places = {change.place for change in impact.texts}
    if places:
        yield f"{len(places)} {'text' if len(places) == 1 else 'texts'} changed: {', '.join(sorted(places)[:5])}" + (
            " and others." if len(places) > 5 else "."
        )
    yield from impact.other
    if not (impact.numbers or impact.texts or impact.other):
        yield "Details changed."


def _scenario(change: NumberChange) -> str:
    return "" if change.scenario == BASE else f", {change.scenario}"


def _percent(change: NumberChange) -> str:
    return f" ({change.percent:+} %)" if change.percent is not None else ""


def _names(kind: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]
