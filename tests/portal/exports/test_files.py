"""What the files hold, and to whom they are given."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from portal.exports import urls
from portal.exports.csv_file import csv_bytes, text
from portal.exports.tables import export_table
from portal.exports.workbook import workbook_bytes
from reports.document import Document, Tier
from reports.gating import readable
from reports.models import Edition
from tests.documents import CROSS_SOURCE, sample_document
from tests.portal.access.test_routes import secrets

pytestmark = pytest.mark.django_db
REPORT = "/reports/car-sunroof-market"
ROUTES = {
    "export_table": [
        f"{REPORT}/tables/{code}.{form}"
        for code in ("total", "material", "geography", "material--vehicle", "driver_ledger", "market_shares")
        for form in ("csv", "xlsx")
    ],
    "export_picture": [
        f"{REPORT}/charts/{code}.{form}"
        for code in ("total", "material", "geography", "driver_ledger", "market_shares")
        for form in ("svg", "png")
    ],
    "export_report": [f"{REPORT}/report.json"],
    "citation": [f"{REPORT}/citation.{form}" for form in ("txt", "bib", "ris")],
}


def sheets(body: bytes) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return "\n".join(
        str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )


def rows(body: bytes) -> list[dict[str, str]]:
    lines = [line for line in body.decode("utf-8-sig").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_every_route_is_listed_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("who", ["nobody", "registered"])
def test_no_file_holds_what_its_reader_may_not_have(
    who: str, client: Client, registered: Client, sunroofs: Edition
) -> None:
    tier, reader = {"nobody": (Tier.PUBLIC, client), "registered": (Tier.REGISTERED, registered)}[who]
    hidden = secrets(sample_document(), tier) - {"base year", "end year", "optimistic"}  # words we say ourselves
    numbers = {one.replace(",", "") for one in hidden if one.replace(",", "").replace(".", "").isdigit()}
    assert len(hidden) > 500
    for route, paths in ROUTES.items():
        for path in paths:
            for query in ("", "?scenario=optimistic"):
                answer = reader.get(path + query)
                body = (
                    sheets(answer.content)
                    if path.endswith("xlsx") and answer.status_code == 200
                    else answer.content.decode("utf-8", "replace")
                )
                leaked = {one for one in hidden | numbers if one in body}
                assert not leaked, (route, path, query, sorted(leaked)[:5])
                if answer.status_code in (200, 403):
                    assert (answer["Cache-Control"] == "private, no-store") == (who == "registered"), path


@pytest.mark.parametrize(
    "form", ["tables/geography.csv", "tables/geography.xlsx", "charts/geography.svg", "charts/geography.png"]
)
def test_a_locked_file_is_refused_in_words_that_lead_on(client: Client, sunroofs: Edition, form: str) -> None:
    answer = client.get(f"{REPORT}/{form}")
    assert answer.status_code == 403
    assert "This file is in the full report" in answer.content.decode()
    assert "kind=licence" in answer.content.decode()


def test_a_registered_reader_downloads_the_sample_and_no_more(registered: Client, sunroofs: Edition) -> None:
    found = rows(registered.get(f"{REPORT}/tables/material.csv").content)
    assert [name for name in found[0] if name.isdigit()] == ["2021", "2022", "2023", "2024"]
    assert registered.get(f"{REPORT}/tables/vehicle.csv").status_code in (403, 404)


def test_a_licensed_csv_has_every_printed_value_and_says_where_it_is_from(
    subscriber: Client, sunroofs: Edition
) -> None:
    answer = subscriber.get(f"{REPORT}/tables/geography.csv?scenario=optimistic")
    words = answer.content.decode()
    assert "Illustrative, not market data" in words
    assert f"SHA-256 {sunroofs.digest}" in words
    assert "/reports/car-sunroof-market/?edition=2#dimension-geography" in words
    assert (
        answer["Content-Disposition"] == 'attachment; filename="car-sunroof-market-edition-2-geography-optimistic.csv"'
    )
    document = sample_document()
    for row in rows(answer.content):
        for year in document.years:
            value = document.value(row["path"], year, "optimistic")
            assert row[str(year)] == ("not estimated" if value is None else f"{value:f}")


def test_the_workbooks_totals_are_live_and_equal_what_was_printed(subscriber: Client, sunroofs: Edition) -> None:
    import zipfile

    body = subscriber.get(f"{REPORT}/tables/geography.xlsx").content
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "xl/charts/chart1.xml" in parts.namelist()
    assert sheet.count("<f>SUM(") > 50
    table = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_name("Table").to_python()
    whole = next(row for row in table if row[0] == "Whole market")
    assert whole[1 + 3] == 2274.97
    assert "Illustrative, not market data" in sheets(body)


def with_names(document: Document, name: str, value: str) -> Document:
    """The document with its first segment renamed and one negative value."""
    dimension = document.dimensions[0]
    node = dimension.nodes[0]
    series = tuple(
        replace(one, cells=(replace(one.cells[0], value=Decimal(value)), *one.cells[1:]))
        if one.path == node.path
        else one
        for one in document.series
    )
    renamed = replace(dimension, nodes=(replace(node, name=name), *dimension.nodes[1:]))
    return replace(document, dimensions=(renamed, *document.dimensions[1:]), series=series)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_never_becomes_a_formula_and_negative_numbers_stay_numbers(
    publish: Callable[..., Edition], start: str
) -> None:
    name = f"{start}HYPERLINK(1)"
    document = with_names(sample_document(), name, "-12.50")
    table = export_table(document, publish(document), document.dimensions[0].code)
    first = next(
        csv.DictReader(io.StringIO("".join(csv_bytes(table).decode("utf-8-sig").partition("segment,")[1:]), newline=""))
    )
    assert first["segment"] == f"'{name}"
    assert first["2021"] == "-12.50"
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_bytes(table))).get_sheet_by_name("Table").to_python()
    assert any(row[1] == -12.5 for row in book)
    assert text("-12 is text") == "'-12 is text"


def test_a_picture_stands_alone_and_holds_no_markup_from_titles(
    publish: Callable[..., Edition], client: Client
) -> None:
    publish(replace(sample_document(), title='Roofs <script>alert("1")</script> & more'))
    svg = client.get(f"{REPORT}/charts/total.svg").content.decode()
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).get("width") == "1200"
    assert "Illustrative, not market data" in svg
    assert client.get(f"{REPORT}/charts/total.png").content.startswith(b"\x89PNG")


def test_the_whole_report_as_json_is_exactly_what_its_reader_may_read(
    client: Client, subscriber: Client, sunroofs: Edition
) -> None:
    for reader, tier in ((client, Tier.PUBLIC), (subscriber, Tier.LICENSED)):
        body = json.loads(reader.get(f"{REPORT}/report.json").content)
        assert body["document"] == readable(sample_document(), tier).to_json()
        assert body["notice"] == "Illustrative, not market data"


@pytest.mark.parametrize(
    "path",
    ["tables/none.csv", "charts/none.png", "citation.txt?table=none", "tables/material.doc", "report.json?edition=9"],
)
def test_what_does_not_exist_is_not_found(client: Client, sunroofs: Edition, path: str) -> None:
    assert client.get(f"{REPORT}/{path}").status_code == 404


def test_a_draft_has_no_files_in_the_same_words_as_nothing(client: Client, sunroofs: Edition) -> None:
    from tests.factories import ReportFactory

    ReportFactory.create(title="A draft", slug="a-draft")
    draft, nothing = client.get("/reports/a-draft/report.json"), client.get("/reports/no-such/report.json")
    assert draft.status_code == nothing.status_code == 404
    assert draft.content.replace(b"a-draft", b"no-such") == nothing.content


def test_a_cross_table_says_of_every_cell_whether_it_is_known_or_modelled(subscriber: Client) -> None:
    table = sample_document().cross_tables[0]
    answer = subscriber.get(f"{REPORT}/tables/material--vehicle.csv")
    lines = rows(answer.content)
    assert {
        ("base", line["row_path"], line["column_path"], int(line["year"])): (line["value"], line["basis"])
        for line in lines
    } == {
        place: (str(cell.value), "modelled" if cell.modelled else "known")
        for place, cell in table.cells.items()
        if place[0] == "base"
    }
    assert [line["source"] for line in lines if line["basis"] == "known"] == [CROSS_SOURCE]
    assert "# Notice: Illustrative, not market data" in answer.content.decode("utf-8-sig")


def test_the_workbook_of_a_cross_table_sums_live_to_the_reports_values(subscriber: Client) -> None:
    document = sample_document()
    body = subscriber.get(f"{REPORT}/tables/material--vehicle.xlsx?scenario=optimistic").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    assert book.sheet_names == ["Table", "Values", "About"]
    printed = {cell for row in book.get_sheet_by_name("Table").to_python() for cell in row}
    for path in ("material/glass-material", "vehicle/others", "total"):
        for year in document.years:
            value = document.value(path, year, "optimistic")
            assert value is not None
            assert float(value) in printed
    assert sum(row[7] == "known" for row in book.get_sheet_by_name("Values").to_python()) == 1


def test_a_cross_table_is_closed_like_any_table_and_an_unknown_one_is_not_there(
    client: Client, registered: Client, subscriber: Client, sunroofs: Edition
) -> None:
    path = f"{REPORT}/tables/material--vehicle.csv"
    for reader in (client, registered):
        answer = reader.get(path)
        assert answer.status_code == 403
        assert "Material by Vehicle" in answer.content.decode()
    for form in ("csv", "xlsx"):
        assert subscriber.get(f"{REPORT}/tables/vehicle--material.{form}").status_code == 404
    assert subscriber.get(f"{path}?scenario=imagined").status_code == 400
    assert subscriber.get(f"{REPORT}/charts/material--vehicle.svg").status_code == 404


def test_a_cross_table_is_cited_as_what_it_is(client: Client, sunroofs: Edition) -> None:
    told = client.get(f"{REPORT}/citation.txt?table=material--vehicle").content.decode()
    assert "Material by Vehicle. In: Car Sunroof Market" in told
    assert "#cross-material--vehicle" in told
    assert client.get(f"{REPORT}/citation.txt?table=no--such").status_code == 404


BARS = ("driver_ledger", "market_shares")


@pytest.mark.parametrize("code", BARS)
@pytest.mark.parametrize("place", ["tables/{}.csv", "tables/{}.xlsx", "charts/{}.svg", "charts/{}.png"])
def test_bars_are_closed_without_a_licence_like_any_locked_table(
    code: str, place: str, client: Client, registered: Client, sunroofs: Edition
) -> None:
    for reader in (client, registered):
        answer = reader.get(f"{REPORT}/{place.format(code)}")
        assert answer.status_code == 403
        assert "request" in answer.content.decode()


def test_a_report_without_ledger_or_shares_has_no_such_files(
    subscriber: Client, publish: Callable[..., Edition]
) -> None:
    bare = replace(sample_document(), ledger=(), players=())
    publish(bare)
    for code in BARS:
        for path in (f"tables/{code}.csv", f"charts/{code}.png", f"citation.txt?table={code}"):
            assert subscriber.get(f"{REPORT}/{path}").status_code == 404, path


def test_the_ledger_as_a_file_sums_to_the_growth_in_each_scenario(subscriber: Client) -> None:
    document = sample_document()
    for scenario in document.scenarios:
        answer = subscriber.get(f"{REPORT}/tables/driver_ledger.csv?scenario={scenario.code}")
        *lines, whole = rows(answer.content)
        effects = {one.name: one.effect for one in document.ledger if one.scenario == scenario.code}
        column = "percentage points of growth a year"
        assert {one["force"]: Decimal(one[column]) for one in lines} == effects
        assert Decimal(whole[column]) == sum(effects.values())
        assert f"# Scenario: {scenario.name}" in answer.content.decode()
    assert subscriber.get(f"{REPORT}/tables/driver_ledger.csv?scenario=none").status_code == 400
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(subscriber.get(f"{REPORT}/tables/driver_ledger.xlsx").content)
    ).get_sheet_by_name("Table")
    base = [one.effect for one in document.ledger if one.scenario == "base"]
    assert ["Growth a year", float(sum(base))] in [line[:2] for line in book.to_python()]


def test_shares_as_a_file_name_their_year_and_source_the_largest_first(subscriber: Client) -> None:
    known = sorted((one for one in sample_document().players if one.share), key=lambda one: -(one.share or 0))
    lines = rows(subscriber.get(f"{REPORT}/tables/market_shares.csv").content)
    assert [(one["company"], one["year"], one["source"]) for one in lines] == [
        (one.company, str(one.share_year), one.share_source) for one in known
    ]
    assert "Illustrative, not market data" in sheets(subscriber.get(f"{REPORT}/tables/market_shares.xlsx").content)


@pytest.mark.parametrize("code", BARS)
def test_bars_as_a_picture_stand_alone_and_are_cited_as_what_they_are(code: str, subscriber: Client) -> None:
    svg = subscriber.get(f"{REPORT}/charts/{code}.svg").content.decode()
    words = " ".join(ElementTree.fromstring(svg).itertext())
    title = {"driver_ledger": "Driver ledger", "market_shares": "Market shares of the largest players"}[code]
    assert title in words
    assert "Illustrative, not market data" in words
    assert subscriber.get(f"{REPORT}/charts/{code}.png").content.startswith(b"\x89PNG")
    cited = subscriber.get(f"{REPORT}/citation.txt?table={code}").content.decode()
    assert f"{title}. In: Car Sunroof Market" in cited
    assert f'href="{REPORT}/tables/{code}.csv?edition=' in subscriber.get(f"{REPORT}/").content.decode()
