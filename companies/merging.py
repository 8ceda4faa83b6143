"""Merging two records of one company: first what would happen, then the same, done."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from companies.models import Company, FinancialYear

FACTS = ("legal_name", "country", "lei", "website", "founded_year", "overview")
_AMOUNTS = ("revenue", "operating_income", "net_income", "research_and_development", "employees")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that at least one of the two says. `name` is what `theirs` of `merge` calls it."""

    name: str
    label: str
    kept: str
    other: str

    @property
    def conflicts(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.kept and self.other and self.kept != self.other)

    @property
    def moves(self) -> bool:
        """Whether only the duplicate says it, so that it is taken over."""
        return bool(self.other and not self.kept)


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What merging would do: facts side by side, and the names of what moves from the duplicate."""

    duplicate: Company
    into: Company
    facts: list[Fact]
    aliases: list[str]
    products: list[str]
    strategies: list[str]
    swot_items: list[str]
    developments: list[str]

    @property
    def moving(self) -> list[Fact]:
        """Facts that only the duplicate has."""
        return [fact for fact in self.facts if fact.moves]


def plan(duplicate: Company, into: Company) -> MergePlan:
    """What merging `duplicate` into `into` would do. Changes nothing."""
    facts = [
        Fact(name, str(Company._meta.get_field(name).verbose_name), _said(into, name), _said(duplicate, name))  # type: ignore[union-attr]
        for name in FACTS
    ]
    kept_years = {year.year: year for year in into.financial_years.all()}
    for year in duplicate.financial_years.all():
        kept = kept_years.get(year.year)
        facts.append(Fact(f"year-{year.year}", f"financial year {year.year}", _amounts(kept), _amounts(year)))
    kept_products = {product.name: product for product in into.products.all()}
    moving = []
    for product in duplicate.products.all():
        kept_product = kept_products.get(product.name)
        if kept_product is None:
            moving.append(product.name)
        else:
            label = f"product {product.name}"
            facts.append(Fact(f"product-{product.pk}", label, kept_product.description, product.description))
    return MergePlan(
        duplicate=duplicate,
        into=into,
        facts=facts,
        aliases=[alias.name for alias in duplicate.aliases.all()],
        products=moving,
        strategies=[str(one) for one in duplicate.strategies.all()],
        swot_items=[str(one) for one in duplicate.swot_items.all()],
        developments=[str(one) for one in duplicate.developments.all()],
    )


def merge(duplicate: Company, *, into: Company, theirs: Collection[str] = ()) -> None:
    """Give everything `duplicate` has to `into`, and delete it. Where both say something, `into` keeps its own.

    Except for the facts named in `theirs` (as `plan` names them): there the duplicate's holds. References from outside
    the register (players of reports) must have been moved first: they are protected.
    """
    if duplicate.pk == into.pk:
        return
    with transaction.atomic():
        for name in FACTS:
            if getattr(duplicate, name) and (name in theirs or not getattr(into, name)):
                setattr(into, name, getattr(duplicate, name))
        duplicate.aliases.update(company=into)
        _merge_products(duplicate, into, theirs)
        kept_years = set(into.financial_years.values_list("year", flat=True))
        replaced = {year for year in kept_years if f"year-{year}" in theirs}
        into.financial_years.filter(
            year__in=replaced & set(duplicate.financial_years.values_list("year", flat=True))
        ).delete()
        duplicate.financial_years.exclude(year__in=kept_years - replaced).update(company=into)
        duplicate.strategies.update(company=into)
        duplicate.swot_items.update(company=into)
        for development in duplicate.developments.all():
            development.companies.add(into)
        duplicate.delete()
        into.save()


def _merge_products(duplicate: Company, into: Company, theirs: Collection[str]) -> None:
    held = {product.name: product for product in into.products.all()}
    for product in duplicate.products.all():
        kept = held.get(product.name)
        if kept is None:
            product.company = into
            product.save(update_fields=["company"])
        elif product.description and (f"product-{product.pk}" in theirs or not kept.description):
            kept.description = product.description
            kept.save(update_fields=["description"])


def _said(company: Company, name: str) -> str:
    value: Any = getattr(company, name)
    return "" if value in (None, "") else str(value)


def _amounts(year: FinancialYear | None) -> str:
    """A financial year in one line, source and all: "EUR 4,000.000 revenue (10^6); source: Annual report"."""
    if year is None:
        return ""
    said = [
        f"{FinancialYear._meta.get_field(name).verbose_name} {value:,}"  # type: ignore[union-attr]
        for name in _AMOUNTS
        if (value := getattr(year, name)) is not None
    ]
    scale = {0: "", 3: " thousand", 6: " million", 9: " billion"}.get(year.unit_mult, f" × 10^{year.unit_mult}")
    return f"{year.currency}{scale}: {', '.join(said) or 'no amounts'}; source: {year.source}"
