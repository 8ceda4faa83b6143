"""Spreadsheets: checked before anything is stored, doubtful rows held back, and an export comes back unchanged."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from companies.models import Company, CompanyAlias, Development
from forecasts.models import Dimension, ForecastState, Market, Observation, Scenario, Segment
from portal.access.models import User
from portal.access.roles import ensure_roles
from reports.importing.opening import CannotOpen
from reports.importing.sheets import deciding, mapping, working
from reports.importing.sheets.files import WORKBOOKS, export_csv, export_xlsx, template_csv, template_xlsx
from reports.importing.sheets.parts import PARTS
from reports.importing.sheets.receiving import receive
from reports.models import Industry, MarketForce, Player, Report, Section, SheetImport, SheetRow, Takeaway
from tests.factories import CompanyFactory, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
State = SheetImport.State


def csv_bytes(*rows: Sequence[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def checked(content: bytes, filename: str, by: User | None = None) -> SheetImport:
    upload = receive(content, filename, by=by, now=NOW)
    working.work_through(upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.CHECKED, upload.problem
    return upload


def carried_out(upload: SheetImport) -> SheetImport:
    SheetImport.objects.filter(pk=upload.pk).update(state=State.IMPORTING, started_at=NOW)
    working.work_through(upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.DONE, upload.problem
    return upload


def verdicts(upload: SheetImport) -> dict[int, str]:
    return {row.number: row.verdict for row in upload.rows.all()}


def only(upload: SheetImport) -> SheetRow:
    return upload.rows.get()


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


OBSERVATIONS = ["market", "path", "year", "value", "status", "source"]


def test_a_check_stores_nothing_and_says_what_would_change(report: Report) -> None:
    upload = checked(
        csv_bytes(
            OBSERVATIONS,
            ["car-sunroof-market", "total", 2024, "2,280.50", "A", "Annual report"],
            ["car-sunroof-market", "material/glass-material", 2024, 1700, "E", "Illustrative, not market data"],
            ["car-sunroof-market", "material/glass-material", 2023, 1600, "E", "Survey"],
            ["car-sunroof-market", "material/gold", 2023, 1, "E", "Survey"],
            ["car-sunroof-market", "total", 2050, "many", "Q", ""],
        ),
        "observations.csv",
    )
    assert verdicts(upload) == {2: "changed", 3: "unchanged", 4: "new", 5: "refused", 6: "refused"}
    row = upload.rows.get(number=2)
    assert row.stored_was
    assert row.becomes
    assert (row.stored_was["value"], row.becomes["value"]) == ("2274.97", "2280.5")
    said = {note["column"]: note["sentence"] for note in upload.rows.get(number=6).notes}
    assert said["value"] == "“many” is not a number. Write, for example, 2,274.97."
    assert "none of these: A, E" in said["status"]
    assert "needed" in said["source"]
    assert "no segment “material/gold”" in upload.rows.get(number=5).notes[0]["sentence"]
    assert Observation.objects.filter(segment=None).get().value == Decimal("2274.97")


def test_an_import_stores_what_was_checked_and_has_the_market_computed_once(report: Report) -> None:
    before = ForecastState.objects.get(market=report.market).inputs_version
    editor = UserFactory.create()
    upload = carried_out(
        checked(
            csv_bytes(
                OBSERVATIONS,
                *(["car-sunroof-market", "total", year, 2000 + year, "A", "Survey"] for year in range(2021, 2024)),
            ),
            "observations.csv",
            by=editor,
        )
    )
    assert upload.rows.filter(stored=True).count() == 3
    assert Observation.objects.filter(segment=None).count() == 4
    state = ForecastState.objects.get(market=report.market)
    assert state.inputs_version == before + 1, "three rows are one edit"
    assert (state.asked_trigger, state.asked_by_id) == ("import", editor.pk)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("part", list(PARTS))
def test_an_export_imported_again_changes_nothing(report: Report, part: str, kind: str) -> None:
    everything(report)
    content = export_xlsx([part]) if kind == "xlsx" else export_csv(part)
    upload = checked(content, f"{part}.{kind}")
    assert upload.rows.exists()
    assert [
        (str(row), row.notes, row.stored_was, row.becomes) for row in upload.rows.exclude(verdict="unchanged")
    ] == []


def everything(report: Report) -> None:
    """Something of every part, with texts that spreadsheets like to spoil."""
    from companies.models import FinancialYear, Product, Strategy, SwotItem
    from forecasts.models import CrossCell, CrossTable, Driver, ScenarioWeight
    from reports.models import Abbreviation, MatrixArea, MatrixCell, PestItem, PorterForce, SegmentNarrative

    market = report.market
    driver = Driver.objects.create(market=market, name="Light", code="light", effect=Decimal("-1.25"))
    scenario = Scenario.objects.create(market=market, name="Bright", code="bright")
    ScenarioWeight.objects.create(scenario=scenario, driver=driver, weight=Decimal("1.5"))
    glass = Segment.objects.get(path="material/glass-material")
    split = Dimension.objects.create(market=market, name="Glass", code="glass", coverage="breakdown", breaks_down=glass)
    Segment.objects.create(dimension=split, name="Tinted")
    MarketForce.objects.create(report=report, kind="restraint", title="=1+1", driver=driver, body="- not a formula")
    SegmentNarrative.objects.create(report=report, dimension=glass.dimension, segment=glass, body="Glass <b>leads</b>.")
    cell_area = MatrixArea.objects.create(report=report, name="Supply", position=2)
    MatrixCell.objects.create(area=cell_area, kind="driver", body="More\n\nglass.")
    PestItem.objects.create(report=report, factor="social", body="x")
    PorterForce.objects.create(report=report, force="rivalry", rating=4)
    Abbreviation.objects.create(report=report, short="OEM", long="'=quoted'")
    Section.objects.create(report=report, kind="overview", heading="", body="One")
    Section.objects.create(report=report, kind="overview", heading="", body="Two")
    Takeaway.objects.create(report=report, body="Another at position 0.")
    webasto = Company.objects.get()
    CompanyAlias.objects.create(company=webasto, name="@Webasto, SE")
    done = Development.objects.create(date="2023-11-01", precision="month", text="+ Opened\na plant; “quoted”, twice")
    done.companies.add(webasto)
    report.developments.add(done)
    Product.objects.create(company=webasto, name="=Roof", description="- of glass", position=1)
    FinancialYear.objects.create(
        company=webasto, year=2023, currency="EUR", unit_mult=9, revenue=Decimal("4.6"), net_income=Decimal("-0.019"),
        source="Annual report",
    )  # fmt: skip
    for text in ("Twice", "Twice", "+ once"):
        Strategy.objects.create(company=webasto, title=text)
        SwotItem.objects.create(company=webasto, kind="threat", text=text)
    geography = Dimension.objects.get(market=market, is_geography=True)
    table = CrossTable.objects.create(market=market, rows=glass.dimension, columns=geography, column_detail="finest")
    place = geography.segments.order_by("pk")[0]
    CrossCell.objects.create(table=table, row=glass, column=place, year=2024, value=Decimal("12.5"), source="Survey")


def test_a_whole_report_is_moved_to_another_portal_by_its_workbook(report: Report) -> None:
    everything(report)
    codes = WORKBOOKS["report"][1]
    moved = export_xlsx(codes, [report.market])
    before = {code: [PARTS[code].texts_of(one) for one in PARTS[code].exported()] for code in codes}
    Report.objects.all().delete()
    Market.objects.all().delete()
    Company.objects.all().delete()
    Development.objects.all().delete()
    Industry.objects.all().delete()

    upload = checked(moved, "report.xlsx")
    assert set(verdicts(upload).values()) == {"new"}
    carried_out(upload)
    assert list(upload.rows.filter(stored=False).values_list("sheet", "number", "notes")) == []
    after = {code: [PARTS[code].texts_of(one) for one in PARTS[code].exported()] for code in codes}
    assert after == before
    again = checked(moved, "report.xlsx")
    assert set(verdicts(again).values()) == {"unchanged"}


@pytest.mark.parametrize("workbook", list(WORKBOOKS))
def test_every_template_is_understood_with_its_examples(report: Report, workbook: str) -> None:
    parts = WORKBOOKS[workbook][1]
    Segment.objects.filter(path="geography/europe/germany").update(name="Germany")
    upload = checked(template_xlsx(parts), "template.xlsx")
    assert {row.part for row in upload.rows.all()} == set(parts)
    for part in parts:
        assert {row.part for row in checked(template_csv(part), f"{part}.csv").rows.all()} == {part}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Inc.", "legal form"),
        ("12 March 2024", "looks like a date"),
        ("2024-03-12", "looks like a date"),
        ("Q3 2024", "looks like a date"),
        ("Webasto", "much like it"),
        ("Webasto Grupp", "much like it"),
    ],
)
def test_doubtful_names_are_held_back(report: Report, name: str, says: str) -> None:
    upload = checked(csv_bytes(["report", "company"], ["car-sunroof-market", name]), "players.csv")
    assert only(upload).verdict == "doubtful"
    assert says in only(upload).notes[0]["sentence"]
    carried_out(upload)
    assert Player.objects.count() == 1
    assert Company.objects.count() == 1


@pytest.mark.parametrize("name", ["Saint-Gobain", "ACS France SAS", "3M", "AGC Inc.", "4 Wheels"])
def test_names_that_only_look_odd_are_not_held_back(report: Report, name: str) -> None:
    assert only(checked(csv_bytes(["name"], [name]), "companies.csv")).verdict == "new"


def test_a_name_broken_over_two_cells_is_offered_whole(report: Report) -> None:
    content = b"name,legal_name,country\nFoo, Inc.,US\nBar Works, Ltd.,Bar Works Limited,GB\nSaab,SE,SE\n"
    upload = checked(content, "companies.csv")
    assert verdicts(upload) == {2: "doubtful", 3: "doubtful", 4: "new"}
    mends = {row.number: row.notes[0]["mend"] for row in upload.rows.filter(verdict="doubtful")}
    assert mends[2] == {"name": "Foo, Inc.", "legal_name": "US", "country": ""}
    assert mends[3] == {"name": "Bar Works, Ltd.", "legal_name": "Bar Works Limited", "country": "GB"}


def test_an_accepted_doubt_is_imported_and_a_dropped_one_is_not(report: Report) -> None:
    upload = checked(
        csv_bytes(["name"], ["Inc."], ["Webasto Grupp"], ["Webasto Groupe"], ["4 May 2024"]), "companies.csv"
    )
    by_name = {row.cells["name"]: row for row in upload.rows.all()}
    assert {row.verdict for row in by_name.values()} == {"doubtful"}
    deciding.drop(by_name["Inc."])
    deciding.accept(by_name["Webasto Grupp"])
    webasto = Company.objects.get()
    deciding.same_company(by_name["Webasto Groupe"], webasto, "Webasto Groupe")
    deciding.mend(by_name["4 May 2024"], {"name": "May Roofs"})
    assert verdicts(upload) == {2: "dropped", 3: "new", 4: "unchanged", 5: "new"}
    carried_out(upload)
    assert set(Company.objects.values_list("name", flat=True)) == {"Webasto Group", "Webasto Grupp", "May Roofs"}
    assert Company.objects.named("webasto groupe").get() == webasto


def test_what_somebody_edited_since_the_check_is_not_replaced_unasked(report: Report) -> None:
    row = ["car-sunroof-market", "total", 2024, 2300, "A", "Annual report"]
    upload = checked(csv_bytes(OBSERVATIONS, row), "observations.csv")
    Observation.objects.filter(segment=None).update(value=2250)
    carried_out(upload)
    held = only(upload)
    assert (held.verdict, held.stored) == ("doubtful", False)
    assert "value is now “2250”" in held.notes[0]["sentence"]
    assert Observation.objects.filter(segment=None).get().value == 2250
    deciding.accept(held)
    carried_out(upload)
    assert Observation.objects.filter(segment=None).get().value == 2300


def test_rows_of_one_file_that_contradict_each_other_are_refused(report: Report) -> None:
    upload = checked(
        csv_bytes(
            ["name", "country"], ["Foo", "DE"], ["FOO", "FR"], ["Bar", "GB"], ["Bar", "GB"], ["Barrow Glass", "GB"]
        ),
        "companies.csv",
    )
    assert verdicts(upload) == {2: "new", 3: "refused", 4: "new", 5: "unchanged", 6: "new"}
    assert "Row 2 speaks of the same" in upload.rows.get(number=3).notes[0]["sentence"]


def test_new_companies_of_one_file_that_look_like_one_are_held_back(report: Report) -> None:
    upload = checked(csv_bytes(["name"], ["Inteva"], ["Inteva Products"]), "companies.csv")
    assert verdicts(upload) == {2: "new", 3: "doubtful"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"market,path,year,vlaue\na,b,1,2\n", "Did you mean “value”"),
        (b"market,path,year,value,value\na,b,1,2,3\n", "twice"),
        (b"market,path,,year\na,b,x,1\n", "without a name"),
    ],
)
def test_columns_that_belong_to_no_template_are_named(report: Report, content: bytes, says: str) -> None:
    with pytest.raises(CannotOpen, match=says):
        receive(content, "observations.csv", by=None, now=NOW)
    assert not SheetImport.objects.exists()


def test_a_row_with_a_cell_too_many_says_so(report: Report) -> None:
    upload = checked(b"short,long,report\nOEM,Makers, of cars,car-sunroof-market\n", "abbreviations.csv")
    assert only(upload).verdict == "refused"
    assert "goes on after the last column: “car-sunroof-market”" in only(upload).notes[0]["sentence"]


def test_an_import_never_removes_and_a_column_left_out_stays(report: Report) -> None:
    CompanyFactory.create(name="Other")
    upload = carried_out(checked(csv_bytes(["name", "founded_year"], ["Webasto Group", 1901]), "companies.csv"))
    webasto = Company.objects.get(name="Webasto Group")
    assert (webasto.founded_year, webasto.country, webasto.overview) == (1901, "DE", "A supplier of roof systems.")
    assert Company.objects.count() == 2
    assert only(upload).becomes == {"founded_year": "1901"}


def test_an_empty_cell_wipes_nothing_and_emptying_is_said(report: Report) -> None:
    upload = checked(csv_bytes(["name", "country", "overview"], ["Webasto Group", "", "(empty)"]), "companies.csv")
    assert only(upload).becomes == {"overview": ""}
    carried_out(upload)
    webasto = Company.objects.get()
    assert (webasto.country, webasto.overview) == ("DE", "")
    refused = checked(csv_bytes(["report", "title"], ["car-sunroof-market", "(empty)"]), "reports.csv")
    assert only(refused).verdict == "refused"


def test_who_may_not_change_companies_may_not_import_them() -> None:
    roles = ensure_roles()
    reviewer, editor = UserFactory.create(), UserFactory.create()
    reviewer.groups.add(roles["Reviewer"])
    editor.groups.add(roles["Editor"])
    assert deciding.may_import(reviewer, ["companies"]) == "You may not add companies, and this file does."
    assert deciding.may_import(editor, list(PARTS)) == ""


def test_a_batch_that_fails_three_times_stops_the_import_and_says_where(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("boom")

    upload = receive(csv_bytes(["name"], ["Foo"]), "companies.csv", by=None, now=NOW)
    monkeypatch.setattr(working, "judge", fails)
    working.work_through(upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.FAILED
    assert "between companies, row 2 and companies, row 2" in upload.problem
    monkeypatch.undo()
    deciding.check_again(upload, now=NOW)
    working.work_through(upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.CHECKED


def test_the_sweep_goes_on_with_what_nobody_touched_for_ten_seconds(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(working, "ask", asked.append)
    monkeypatch.setattr(working, "_asked_at", None)
    upload = receive(csv_bytes(["name"], ["Foo"]), "companies.csv", by=None, now=NOW)
    working.sweep(NOW + timedelta(seconds=5))
    assert asked == []
    working.sweep(NOW + timedelta(seconds=11))
    assert asked == [upload.pk]


UPLOAD_SHEET = csv_bytes(
    ["Report Title", "Summary", "Segmentation", "Key Players", "TOC", "SKU"],
    [
        "Wiper Blade Market",
        "<p>The market was valued at USD 1,200 million in 2024 and will reach USD 1,700 million by 2031.</p>"
        "<script>alert(1)</script>",
        "By Type: Flat Blade, Framed Blade\nBy Sales Channel: OEM, Aftermarket",
        "Foo, Inc.; Bar AG; Baz Ltd.",
        "1. Introduction\n2. Executive Summary",
        "X-1",
    ],
    ["", "No title", "", "", "", "X-2"],
)


def test_a_publishers_sheet_is_mapped_once_and_makes_drafts(report: Report) -> None:
    editor = UserFactory.create()
    upload = receive(UPLOAD_SHEET, "catalogue.csv", by=editor, now=NOW)
    assert upload.state == State.MAPPING
    columns = mapping.guess(["Report Title", "Summary", "Segmentation", "Key Players", "TOC", "SKU"])
    assert columns == {
        "Report Title": "title", "Summary": "summary", "Segmentation": "segmentation", "Key Players": "players",
        "TOC": "contents",
    }  # fmt: skip
    with pytest.raises(ValueError, match="which column holds the title"):
        deciding.map_columns(upload, name="House", columns={}, by=editor, now=NOW)
    deciding.map_columns(upload, name="House", columns=columns, by=editor, now=NOW)
    working.work_through(upload.pk)
    assert verdicts(upload) == {2: "new", 3: "refused"}
    upload.refresh_from_db()
    carried_out(upload)
    draft = Report.objects.get(market__slug="wiper-blade-market")
    assert {d.code for d in draft.market.dimensions.all()} >= {"type", "sales-channel"}
    assert {player.company.name for player in draft.players.all()} == {"Foo, Inc.", "Bar AG", "Baz Ltd."}
    assert "alert" not in "".join(section.body for section in draft.sections.all())
    assert draft.market.observations.get().value == 1200

    again = checked(UPLOAD_SHEET, "catalogue.csv")
    assert again.mapping == upload.mapping
    assert verdicts(again) == {2: "unchanged", 3: "refused"}
