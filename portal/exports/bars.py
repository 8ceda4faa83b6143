"""The figures that are bars and no table of years, as files: the driver ledger and the market shares of players."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import vl_convert
import xlsxwriter

from portal.exports import pictures
from portal.exports.citing import BAR_TITLES, ILLUSTRATIVE, LEDGER, SHARES, Citation, cite
from portal.exports.csv_file import text
from portal.exports.workbook import OPTIONS
from portal.pages.charts.ledger import rests_on_illustrative
from reports.document import Document
from reports.figures import grouped, percent
from reports.models import Edition

FIRST = 5
"""The row of the workbook, from 0, that the first bar stands in."""
NAMES_END, BARS_END = 400, 1040


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar, which begins at `start`. `year` and `source` where its value has one of its own."""

    name: str
    value: Decimal
    start: Decimal
    year: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ExportBars:
    """Bars ready for a file, the largest first; `total` names what they sum to, where they sum to something."""

    code: str
    title: str
    report: str
    subject: str
    unit: str
    scenario: str
    rows: tuple[BarRow, ...]
    total: str
    note: str
    illustrative: bool
    citation: Citation
    access: str

    @property
    def sum(self) -> Decimal:
        return sum((row.value for row in self.rows), Decimal(0))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.source for row in self.rows if row.source))

    def shown(self, value: Decimal) -> str:
        """A value as it is printed: signed points of a ledger, shares in per cent."""
        if not self.total:
            return percent(value)
        return ("−" if value < 0 else "+" if value else "") + grouped(abs(value), 2)

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """What a reader of the file must know, line by line; first of all whether it is market data."""
        lines = [("Notice", ILLUSTRATIVE)] if self.illustrative else []
        lines += [("Report", self.report), ("Figure", self.title), ("Unit", self.unit)]
        lines += [("Scenario", self.scenario)] if self.scenario else []
        lines += [
            ("Edition", self.citation.edition.removeprefix("Edition ")),
            ("Digest", f"SHA-256 {self.citation.digest}"),
            ("Adding up", self.note),
            ("Access", self.access),
            ("Source", "; ".join(self.sources) or "Publisher’s estimates"),
            ("Cite as", self.citation.text),
        ]
        return tuple(lines)


def export_ledger(document: Document, edition: Edition, scenario: str, access: str) -> ExportBars | None:
    """The driver ledger in one scenario, or None where the document holds none. KeyError for an unknown scenario."""
    if not document.ledger:
        return None
    chosen = ({one.code: one.name for one in document.scenarios} or {"base": "Base"})[scenario]
    lines = [line for line in document.ledger if line.scenario == scenario]
    lines.sort(key=lambda line: (line.effect == 0, line.effect < 0, -abs(line.effect)))
    rows, reached = [], Decimal(0)
    for line in lines:
        rows.append(BarRow(line.name, line.effect, reached))
        reached += line.effect
    return ExportBars(
        code=LEDGER,
        title=BAR_TITLES[LEDGER][0],
        report=document.title,
        subject="Force",
        unit="Percentage points of growth a year",
        scenario=chosen,
        rows=tuple(rows),
        total="Growth a year",
        note="The lines sum to the growth of the whole market a year.",
        illustrative=rests_on_illustrative(document),
        citation=_cited(edition, LEDGER),
        access=access,
    )


def export_shares(document: Document, edition: Edition, scenario: str, access: str) -> ExportBars | None:
    """The shares of players, or None where the document holds none. They are the same in every scenario."""
    known = [(player, player.share) for player in document.players if player.share is not None]
    if not known:
        return None
    known.sort(key=lambda pair: pair[1], reverse=True)
    return ExportBars(
        code=SHARES,
        title=BAR_TITLES[SHARES][0],
        report=document.title,
        subject="Company",
        unit=f"Per cent of {document.headline.measure.lower()}",
        scenario="",
        rows=tuple(BarRow(p.company, share, Decimal(0), p.share_year, p.share_source) for p, share in known),
        total="",
        note="Only players with a known share are listed; the rest of the market belongs to others.",
        illustrative=document.headline.illustrative,
        citation=_cited(edition, SHARES),
        access=access,
    )


def _cited(edition: Edition, code: str) -> Citation:
    part, anchor = BAR_TITLES[code]
    return cite(edition, code=code, part=part, anchor=anchor)


BARS: dict[str, tuple[Callable[[Document, Edition, str, str], ExportBars | None], str]] = {
    LEDGER: (export_ledger, "ledger"),
    SHARES: (export_shares, "market-shares"),
}
"""By code: how it is made, and under which name it is said to be locked."""


def bars_csv(bars: ExportBars) -> bytes:
    """One line a bar, in UTF-8 with a mark that spreadsheets know it by; values as printed, ungrouped."""
    out = io.StringIO()
    for name, says in bars.about:
        out.write(f"# {name}: {' '.join(says.split())}\r\n")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([bars.subject.lower(), bars.unit.lower(), "year", "source"])
    for row in bars.rows:
        writer.writerow([text(row.name), f"{row.value:f}", row.year or "", text(row.source)])
    if bars.total:
        writer.writerow([bars.total, f"{bars.sum:f}", "", ""])
    return ("\ufeff" + out.getvalue()).encode()


def bars_workbook(bars: ExportBars) -> bytes:
    """Sheet "Table" with a live sum and a chart, and "About". The same edition gives the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": f"{bars.report}: {bars.title}", "comments": bars.citation.text,
                         "created": bars.citation.published_at.replace(tzinfo=None)})  # fmt: skip
    sheet = book.add_worksheet("Table")
    bold, quiet = book.add_format({"bold": True, "bottom": 1}), book.add_format({"font_color": "#636a73"})
    number = book.add_format({"num_format": "+0.00;−0.00;0.00" if bars.total else "0.0"})
    whole = book.add_format({"num_format": "+0.00;−0.00;0.00", "bold": True, "top": 1})
    sheet.write_string(0, 0, bars.report, book.add_format({"bold": True, "font_size": 14}))
    scenario = f", {bars.scenario.lower()} scenario" if bars.scenario else ""
    sheet.write_string(1, 0, f"{bars.title}. {bars.unit}{scenario}. {bars.note}")
    notice = f"{ILLUSTRATIVE}. " if bars.illustrative else ""
    sheet.write_string(2, 0, f"{notice}{bars.citation.edition}. Cite as on sheet “About”.", quiet)
    for column, name in enumerate((bars.subject, bars.unit, "Year", "Source")):
        sheet.write_string(FIRST - 1, column, name, bold)
    for line, row in enumerate(bars.rows, FIRST):
        sheet.write_string(line, 0, row.name)
        sheet.write_number(line, 1, float(row.value), number)
        if row.year:
            sheet.write_number(line, 2, row.year)
        sheet.write_string(line, 3, row.source)
    last = FIRST + len(bars.rows) - 1
    if bars.total:
        sheet.write_string(last + 1, 0, bars.total, whole)
        sheet.write_formula(last + 1, 1, f"=SUM(B{FIRST + 1}:B{last + 1})", whole, float(bars.sum))
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 34)
    sheet.set_column(3, 3, 40)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"name": bars.unit, "categories": ["Table", FIRST, 0, last, 0],
                      "values": ["Table", FIRST, 1, last, 1]})  # fmt: skip
    chart.set_title({"name": f"{bars.title}{f' ({ILLUSTRATIVE.lower()})' if bars.illustrative else ''}",
                     "name_font": {"size": 12}})  # fmt: skip
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_legend({"none": True})
    chart.set_size({"width": 900, "height": 120 + 30 * len(bars.rows)})
    sheet.insert_chart(last + 4, 0, chart)
    about = book.add_worksheet("About")
    for line, (name, says) in enumerate(bars.about):
        about.write_string(line, 0, name, book.add_format({"bold": True, "valign": "top"}))
        about.write_string(line, 1, says, book.add_format({"text_wrap": True}))
    about.set_column(0, 0, 20)
    about.set_column(1, 1, 100)
    book.close()
    return out.getvalue()


def bars_svg(bars: ExportBars) -> str:
    """A picture that stands alone: what it shows, of which edition and source, whether it is market data."""
    ends = [end for row in bars.rows for end in (row.start, row.start + row.value)] + [bars.sum if bars.total else 0]
    low, high = float(min(0, *ends)), float(max(0, *ends))

    def x(value: Decimal | float) -> float:
        return NAMES_END + (float(value) - low) / ((high - low) or 1.0) * (BARS_END - NAMES_END)

    rows = [*bars.rows, *((BarRow(bars.total, bars.sum, Decimal(0)),) if bars.total else ())]
    slot = min(48.0, (pictures.BOTTOM - pictures.TOP) / max(len(rows), 1))
    drawn = []
    for place, row in enumerate(rows):
        top = pictures.TOP + 16 + place * slot
        left, right = sorted((x(row.start), x(row.start + row.value)))
        is_sum = bool(bars.total) and place == len(rows) - 1
        colour = pictures.LINES[1] if row.value < 0 else pictures.OBSERVED
        if is_sum:
            drawn.append(
                f'<line x1="36" x2="{pictures.RIGHT}" y1="{top - 3:.1f}" y2="{top - 3:.1f}" stroke="#15191e"/>'
            )
        drawn += [
            pictures.text_at(36, top + slot * 0.55, pictures.cut(row.name, 42), size=18, weight=600 if is_sum else 400),
            pictures.rect(left, top + slot * 0.12, max(right - left, 1.5 if row.value else 0), slot * 0.62, colour),
            pictures.text_at(
                pictures.RIGHT, top + slot * 0.55, bars.shown(row.value), size=18, weight=600 if is_sum else 400,
                anchor="end",
            ),
        ]  # fmt: skip
    scenario = f", {bars.scenario.lower()} scenario" if bars.scenario else ""
    head = [
        pictures.text_at(36, 62, bars.report, size=34, weight=600, family=pictures.SERIF),
        pictures.text_at(36, 98, f"{bars.title}, {bars.unit.lower()}{scenario}", size=19, fill=pictures.QUIET),
        pictures.rect(36, 22, 64, 5, pictures.BRASS),
    ]
    if bars.illustrative:
        head += [pictures.rect(36, 112, 262, 28, "#fcf3dc", stroke="#d9b45a"),
                 pictures.text_at(48, 131, ILLUSTRATIVE, size=16, weight=600, fill="#5d4200")]  # fmt: skip
    source = f"Source: {'; '.join(bars.sources) or 'publisher’s estimates'}."
    edition = f"Plumbline. {bars.citation.edition}. {bars.citation.address}"
    foot = [pictures.text_at(36, y, pictures.cut(said), size=15, fill=pictures.QUIET)
            for y, said in ((628, source), (652, edition))]  # fmt: skip
    says = f"{bars.report}. {bars.title}. {bars.unit}. {bars.citation.edition}."
    body = "\n".join([*head, *drawn, *foot])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pictures.WIDTH}" height="{pictures.HEIGHT}" '
        f'viewBox="0 0 {pictures.WIDTH} {pictures.HEIGHT}" role="img" aria-label={quoteattr(says)}>\n'
        f"<title>{escape(says)}</title>\n<desc>{escape(bars.citation.text)}</desc>\n"
        f"{pictures.rect(0, 0, pictures.WIDTH, pictures.HEIGHT, pictures.PAPER)}\n{body}\n</svg>\n"
    )


def bars_png(bars: ExportBars) -> bytes:
    """The same picture as PNG, twice its size. Nothing is fetched to draw it."""
    return bytes(vl_convert.svg_to_png(bars_svg(bars), scale=2))
