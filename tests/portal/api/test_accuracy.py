"""The accuracy record and the explanation of one value over the API."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from reports.document import Document
from tests.portal.api.conftest import BIG, SUNROOF, World, organisation, person_client, store

type Get = Callable[..., dict[str, Any]]
GERMANY = "geography/europe/germany"


def a_year_on(document: Document) -> Document:
    """The market's values of six forecast years are now known, a quarter above what was forecast."""
    series = tuple(
        replace(
            one,
            cells=tuple(
                replace(cell, status="A", value=cell.value * Decimal("1.25"), illustrative=False, source="Association",
                        low80=None, high80=None, low95=None, high95=None)
                if one.scenario == "base" and one.path == "total" and 2025 <= cell.year <= 2030
                else cell
                for cell in one.cells
            ),
        )
        for one in document.series
    )  # fmt: skip
    return replace(document, series=series)


@pytest.fixture
def scored(world: World) -> World:
    store(a_year_on(BIG))
    return world


def test_without_actual_values_nothing_is_scored(world: World, get: Get) -> None:
    body = get(Client(), "accuracy/")
    assert (body["house"]["count"], body["house"]["mape"], body["reports"]) == (0, None, [])
    assert body["withheld"] is None


def test_a_report_asked_for_by_name_is_there_without_a_score(world: World, get: Get) -> None:
    (report,) = get(Client(), "accuracy/", report=SUNROOF)["reports"]
    assert (report["report"], report["count"], report["mape"]) == (SUNROOF, 0, None)


def test_everyone_reads_the_aggregates(scored: World, get: Get) -> None:
    body = get(Client(), "accuracy/")
    (report,) = body["reports"]
    assert (report["count"], report["mape"], report["bias"]) == (6, "20.00", "-20.00")
    assert report["by_segment"] is None
    assert body["withheld"]["columns"] == ["by_segment"]
    assert "1.25" not in str(body)


def test_a_licensed_reader_reads_every_forecast(scored: World, get: Get) -> None:
    client = person_client(organisation("reader", scored.sunroof))
    body = get(client, "accuracy/", report=SUNROOF)
    (total,) = body["reports"][0]["by_segment"]
    assert [one["year"] for one in total["outcomes"]] == list(range(2025, 2031))
    assert total["outcomes"][0]["forecast"] == str(BIG.value("total", 2025))
    assert body["withheld"] is None


def test_illustrative_forecasts_are_left_out_of_the_houses_record(scored: World, get: Get) -> None:
    house = get(Client(), "accuracy/")["house"]
    assert (house["count"], house["illustrative_left_out"]) == (0, 6)


def test_a_report_that_was_never_published_is_refused_in_words(world: World) -> None:
    answer = Client().get("/api/v1/accuracy/", {"report": "unpublished-market"})
    assert answer.status_code == 400
    assert "no report" in answer.json()["detail"]


def test_a_licensed_reader_is_told_how_a_value_came_about(world: World, get: Get) -> None:
    client = person_client(organisation("reader", world.sunroof))
    body = get(client, f"reports/{SUNROOF}/explain/", path=GERMANY, year="2029", scenario="optimistic")
    series = next(one for one in BIG.series if (one.path, one.scenario) == (GERMANY, "optimistic"))
    assert body["value"] == str(BIG.value(GERMANY, 2029, "optimistic"))
    assert (body["status_in_words"], body["adds_to"]) == ("forecast", "geography/europe")
    assert (body["method"], body["withheld"]) == (series.method, None)
    assert body["inputs_digest"] == BIG.inputs_digest


def test_an_open_value_is_explained_without_its_method(world: World, get: Get) -> None:
    body = get(Client(), f"reports/{SUNROOF}/explain/", path="total", year="2024")
    assert body["value"] == "2274.97"
    assert body["method"] is None
    assert "method" in body["withheld"]["columns"]


def test_a_closed_value_is_refused_in_words(world: World) -> None:
    answer = Client().get(f"/api/v1/reports/{SUNROOF}/explain/", {"path": "total", "year": "2027"})
    assert answer.status_code == 403
    assert "licence" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({}, "“path” is required"),
        ({"path": "total", "year": "1999"}, "no value for 1999"),
        ({"path": "nowhere", "year": "2024"}, "no node “nowhere”"),
        ({"path": "total", "year": "2024", "scenario": "dream"}, "no scenario “dream”"),
    ],
)
def test_a_question_without_an_answer_says_what_is_wrong(world: World, question: dict[str, str], sentence: str) -> None:
    answer = person_client(is_staff=True).get(f"/api/v1/reports/{SUNROOF}/explain/", question)
    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]


def test_the_explanation_of_a_computed_value_adds_up_exactly(world: World, get: Get) -> None:
    client = person_client(organisation("reader", world.sunroof))
    body = get(client, f"reports/{SUNROOF}/explain/", path=GERMANY, year="2029")
    parts = [Decimal(body[name]) for name in ("base_value", "reconciliation_adjustment", "rounding")]
    assert sum(parts) == Decimal(body["value"])
    assert parts[1] == Decimal("1.2361")
    assert body["pinned"] is False
    observed = get(client, f"reports/{SUNROOF}/explain/", path=GERMANY, year="2023")
    assert observed["base_value"] is observed["pinned"] is None
    public = get(Client(), f"reports/{SUNROOF}/explain/", path="total", year="2031")
    assert public["base_value"] is None
    assert "base_value" in public["withheld"]["columns"]
