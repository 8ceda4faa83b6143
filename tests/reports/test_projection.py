"""Projections of editions: what stays true keeps its row, what changes is closed and opened, all can be rebuilt."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reports.document import Cell, Document, Player
from reports.gating import readable
from reports.models import (
    Edition,
    EditionCompany,
    EditionDevelopment,
    EditionSegment,
    EditionSummary,
    EditionValue,
    Report,
)
from reports.projection import project, rebuild
from tests.documents import sample_document, small_document
from tests.factories import ReportFactory, UserFactory

DOCUMENT, SMALL = sample_document(), small_document()
RANGED = (EditionValue, EditionSegment, EditionCompany, EditionDevelopment)
pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    return ReportFactory.create()


def store(report: Report, document: Document) -> Edition:
    edition = Edition.objects.create(
        report=report, number=report.editions.count() + 1, schema=1, document=document.to_json(),
        digest=document.digest(), published_at=datetime(2026, 11, 20, tzinfo=UTC), published_by=UserFactory.create(),
    )  # fmt: skip
    return Edition.objects.get(pk=edition.pk)


def publish(report: Report, *documents: Document) -> list[Edition]:
    editions = []
    for document in documents:
        editions.append(store(report, document))
        project(editions[-1])
    return editions


def with_value(document: Document, value: str, path: str = "total", year: int = 2031) -> Document:
    def cell(one: Cell) -> Cell:
        return replace(one, value=Decimal(value)) if one.year == year else one

    return replace(
        document,
        series=tuple(
            replace(s, cells=tuple(map(cell, s.cells))) if (s.path, s.scenario) == (path, "base") else s
            for s in document.series
        ),
    )


def rows(report: Report) -> dict[str, set[tuple[str, ...]]]:
    """Every projected row of a report, without its id."""
    found = {}
    for model in (*RANGED, EditionSummary):
        of = {"edition__report": report} if model is EditionSummary else {"report": report}
        names = [field.attname for field in model._meta.concrete_fields if field.name != "id"]
        found[model.__name__] = {tuple(map(str, row)) for row in model.objects.filter(**of).values_list(*names)}
    return found


def printed(values: Iterable[EditionValue]) -> dict[tuple[str, str, int], str]:
    return {(v.scenario, v.path, v.year): str(v.value) for v in values if v.value is not None}


def test_values_are_those_of_the_document_with_the_places_they_were_printed_with(report: Report) -> None:
    [edition] = publish(report, DOCUMENT)
    found = printed(EditionValue.objects.of_edition(edition))
    assert found == {place: str(cell.value) for place, cell in DOCUMENT.cells.items()}


def test_nodes_that_are_not_estimated_have_a_row_a_year_that_says_why(report: Report) -> None:
    publish(report, DOCUMENT)
    missing = [node for node in DOCUMENT.by_path.values() if not node.estimated]
    assert missing
    for node in missing:
        found = EditionValue.objects.filter(report=report, path=node.path)
        assert [v.year for v in found.order_by("year")] == list(DOCUMENT.years)
        assert {(v.scenario, v.status, v.value, v.note) for v in found} == {("base", "M", None, node.why_not)}


def test_a_year_without_a_value_is_said_to_be_missing(report: Report) -> None:
    first = DOCUMENT.series[0]
    gap = replace(first, cells=first.cells[1:])
    publish(report, replace(DOCUMENT, series=(gap, *DOCUMENT.series[1:])))
    row = EditionValue.objects.get(report=report, path=first.path, scenario=first.scenario, year=first.cells[0].year)
    assert (row.value, row.status) == (None, "M")
    assert row.note


def test_an_edition_that_changes_one_number_stores_one_row(report: Report) -> None:
    _, second = publish(report, DOCUMENT, with_value(DOCUMENT, "3800.00"))
    fresh = EditionValue.objects.filter(report=report, first_edition=2)
    assert [(v.path, v.year, str(v.value), v.last_edition) for v in fresh] == [("total", 2031, "3800.00", None)]
    closed = EditionValue.objects.get(report=report, last_edition__isnull=False)
    assert (closed.path, closed.year, closed.first_edition, closed.last_edition) == ("total", 2031, 1, 1)
    assert not EditionSegment.objects.filter(report=report, first_edition=2).exists()
    assert printed(EditionValue.objects.of_edition(second))["base", "total", 2031] == "3800.00"


def test_a_number_printed_with_other_places_is_another_print(report: Report) -> None:
    first, second = publish(report, with_value(SMALL, "3800.1"), with_value(SMALL, "3800.10"))
    assert printed(EditionValue.objects.of_edition(first))["base", "total", 2031] == "3800.1"
    assert printed(EditionValue.objects.of_edition(second))["base", "total", 2031] == "3800.10"


def test_what_is_gone_is_closed_and_may_come_back(report: Report) -> None:
    gone = {node.path for node in SMALL.dimensions[0].nodes}
    kept = tuple(one for one in SMALL.series if one.path not in gone)
    without = replace(SMALL, series=kept, dimensions=SMALL.dimensions[1:])
    publish(report, SMALL, without, SMALL)
    for number, document in ((1, SMALL), (2, without), (3, SMALL)):
        edition = report.editions.get(number=number)
        assert printed(EditionValue.objects.of_edition(edition)) == {
            place: str(cell.value) for place, cell in document.cells.items()
        }


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_edition_can_be_read_from_its_rows(report: Report, number: int) -> None:
    documents = (SMALL, with_value(SMALL, "1.00"), with_value(SMALL, "1.00", year=2030))
    edition = publish(report, *documents)[number - 1]
    assert printed(EditionValue.objects.of_edition(edition)) == {
        place: str(cell.value) for place, cell in documents[number - 1].cells.items()
    }


def test_values_of_a_node_that_is_not_there_are_refused_and_not_dropped(report: Report) -> None:
    edition = store(report, replace(SMALL, dimensions=()))
    with pytest.raises(ValueError, match="not among its nodes"):
        project(edition)


def test_projecting_twice_changes_nothing(report: Report) -> None:
    [edition] = publish(report, DOCUMENT)
    before = rows(report)
    project(edition)
    assert rows(report) == before


def test_rebuilding_gives_the_same_rows(report: Report) -> None:
    others_document = small_document("other-market", "Other Market")
    other: Report = ReportFactory.create()
    publish(other, others_document)
    publish(
        report, DOCUMENT, with_value(DOCUMENT, "3800.00"), replace(DOCUMENT, players=DOCUMENT.players[1:]), DOCUMENT
    )
    before, untouched = rows(report), rows(other)
    EditionValue.objects.filter(report=report, path="total").delete()
    EditionCompany.objects.filter(report=report).update(name="Damaged")
    assert rebuild(report) == 4
    assert rows(report) == before
    assert rows(other) == untouched


def test_an_edition_that_is_not_the_newest_is_refused(report: Report) -> None:
    first, _ = publish(report, SMALL, with_value(SMALL, "1.00"))
    with pytest.raises(ValueError, match="is not the newest"):
        project(first)


def test_the_tier_of_each_row_is_the_gates(report: Report) -> None:
    publish(report, DOCUMENT)
    from reports.document import Tier

    for tier in Tier:
        got = printed(EditionValue.objects.filter(report=report, tier__lte=tier))
        assert set(got) == set(readable(DOCUMENT, tier).cells)


def test_every_row_of_an_illustrative_report_is_illustrative(report: Report) -> None:
    headline = replace(SMALL.headline, illustrative=True)
    publish(report, replace(SMALL, headline=headline))
    assert set(EditionValue.objects.filter(report=report).values_list("illustrative", flat=True)) == {True}


def test_a_cell_carries_its_own_mark_and_source(report: Report) -> None:
    publish(report, DOCUMENT)
    stored: dict[Any, Any] = {
        (v.scenario, v.path, v.year): (v.illustrative, v.source)
        for v in EditionValue.objects.filter(report=report, value__isnull=False)
    }
    expected = {
        place: (cell.illustrative or DOCUMENT.headline.illustrative, cell.source)
        for place, cell in DOCUMENT.cells.items()
    }
    assert stored == expected


def test_segments_companies_and_developments_are_all_there(report: Report) -> None:
    publish(report, DOCUMENT)
    assert set(EditionSegment.objects.values_list("path", flat=True)) == set(DOCUMENT.by_path)
    players: tuple[Player, ...] = DOCUMENT.players
    assert {c.slug for c in EditionCompany.objects.filter(is_player=True)} == {p.slug for p in players}
    told = {slug for d in DOCUMENT.developments for _, slug in d.companies}
    assert told <= set(EditionCompany.objects.values_list("slug", flat=True))
    assert EditionDevelopment.objects.count() == len(DOCUMENT.developments)
    summary = EditionSummary.objects.get()
    assert (summary.title, summary.base_value) == (DOCUMENT.title, DOCUMENT.headline.base_value)


def test_the_command_rebuilds_the_reports_it_names(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    publish(report, SMALL)
    before = rows(report)
    EditionValue.objects.filter(report=report).delete()
    call_command("rebuild_projections", report.slug)
    assert rows(report) == before
    assert f"{report.slug}: 1 edition\n" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no report nowhere"):
        call_command("rebuild_projections", "nowhere")


def test_a_row_is_written_as_json_once_with_all_it_says(report: Report) -> None:
    publish(report, DOCUMENT)
    for value in EditionValue.objects.filter(report=report)[:50]:
        members = json.loads("{" + value.written + "," + value.written_intervals + "}")
        assert members["value"] == (None if value.value is None else str(value.value))
        assert members["low95"] == (None if value.low95 is None else str(value.low95))
        assert {name: members[name] for name in ("path", "scenario", "year", "status", "note", "leaf")} == {
            name: getattr(value, name) for name in ("path", "scenario", "year", "status", "note", "leaf")
        }
