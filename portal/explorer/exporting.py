"""What the explorer shows as a table for files: the room of exports writes it, as it writes every other table."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from portal.access.mailing import absolute
from portal.explorer.answering import Answer
from portal.explorer.asking import SHOWN
from portal.explorer.lines import Line
from portal.exports.citing import ILLUSTRATIVE, Citation
from portal.exports.tables import ExportRow, ExportTable
from reports.document import Cell
from reports.figures import TOTAL

PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ChartCitation(Citation):
    """A citation of a chart made of one or several editions, each named with its number."""

    editions: str

    @property
    def edition(self) -> str:
        return self.editions


def chart_table(found: Answer) -> ExportTable:
    """The answer as a table: one row a line, the numbers as they are shown, and what each is made from."""
    question = found.question
    units = list(dict.fromkeys(line.unit for line in found.lines))
    decimals = max((line.decimals for line in found.lines), default=2)
    held = {point.year for line in found.lines for point in line.points}
    base = found.base_year or max(found.base_years, default=found.years[1])
    scenario = next((s.name for one in found.opened for s in one.scenarios if s.code == question.scenario), "Base")
    opened = not found.closed
    return ExportTable(
        code=question.by or TOTAL,
        title=found.title,
        report=found.opened[0].title if len(found.opened) == 1 else "Explorer",
        unit=" and ".join(units),
        measure=SHOWN[question.show] if question.show != "absolute" else found.subtitle.split(",")[0],
        decimals=decimals,
        price_basis=found.subtitle,
        scenario=scenario,
        base_year=base,
        last_year=max((line.row.opened.headline.last_year for line in found.lines), default=found.years[1]),
        years=tuple(year for year in found.columns if year in held),
        rows=tuple(_row(line, len(found.opened) > 1) for line in found.lines),
        whole="",
        note=" ".join(found.notes) or "Each row as its report prints it.",
        illustrative=found.illustrative,
        sources=found.sources,
        citation=_citation(found),
        access="Everything these editions hold" if opened else "As far as it is open to you; a licence opens the rest",
    )


def _row(line: Line, several: bool) -> ExportRow:
    path = f"{line.row.opened.slug}/{line.row.node.path}" if several else line.row.node.path
    cells = {
        point.year: Cell(
            year=point.year,
            value=point.value if line.decimals > 1 else point.value.quantize(PLACES),
            status="F" if point.projected else "E" if point.estimated else "A",
            low80=point.low80, high80=point.high80, low95=point.low95, high95=point.high95,
            source="; ".join(line.sources),
            illustrative=line.illustrative,
        )
        for point in line.points
    }  # fmt: skip
    closed = "In the full report." if line.locked and not cells else ""
    return ExportRow(path, line.name, 1, "", "", cells, None, None, line.why_not or closed)


def _citation(found: Answer) -> ChartCitation:
    editions = [one.edition for one in found.opened]
    newest: datetime = max(edition.published_at for edition in editions)
    named = "; ".join(
        f"{one.title}, edition {one.edition.number}, {one.edition.published_at:%-d %B %Y}" for one in found.opened
    )
    digest = (
        editions[0].digest
        if len(editions) == 1
        else hashlib.sha256("".join(edition.digest for edition in editions).encode()).hexdigest()
    )
    pinned = found.question.but(as_of=found.question.as_of or newest.date())
    return ChartCitation(
        title=found.opened[0].title if len(editions) == 1 else "Explorer",
        part=found.title,
        slug=found.opened[0].slug,
        number=editions[0].number,
        published_at=newest,
        digest=digest,
        address=absolute(f"{reverse('explorer')}?{pinned.query}"),
        label=ILLUSTRATIVE if found.illustrative else "",
        editions=f"Edition {editions[0].number}, {newest:%-d %B %Y}" if len(editions) == 1 else f"Made from {named}",
    )
