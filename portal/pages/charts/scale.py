"""Positions on a drawing: across in per cent of its width, up and down in pixels, so that text never shrinks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reports.document import Cell
from reports.figures import grouped


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` on pixels from `bottom` up to `top`."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def ticks(self, count: int = 4) -> tuple[Tick, ...]:
        step = nice_step((self.high - self.low) / count)
        first = math.ceil(self.low / step) * step
        values = [first + i * step for i in range(int((self.high - first) / step + 1e-9) + 1)]
        return tuple(Tick(px(self.y(value)), label(value, step)) for value in values)


def nice_step(rough: float) -> float:
    """The next step of 1, 2, 2.5 or 5 times a power of ten."""
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))


def scale_to(values: Iterable[float], *, top: float, bottom: float, ticks: int = 4) -> Scale:
    """A scale from zero (or a round number below it where values are negative) to the largest."""
    given = [0.0, *values]
    step = nice_step((max(given) - min(given)) / ticks or 1.0)
    low = math.floor(min(given) / step) * step
    return Scale(low, max(*given, low + step), top, bottom)


def label(value: float, step: float) -> str:
    places = max(0, -math.floor(math.log10(step)) + (1 if f"{step:.1e}".startswith("2.5") else 0)) if step < 10 else 0
    return f"{value:,.{places}f}".replace("-", "−")


def points(cells: Iterable[Cell], scale: Scale, decimals: int) -> str:
    """What the year slider reads of a drawing: "year|y|value|80 % interval|95 % interval|status", joined by ";"."""

    def between(low: Decimal | None, high: Decimal | None) -> str:
        return "" if low is None or high is None else f"{grouped(low, decimals)} to {grouped(high, decimals)}"

    return ";".join(
        f"{cell.year}|{px(scale.y(float(cell.value)))}|{grouped(cell.value, decimals)}"
        f"|{between(cell.low80, cell.high80)}|{between(cell.low95, cell.high95)}|{cell.status}"
        for cell in cells
    )


def px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def pc(part: float) -> str:
    """A share of the width as SVG wants it: 0.125 -> "12.5%"."""
    return f"{part * 100:.2f}".rstrip("0").rstrip(".") + "%"
