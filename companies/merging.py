"""Merging two records of one company."""

from django.db import transaction

from companies.models import Company


def merge(duplicate: Company, *, into: Company) -> None:
    """Give everything `duplicate` has to `into`, and delete it. Where both have something, `into` keeps its own.

    References from outside the register (players of reports) must have been moved first: they are protected.
    """
    if duplicate.pk == into.pk:
        return
    with transaction.atomic():
        for field in ("legal_name", "country", "lei", "website", "founded_year", "overview"):
            if not getattr(into, field):
                setattr(into, field, getattr(duplicate, field))
        duplicate.aliases.update(company=into)
        held_products = set(into.products.values_list("name", flat=True))
        duplicate.products.exclude(name__in=held_products).update(company=into)
        held_years = set(into.financial_years.values_list("year", flat=True))
        duplicate.financial_years.exclude(year__in=held_years).update(company=into)
        duplicate.strategies.update(company=into)
        duplicate.swot_items.update(company=into)
        for development in duplicate.developments.all():
            development.companies.add(into)
        duplicate.delete()
        into.save()
