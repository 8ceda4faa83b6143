"""Rows of one or several reports as lines of numbers: as printed, or as share, index or growth computed from the print.

A number is computed only from numbers its reader may read; where one is missing, so is what would follow from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from portal.explorer.asking import COMPANY_SHARE, Question
from portal.explorer.reading import PLACES, Node, Number, Opened
from reports.figures import TOTAL, UnknownFigure, cagr, grouped, percent, share

MOST_DRAWN = 8
MOST_ROWS = 40
ONE = Decimal(1)

type Numbers = Mapping[tuple[str, str], Mapping[int, Number]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was asked for, before any number is read."""

    opened: Opened
    node: Node

    @property
    def key(self) -> tuple[str, str]:
        return (self.opened.slug, self.node.path)


@dataclass(frozen=True, slots=True)
class Point:
    """A number as it is shown. Bounds are those of the same measure; None where there are none."""

    year: int
    value: Decimal
    text: str
    projected: bool
    estimated: bool
    low80: Decimal | None = None
    high80: Decimal | None = None
    low95: Decimal | None = None
    high95: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its points in order of years. `locked` says that a licence opens more of it."""

    row: Row
    name: str
    unit: str
    decimals: int
    points: tuple[Point, ...]
    growth: str
    why_not: str
    locked: bool
    illustrative: bool
    sources: tuple[str, ...]

    @property
    def by_year(self) -> dict[int, Point]:
        return {point.year: point for point in self.points}

    @property
    def base_year(self) -> int:
        return self.row.opened.headline.base_year


def rows_of(question: Question, opened: Sequence[Opened]) -> list[Row]:
    """The rows that a question asks for: its segments, a dimension's first level, a region, or the whole markets."""
    found: list[Row] = []
    for one in opened:
        nodes = _asked_nodes(question, one)
        found += [Row(one, node) for node in nodes]
    return found[:MOST_ROWS]


def _asked_nodes(question: Question, one: Opened) -> list[Node]:
    region = next((node for node in places(one) if node.slug == question.region), None) if question.region else None
    if question.by:
        chosen = [node for path in question.segment if (node := one.nodes.get(path)) and node.dimension == question.by]
        if chosen:
            order = list(one.nodes)
            return sorted(chosen, key=lambda node: order.index(node.path))
        if region and region.dimension == question.by:
            return [node for node in one.nodes.values() if node.parent == region.path] or [region]
        return [node for node in one.nodes.values() if node.dimension == question.by and node.level == 1]
    if question.region:
        return [region] if region else []
    return [one.nodes[TOTAL]]


def places(one: Opened) -> list[Node]:
    """A report's regions and countries."""
    return [node for node in one.nodes.values() if node.kind in PLACES]


def paths_needed(rows: Sequence[Row]) -> dict[str, set[str]]:
    """What must be read for these rows in any way of showing them: themselves, and what they are a part of."""
    needed: dict[str, set[str]] = {}
    for row in rows:
        needed.setdefault(row.opened.slug, set()).update({row.node.path, row.node.adds_to} - {""})
    return needed


def lines_of(question: Question, rows: Sequence[Row], numbers: Numbers, years: tuple[int, int]) -> list[Line]:
    """The rows as the question wants them shown. `years` are the first and last shown."""
    several = len({row.opened.slug for row in rows}) > 1
    alike = len({row.node.name for row in rows if row.node.path != TOTAL}) <= 1
    made = []
    for row in rows:
        given = numbers.get(row.key, {})
        whole = numbers.get((row.opened.slug, row.node.adds_to), {})
        points = [
            point
            for year in given
            if years[0] <= year <= years[1] and (point := _point(question, row, year, given, whole))
        ]
        if question.show == "index":
            points = _indexed(points, row)
        used = [given[point.year] for point in points]
        headline = row.opened.headline
        made.append(
            Line(
                row=row,
                name=_name(row, several, alike),
                unit=unit_of(question, row.opened),
                decimals=headline.decimals if question.show == "absolute" else 1,
                points=tuple(points),
                growth=_growth(row, given),
                why_not="" if row.node.estimated else row.node.why_not or "No observation and no assumption.",
                locked=row.node.estimated and not row.opened.is_full,
                illustrative=headline.illustrative or any(one.illustrative for one in used),
                sources=tuple(dict.fromkeys(one.source for one in used if one.source)),
            )
        )
    return made


def unit_of(question: Question, one: Opened) -> str:
    """What the numbers of a report are counted in when shown in this way."""
    if question.measure == COMPANY_SHARE:
        return "% of the market"
    return {"absolute": one.headline.unit, "share": "% of the whole", "index": "index", "growth": "% a year"}[
        question.show
    ]


def span(question: Question, opened: Sequence[Opened]) -> tuple[int, int]:
    """The first and last year shown: those asked for, within those that any of the reports has."""
    first = min((one.headline.first_year for one in opened), default=0)
    last = max((one.headline.last_year for one in opened), default=0)
    low, high = max(question.first or first, first), min(question.last or last, last)
    return (low, high) if low <= high else (first, last)


def _point(
    question: Question, row: Row, year: int, given: Mapping[int, Number], whole: Mapping[int, Number]
) -> Point | None:
    number = given[year]
    base_year, decimals = row.opened.headline.base_year, row.opened.headline.decimals
    projected, estimated = year > base_year, number.status == "E"
    try:
        if question.show == "share":
            if not row.node.adds_to or year not in whole:
                return None
            value = share(number.value, whole[year].value)
            return Point(year, value, percent(value), projected, estimated)
        if question.show == "growth":
            if year - 1 not in given:
                return None
            value = cagr(given[year - 1].value, number.value, 1)
            return Point(year, value, percent(value), projected, estimated)
    except UnknownFigure:
        return None
    text = grouped(number.value, decimals)
    return Point(
        year, number.value, text, projected, estimated, number.low80, number.high80, number.low95, number.high95
    )


def _indexed(points: list[Point], row: Row) -> list[Point]:
    """The points with the first of them as 100; without bounds where that one is itself uncertain."""
    if not points or points[0].value <= 0:
        return []
    base = points[0]

    def scaled(value: Decimal | None) -> Decimal | None:
        return None if value is None or base.projected else value / base.value * 100

    made = []
    for point in points:
        value = point.value / base.value * 100
        bounds = [scaled(one) for one in (point.low80, point.high80, point.low95, point.high95)]
        made.append(replace(point, value=value, text=grouped(value, 1), low80=bounds[0], high80=bounds[1],
                            low95=bounds[2], high95=bounds[3]))  # fmt: skip
    return made


def _growth(row: Row, given: Mapping[int, Number]) -> str:
    """Growth a year from the base year to the last, from the printed values; empty where either is not readable."""
    headline = row.opened.headline
    first, last = given.get(headline.base_year), given.get(headline.last_year)
    if first is None or last is None:
        return ""
    try:
        return percent(cagr(first.value, last.value, headline.last_year - headline.base_year))
    except UnknownFigure:
        return ""


def _name(row: Row, several: bool, alike: bool) -> str:
    if row.node.path == TOTAL or (several and alike):
        return row.opened.market
    return f"{row.node.name}, {row.opened.market}" if several else row.node.name
