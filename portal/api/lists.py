"""The lists: reports, editions, segments, values, companies, developments. All from editions' projections."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from portal.api.filters import Day, Number, OfReports, Text, Texts, Whole, Wholes, Yes, node_and_below
from portal.api.reading import NUMBER, SLUG, Reading
from portal.api.remembered import Page
from portal.api.rows import Column, written_page
from portal.api.serializers import (
    INTERVALS,
    SHARES,
    CompanyRow,
    DevelopmentRow,
    EditionRow,
    ReportRow,
    SegmentRow,
    ValueRow,
)
from portal.api.views import RowsView
from reports.models import Edition, EditionCompany, EditionDevelopment, EditionSegment, EditionSummary


class ReportParameters(OfReports):
    industry = Texts(field_name="industry_slug", label="Industries by slug.")
    title = Text(lookup_expr="icontains", label="Words in the title.")
    currency = Texts(label="ISO 4217 codes.")
    cagr_min = Number(field_name="cagr", lookup_expr="gte", label="Growth of at least this many per cent a year.")
    cagr_max = Number(field_name="cagr", lookup_expr="lte", label="Growth of at most this many per cent a year.")
    illustrative = Yes(label="Whether the report is illustrative.")


class ReportsView(RowsView):
    """Every report with a published edition, in one line each, with what you may read of it."""

    serializer_class = ReportRow
    filterset_class = ReportParameters
    order = {"report": "edition__report__slug"}
    tag, summary = "reports", "Reports"

    def rows(self, reading: Reading) -> QuerySet[Any]:
        return EditionSummary.objects.filter(reading.chosen("edition"))

    def shown(self, reading: Reading) -> Mapping[str, Column]:
        return {**super().shown(reading), "access": Column(reading.access("edition__report"))}


class EditionParameters(OfReports):
    current = Yes(label="Only editions that are current, or only those that are not.")
    withdrawn = Yes(
        field_name="edition__withdrawal",
        lookup_expr="isnull",
        exclude=True,
        label="Only withdrawn editions, or others.",
    )


class EditionsView(RowsView):
    """Every edition ever published, withdrawn ones too; narrowed to what `edition` or `as_of` choose."""

    serializer_class = EditionRow
    filterset_class = EditionParameters
    order = {"report": "edition__report__slug", "edition": "edition__number"}
    tag, summary = "editions", "Editions"
    of_unchanging = False

    def rows(self, reading: Reading) -> QuerySet[Any]:
        rows = EditionSummary.objects.order_by()
        if reading.number or reading.as_of:
            rows = rows.filter(reading.chosen("edition"))
        elif reading.named is not None:
            rows = rows.filter(edition__report__in=[edition.report_id for edition in reading.named])
        return rows.annotate(current=Exists(Edition.objects.current().filter(pk=OuterRef("edition"))))


class SegmentParameters(OfReports):
    dimension = Texts(label="Dimensions by code.")
    path = Texts(label="Nodes by their exact path.")
    path_prefix = Text(method=node_and_below, label="A node and everything below it.")
    parent = Texts(label="The nodes directly below these paths.")
    level = Wholes(label="Levels of the tree.")
    leaf = Yes(label="Whether nothing lies below it.")
    kind = Texts(label="segment, region, country, group, rest or total.")
    iso_code = Texts(label="ISO 3166-1 alpha-2 codes.")
    name = Text(lookup_expr="icontains", label="Words in the name.")
    estimated = Yes(label="Whether there are values for it.")


class SegmentsView(RowsView):
    """The nodes of the dimensions' trees, with what the report says of each."""

    serializer_class = SegmentRow
    filterset_class = SegmentParameters
    order = {"report": "report__slug", "path": "path"}
    tag, summary = "segments", "Segments"

    def rows(self, reading: Reading) -> QuerySet[Any]:
        return reading.ranged(EditionSegment)


class ValueParameters(OfReports):
    dimension = Texts(label="Dimensions by code; “total” for the market itself.")
    path = Texts(label="Nodes by their exact path.")
    path_prefix = Text(method=node_and_below, label="A node and everything below it.")
    parent = Texts(label="The nodes directly below these paths.")
    level = Wholes(label="Levels of the tree.")
    leaf = Yes(label="Only nodes with nothing below them, or only the others.")
    year = Wholes(label="Calendar years.")
    year_min = Whole(field_name="year", lookup_expr="gte", label="From this year on.")
    year_max = Whole(field_name="year", lookup_expr="lte", label="Up to this year.")
    currency = Texts(label="ISO 4217 codes.")
    # What follows picks by what a licence opens, so it must not move the count of what is withheld.
    scenario = Texts(structural=False, label="Scenarios by code.")
    status = Texts(structural=False, allowed=("A", "E", "F", "M"), label="SDMX observation status.")
    illustrative = Yes(structural=False, label="Only illustrative numbers, or only the others.")
    value_min = Number(field_name="value", lookup_expr="gte", structural=False, label="Values of at least this.")
    value_max = Number(field_name="value", lookup_expr="lte", structural=False, label="Values of at most this.")


NO_INTERVALS = ",".join(f'"{name}":null' for name in INTERVALS)


class ValuesView(RowsView):
    """Every value in long format: one row for each node, year and scenario.

    A node without data has rows with value null, status M and a note that says why. What your access does not include
    is not in the rows; `withheld` says how many rows, and which columns, that concerns.
    """

    serializer_class = ValueRow
    filterset_class = ValueParameters
    order = {"report": "report__slug", "path": "path", "scenario": "scenario", "year": "year"}
    tag, summary = "values", "Values"
    counts_across_reports = False  # of thousands of reports that would be millions of rows, and take seconds

    def rows(self, reading: Reading) -> QuerySet[Any]:
        return reading.values()

    def readable(self, reading: Reading, rows: QuerySet[Any]) -> QuerySet[Any]:
        return reading.readable(rows)

    def withheld(self, reading: Reading, rows: QuerySet[Any]) -> QuerySet[Any]:
        return reading.withheld(rows)

    def closed_columns(self) -> tuple[str, ...]:
        return INTERVALS

    def fetch(self, rows: QuerySet[Any], reading: Reading, order: Sequence[str], size: int) -> Page:
        """Joined from what the projection has written: ten times as fast as to write each row anew."""
        of_edition = Concat(
            Value('{"report":"'), reading.known(SLUG), Value('","edition":'),
            Cast(reading.known(NUMBER), TextField()), Value(","), output_field=TextField(),
        )  # fmt: skip
        intervals = reading.when_licensed("report", F("written_intervals"), NO_INTERVALS)
        return written_page(
            rows, [of_edition, F("written"), Value(",", TextField()), intervals, Value("}", TextField())], order, size
        )


class CompanyParameters(OfReports):
    company = Texts(field_name="slug", label="Companies by slug.")
    name = Text(lookup_expr="icontains", label="Words in the name.")
    is_player = Yes(label="Whether the report lists it among the players.")
    is_key = Yes(label="Whether it is a key player.")
    is_major = Yes(label="Whether it is a major player.")


class CompaniesView(RowsView):
    """Companies and their part in each report: one row for each company and report."""

    serializer_class = CompanyRow
    filterset_class = CompanyParameters
    order = {"company": "slug", "report": "report__slug"}
    tag, summary = "companies", "Companies"

    def rows(self, reading: Reading) -> QuerySet[Any]:
        return reading.ranged(EditionCompany)

    def closed_columns(self) -> tuple[str, ...]:
        return SHARES

    def shown(self, reading: Reading) -> Mapping[str, Column]:
        return _behind_licence(super().shown(reading), SHARES, reading)


def taken_part_in(rows: QuerySet[Any], name: str, slug: str) -> QuerySet[Any]:
    return rows.filter(companies__contains=[{"slug": slug}])


class DevelopmentParameters(OfReports):
    company = Text(method=taken_part_in, label="A company that took part, by slug.")
    kind = Texts(label="Such as Acquisition or Partnership.")
    date_min = Day(field_name="date", lookup_expr="gte", label="From this day on.")
    date_max = Day(field_name="date", lookup_expr="lte", label="Up to this day.")


class DevelopmentsView(RowsView):
    """What companies did, newest first, as the reports tell it."""

    serializer_class = DevelopmentRow
    filterset_class = DevelopmentParameters
    order = {"date": "-date", "report": "report__slug", "id": "key"}
    tag, summary = "developments", "Developments"

    def rows(self, reading: Reading) -> QuerySet[Any]:
        return reading.ranged(EditionDevelopment)


def _behind_licence(shown: Mapping[str, Column], names: tuple[str, ...], reading: Reading) -> Mapping[str, Column]:
    closed = {name: replace(shown[name], read=reading.when_licensed("report", shown[name].read)) for name in names}
    return {**shown, **closed}
