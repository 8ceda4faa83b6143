"""What publishing would change: two documents compared, number by number and text by text. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.document import Document, prose_runs
from reports.figures import prose_text
from reports.wording import Piece, pieces

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

    @property
    def title(self) -> str:
        """The place in words: "Analyst view"; a segment's path stays as it is."""
        return self.place if "/" in self.place else self.place.replace("_", " ").capitalize()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The change word by word."""
        return tuple(pieces(self.old, self.new))


@dataclass(frozen=True, slots=True)
class Line:
    """A year and its value, as a point of a small chart: `x` and `y` in a box of 100 by 40, upwards is smaller."""

    year: int
    value: Decimal
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class ChartChange:
    """A line that readers see drawn differently: the points before and after on one scale."""

    name: str
    within: str
    old: tuple[Line, ...]
    new: tuple[Line, ...]

    @property
    def old_points(self) -> str:
        return " ".join(f"{one.x},{one.y}" for one in self.old)

    @property
    def new_points(self) -> str:
        return " ".join(f"{one.x},{one.y}" for one in self.new)

    @property
    def percent(self) -> Decimal | None:
        """How far the end of the line moved, in per cent of where it was, to one decimal."""
        if not self.old or not self.new or self.old[-1].value == 0:
            return None
        return ((self.new[-1].value / self.old[-1].value - 1) * 100).quantize(Decimal("0.1"))

    @property
    def says(self) -> str:
        """The end of the line before and after, in words."""
        ends = [f"{line[-1].value:,} in {line[-1].year}" if line else "no line" for line in (self.old, self.new)]
        return f"{self.name}: {ends[0]} before, {ends[1]} after"


@dataclass(frozen=True, slots=True)
class ContentsChange:
    """A heading that comes or goes."""

    title: str
    level: int
    added: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """Every difference between two documents. `first` when there is nothing to compare with."""

    first: bool
    numbers: tuple[NumberChange, ...]
    texts: tuple[TextChange, ...]
    other: tuple[str, ...]
    charts: tuple[ChartChange, ...] = ()
    contents: tuple[ContentsChange, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.first or self.numbers or self.texts or self.other)


def compare(old: Document | None, new: Document) -> Impact:
    """What readers of `old` will find changed in `new`. With no old document everything is new: nothing is listed."""
    if old is None:
        return Impact(True, (), (), ())
    return Impact(
        False,
        tuple(_numbers(old, new)),
        tuple(_texts(old, new)),
        tuple(_other(old, new)),
        tuple(_charts(old, new)),
        tuple(_contents(old, new)),
    )


def _numbers(old: Document, new: Document) -> Iterator[NumberChange]:
    names = {path: node.name for document in (old, new) for path, node in document.by_path.items()}
    names["total"] = new.headline.market
    order = {path: place for place, path in enumerate(names)} | {"total": -1}
    found = old.cells.keys() | new.cells.keys()
    for scenario, path, year in sorted(
        found, key=lambda cell: (cell[0] != "base", cell[0], order.get(cell[1], len(order)), cell[2])
    ):
        before, after = old.value(path, year, scenario), new.value(path, year, scenario)
        if before != after:
            yield NumberChange(path, names.get(path, path), scenario, year, before, after)
    was, will_be = _crossed(old), _crossed(new)
    for place in sorted(was.keys() | will_be.keys()):
        if was.get(place) != will_be.get(place):
            _, scenario, row, column, year = place
            name = f"{names.get(row, row)} × {names.get(column, column)}"
            yield NumberChange(f"{row} × {column}", name, scenario, year, was.get(place), will_be.get(place))


def _crossed(document: Document) -> dict[tuple[str, str, str, str, int], Decimal]:
    """(table, scenario, row, column, year) -> value."""
    return {(table.code, *place): cell.value for table in document.cross_tables for place, cell in table.cells.items()}


def _texts(old: Document, new: Document) -> Iterator[TextChange]:
    def texts(document: Document) -> dict[str, str]:
        found: dict[str, str] = {"title": document.title, "summary": document.summary}
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


def _charts(old: Document, new: Document) -> Iterator[ChartChange]:
    """The lines of the base scenario that changed: the market's, then each dimension's top segments'."""
    if line := _line(old, new, "total", new.headline.market, "Market size"):
        yield line
    for dimension in new.dimensions:
        for node in dimension.nodes:
            if node.level == 1 and (line := _line(old, new, node.path, node.name, f"By {dimension.name}")):
                yield line
    gone = {dimension.code for dimension in old.dimensions} - {dimension.code for dimension in new.dimensions}
    for dimension in old.dimensions:
        for node in dimension.nodes:
            if dimension.code in gone and node.level == 1:
                line = _line(old, new, node.path, node.name, f"By {dimension.name}")
                yield from [line] if line else []


def _line(old: Document, new: Document, path: str, name: str, within: str) -> ChartChange | None:
    before = [(year, value) for year in old.years if (value := old.value(path, year)) is not None]
    after = [(year, value) for year in new.years if (value := new.value(path, year)) is not None]
    if before == after:
        return None
    years = [year for year, _ in (*before, *after)]
    first, span = min(years), max(max(years) - min(years), 1)
    most = max(value for _, value in (*before, *after)) or Decimal(1)

    def points(values: list[tuple[int, Decimal]]) -> tuple[Line, ...]:
        return tuple(
            Line(year, value, f"{(year - first) / span * 96 + 2:.1f}", f"{38 - float(value / most) * 36:.1f}")
            for year, value in values
        )

    return ChartChange(name, within, points(before), points(after))


def _contents(old: Document, new: Document) -> Iterator[ContentsChange]:
    before = [(entry.level, entry.title, entry.anchor) for entry in old.contents]
    after = [(entry.level, entry.title, entry.anchor) for entry in new.contents]
    known, kept = set(before), set(after)
    yield from (
        ContentsChange(title, level, True) for level, title, place in after if (level, title, place) not in known
    )
    yield from (
        ContentsChange(title, level, False) for level, title, place in before if (level, title, place) not in kept
    )
