"""A table drawn as one picture that stands alone: SVG with plain attributes, and PNG of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import vl_convert

from portal.exports.citing import ILLUSTRATIVE
from portal.exports.tables import ExportRow, ExportTable
from portal.pages.charts.scale import Scale, scale_to
from reports.figures import grouped, percent

WIDTH, HEIGHT = 1200, 675
LEFT, RIGHT, TOP, BOTTOM = 96, 1140, 150, 575
RIGHT_OF_LINES = 900
MOST_LINES = 8
INK, QUIET, RULE, PAPER = "#15191e", "#636a73", "#e1ddd3", "#fcfbf8"
OBSERVED, PROJECTED, BAND80, BAND95, BRASS = "#134a75", "#a9c6dd", "#b7cfe2", "#dde8f1", "#8c5c00"
LINES = ("#134a75", "#b4472f", "#8c5c00", "#2f7d5b", "#6b4fa0", "#0f7f8c", "#a03a6e", "#5b6470")
SANS = "Liberation Sans, Arial, Helvetica, sans-serif"
SERIF = "Liberation Serif, Georgia, serif"
MOST_LETTERS = 150


@dataclass(frozen=True, slots=True)
class Across:
    """Years on the width of a drawing."""

    years: tuple[int, ...]
    right: float
    columns: bool

    @property
    def slot(self) -> float:
        return (self.right - LEFT) / max(len(self.years) if self.columns else len(self.years) - 1, 1)

    def x(self, year: int) -> float:
        place = year - self.years[0]
        return LEFT + (place + 0.5) * self.slot if self.columns else LEFT + place * self.slot


def picture_svg(table: ExportTable) -> str:
    """The picture: columns for a single row, else one line for each segment of the first level. At most eight lines.

    It says itself what it shows, of which edition, from which source, and that illustrative data is no market data.
    """
    drawn = [row for row in table.rows if row.cells and row.level == 1]
    single = not drawn
    rows = [row for row in table.rows if row.cells][:1] if single else drawn[:MOST_LINES]
    years = tuple(range(table.years[0], table.years[-1] + 1))
    across = Across(years, RIGHT if single else RIGHT_OF_LINES, single)
    tops = [
        float(cell.high95 or cell.value) if single else float(cell.value) for r in rows for cell in r.cells.values()
    ]
    scale = scale_to(tops, top=TOP + 30, bottom=BOTTOM)
    parts = [
        *_grid(scale, across),
        *(_columns(rows[0], table, scale, across) if single else _lines(rows, table, scale, across)),
    ]
    parts += _years(across)
    left_out = f" The first {MOST_LINES} of {len(drawn)} segments." if len(drawn) > MOST_LINES else ""
    says = f"{table.report}. {table.title}. {table.unit}. {table.citation.edition}."
    head = [
        text_at(LEFT - 60, 62, table.report, size=34, weight=600, family=SERIF),
        text_at(
            LEFT - 60,
            98,
            f"{table.title}, {table.unit}, {table.scenario.lower()} scenario.{left_out}",
            size=19,
            fill=QUIET,
        ),
        rect(LEFT - 60, 22, 64, 5, BRASS),
    ]
    if table.illustrative:
        head += [rect(LEFT - 60, 112, 262, 28, "#fcf3dc", stroke="#d9b45a"),
                 text_at(LEFT - 48, 131, ILLUSTRATIVE, size=16, weight=600, fill="#5d4200")]  # fmt: skip
    source = f"Source: {'; '.join(table.sources) or 'publisher’s estimates'}."
    foot = [
        text_at(LEFT - 60, 628, cut(source), size=15, fill=QUIET),
        text_at(LEFT - 60, 652, cut(f"Plumbline. {table.citation.edition}. {table.citation.address}"), size=15,
              fill=QUIET),
    ]  # fmt: skip
    body = "\n".join([*head, *parts, *foot])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label={quoteattr(says)}>\n<title>{escape(says)}</title>\n'
        f"<desc>{escape(table.citation.text)}</desc>\n"
        f"{rect(0, 0, WIDTH, HEIGHT, PAPER)}\n{body}\n</svg>\n"
    )


def picture_png(table: ExportTable, *, scale: float = 2) -> bytes:
    """The same picture as PNG, twice the size of the SVG unless told otherwise. Nothing is fetched to draw it."""
    return bytes(vl_convert.svg_to_png(picture_svg(table), scale=scale))


def _grid(scale: Scale, across: Across) -> list[str]:
    made = []
    for tick in scale.ticks():
        made.append(f'<line x1="{LEFT}" x2="{across.right:.1f}" y1="{tick.y}" y2="{tick.y}" stroke="{RULE}"/>')
        made.append(text_at(LEFT - 12, float(tick.y) + 5, tick.label, size=15, fill=QUIET, anchor="end"))
    return made


def _years(across: Across) -> list[str]:
    made = [f'<line x1="{LEFT}" x2="{across.right:.1f}" y1="{BOTTOM}" y2="{BOTTOM}" stroke="{INK}"/>']
    every = -(-len(across.years) // 14)
    return made + [
        text_at(across.x(year), BOTTOM + 24, str(year), size=15, fill=QUIET, anchor="middle")
        for year in across.years
        if (year - across.years[0]) % every == 0
    ]


def _columns(row: ExportRow, table: ExportTable, scale: Scale, across: Across) -> list[str]:
    made = []
    for year, cell in row.cells.items():
        middle, width = across.x(year), across.slot * 0.66
        top = scale.y(float(cell.value))
        made.append(
            rect(middle - width / 2, top, width, BOTTOM - top, PROJECTED if year > table.base_year else OBSERVED)
        )
        above = top
        for low, high, thick in ((cell.low95, cell.high95, 1.5), (cell.low80, cell.high80, 5)):
            if low is not None and high is not None:
                y1, y2 = scale.y(float(low)), scale.y(float(high))
                above = min(above, y2)
                made.append(
                    f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" stroke="{INK}" '
                    f'stroke-opacity=".55" stroke-width="{thick}"/>'
                )
        if across.slot > 58 or year in (table.base_year, table.last_year):
            made.append(
                text_at(middle, above - 9, grouped(cell.value, table.decimals), size=15, weight=600, anchor="middle")
            )
    if row.cagr is not None:
        words = f"{percent(row.cagr)} a year, {table.base_year}–{table.last_year}"
        made.append(text_at(RIGHT, 62, words, size=22, weight=600, fill=BRASS, anchor="end"))
    return made


def _lines(rows: Sequence[ExportRow], table: ExportTable, scale: Scale, across: Across) -> list[str]:
    made, ends = [], []
    for row, colour in zip(rows, LINES, strict=False):
        points = [(year, across.x(year), scale.y(float(row.cells[year].value))) for year in sorted(row.cells)]
        before = [one for one in points if one[0] <= table.base_year]
        after = [one for one in points if one[0] >= table.base_year]
        made += [_path(before, colour, ""), _path(after, colour, "7 5")]
        last = points[-1]
        made.append(f'<circle cx="{last[1]:.1f}" cy="{last[2]:.1f}" r="4" fill="{colour}"/>')
        ends.append((last[2], row, colour))
    if table.years[0] <= table.base_year < table.years[-1]:
        x = across.x(table.base_year)
        made.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP + 22}" y2="{BOTTOM}" stroke="{BRASS}" stroke-dasharray="1 4"/>'
        )
        made.append(text_at(x + 8, TOP + 32, "projected", size=14, fill=BRASS))
    return made + _labels(ends, table)


def _labels(ends: list[tuple[float, ExportRow, str]], table: ExportTable) -> list[str]:
    """A name and value at each line's end, pushed apart where lines end close together."""
    made, room, step = [], TOP + 10.0, 40.0
    ends.sort(key=lambda one: one[0])
    places = []
    for y, _, _ in ends:
        room = max(room, y)
        places.append(room)
        room += step
    overflow = max(0.0, (places[-1] if places else 0) - (BOTTOM - 10))
    if overflow:
        for place in range(len(places) - 1, -1, -1):
            most = BOTTOM - 10 - step * (len(places) - 1 - place)
            places[place] = min(places[place], most)
    for (_, row, colour), y in zip(ends, places, strict=True):
        last = row.cells[max(row.cells)]
        growth = f", {percent(row.cagr)} a year" if row.cagr is not None else ""
        made.append(text_at(RIGHT_OF_LINES + 18, y, cut(row.name, 30), size=17, weight=600, fill=colour))
        made.append(
            text_at(
                RIGHT_OF_LINES + 18,
                y + 18,
                f"{grouped(Decimal(last.value), table.decimals)}{growth}",
                size=15,
                fill=QUIET,
            )
        )
    return made


def _path(points: Sequence[tuple[int, float, float]], colour: str, dashes: str) -> str:
    if len(points) < 2:
        return ""
    drawn = " ".join(f"{x:.1f},{y:.1f}" for _, x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="3" stroke-linejoin="round"{dashed}/>'
    )


def rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "") -> str:
    edge = f' stroke="{stroke}"' if stroke else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{edge}/>'


def text_at(
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    weight: int = 400,
    fill: str = INK,
    anchor: str = "start",
    family: str = SANS,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def cut(words: str, most: int = MOST_LETTERS) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
