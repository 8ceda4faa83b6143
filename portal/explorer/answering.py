"""The explorer's answer to a question: chart, table and what must be said, made from what its reader may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.access.entitlement import Reader
from portal.explorer.asking import COMPANY_SHARE, MOST_REPORTS, Question
from portal.explorer.company_shares import share_lines
from portal.explorer.lines import MOST_DRAWN, Line, Point, lines_of, paths_needed, rows_of, span
from portal.explorer.reading import Opened, open_reports, read
from portal.pages.charts.bars import RankedBar, ranked_bars
from portal.pages.charts.lines import MOST_WITH_BANDS, Course, LineChart, Spot, line_chart
from portal.pages.charts.stacks import StackChart, stack_chart
from portal.search.catalogue import catalogue
from reports.figures import TOTAL
from reports.models import Report


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the table, over `years` columns: a number, or what is said where there is none."""

    text: str
    kind: str
    years: int = 1
    year: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    line: Line
    tone: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the page shows. `notes` are sentences for the reader; `closed` are reports a licence would open."""

    question: Question
    opened: tuple[Opened, ...]
    years: tuple[int, int]
    lines: tuple[Line, ...]
    title: str
    subtitle: str
    drawing: LineChart | None
    stack: StackChart | None
    bars: tuple[RankedBar, ...]
    bars_year: int | None
    table: tuple[TableRow, ...]
    notes: tuple[str, ...]
    closed: tuple[Opened, ...]
    illustrative: bool
    sources: tuple[str, ...]

    @property
    def columns(self) -> range:
        return range(self.years[0], self.years[1] + 1)

    @property
    def base_years(self) -> set[int]:
        return {line.base_year for line in self.lines}

    @property
    def base_year(self) -> int | None:
        """The one base year, after which numbers are projected; None where the reports differ."""
        return next(iter(self.base_years)) if len(self.base_years) == 1 else None

    @property
    def spans(self) -> str:
        """The years that growth is over, where they are the same for every row."""
        found = {(one.row.opened.headline.base_year, one.row.opened.headline.last_year) for one in self.lines}
        return "{}–{}".format(*found.pop()) if len(found) == 1 else ""

    @property
    def has_growth(self) -> bool:
        return any(line.growth for line in self.lines)

    @property
    def has_chart(self) -> bool:
        return bool(self.drawing or self.stack or self.bars)

    @property
    def full_access(self) -> bool:
        return not self.closed


def answer(question: Question, reader: Reader, *, at: datetime) -> Answer:
    """What the reader may know of the question. The number of queries is the same whatever is asked."""
    opened = open_reports(question.report, reader, at=at, as_of=question.as_of)
    return answer_of(question, opened)


def answer_of(question: Question, opened: Sequence[Opened]) -> Answer:
    """The same from reports opened already. One query."""
    notes: list[str] = []
    years = span(question, opened)
    missing = len(question.report) - len(opened)
    if missing:
        notes.append(f"{missing} of the reports asked for {'is' if missing == 1 else 'are'} not published.")
    if question.measure == COMPANY_SHARE and question.company:
        lines = share_lines(question, opened)
        measured = list(opened)
    else:
        measured = [
            one for one in opened if question.measure in ("", COMPANY_SHARE) or one.headline.measure == question.measure
        ]
        if len(measured) < len(opened):
            left = ", ".join(one.title for one in opened if one not in measured)
            notes.append(f"Left out, because something else is measured there: {left}.")
        rows = rows_of(question, measured)
        wanted = (years[0] - 1, years[1]) if question.show == "growth" else years
        held = [one for one in measured if question.scenario in {s.code for s in one.scenarios}]
        numbers = read(held, paths_needed(rows), question.scenario, wanted) if rows else {}
        lines = lines_of(question, rows, numbers, years)
        notes += _absences(question, measured, held, {row.opened.slug for row in rows})
    drawn = [line for line in lines if line.points][:MOST_DRAWN]
    if len([line for line in lines if line.points]) > MOST_DRAWN:
        notes.append(f"The first {MOST_DRAWN} rows are drawn; the table has them all.")
    tones = {id(line): tone for tone, line in enumerate(drawn, 1)}
    chart, why = _chart_kind(question, drawn)
    notes += why
    courses = [
        Course(line.name, line.base_year, tuple(map(_spot, line.points)), _note(question, line)) for line in drawn
    ]
    stack = stack_chart(courses, years) if chart == "stacked" else None
    drawing = None
    if chart == "lines":
        # Values of a few lines carry their intervals; several indexes from one start would only cover each other.
        with_bands = len(courses) == 1 or (question.show == "absolute" and len(courses) <= MOST_WITH_BANDS)
        drawing = line_chart(courses, years, from_zero=question.show != "index", with_bands=with_bands)
    bars, bars_year = _bars(drawn, tones) if chart == "bars" else ((), None)
    closed = tuple(one for one in measured if not one.is_full)
    return Answer(
        question=question,
        opened=tuple(opened),
        years=years,
        lines=tuple(lines),
        title=_title(question, measured, lines, years),
        subtitle=_subtitle(question, measured, lines),
        drawing=drawing,
        stack=stack,
        bars=bars,
        bars_year=bars_year,
        table=tuple(TableRow(line, tones.get(id(line), 0), _cells(line, years)) for line in lines),
        notes=tuple(notes),
        closed=closed,
        illustrative=any(line.illustrative for line in lines),
        sources=tuple(dict.fromkeys(source for line in lines for source in line.sources)),
    )


def starting_point(reader: Reader, *, at: datetime) -> Question:
    """The question of somebody who asked none: the newest report by its first complete dimension, if there is one."""
    known = catalogue()
    newest = [known.rows[place].report_id for place in known.orders["newest"][:MOST_REPORTS]]
    slugs = dict(Report.objects.filter(pk__in=newest).values_list("pk", "slug"))
    opened = open_reports([slugs[pk] for pk in newest], reader, at=at)
    full = next((one for one in opened if one.is_full), None) or (opened[0] if opened else None)
    if full is None:
        return Question()
    estimated = {node.dimension for node in full.nodes.values() if node.estimated}
    by = next(
        (one.code for one in full.dimensions.values() if one.coverage == "complete" and one.code in estimated), ""
    )
    return Question(report=(full.slug,), by=by if full.is_full else "")


def _note(question: Question, line: Line) -> str:
    """The growth that stands beside the end of a line: of values, and where the line ends in the year growth is to.
    Beside a share, an index or another year it would be read as theirs."""
    ends_with_it = line.points[-1].year == line.row.opened.headline.last_year
    return line.growth if question.show == "absolute" and ends_with_it else ""


def _spot(point: Point) -> Spot:
    return Spot(
        point.year, point.value, point.text, point.projected, point.low80, point.high80, point.low95, point.high95
    )


def _absences(question: Question, measured: Sequence[Opened], held: Sequence[Opened], with_rows: set[str]) -> list[str]:
    """Why a report that was asked for has no row here."""
    said = []
    for one in measured:
        if one not in held:
            said.append(
                f"{one.title}: there is no scenario “{question.scenario}”."
                if one.is_full
                else f"{one.title}: scenarios other than the base are in the full report."
            )
        elif one.slug not in with_rows:
            what = "such region" if question.region and not question.by else "such dimension"
            said.append(f"{one.title} has no {what}.")
    if question.show == "share" and any(
        not node_adds for one in measured for node_adds in [question.by or question.region]
    ):
        said.append("A share is a part of a whole: choose a dimension or a region.")
    return said


def _chart_kind(question: Question, drawn: Sequence[Line]) -> tuple[str, list[str]]:
    """What can be drawn of what was asked for, and why where it is something else."""
    if question.measure == COMPANY_SHARE and question.company:
        return ("bars" if question.chart != "table" else "table"), []
    units = {line.unit for line in drawn}
    if question.chart == "table":
        return "table", []
    if len(units) > 1:
        return "table", [
            f"These are counted in {' and '.join(sorted(units))}. Nothing is converted, so they share no scale. "
            "Choose share, index or growth to draw them together."
        ]
    if question.chart == "stacked":
        wholes = {(line.row.opened.slug, line.row.node.adds_to) for line in drawn}
        if question.show in ("absolute", "share") and len(wholes) == 1 and all(whole for _, whole in wholes):
            return "stacked", []
        return "lines", ["Only parts of one whole can be stacked, as values or shares; lines are drawn instead."]
    return question.chart, []


def _bars(drawn: Sequence[Line], tones: dict[int, int]) -> tuple[tuple[RankedBar, ...], int | None]:
    """A bar for each row in the last year that all of them have; where they share none, in the last of each."""
    shared = set.intersection(*({p.year for p in line.points} for line in drawn)) if drawn else set()
    year = max(shared, default=None)
    rows = []
    for line in drawn:
        point = line.by_year[year] if year is not None else line.points[-1]
        name = line.name if year is not None else f"{line.name}, {point.year}"
        rows.append((name, point.value, point.text, tones[id(line)], point.projected, point.low95, point.high95))
    return ranked_bars(rows), year


def _cells(line: Line, years: tuple[int, int]) -> tuple[Cell, ...]:
    """The table's cells of a row. Neighbouring years that a licence would open are one cell that says so."""
    width = years[1] - years[0] + 1
    if line.why_not:
        return (Cell(f"Not estimated. {line.why_not}", "not-estimated", width),)
    held = line.by_year
    headline = line.row.opened.headline
    cells: list[Cell] = []
    for year in range(years[0], years[1] + 1):
        point = held.get(year)
        if point is not None:
            cells.append(Cell(point.text, "ahead" if point.projected else "value", 1, year))
            continue
        kind = "closed" if line.locked and headline.first_year <= year <= headline.last_year else "none"
        if cells and cells[-1].kind == kind:
            cells[-1] = Cell(cells[-1].text, kind, cells[-1].years + 1)
        else:
            cells.append(Cell("In the full report" if kind == "closed" else "·", kind))
    return tuple(cells)


def _title(question: Question, measured: Sequence[Opened], lines: Sequence[Line], years: tuple[int, int]) -> str:
    span = f"{years[0]}–{years[1]}" if years[1] > years[0] else str(years[0])
    if not measured:
        return "Nothing chosen yet"
    where = measured[0].market if len(measured) == 1 else f"{len(measured)} markets"
    if question.measure == COMPANY_SHARE and question.company:
        return f"Market share of {lines[0].row.node.name if lines else question.company}"
    if question.by:
        name = next(
            (one.dimensions[question.by].name for one in measured if question.by in one.dimensions), question.by
        )
        region = next((n.name for o in measured for n in o.nodes.values() if n.slug == question.region), "")
        return f"{where} by {name.lower()}{f', {region}' if region else ''}, {span}"
    named = [line.row.node.name for line in lines if line.row.node.path != TOTAL]
    if named:
        return f"{named[0]} in {where if len(measured) > 1 else f'the {where}'}, {span}"
    return f"{where}, {span}"


def _subtitle(question: Question, measured: Sequence[Opened], lines: Sequence[Line]) -> str:
    if question.measure == COMPANY_SHARE and question.company:
        return "Per cent of the market, in the year each report gives it for"
    units = sorted({one.headline.unit for one in measured})
    measures = sorted({one.headline.measure for one in measured})
    basis = sorted({_prices(one) for one in measured})
    counted = {
        "absolute": f"{' and '.join(measures)}, {' and '.join(units)}, {' and '.join(basis)}",
        "share": f"Per cent of the whole, computed from {' and '.join(measures).lower()} as printed",
        "index": "Index: the first year shown of each line is 100",
        "growth": "Per cent on the year before, computed from the values as printed",
    }[question.show]
    scenario = next((s.name for o in measured for s in o.scenarios if s.code == question.scenario), question.scenario)
    return counted + (f", {scenario.lower()} scenario" if question.scenario != "base" else "")


def _prices(one: Opened) -> str:
    basis = one.headline.price_basis.lower()
    return f"{one.headline.price_year} {basis}" if one.headline.price_year else basis
