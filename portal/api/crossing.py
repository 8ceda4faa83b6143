"""The cross-tables of a report: one dimension by another, each cell with whether it is known or modelled."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from portal.access.recording import record_reading
from portal.api.errors import BadQuestion
from portal.api.filters import OfReports, Parameters, Text, Whole, left_to_the_reading
from portal.api.reading import EITHER_OR, Reading, find
from portal.api.serializers import ILLUSTRATIVE, EditionFields, WithheldFields, number, string, whole, yes
from portal.api.views import ApiView, edition_fields
from reports.document import CrossTable, Document, Tier
from reports.gating import readable


class CrossCellFields(serializers.Serializer[Any]):
    """One cell of a cross-table."""

    row = string("The path of its row's node.")
    column = string("The path of its column's node.")
    year = whole("Calendar year.")
    scenario = string("The scenario's code, such as base.")
    value = number("The value as printed, in the table's `unit`.")
    modelled = yes("True where it was fitted so that rows and columns sum to the report's values; false where known.")
    source = string("Where a known cell comes from; empty for a modelled one.")  # type: ignore[assignment]
    illustrative = yes(ILLUSTRATIVE)


class CrossTableFields(serializers.Serializer[Any]):
    """One dimension by another. In every year and scenario the cells sum to the values of both."""

    table = string("The table's code: the codes of both dimensions, divided by two hyphens.")
    title = string("Its title.")
    unit = string("The unit of every value, such as USD million.")
    rows_dimension = string("The code of the dimension in the rows.")
    columns_dimension = string("The code of the dimension in the columns.")
    without = serializers.ListField(
        child=serializers.CharField(), help_text="Paths that have no row or column because they are not estimated."
    )
    cells = CrossCellFields(many=True, help_text="Its cells, by scenario, row, column and year.")


class CrossTablesFields(serializers.Serializer[Any]):
    """The cross-tables of one edition."""

    edition = EditionFields(help_text="The edition that prints them.")
    tables = CrossTableFields(many=True, help_text="The tables asked for; empty without a licence.")
    withheld = WithheldFields(allow_null=True, help_text="What your access does not include.")


class WhichCells(Parameters):
    table = Text(method=left_to_the_reading, label="Only this table, by its code, such as material--geography.")
    year = Whole(method=left_to_the_reading, label="Only this calendar year.")
    scenario = Text(method=left_to_the_reading, max_length=60, label="The scenario's code; base where not given.")
    edition = OfReports.base_filters["edition"]
    as_of = OfReports.base_filters["as_of"]


class CrossTablesView(ApiView):
    """One dimension by another, such as materials by regions. Needs a licence for the report."""

    filterset_class = WhichCells
    serializer_class = CrossTablesFields
    tag, summary = "reports", "One dimension by another"

    def get(self, request: Request, report: str) -> HttpResponse:
        asked = self.asked().cleaned
        if "edition" in asked and "as_of" in asked:
            raise BadQuestion(edition=EITHER_OR)
        edition = find(report, self.reader, number=asked.get("edition"), as_of=asked.get("as_of"), at=self.now)
        reading = Reading(self.reader, self.now, named=(edition,))
        tier = reading.tiers[edition.report_id]
        if tier == Tier.LICENSED:
            record_reading(self.reader, edition.report_id, self.now)
        document = readable(edition.contents, tier)
        _check(edition.contents, asked)
        tables = [one for one in document.cross_tables if asked.get("table") in (None, one.code)]
        closed = [one for one in edition.contents.cross_tables if one not in document.cross_tables]
        withheld: dict[str, Any] | None = None
        if closed:
            withheld = {"rows": None, "columns": [], "reason": reading.reason()}
        return self.answer_with(
            {
                "edition": edition_fields(edition, reading),
                "tables": [_table(document, one, asked) for one in tables],
                "withheld": withheld,
            }
        )


def _check(document: Document, asked: dict[str, Any]) -> None:
    """Raise BadQuestion for a table or scenario that the edition does not have. Their names are public."""
    codes = [one.code for one in document.cross_tables]
    if "table" in asked and asked["table"] not in codes:
        there = f"There are: {', '.join(codes)}." if codes else "It has no cross-tables."
        raise BadQuestion(table=f"This edition has no cross-table “{asked['table']}”. {there}")
    scenario = asked.get("scenario", "base")
    scenarios = [one.code for one in document.scenarios] or ["base"]
    if scenario not in scenarios:
        raise BadQuestion(
            scenario=f"This edition has no scenario “{scenario}”. There are: {', '.join(sorted(scenarios))}."
        )


def _table(document: Document, table: CrossTable, asked: dict[str, Any]) -> dict[str, Any]:
    scenario, year = asked.get("scenario", "base"), asked.get("year")
    return {
        "table": table.code,
        "title": table.title,
        "unit": document.headline.unit,
        "rows_dimension": table.rows_dimension,
        "columns_dimension": table.columns_dimension,
        "without": list(table.without),
        "cells": [
            {
                "row": one.row,
                "column": one.column,
                "year": cell.year,
                "scenario": one.scenario,
                "value": cell.value,
                "modelled": cell.modelled,
                "source": cell.source,
                "illustrative": cell.illustrative or document.headline.illustrative,
            }
            for one in table.series
            if one.scenario == scenario
            for cell in one.cells
            if year in (None, cell.year)
        ],
    }
