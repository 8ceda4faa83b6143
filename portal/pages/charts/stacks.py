"""Parts of one whole as stacked columns, a column a year; what is projected is lighter, as everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.pages.charts.lines import BOTTOM, HEIGHT, LABEL_STEP, TOP, Course, YearLabel
from portal.pages.charts.scale import Tick, pc, px, scale_to

COLUMN = 0.72
MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Piece:
    x: str
    y: str
    width: str
    height: str
    tone: int
    projected: bool
    says: str


@dataclass(frozen=True, slots=True)
class StackLabel:
    name: str
    tone: int
    end_text: str
    label_y: str


@dataclass(frozen=True, slots=True)
class StackChart:
    height: int
    bottom: int
    ticks: tuple[Tick, ...]
    pieces: tuple[Piece, ...]
    labels: tuple[StackLabel, ...]
    years: tuple[YearLabel, ...]
    has_projection: bool
    says: str


def stack_chart(courses: Sequence[Course], years: tuple[int, int]) -> StackChart | None:
    """The stacked columns of these parts, the first at the bottom; None where no part has a value."""
    drawn = [(tone, one, {spot.year: spot for spot in one.spots}) for tone, one in enumerate(courses, 1) if one.spots]
    held = sorted({year for _, _, spots in drawn for year in spots})
    if not held or any(spot.value < 0 for _, _, spots in drawn for spot in spots.values()):
        return None
    sums = {year: sum(float(spots[year].value) for _, _, spots in drawn if year in spots) for year in held}
    scale = scale_to(sums.values(), top=TOP, bottom=BOTTOM, ticks=5)
    first, last = years
    slot = 1 / (last - first + 1)
    pieces = []
    middles: dict[int, float] = {}
    for year in held:
        under = 0.0
        for tone, course, spots in drawn:
            spot = spots.get(year)
            if spot is None:
                continue
            low, high = scale.y(under), scale.y(under + float(spot.value))
            under += float(spot.value)
            pieces.append(
                Piece(
                    pc((year - first + (1 - COLUMN) / 2) * slot), px(high), pc(slot * COLUMN), px(max(low - high, 0)),
                    tone, spot.projected, f"{course.name}, {year}: {spot.text}",
                )
            )  # fmt: skip
            if year == held[-1]:
                middles[tone] = (low + high) / 2
    every = -(-(last - first + 1) // MOST_LABELS)
    return StackChart(
        height=HEIGHT,
        bottom=BOTTOM,
        ticks=scale.ticks(5),
        pieces=tuple(pieces),
        labels=tuple(
            _labels([(tone, one, spots[held[-1]].text) for tone, one, spots in drawn if held[-1] in spots], middles)
        ),
        years=tuple(
            YearLabel(pc((year - first + 0.5) * slot), str(year), "")
            for year in range(first, last + 1)
            if (last - year) % every == 0
        ),
        has_projection=any(piece.projected for piece in pieces),
        says=" ".join(
            f"{one.name}: {spots[held[-1]].text} in {held[-1]}." for _, one, spots in drawn if held[-1] in spots
        ),
    )


def _labels(ends: list[tuple[int, Course, str]], middles: dict[int, float]) -> list[StackLabel]:
    """Names beside the last column, from the top of the stack down, pushed apart where parts are thin."""
    ends.sort(key=lambda one: middles[one[0]])
    places: list[float] = []
    for tone, _, _ in ends:
        places.append(max(middles[tone], places[-1] + LABEL_STEP if places else TOP + 4.0))
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], BOTTOM - 16 - LABEL_STEP * (len(places) - 1 - index))
    return [
        StackLabel(course.name if len(course.name) <= 26 else f"{course.name[:25].rstrip()}…", tone, text, px(y))
        for (tone, course, text), y in zip(ends, places, strict=True)
    ]
