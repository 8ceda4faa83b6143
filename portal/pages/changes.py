"""What one edition changed against the one before it: numbers and words, each as far as its reader may read."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.pages.figure_page import Asking
from portal.pages.tables import Asked, nowhere
from reports.document import Document, Tier
from reports.figures import TOTAL, grouped
from reports.gating import readable
from reports.impact import NumberChange, compare
from reports.models import Edition

BASE = "base"
FIRST_SHOWN = 8
LONG = 3000
"""Words from which on a text is compared more coarsely."""
_PLACES = {
    "summary": "Summary",
    "overview": "Overview",
    "pest": "PEST analysis",
    "competitive": "Competitive landscape",
    "analyst_view": "Analyst view",
    "outlook": "Future outlook",
    "methodology": "Method",
    "definition": "Definition",
    "scope": "Scope",
    "introduction": "Introduction",
    "executive_summary": "Executive summary",
    "takeaways": "Key takeaways",
    "matrix": "Impact matrix",
    "porter": "Porter’s five forces",
}


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One printed number before and after; words where it was or is not estimated."""

    name: str
    year: int
    scenario: str
    old: str
    new: str
    change: Decimal | None
    asked: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of words: kept (""), added ("ins") or taken out ("del")."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class TextLine:
    """A piece of text before and after; compared word by word only where that is shown."""

    place: str
    old: str
    new: str

    @property
    def runs(self) -> list[Run]:
        """Both texts as one, with what went and what came."""
        return difference(self.old, self.new)


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """Everything a reader finds changed; `before` is None for a first edition.

    `illustrative` says that a number among them, before or after, is no market data.
    """

    number: int
    before: int | None
    before_published: str
    numbers: tuple[NumberLine, ...]
    texts: tuple[TextLine, ...]
    other: tuple[str, ...]
    more_numbers: int
    more_texts: int
    illustrative: bool = False

    @property
    def nothing(self) -> bool:
        return not (self.numbers or self.texts or self.other)

    @property
    def first_numbers(self) -> tuple[NumberLine, ...]:
        return self.numbers[:FIRST_SHOWN]


def previous(edition: Edition) -> Edition | None:
    """The edition published before this one, withdrawn or not: which one that is never changes."""
    if edition.number == 1:
        return None
    return Edition.objects.filter(report=edition.report_id, number__lt=edition.number).order_by("-number").first()


def edition_changes(edition: Edition, before: Edition | None, tier: Tier) -> EditionChanges:
    """What a reader of `tier` finds changed in `edition`. Both were cut to that tier before they are compared.

    Of what changed beyond that tier only the count is told, never what.
    """
    if before is None:
        return EditionChanges(edition.number, None, "", (), (), (), 0, 0)
    new, old = readable(edition.contents, tier), readable(before.contents, tier)
    impact = compare(old, new)
    asking = Asking(edition.report.slug, edition.number) if edition.pk else None
    names = {one.code: one.name for one in (*old.scenarios, *new.scenarios)}
    # The base scenario first, the whole market before its parts, then whatever changed most.
    ordered = sorted(
        impact.numbers, key=lambda one: (one.scenario != BASE, one.path != TOTAL, -abs(one.percent or Decimal(0)))
    )
    every = compare(before.contents, edition.contents)
    other = impact.other
    if _measured(old) != _measured(new):
        # A value in another unit or price basis is another value: side by side the two would mislead.
        ordered = []
        other = (f"Values are now in {_measured(new)}; before, in {_measured(old)}. They are not compared.", *other)
    return EditionChanges(
        number=edition.number,
        before=before.number,
        before_published=f"{before.published_at:%-d %B %Y}",
        numbers=tuple(_number(one, old, new, names, asking.of if asking else nowhere) for one in ordered),
        texts=tuple(TextLine(_place(one.place, new), one.old, one.new) for one in impact.texts),
        other=other,
        more_numbers=len(every.numbers) - len(impact.numbers) if ordered or not impact.numbers else 0,
        more_texts=len(every.texts) - len(impact.texts),
        illustrative=any(_is_illustrative(one, document) for one in ordered for document in (old, new)),
    )


def difference(old: str, new: str) -> list[Run]:
    """Two texts as one: words kept, words taken out, words added, in reading order."""
    before, after = re.findall(r"\S+", old), re.findall(r"\S+", new)
    runs: list[Run] = []
    # Exact comparing takes the square of the length; of very long texts, words that are everywhere are not sought.
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > LONG)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            runs.append(Run("", _shortened(before[i1:i2], first=not runs, last=i2 == len(before))))
            continue
        if i2 > i1:
            runs.append(Run("del", " ".join(before[i1:i2])))
        if j2 > j1:
            runs.append(Run("ins", " ".join(after[j1:j2])))
    return runs


def _shortened(words: Sequence[str], *, first: bool, last: bool, around: int = 12) -> str:
    """Words that stayed, with the middle of a long stretch left out."""
    if len(words) <= 2 * around + 4:
        return " ".join(words)
    head = [] if first else [*words[:around]]
    tail = [] if last else [*words[-around:]]
    return " ".join([*head, "…", *tail])


def _number(change: NumberChange, old: Document, new: Document, names: dict[str, str], asked: Asked) -> NumberLine:
    def shown(value: Decimal | None, document: Document) -> str:
        return "not estimated" if value is None else grouped(value, document.headline.decimals)

    suffix = "" if change.scenario == BASE else f"@{change.scenario}"
    path = TOTAL if change.path == TOTAL else f"segment/{change.path}"
    place = asked(f"{path}/{change.year}{suffix}") if change.new is not None else ""
    return NumberLine(
        name="Whole market" if change.path == TOTAL else change.name,
        year=change.year,
        scenario="" if change.scenario == BASE else names.get(change.scenario, change.scenario),
        old=shown(change.old, old),
        new=shown(change.new, new),
        change=change.percent,
        asked=place,
    )


def _is_illustrative(change: NumberChange, document: Document) -> bool:
    cell = document.cells.get((change.scenario, change.path, change.year))
    return cell is not None and (cell.illustrative or document.headline.illustrative)


def _measured(document: Document) -> str:
    headline = document.headline
    year = f" of {headline.price_year}" if headline.price_year else ""
    return f"{headline.unit}, {headline.price_basis.lower()}{year}"


def _place(place: str, document: Document) -> str:
    if place.startswith("dimension "):
        code = place.removeprefix("dimension ")
        name = next((one.name for one in document.dimensions if one.code == code), code)
        return f"By {name}"
    if place.startswith("force "):
        return place.removeprefix("force ")
    node = document.by_path.get(place)
    return node.name if node else _PLACES.get(place, place)
