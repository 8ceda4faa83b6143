"""Profiles of companies and cross-tables by spreadsheet: what they refer to must be there, and a sentence says so."""

from decimal import Decimal

import pytest

from companies.models import Company, FinancialYear, SwotItem
from forecasts.models import CrossCell, CrossTable
from reports.models import Report
from tests.factories import UserFactory, sunroof_draft
from tests.reports.importing.test_sheets import carried_out, checked, csv_bytes

pytestmark = pytest.mark.django_db
MARKET = "car-sunroof-market"


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


def sentences(upload: object) -> dict[int, str]:
    return {row.number: " ".join(note["sentence"] for note in row.notes) for row in upload.rows.all()}  # type: ignore[attr-defined]


def test_financial_years_are_found_again_by_any_name_of_the_company(report: Report) -> None:
    company = Company.objects.get()
    header = ["company", "year", "currency", "unit_mult", "revenue", "net_income", "source"]
    first = csv_bytes(header, [company.name.upper(), 2023, "eur", "million", "4,600.5", "(19)", "Annual report 2023"])
    carried_out(checked(first, "years.csv", by=UserFactory.create()))
    stored = FinancialYear.objects.get()
    assert (stored.company, stored.currency, stored.unit_mult) == (company, "EUR", 6)
    assert (stored.revenue, stored.net_income) == (Decimal("4600.5"), Decimal(-19))

    again = checked(
        csv_bytes(header, [company.name, 2023, "EUR", "", "4700", "-19", "Annual report 2023"]), "years.csv"
    )
    row = again.rows.get()
    assert (row.verdict, row.stored_was, row.becomes) == ("changed", {"revenue": "4600.5"}, {"revenue": "4700"})


def test_a_profile_registers_no_company_but_may_come_with_one(report: Report) -> None:
    header = ["company", "kind", "text"]
    refused = checked(csv_bytes(header, ["Nobody Glass", "strength", "Patents."]), "swot.csv")
    assert refused.rows.get().verdict == "refused"
    assert sentences(refused)[2] == "“Nobody Glass” is not in the register. Add a row for it to the table “companies”."
    carried_out(checked(csv_bytes(["name"], ["Nobody Glass"]), "companies.csv"))
    carried_out(checked(csv_bytes(header, ["nobody glass", "Strength", "Patents."]), "swot.csv"))
    assert SwotItem.objects.get().company.name == "Nobody Glass"


def test_a_new_financial_year_needs_its_source(report: Report) -> None:
    company = Company.objects.get()
    upload = checked(csv_bytes(["company", "year", "currency"], [company.name, 2023, "EUR"]), "financial-years.csv")
    assert "needs the column “source”" in sentences(upload)[2]


def test_known_cells_need_their_table_their_segments_and_a_year_of_the_past(report: Report) -> None:
    header = ["market", "row", "column", "year", "value", "source"]
    cell = [MARKET, "material/glass-material", "geography/europe", 2024, "410.5", "Survey"]
    without = checked(csv_bytes(header, cell), "cross-cells.csv")
    assert sentences(without)[2].startswith("The market has no cross-table of “material” by “geography”.")

    tables = checked(
        csv_bytes(
            ["market", "rows", "columns"],
            [MARKET, "material", "geography"],
            [MARKET, "material", "material"],
            [MARKET, "material", "taste"],
        ),
        "cross-tables.csv",
    )
    assert [row.verdict for row in tables.rows.order_by("number")] == ["new", "refused", "refused"]
    assert "two different dimensions" in sentences(tables)[3]
    assert "no dimension “taste”" in sentences(tables)[4]
    carried_out(tables)
    assert CrossTable.objects.get().code == "material--geography"

    upload = carried_out(
        checked(
            csv_bytes(
                header, cell, [*cell[:3], 2031, "1", "Survey"], [*cell[:2], "geography/mars", 2024, "1", "Survey"]
            ),
            "cross-cells.csv",
        )
    )
    assert CrossCell.objects.get().value == Decimal("410.5")
    assert "Known cells are of the past" in sentences(upload)[3]
    assert "no segment “geography/mars”" in sentences(upload)[4]
