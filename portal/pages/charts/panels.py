"""One small line chart a segment on a common scale: history solid, projection dashed inside its intervals."""

from dataclasses import dataclass

from portal.pages.charts.market import market_words
from portal.pages.charts.scale import Tick, points, px, scale_to
from portal.pages.tables import growth_of
from reports.document import Cell, Dimension, Document
from reports.figures import grouped, percent

TOP = 8
ROOM_BELOW = 20
HEIGHTS = {1: 220, 2: 200, 3: 170}
HEIGHT = 128
ACROSS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 3, 7: 4, 8: 4, 9: 5}
LEFT = 2.0
RIGHT = 98.0


@dataclass(frozen=True, slots=True)
class Panel:
    name: str
    path: str
    says: str
    ticks: tuple[Tick, ...]
    history: str
    projection: str
    band80: str
    band95: str
    divide: str
    end_x: str
    end_y: str
    end_label: str
    end_year: int
    growth: str
    points: str


@dataclass(frozen=True, slots=True)
class PanelChart:
    title: str
    height: int
    bottom: int
    first_year: int
    last_year: int
    base_x: str
    panels: tuple[Panel, ...]
    across: int
    has_intervals: bool
    has_projection: bool
    illustrative: bool
    sources: tuple[str, ...]


def panel_chart(document: Document, dimension: Dimension, scenario: str = "base") -> PanelChart | None:
    """The top segments of a dimension side by side, or None when the document holds no value of them."""
    nodes = [node for node in dimension.nodes if node.level == 1]
    cells = {
        node.path: [cell for year in document.years if (cell := document.cells.get((scenario, node.path, year)))]
        for node in nodes
    }
    used = [cell for row in cells.values() for cell in row]
    if not used:
        return None
    headline = document.headline
    first, last = min(cell.year for cell in used), max(cell.year for cell in used)
    height = HEIGHTS.get(sum(bool(row) for row in cells.values()), HEIGHT)
    bottom = height - ROOM_BELOW
    scale = scale_to((float(cell.high95 or cell.value) for cell in used), top=TOP, bottom=bottom, ticks=3)

    def x(year: int) -> float:
        return LEFT + (RIGHT - LEFT) * ((year - first) / (last - first) if last > first else 0.5)

    def line(row: list[Cell]) -> str:
        return " ".join(f"{px(x(cell.year))},{px(scale.y(float(cell.value)))}" for cell in row)

    def band(row: list[Cell], low: str, high: str) -> str:
        """The outline of an interval, opening at the last observed value."""
        bounded = [cell for cell in row if getattr(cell, high) is not None]
        if not bounded:
            return ""
        before = [cell for cell in row if cell.year == bounded[0].year - 1]
        start = [(cell.year, float(cell.value)) for cell in before]
        upper = start + [(cell.year, float(getattr(cell, high))) for cell in bounded]
        lower = [(cell.year, float(getattr(cell, low))) for cell in bounded]
        return " ".join(f"{px(x(year))},{px(scale.y(value))}" for year, value in upper + lower[::-1])

    panels = []
    for node in nodes:
        row = cells[node.path]
        if not row:
            continue
        history = [cell for cell in row if cell.year <= headline.base_year]
        ahead = [cell for cell in row if cell.year >= headline.base_year] if row[-1].year > headline.base_year else []
        growth = growth_of(document, node.path, scenario)
        start, end = (grouped(cell.value, headline.decimals) for cell in (row[0], row[-1]))
        panels.append(
            Panel(
                name=node.name,
                path=node.path,
                says=f"{node.name}: {start} in {row[0].year}, {end} in {row[-1].year}.",
                ticks=scale.ticks(3),
                history=line(history),
                projection=line(ahead),
                band80=band(row, "low80", "high80"),
                band95=band(row, "low95", "high95"),
                divide=f"{px(x(headline.base_year))}%",
                end_x=f"{px(x(row[-1].year))}%",
                end_y=px(scale.y(float(row[-1].value))),
                end_label=end,
                end_year=row[-1].year,
                growth="" if growth is None else percent(growth),
                points=points(row, scale, headline.decimals),
            )
        )
    years = f"{first}–{last}" if last > first else str(first)
    return PanelChart(
        title=f"{market_words(headline)} by {dimension.name.lower()}, {years}",
        height=height,
        bottom=bottom,
        first_year=first,
        last_year=last,
        base_x=f"{px(x(headline.base_year))}%",
        panels=tuple(panels),
        across=ACROSS.get(len(panels), 5),
        has_intervals=any(cell.high95 is not None for cell in used),
        has_projection=last > headline.base_year,
        illustrative=headline.illustrative or any(cell.illustrative for cell in used),
        sources=tuple(dict.fromkeys(cell.source for cell in used if cell.source)),
    )
