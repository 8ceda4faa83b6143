"""Several lines on one scale: what was observed solid, what is projected dashed, intervals as bands, names at the ends.

Years that are not held between two that are get a faint dotted bridge, so that nobody takes it for data.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from portal.pages.charts.scale import Scale, Tick, nice_step, pc, px

HEIGHT = 400
TOP = 16
BOTTOM = 366
LABEL_STEP = 36.0
MOST_LABELS = 10
MOST_WITH_BANDS = 3
LONGEST_NAME = 26

type XOf = Callable[[int], float]
"""Where a year stands across, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One value of a line; `text` is how it is printed."""

    year: int
    value: Decimal
    text: str
    projected: bool
    low80: Decimal | None = None
    high80: Decimal | None = None
    low95: Decimal | None = None
    high95: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A line to draw: its name, the base year after which its values are projected, and its values by year."""

    name: str
    base_year: int
    spots: tuple[Spot, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    x: str
    y: str
    says: str
    projected: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line as it is drawn. `tone` names its colour, from 1."""

    name: str
    short: str
    tone: int
    note: str
    history: tuple[str, ...]
    projection: tuple[str, ...]
    bridges: tuple[str, ...]
    band80: str
    band95: str
    marks: tuple[Mark, ...]
    end_text: str
    end_year: int
    end_y: str
    label_y: str


@dataclass(frozen=True, slots=True)
class YearLabel:
    x: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class LineChart:
    height: int
    top: int
    bottom: int
    ticks: tuple[Tick, ...]
    strokes: tuple[Stroke, ...]
    years: tuple[YearLabel, ...]
    divide: str
    zero: str
    has_bands: bool
    has_bridges: bool
    has_projection: bool
    says: str


def line_chart(
    courses: Sequence[Course], years: tuple[int, int], *, from_zero: bool = True, with_bands: bool = True
) -> LineChart | None:
    """The drawing of these lines from the first to the last of `years`; None where none has a value."""
    drawn = [(tone, course) for tone, course in enumerate(courses, 1) if course.spots]
    if not drawn:
        return None
    scale = _scale([value for _, one in drawn for value in _extent(one, with_bands)], from_zero)
    first, last = years

    def x(year: int) -> float:
        return (year - first) / (last - first) if last > first else 0.5

    strokes = [_stroke(tone, course, x, scale, with_bands) for tone, course in drawn]
    bases = {course.base_year for _, course in drawn}
    base = bases.pop() if len(bases) == 1 else None
    every = max(1, -(-(last - first + 1) // MOST_LABELS))
    labels = [year for year in range(first, last + 1) if (last - year) % every == 0]
    projected = any(spot.projected for _, one in drawn for spot in one.spots)
    return LineChart(
        height=HEIGHT,
        top=TOP,
        bottom=BOTTOM,
        ticks=scale.ticks(5),
        strokes=tuple(_placed(strokes)),
        years=tuple(
            YearLabel(pc(x(year)), str(year), "last" if year == last else "first" if year == first else "")
            for year in labels
        ),
        divide=pc(x(base)) if base is not None and first <= base < last and projected else "",
        zero=px(scale.y(0)) if scale.low < 0 < scale.high else "",
        has_bands=any(stroke.band80 for stroke in strokes),
        has_bridges=any(stroke.bridges for stroke in strokes),
        has_projection=projected,
        says=" ".join(_sentence(course) for _, course in drawn),
    )


def _stroke(tone: int, course: Course, x: XOf, scale: Scale, with_bands: bool) -> Stroke:
    spots = sorted(course.spots, key=lambda one: one.year)

    def at(spot: Spot) -> str:
        return f"{px(x(spot.year) * 100)},{px(scale.y(float(spot.value)))}"

    history: list[str] = []
    projection: list[str] = []
    bridges: list[str] = []
    for before, after in itertools.pairwise(spots):
        step = f"{at(before)} {at(after)}"
        if after.year - before.year > 1:
            bridges.append(step)
        else:
            (projection if after.projected else history).append(step)
    end = spots[-1]
    y = scale.y(float(end.value))
    return Stroke(
        name=course.name,
        short=course.name if len(course.name) <= LONGEST_NAME else f"{course.name[: LONGEST_NAME - 1].rstrip()}…",
        tone=tone,
        note=course.note,
        history=tuple(_joined(history)),
        projection=tuple(_joined(projection)),
        bridges=tuple(bridges),
        band80=_band(spots, "low80", "high80", x, scale) if with_bands else "",
        band95=_band(spots, "low95", "high95", x, scale) if with_bands else "",
        marks=tuple(
            Mark(
                pc(x(one.year)), px(scale.y(float(one.value))), f"{course.name}, {one.year}: {one.text}", one.projected
            )
            for one in spots
        ),
        end_text=end.text,
        end_year=end.year,
        end_y=px(y),
        label_y=px(y),
    )


def _joined(steps: Iterable[str]) -> list[str]:
    """Steps that meet, as one polyline: dashes run on instead of starting anew in every year."""
    lines: list[list[str]] = []
    for step in steps:
        start, end = step.split(" ")
        if lines and lines[-1][-1] == start:
            lines[-1].append(end)
        else:
            lines.append([start, end])
    return [" ".join(line) for line in lines]


def _band(spots: Sequence[Spot], low: str, high: str, x: XOf, scale: Scale) -> str:
    """The outline of an interval, opening at the last value before it."""
    bounded = [spot for spot in spots if getattr(spot, high) is not None and getattr(spot, low) is not None]
    if not bounded:
        return ""
    before = [spot for spot in spots if spot.year == bounded[0].year - 1]
    start = [(spot.year, float(spot.value)) for spot in before]
    upper = start + [(spot.year, float(getattr(spot, high))) for spot in bounded]
    lower = [(spot.year, float(getattr(spot, low))) for spot in bounded]
    return " ".join(f"{px(x(year) * 100)},{px(scale.y(value))}" for year, value in upper + lower[::-1])


def _extent(course: Course, with_bands: bool) -> Iterable[float]:
    for spot in course.spots:
        yield float(spot.value)
        if with_bands:
            yield from (float(bound) for bound in (spot.low95, spot.high95) if bound is not None)


def _scale(values: Sequence[float], from_zero: bool) -> Scale:
    low, high = min(values), max(values)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + (abs(low) or 1.0)
    step = nice_step((high - low) / 5)
    bottom = math.floor(low / step + 1e-9) * step
    return Scale(bottom, max(high, bottom + step), TOP, BOTTOM)


def _placed(strokes: list[Stroke]) -> list[Stroke]:
    """The names at the lines' ends, pushed apart where lines end close together, kept within the drawing."""
    order = sorted(strokes, key=lambda one: float(one.end_y))
    places: list[float] = []
    for stroke in order:
        places.append(max(float(stroke.end_y), places[-1] + LABEL_STEP if places else TOP + 4.0))
    for index in range(len(places) - 1, -1, -1):
        most = BOTTOM - 16 - LABEL_STEP * (len(places) - 1 - index)
        places[index] = min(places[index], most)
    placed = {stroke.tone: px(y) for stroke, y in zip(order, places, strict=True)}
    return [replace(stroke, label_y=placed[stroke.tone]) for stroke in strokes]


def _sentence(course: Course) -> str:
    first, last = course.spots[0], course.spots[-1]
    if first.year == last.year:
        return f"{course.name}: {first.text} in {first.year}."
    return f"{course.name}: {first.text} in {first.year}, {last.text} in {last.year}."
