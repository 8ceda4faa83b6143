"""The register as editors keep it: merged with a preview, whole or not, names that are alike, things told twice."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.alike import alike_names
from companies.completeness import missing, with_completeness
from companies.duplicates import possible_duplicates
from companies.merging import merge, plan
from companies.models import Company, Development, FinancialYear, Product, Strategy, SwotItem
from tests.factories import CompanyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> tuple[Company, Company]:
    """One company twice, each record with something of its own."""
    kept = CompanyFactory.create(name="Webasto Group", country="DE", founded_year=1901)
    gone = CompanyFactory.create(name="Webasto SE", country="AT", founded_year=1901, website="https://webasto.example")
    FinancialYear.objects.create(company=kept, year=2024, currency="EUR", revenue=1, source="A")
    FinancialYear.objects.create(company=gone, year=2024, currency="EUR", revenue=2, source="B")
    FinancialYear.objects.create(company=gone, year=2023, currency="EUR", revenue=3, source="B")
    Product.objects.create(company=kept, name="Roofs", description="Of glass.")
    Product.objects.create(company=gone, name="Roofs", description="Of cloth.")
    Product.objects.create(company=gone, name="Heaters")
    return kept, gone


def test_a_merge_is_previewed_with_what_moves_and_what_conflicts(pair: tuple[Company, Company]) -> None:
    kept, gone = pair
    planned = plan(gone, kept)
    assert {fact.label: (fact.kept, fact.other) for fact in planned.facts if fact.conflicts} == {
        "country code": ("DE", "AT"),
        "financial year 2024": ("EUR million: revenue 1.000; source: A", "EUR million: revenue 2.000; source: B"),
        "product Roofs": ("Of glass.", "Of cloth."),
    }
    assert [fact.label for fact in planned.moving] == ["website", "financial year 2023"]
    assert (planned.aliases, planned.products) == (["Webasto SE"], ["Heaters"])
    assert Company.objects.count() == 2, "a preview changes nothing"


def test_where_facts_conflict_an_editor_says_which_holds(pair: tuple[Company, Company]) -> None:
    kept, gone = pair
    chosen = {fact.name for fact in plan(gone, kept).facts if fact.conflicts and not fact.label.startswith("country")}
    merge(gone, into=kept, theirs=chosen)
    kept.refresh_from_db()
    assert kept.country == "DE"
    assert {year.year: year.revenue for year in kept.financial_years.all()} == {2023: 3, 2024: 2}
    assert {product.name: product.description for product in kept.products.all()} == {
        "Roofs": "Of cloth.",
        "Heaters": "",
    }


def test_a_profile_says_what_it_lacks(pair: tuple[Company, Company]) -> None:
    kept, _ = pair
    assert missing(kept) == ["overview", "website", "strategies", "SWOT"]
    Strategy.objects.create(company=kept, title="Grow")
    SwotItem.objects.create(company=kept, kind="strength", text="Glass")
    Company.objects.filter(pk=kept.pk).update(overview="x", website="https://webasto.example")
    whole = with_completeness(Company.objects.all()).get(pk=kept.pk)
    assert whole.aspects_there == 8
    assert missing(whole) == []


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Webasto", True),
        ("Webasto Grupp", True),
        ("WEBASTO-GROUP SE", True),
        ("Inalfa", False),
        ("Web", False),
        ("Group", False),
    ],
)
def test_names_that_are_alike_are_found_by_their_letters(name: str, alike: bool) -> None:
    webasto = CompanyFactory.create(name="Webasto Group")
    assert alike_names([name]) == ({name: [(webasto.pk, "Webasto Group")]} if alike else {})


def test_names_that_differ_in_a_number_are_not_alike_and_all_are_asked_at_once() -> None:
    for number in range(3):
        CompanyFactory.create(name=f"Roof Works {number}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert alike_names(["Roof Works 7", "Roof Works 8"]) == {}
    assert len(asked) == 1


def told(day: date, text: str, *companies: Company, kind: str = "expansion") -> Development:
    made = Development.objects.create(date=day, precision="day", text=text, kind=kind)
    made.companies.set(companies)
    return made


def test_developments_that_may_be_told_twice_are_found() -> None:
    webasto = CompanyFactory.create(name="Webasto Group")
    one = told(date(2023, 11, 5), "Webasto opened a plant for panoramic roofs in Jiaxing, China.", webasto)
    again = told(date(2023, 11, 20), "Webasto has opened a new plant for panoramic roofs in Jiaxing.", webasto)
    told(date(2022, 1, 5), "Webasto opened a plant for panoramic roofs in Jiaxing, China.", webasto)
    told(date(2023, 11, 6), "Inalfa signed a contract for the supply of sliding roofs.", kind="partnership")
    assert [(pair.one, pair.other) for pair in possible_duplicates()] == [(one, again)]
