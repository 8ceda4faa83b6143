"""The explorer: any state is an address, any address is answered, every number is one that was printed."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from portal.access.models import User
from portal.explorer.asking import Question, asked
from portal.explorer.models import SavedChart
from reports.document import Document
from reports.models import Edition
from tests.documents import sample_document, small_document
from tests.editions import NOW

pytestmark = pytest.mark.django_db
ROOFS = "/explorer/?report=car-sunroof-market"


def test_a_question_and_its_address_are_the_same_thing() -> None:
    from django.http import QueryDict

    question = Question(
        report=("a", "b"), by="geography", segment=("geography/europe",), region="europe",
        company="x", measure="Revenue", first=2022, last=2030, scenario="optimistic", show="share", chart="bars",
    )  # fmt: skip
    assert asked(QueryDict(question.query)) == question
    assert Question().query == ""


def test_without_a_question_the_newest_open_report_is_shown(subscriber: Client, heat_pumps: Edition) -> None:
    html = subscriber.get("/explorer/").content.decode()
    assert "Car Sunroof market by material" in html, "the newer report is not open to this reader"
    assert 'name="report" value="car-sunroof-market"' in html


def test_an_empty_portal_says_what_will_be_here(client: Client) -> None:
    assert "No report has been published yet" in client.get("/explorer/").content.decode()


def test_shares_index_and_growth_are_computed_from_the_print(subscriber: Client, sunroofs: Edition) -> None:
    document = sample_document()
    glass, total = document.value("material/glass-material", 2031), document.value("total", 2031)
    before, first = document.value("material/glass-material", 2030), document.value("material/glass-material", 2021)
    assert glass is not None
    assert total is not None
    assert before is not None
    assert first is not None
    for show, shown in (
        ("share", f"{glass / total * 100:.1f} %"),
        ("growth", f"{(glass / before - 1) * 100:.1f} %"),
        ("index", f"{glass / first * 100:.1f}"),
    ):
        html = subscriber.get(f"{ROOFS}&by=material&show={show}").content.decode()
        assert f'data-year="2031">{shown}</td>' in html.replace("\xa0", " "), show


def test_segments_regions_and_years_narrow_the_rows(subscriber: Client, sunroofs: Edition) -> None:
    html = subscriber.get(f"{ROOFS}&by=geography&region=europe&from=2024&to=2026").content.decode()
    rows = html[html.index("data-numbers") :]
    assert "Germany" in rows
    assert "Japan" not in rows
    assert 'data-year="2023"' not in rows
    html = subscriber.get(f"{ROOFS}&by=geography&segment=geography/europe/germany").content.decode()
    rows = html[html.index("data-numbers") :]
    assert "Germany" in rows
    assert "France" not in rows
    assert "Asia Pacific in the Car Sunroof market" in subscriber.get(f"{ROOFS}&region=asia-pacific").content.decode()


def test_what_is_not_estimated_says_so_and_why(subscriber: Client, sunroofs: Edition) -> None:
    html = subscriber.get(f"{ROOFS}&by=electric-vehicle").content.decode()
    assert "Not estimated. No observation and no growth assumption yet." in html


def test_markets_in_different_currencies_are_not_drawn_on_one_scale(
    subscriber: Client, publish: Callable[..., Edition], sunroofs: Edition, heat_pumps: Edition
) -> None:
    path = f"{ROOFS}&report=heat-pump-market"
    html = subscriber.get(path).content.decode()
    assert "Nothing is converted" in html
    assert 'class="line-plot"' not in html
    assert 'class="line-plot"' in subscriber.get(f"{path}&show=index").content.decode()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=lots", "four digits"),
        ("from=2030&to=2024", "choose a first year before the last"),
        ("show=everything", "is one of absolute"),
        ("as_of=yesterday", "year, month and day"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(client: Client, query: str, says: str) -> None:
    answer = client.get(f"/explorer/?{query}")
    assert answer.status_code == 400
    assert says in answer.content.decode()


@pytest.mark.parametrize("odd", ["'", "\0", "<script>alert(1)</script>", "x" * 5000, "%", "🙂", "../../etc"])
def test_odd_values_are_only_values(client: Client, sunroofs: Edition, odd: str) -> None:
    for name in ("report", "by", "segment", "region", "company", "measure", "scenario", "add"):
        query = {"report": "car-sunroof-market"} | {name: odd}
        html = client.get("/explorer/", query, follow=True)
        assert html.status_code == 200
        assert "<script>alert" not in html.content.decode()


def test_a_report_is_added_by_its_title_typed_or_nearly_typed(
    client: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    for typed in ("Heat Pump Market", "heat pump market", "heat pmup market"):
        answer = client.get(f"{ROOFS}&add={typed}")
        assert answer["Location"] == f"{ROOFS}&report=heat-pump-market", typed
    unknown = client.get(f"{ROOFS}&add=submarines", follow=True)
    assert "No report is called “submarines”" in unknown.content.decode()


def test_the_address_of_a_day_stays_with_what_stood_then(
    client: Client, publish: Callable[..., Edition], sunroofs: Edition
) -> None:
    document = sample_document()
    publish(replace(document, headline=replace(document.headline, measure="Shipments")), at=NOW)
    assert "Shipments" in client.get(ROOFS).content.decode()
    then = client.get(f"{ROOFS}&as_of=2026-11-22").content.decode()
    assert "Shipments" not in then
    assert "As it stood on 22 November 2026" in then


def test_files_hold_the_numbers_shown_and_say_what_they_are_made_from(
    subscriber: Client, sunroofs: Edition, heat_pumps: Edition
) -> None:
    answer = subscriber.get("/explorer/chart.csv?report=car-sunroof-market&by=material")
    assert answer["Content-Disposition"].endswith('"car-sunroof-market-edition-2-material-absolute.csv"')
    text = answer.content.decode("utf-8-sig")
    assert "# Notice: Illustrative, not market data" in text
    assert "Edition 2, 20 November 2026" in text
    rows = list(csv.reader(io.StringIO("".join(line for line in text.splitlines(True) if line[0] != "#"))))
    glass = next(row for row in rows if row[0] == "Glass Material")
    assert str(sample_document().value("material/glass-material", 2031)) in glass
    made = subscriber.get("/explorer/chart.xlsx?report=car-sunroof-market&by=material").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["Table", "Values", "About"]
    both = "report=car-sunroof-market&report=heat-pump-market&show=index"
    svg = subscriber.get(f"/explorer/chart.svg?{both}").content.decode()
    assert "Made from Car Sunroof Market, edition 2" in svg
    assert subscriber.get(f"/explorer/chart.png?{both}").content.startswith(b"\x89PNG")


def test_a_file_of_nothing_open_does_not_exist(client: Client, sunroofs: Edition) -> None:
    assert client.get("/explorer/chart.csv?report=car-sunroof-market&by=glass").status_code == 404


def test_charts_are_saved_under_a_name_found_again_and_deleted(subscriber: Client, registered: Client) -> None:
    query = "report=car-sunroof-market&by=material"
    subscriber.post("/explorer/saved/", {"name": "Roofs  by material", "query": query})
    subscriber.post("/explorer/saved/", {"name": "Roofs by material", "query": f"{query}&show=share"})
    chart = SavedChart.objects.get()
    assert (chart.name, chart.query) == ("Roofs by material", f"{query}&show=share")
    page = subscriber.get("/explorer/saved/").content.decode()
    assert "Roofs by material" in page
    assert "Roofs by material" not in registered.get("/explorer/saved/").content.decode()
    assert registered.post(f"/explorer/saved/{chart.pk}/delete/").status_code == 404
    assert subscriber.post("/explorer/saved/", {"name": "x", "query": "by=material"}).status_code == 400
    subscriber.post(f"/explorer/saved/{chart.pk}/delete/")
    assert not SavedChart.objects.exists()
    assert User.objects.filter(email="subscriber@example.org").exists()


def test_the_number_of_queries_does_not_grow_with_reports(
    subscriber: Client, publish: Callable[..., Edition], heat_pumps: Edition
) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as done:
            assert subscriber.get(path).status_code == 200
        return len(done)

    paths = {f"{ROOFS}&by=geography": 9, f"{ROOFS}&report=heat-pump-market&show=index": 9,
             "/compare/?market=car-sunroof-market&market=heat-pump-market": 9,
             "/compare/?company=webasto-group&company=magna-international": 7}  # fmt: skip
    publish(another(9))  # so that there is one to offer
    for path in paths:
        subscriber.get(path)  # the reading is counted once
    few = {path: cost(path) for path in paths}
    for number in range(8):
        publish(another(number))
    for path in paths:
        subscriber.get(path)  # catalogue and companies are read anew once after a publication
    assert {path: cost(path) for path in paths} == few
    assert all(few[path] <= budget for path, budget in paths.items()), few


def another(number: int) -> Document:
    return small_document(f"market-{number}", f"Market {number}")


def test_growth_stands_beside_values_that_end_in_its_last_year_and_beside_nothing_else(subscriber: Client) -> None:
    def ends(query: str) -> list[str]:
        html = subscriber.get(f"{ROOFS}&{query}").content.decode()
        return re.findall(r'class="end-value"[^>]*>([^<]+)<', html)

    assert all(" a year" in end for end in ends("by=material"))
    for other in ("by=material&show=share", "by=material&show=index", "by=material&show=growth", "to=2027"):
        found = ends(other)
        assert found
        assert not any(" a year" in end for end in found), other


def test_an_explorer_without_a_report_offers_no_years(client: Client, sunroofs: Edition) -> None:
    html = client.get("/explorer/?report=nothing").content.decode()
    assert "None of these reports is published." in html
    assert 'name="from"' not in html
