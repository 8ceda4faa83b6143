"""The values: every number of an edition in long format, exactly as printed, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reports.document import Cell, Document
from reports.models import Withdrawal
from tests.portal.api.conftest import (
    BIG,
    DRAFT,
    HEAT_PUMP,
    PUBLISHED,
    SUNROOF,
    World,
    key_client,
    organisation,
    person_client,
    store,
)

COLUMNS = [
    "report", "edition", "dimension", "path", "level", "parent", "leaf", "year", "scenario", "value", "unit",
    "currency", "status", "name", "adds_to", "source", "illustrative", "note", "low80", "high80", "low95", "high95",
]  # fmt: skip
Get = Callable[..., dict[str, Any]]


@pytest.fixture
def licensed(world: World) -> Client:
    return key_client(organisation("rich", world.sunroof), world.publisher)


def changed(document: Document, path: str, year: int, value: str) -> Document:
    def cell(one: Cell) -> Cell:
        return replace(one, value=Decimal(value)) if one.year == year else one

    return replace(
        document,
        series=tuple(
            replace(s, cells=tuple(map(cell, s.cells))) if (s.path, s.scenario) == (path, "base") else s
            for s in document.series
        ),
    )


def test_rows_have_exactly_the_promised_columns(licensed: Client, get: Get) -> None:
    row = get(licensed, "values/", report=SUNROOF, page_size="1")["results"][0]
    assert list(row) == COLUMNS


def test_values_are_the_printed_ones(licensed: Client, get: Get) -> None:
    rows = get(licensed, "values/", report=SUNROOF, path="total", scenario="base")["results"]
    assert [row["year"] for row in rows] == list(BIG.years)
    for row in rows:
        cell = BIG.cells["base", "total", row["year"]]
        assert row["value"] == str(cell.value)
        assert row["status"] == cell.status
        assert row["low95"] == (None if cell.low95 is None else str(cell.low95))
        assert row["unit"] == BIG.headline.unit


def test_every_value_of_the_document_is_there_and_every_gap_is_said(licensed: Client, get: Get) -> None:
    body = get(licensed, "values/", report=SUNROOF, page_size="5000")
    found = {(r["scenario"], r["path"], r["year"]): r for r in body["results"]}
    assert body["count"] == len(found) == len(body["results"])
    assert {key for key, row in found.items() if row["value"] is not None} == set(BIG.cells)
    gaps = [row for row in found.values() if row["value"] is None]
    assert gaps
    assert all(row["status"] == "M" and row["note"] and row["scenario"] == "base" for row in gaps)
    empty = [node.path for node in BIG.by_path.values() if not node.estimated]
    assert empty
    for path in empty:
        assert [r["year"] for r in gaps if r["path"] == path] == list(BIG.years)
    assert body["withheld"] is None


def test_children_in_the_api_sum_to_their_parents(licensed: Client, get: Get) -> None:
    rows = get(licensed, "values/", report=SUNROOF, dimension="geography", scenario="base", page_size="5000")["results"]
    regions = [r for r in rows if r["level"] == 1 and r["year"] == 2031 and r["value"]]
    total = get(licensed, "values/", report=SUNROOF, path="total", year="2031", scenario="base")["results"][0]
    assert sum(Decimal(r["value"]) for r in regions) == Decimal(total["value"])


def test_pages_follow_one_another_without_gaps(licensed: Client, get: Get) -> None:
    whole = get(licensed, "values/", report=SUNROOF, page_size="5000")["results"]
    walked: list[dict[str, Any]] = []
    body = get(licensed, "values/", report=SUNROOF, page_size="700")
    counts = [body["count"]]
    walked += body["results"]
    while body["next"]:
        body = licensed.get(body["next"]).json()
        walked += body["results"]
        counts.append(body["count"])
    assert walked == whole
    assert len(counts) > 1
    assert set(counts) == {len(whole)}


def test_a_walk_keeps_to_the_editions_it_began_with(licensed: Client, get: Get, world: World) -> None:
    first = get(licensed, "values/", report=SUNROOF, page_size="700")
    from django.utils import timezone

    store(changed(BIG, "total", 2031, "9999.99"), at=timezone.now())
    second = licensed.get(first["next"]).json()
    assert {row["edition"] for row in second["results"]} == {1}
    assert get(licensed, "values/", report=SUNROOF, path="total", year="2031")["results"][0]["edition"] == 2


@pytest.mark.parametrize(
    ("parameters", "holds"),
    [
        ({"year": "2024"}, lambda r: r["year"] == 2024),
        ({"year": "2024,2031"}, lambda r: r["year"] in (2024, 2031)),
        ({"year_min": "2030"}, lambda r: r["year"] >= 2030),
        ({"year_max": "2022"}, lambda r: r["year"] <= 2022),
        ({"dimension": "geography"}, lambda r: r["dimension"] == "geography"),
        ({"path": "geography/europe"}, lambda r: r["path"] == "geography/europe"),
        (
            {"path_prefix": "geography/europe"},
            lambda r: r["path"] == "geography/europe" or r["path"].startswith("geography/europe/"),
        ),
        ({"parent": "geography/europe"}, lambda r: r["parent"] == "geography/europe"),
        ({"level": "1"}, lambda r: r["level"] == 1),
        ({"leaf": "true"}, lambda r: r["leaf"] is True),
        ({"leaf": "false"}, lambda r: r["leaf"] is False),
        ({"scenario": "optimistic"}, lambda r: r["scenario"] == "optimistic"),
        ({"status": "M"}, lambda r: r["value"] is None),
        ({"status": "A,E"}, lambda r: r["status"] in "AE"),
        ({"illustrative": "true"}, lambda r: r["illustrative"]),
        ({"value_min": "3000"}, lambda r: Decimal(r["value"]) >= 3000),
        ({"value_max": "1.5"}, lambda r: Decimal(r["value"]) <= Decimal("1.5")),
        ({"currency": "USD"}, lambda r: r["currency"] == "USD"),
    ],
)
def test_each_filter_keeps_what_it_names(
    licensed: Client, get: Get, parameters: dict[str, str], holds: Callable[[dict[str, Any]], bool]
) -> None:
    everything = get(licensed, "values/", report=SUNROOF, page_size="5000")["results"]
    got = get(licensed, "values/", report=SUNROOF, page_size="5000", **parameters)["results"]
    kept = [r for r in everything if (r["value"] is not None or "value_" not in "".join(parameters)) and holds(r)]
    assert got == kept


def test_a_prefix_is_a_node_and_not_the_beginning_of_a_word(licensed: Client, get: Get) -> None:
    assert get(licensed, "values/", report=SUNROOF, path_prefix="geography/eur")["results"] == []


def test_older_editions_are_read_by_number_and_by_time(licensed: Client, get: Get, world: World) -> None:
    store(changed(BIG, "total", 2031, "3800.00"), at=PUBLISHED + timedelta(days=2))

    def value(**parameters: str) -> str:
        body = get(licensed, "values/", report=SUNROOF, path="total", year="2031", scenario="base", **parameters)
        found: str = body["results"][0]["value"]
        return found

    before = str(BIG.cells["base", "total", 2031].value)
    assert value() == "3800.00"
    assert value(edition="1") == before
    assert value(edition="2") == "3800.00"
    assert value(as_of="2026-11-21") == before
    assert value(as_of="2026-11-22") == "3800.00"
    assert value(as_of=(PUBLISHED + timedelta(hours=1)).isoformat()) == before


def test_a_withdrawn_edition_says_so_and_gives_way(licensed: Client, get: Get, world: World) -> None:
    second = store(changed(BIG, "total", 2031, "3800.00"), at=PUBLISHED + timedelta(days=1))
    Withdrawal.objects.create(
        edition=second,
        reason="A typing error.",
        withdrawn_at=PUBLISHED + timedelta(days=2),
        withdrawn_by=world.publisher,
    )
    now = get(licensed, "values/", report=SUNROOF, path="total", year="2031")
    assert now["editions"][0]["edition"] == 1
    assert now["editions"][0]["withdrawn"] is None
    named = get(licensed, "values/", report=SUNROOF, path="total", year="2031", edition="2")
    assert named["editions"][0]["withdrawn"]["reason"] == "A typing error."


def test_several_reports_are_read_at_once(get: Get, world: World) -> None:
    staff = person_client(is_staff=True)
    named = get(staff, "values/", report=f"{SUNROOF},{HEAT_PUMP}", page_size="5000")
    unnamed = get(staff, "values/", page_size="5000")
    assert {row["report"] for row in named["results"]} == {SUNROOF, HEAT_PUMP}
    assert unnamed["results"] == named["results"]
    assert (unnamed["editions"], unnamed["count"]) == (None, None)
    assert [one["report"] for one in named["editions"]] == [SUNROOF, HEAT_PUMP]


def test_the_same_page_asked_again_is_the_same_and_costs_no_more_than_deciding_access(
    licensed: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/api/v1/values/?report={SUNROOF}"
    with django_assert_max_num_queries(6):  # key, its use, editions, licences, counts, rows
        first = licensed.get(address)
    with django_assert_max_num_queries(4):
        again = licensed.get(address)
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert licensed.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_a_page_across_all_reports_takes_few_queries(
    licensed: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(5):
        assert licensed.get("/api/v1/values/").status_code == 200


def test_etags_differ_where_editions_differ(licensed: Client, world: World) -> None:
    address = f"/api/v1/values/?report={SUNROOF}"
    before = licensed.get(address)["ETag"]
    store(changed(BIG, "total", 2031, "3800.00"), at=PUBLISHED + timedelta(days=1))
    response = licensed.get(address, headers={"if-none-match": before})
    assert response.status_code == 200
    assert response["ETag"] != before


@pytest.mark.parametrize("slug", [DRAFT, "no-such-market"])
def test_a_draft_is_answered_like_nothing(licensed: Client, world: World, slug: str) -> None:
    response = licensed.get("/api/v1/values/", {"report": slug})
    assert response.status_code == 400
    assert response.json()["detail"].replace(slug, "X") == (
        "There is no report “X” with a published text here: no current edition. The list of reports is at "
        "/api/v1/reports/."
    )
