"""How much of a company's profile is there: eight aspects, each there or not."""

from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from companies.models import Company, FinancialYear, Product, Strategy, SwotItem

ASPECTS: dict[str, str] = {
    "overview": "overview",
    "country": "country",
    "founded_year": "founding year",
    "website": "website",
    "products": "products",
    "financial_years": "financial years",
    "strategies": "strategies",
    "swot_items": "SWOT",
}
_RELATED = {"products": Product, "financial_years": FinancialYear, "strategies": Strategy, "swot_items": SwotItem}
_FIELDS = {"overview": ~Q(overview=""), "country": ~Q(country=""), "website": ~Q(website=""),
           "founded_year": Q(founded_year__isnull=False)}  # fmt: skip


def with_completeness(companies: QuerySet[Company]) -> QuerySet[Any]:
    """The companies with `aspects_there`, how many of the eight aspects are there. One query."""
    there = {name: Q(Exists(model._default_manager.filter(company=OuterRef("pk")))) for name, model in _RELATED.items()}
    total: Any = Value(0)
    for condition in (*_FIELDS.values(), *there.values()):
        total = total + Case(When(condition, then=1), default=0, output_field=IntegerField())
    return companies.annotate(aspects_there=total).order_by(F("name"))


def missing(company: Company) -> list[str]:
    """The aspects that a company's profile lacks, in words."""
    lacks = [name for name in _FIELDS if not getattr(company, name)]
    lacks += [name for name in _RELATED if not getattr(company, name).exists()]
    return [words for name, words in ASPECTS.items() if name in lacks]
