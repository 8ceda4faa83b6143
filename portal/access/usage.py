"""How an organisation read what it licensed, month by month, in the terms of COUNTER's item reports."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce, TruncMonth

from portal.access.models import Organisation, ReportReading

SHOWN_MONTHS = 6
COLUMNS = ("organisation", "reader_type", "reader", "report", "month", "total_item_requests", "unique_item_requests")
"""As in a COUNTER item report. A unique request is a day on which the reader read the report."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How often one person or key read one report in one month, and on how many days."""

    reader_type: str
    reader: str
    report: str
    month: date
    total: int
    unique: int


@dataclass(frozen=True, slots=True)
class UsageTable:
    """One line per reader and report; the newest months across."""

    months: tuple[date, ...]
    lines: tuple[tuple[str, str, tuple[int, ...], int], ...]
    totals: tuple[int, ...]

    @property
    def sum(self) -> int:
        """All readings of the months shown."""
        return sum(self.totals)


def usage(organisation: Organisation, *, since: date | None = None) -> list[Usage]:
    """Every month's readings of an organisation, people and keys, newest month first. One query."""
    readings = ReportReading.objects.filter(organisation=organisation)
    if since:
        readings = readings.filter(day__gte=since)
    rows = (
        readings.annotate(month=TruncMonth("day"), person=F("user__email"), key=F("api_key__name"))
        .values("month", "person", "key", title=F("report__title"))
        .annotate(total=Sum("count"), days=Count("day", distinct=True), who=Coalesce("person", "key"))
        .order_by("-month", "who", "title")
    )
    return [
        Usage("person" if row["person"] else "key", row["who"], row["title"], row["month"], row["total"], row["days"])
        for row in rows
    ]


def usage_table(rows: Iterable[Usage], *, today: date) -> UsageTable:
    """The last months of `rows` as a table."""
    months = tuple(_months_back(today, SHOWN_MONTHS))
    cells: dict[tuple[str, str], dict[date, int]] = {}
    for row in rows:
        if row.month in months:
            cells.setdefault((row.reader, row.report), {})[row.month] = row.total
    lines = tuple(
        (reader, report, tuple(by_month.get(month, 0) for month in months), sum(by_month.values()))
        for (reader, report), by_month in sorted(cells.items())
    )
    return UsageTable(months, lines, tuple(sum(line[2][i] for line in lines) for i in range(len(months))))


def usage_csv(organisation: Organisation, rows: Iterable[Usage]) -> str:
    """`rows` as CSV; what a spreadsheet would take for a formula is escaped."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        line = (organisation.name, row.reader_type, row.reader, row.report, f"{row.month:%Y-%m}", row.total, row.unique)
        writer.writerow([_plain(cell) for cell in line])
    return out.getvalue()


def _plain(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _months_back(today: date, count: int) -> Iterator[date]:
    year, month = today.year, today.month
    for _ in range(count):
        yield date(year, month, 1)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
