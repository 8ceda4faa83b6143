"""The register: one company under many names, merged without losing anything, dated as precisely as is known."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from companies.merging import merge
from companies.models import Company, CompanyAlias, Development, FinancialYear, Product, name_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DONGHEE", "Donghee"),
        ("Inalfa Roof  Systems", "INALFA ROOF SYSTEMS"),
        ("AISIN Seiki Co., Ltd.", "Aisin Seiki Co Ltd"),
        ("Société Générale", "SOCIETE GENERALE"),
    ],
)
def test_spelling_does_not_make_another_company(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
    company = Company.objects.create(name=one)
    assert list(Company.objects.named(other)) == [company]


def test_a_legal_form_may_make_another_company() -> None:
    assert name_key("Webasto SE") != name_key("Webasto Group")


def test_a_name_belongs_to_one_company_only() -> None:
    webasto = Company.objects.create(name="Webasto Group")
    CompanyAlias.objects.create(company=webasto, name="Webasto SE")
    other = Company.objects.create(name="Inalfa")
    with pytest.raises(ValidationError, match="already belongs to Webasto Group"):
        CompanyAlias(company=other, name="WEBASTO SE").clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyAlias.objects.create(company=other, name="webasto se")


def test_merging_keeps_what_either_knew() -> None:
    kept = Company.objects.create(name="Webasto Group", country="DE")
    gone = Company.objects.create(name="Webasto SE", overview="A supplier of roofs.", founded_year=1901)
    Product.objects.create(company=gone, name="Panoramic roofs")
    FinancialYear.objects.create(company=kept, year=2024, currency="EUR", revenue=1, source="A")
    FinancialYear.objects.create(company=gone, year=2024, currency="EUR", revenue=2, source="B")
    FinancialYear.objects.create(company=gone, year=2023, currency="EUR", revenue=3, source="B")
    done = Development.objects.create(date=date(2022, 6, 1), text="Sold the H700 line.")
    done.companies.add(gone)
    merge(gone, into=kept)
    kept.refresh_from_db()
    assert (kept.country, kept.overview, kept.founded_year) == ("DE", "A supplier of roofs.", 1901)
    assert list(Company.objects.named("Webasto SE")) == [kept]
    assert [product.name for product in kept.products.all()] == ["Panoramic roofs"]
    assert {year.year: year.revenue for year in kept.financial_years.all()} == {2023: 3, 2024: 1}
    assert list(done.companies.all()) == [kept]
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    ("precision", "day", "when"),
    [
        ("day", date(2023, 11, 15), "15 November 2023"),
        ("month", date(2023, 11, 1), "November 2023"),
        ("year", date(2023, 1, 1), "2023"),
    ],
)
def test_a_development_is_dated_as_precisely_as_it_is_known(precision: str, day: date, when: str) -> None:
    assert Development.objects.create(date=day, precision=precision, text="Something.").when == when


def test_a_month_is_stored_by_its_first_day() -> None:
    with pytest.raises(IntegrityError, match="first_day_of_its_precision"), transaction.atomic():
        Development.objects.create(date=date(2023, 11, 15), precision="month", text="Something.")


def test_a_countrys_code_is_of_iso_3166() -> None:
    with pytest.raises(IntegrityError, match="company_country_is_iso_3166"), transaction.atomic():
        Company.objects.create(name="X", country="de")
