"""What publishing would change: two documents compared, number by number and text by text. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.document import Document, prose_runs
from reports.figures import prose_text

_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One printed value before and after; None where it was, or will be, not estimated."""

    path: str
    name: str
    scenario: str
    year: int
    old: Decimal | None
    new: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The change in per cent of the old value, to one decimal."""
        if self.old is None or self.new is None or self.old == 0:
            return None
        return ((self.new / self.old - 1) * 100).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class TextChange:
    place: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Impact:
    """Every difference between two documents. `first` when there is nothing to compare with."""

    first: bool
    numbers: tuple[NumberChange, ...]
    texts: tuple[TextChange, ...]
    other: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.first or self.numbers or self.texts or self.other)


def compare(old: Document | None, new: Document) -> Impact:
    """What readers of `old` will find changed in `new`. With no old document everything is new: nothing is listed."""
    if old is None:
        return Impact(True, (), (), ())
    return Impact(False, tuple(_numbers(old, new)), tuple(_texts(old, new)), tuple(_other(old, new)))


def _numbers(old: Document, new: Document) -> Iterator[NumberChange]:
    names = {path: node.name for document in (old, new) for path, node in document.by_path.items()}
    names["total"] = new.headline.market
    for scenario, path, year in sorted(old.cells.keys() | new.cells.keys()):
        before, after = old.value(path, year, scenario), new.value(path, year, scenario)
        if before != after:
            yield NumberChange(path, names.get(path, path), scenario, year, before, after)


def _texts(old: Document, new: Document) -> Iterator[TextChange]:
    def texts(document: Document) -> dict[str, str]:
        found: dict[str, str] = {"summary": document.summary}
        for place, prose in prose_runs(document):
            text = " ".join(_TAG.sub(" ", prose_text(prose)).split())
            found[place] = f"{found[place]}\n{text}" if place in found else text
        return found

    before, after = texts(old), texts(new)
    for place in before | after:
        if before.get(place, "") != after.get(place, ""):
            yield TextChange(place, before.get(place, ""), after.get(place, ""))


def _other(old: Document, new: Document) -> Iterator[str]:
    for field, word in (
        ("developments", "recent developments"),
        ("players", "players"),
        ("profiles", "company profiles"),
        ("contents", "table of contents"),
        ("abbreviations", "abbreviations"),
        ("decisions", "editors’ decisions"),
        ("ledger", "driver ledger"),
    ):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            size = f": {len(before)} before, {len(after)} now" if len(before) != len(after) else ""
            yield f"The {word} changed{size}."
    if old.headline != new.headline:
        yield "The headline changed."
