"""The size of the whole market, a column a year: what was observed solid, what is projected set apart with intervals.

A year that this reader's document does not hold is drawn as an empty place, never as a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from portal.pages.charts.scale import Tick, pc, points, px, scale_to
from portal.pages.tables import STATUS, growth_of
from reports.document import Cell, Document, Headline
from reports.figures import TOTAL, grouped, percent

HEIGHT = 340
TOP = 64
BOTTOM = 308
COLUMN = 0.68
MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Column:
    year: int
    x: str
    middle: str
    width: str
    y: str
    height: str
    label: str
    label_y: str
    says: str
    projected: bool
    prominent: bool
    interval95: tuple[str, str] | None
    interval80: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Years between that this reader's document does not hold."""

    x: str
    width: str
    middle: str
    years: str
    wide: bool


@dataclass(frozen=True, slots=True)
class YearLabel:
    x: str
    text: str
    prominent: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The bracket above the columns that says how fast the market grows."""

    x1: str
    x2: str
    middle: str
    drop1: str
    drop2: str
    text: str


@dataclass(frozen=True, slots=True)
class TableLine:
    year: int
    value: str
    status: str
    interval80: str
    interval95: str
    projected: bool


VIEWS = (("chart", "Chart"), ("table", "Table"))


@dataclass(frozen=True, slots=True)
class MarketChart:
    title: str
    subtitle: str
    says: str
    height: int
    bottom: str
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    gaps: tuple[Gap, ...]
    years: tuple[YearLabel, ...]
    span: Span | None
    divide: str
    lines: tuple[TableLine, ...]
    from_year: int
    to_year: int
    points: str
    has_intervals: bool
    illustrative: bool
    sources: tuple[str, ...]
    views: tuple[tuple[str, str], ...] = VIEWS


def market_chart(document: Document, scenario: str = "base") -> MarketChart | None:
    """The chart of the whole market in one scenario, or None when the document holds no value of it."""
    headline = document.headline
    cells = {year: document.cells.get((scenario, TOTAL, year)) for year in document.years}
    held = {year: cell for year, cell in cells.items() if cell is not None}
    if not held:
        return None
    scale = scale_to([float(cell.high95 or cell.value) for cell in held.values()], top=TOP, bottom=BOTTOM)
    slot = 1 / len(document.years)
    start = headline.first_year

    def middle(year: int) -> float:
        return (year - start + 0.5) * slot

    def column(cell: Cell) -> Column:
        y = scale.y(float(cell.value))
        text = grouped(cell.value, headline.decimals)
        label_y = y - 7  # at the column's own top: a number above the interval would read as its end
        return Column(
            year=cell.year,
            x=pc(middle(cell.year) - slot * COLUMN / 2),
            middle=pc(middle(cell.year)),
            width=pc(slot * COLUMN),
            y=px(y),
            height=px(BOTTOM - y),
            label=text,
            label_y=px(label_y),
            says=_says(cell, document),
            projected=cell.year > headline.base_year,
            prominent=cell.year in (headline.base_year, headline.last_year),
            interval95=_pixels(scale.y, cell.low95, cell.high95),
            interval80=_pixels(scale.y, cell.low80, cell.high80),
        )  # fmt: skip

    columns = tuple(column(cell) for cell in held.values())
    growth = growth_of(document, TOTAL, scenario)
    every = -(-len(document.years) // MOST_LABELS)
    prominent = (headline.base_year, headline.last_year)
    return MarketChart(
        title=f"{market_words(headline)} size, {start}–{headline.last_year}",
        subtitle=f"{headline.measure}, {headline.unit}, {_prices(document)}",
        says=_sentence(document, held),
        height=HEIGHT,
        bottom=px(BOTTOM),
        ticks=scale.ticks(),
        columns=columns,
        gaps=tuple(_gaps(document, set(held), slot)),
        years=tuple(
            YearLabel(pc(middle(year)), str(year), year in prominent)
            for year in document.years
            if (year - start) % every == 0 or year in prominent
        ),
        span=_span(document, growth, columns, middle),
        divide=pc((headline.base_year - start + 1) * slot),
        lines=tuple(
            TableLine(cell.year, grouped(cell.value, headline.decimals), STATUS[cell.status],
                      _range(cell, 80, headline.decimals), _range(cell, 95, headline.decimals),
                      cell.year > headline.base_year)
            for cell in held.values()
        ),
        from_year=min(held),
        to_year=max(held),
        points=points(held.values(), scale, headline.decimals),
        has_intervals=any(cell.low95 is not None for cell in held.values()),
        illustrative=headline.illustrative or any(cell.illustrative for cell in held.values()),
        sources=tuple(dict.fromkeys(cell.source for cell in held.values() if cell.source)),
    )  # fmt: skip


def market_words(headline: Headline) -> str:
    """The market as a title names it: "Car Sunroof Market" and "Car Sunroof" are both "Car Sunroof market"."""
    name = headline.market
    return f"{name[: -len(' market')] if name.lower().endswith(' market') else name} market"


def _span(
    document: Document, growth: Decimal | None, columns: tuple[Column, ...], middle: Callable[[int], float]
) -> Span | None:
    if growth is None:
        return None
    first, last = document.headline.base_year, document.headline.last_year
    tops = {
        column.year: px(
            min(float(column.label_y) - 17, float(column.interval95[1]) - 9 if column.interval95 else BOTTOM)
        )
        for column in columns
    }
    centre = (middle(first) + middle(last)) / 2
    return Span(pc(middle(first)), pc(middle(last)), pc(centre), tops[first], tops[last], f"{percent(growth)} a year")


def _says(cell: Cell, document: Document) -> str:
    headline = document.headline
    says = f"{cell.year}: {headline.unit} {grouped(cell.value, headline.decimals)}, {STATUS[cell.status].lower()}"
    return says + (f"; 95 % interval {_range(cell, 95, headline.decimals)}" if cell.low95 is not None else "")


def _prices(document: Document) -> str:
    headline = document.headline
    basis = headline.price_basis.lower()
    return f"{headline.price_year} {basis}" if headline.price_year else basis


def _gaps(document: Document, held: set[int], slot: float) -> list[Gap]:
    runs: list[list[int]] = []
    for year in document.years:
        if year in held:
            continue
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    start = document.headline.first_year
    made = []
    for run in runs:
        x, width = (run[0] - start) * slot, len(run) * slot
        years = f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0])
        made.append(Gap(pc(x), pc(width), pc(x + width / 2), years, len(run) >= 3))
    return made


def _pixels(y: Callable[[float], float], low: Decimal | None, high: Decimal | None) -> tuple[str, str] | None:
    return None if low is None or high is None else (px(y(float(low))), px(y(float(high))))


def _range(cell: Cell, level: int, decimals: int) -> str:
    low, high = (cell.low80, cell.high80) if level == 80 else (cell.low95, cell.high95)
    return "" if low is None or high is None else f"{grouped(low, decimals)} to {grouped(high, decimals)}"


def _sentence(document: Document, held: dict[int, Cell]) -> str:
    headline = document.headline
    first, last = min(held), max(held)
    says = (
        f"Columns from {first} to {last}: {headline.unit} {grouped(held[first].value, headline.decimals)} in {first}"
        f" and {grouped(held[last].value, headline.decimals)} in {last}."
    )
    if last > headline.base_year:
        says += f" Years after {headline.base_year} are projected."
    return says
