"""Small drafts for tests: a market with numbers, a report with words, and the people who work on them."""

from datetime import UTC, datetime
from decimal import Decimal

import factory.django

from companies.models import Company
from forecasts.models import Assumption, Dimension, Market, Observation, Pin, Segment
from portal.access.models import User
from reports.models import Industry, MarketForce, Player, Report, Section, Takeaway

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "a long enough password"
SOURCE = "Published page of the market, 2024"


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.declarations.Sequence(lambda n: f"person{n}@example.org")
    password = factory.django.Password(PASSWORD)


class IndustryFactory(factory.django.DjangoModelFactory[Industry]):
    class Meta:
        model = Industry
        django_get_or_create = ("slug",)

    name = "Automotive parts"
    slug = "automotive-parts"
    isic = "2930"


class MarketFactory(factory.django.DjangoModelFactory[Market]):
    class Meta:
        model = Market

    name = factory.declarations.Sequence(lambda n: f"Market {n}")
    slug = factory.declarations.Sequence(lambda n: f"market-{n}")
    first_year = 2021
    base_year = 2024
    last_year = 2031


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    class Meta:
        model = Company

    name = factory.declarations.Sequence(lambda n: f"Company {n}")


class ReportFactory(factory.django.DjangoModelFactory[Report]):
    class Meta:
        model = Report

    market = factory.declarations.SubFactory(MarketFactory)
    industry = factory.declarations.SubFactory(IndustryFactory)
    title = factory.declarations.Sequence(lambda n: f"Report {n}")


def sunroof_draft() -> Report:
    """A small true draft: a total pinned at its end, two materials that sum to it, a region without data."""
    market = MarketFactory.create(name="Car Sunroof Market", slug="car-sunroof-market")
    Observation.objects.create(market=market, year=2024, value=Decimal("2274.97"), status="A", source=SOURCE)
    Assumption.objects.create(market=market, method="growth-rate", rate=Decimal("7.2"))
    Pin.objects.create(market=market, year=2031, value=Decimal("3701.17"), reason="Published value")
    material = Dimension.objects.create(market=market, name="Material", code="material", position=0)
    for name, value, rate in (("Fabric Material", "574.97", "4"), ("Glass Material", "1700", "8.2")):
        segment = Segment.objects.create(dimension=material, name=name)
        Observation.objects.create(
            market=market, segment=segment, year=2024, value=Decimal(value), source="Illustrative, not market data",
            illustrative=True,
        )  # fmt: skip
        Assumption.objects.create(market=market, segment=segment, method="growth-rate", rate=Decimal(rate))
    geography = Dimension.objects.create(
        market=market, name="Geography", code="geography", is_geography=True, position=1
    )
    europe = Segment.objects.create(dimension=geography, name="Europe", kind="region")
    Segment.objects.create(dimension=geography, parent=europe, name="Germany", kind="country", iso_code="DE")
    report = ReportFactory.create(market=market, title="Car Sunroof Market", slug="car-sunroof-market")
    Section.objects.create(
        report=report,
        kind="overview",
        heading="Size",
        body="Worth [[total 2024]] in the base year, growing [[cagr 2024-2031]].",
    )
    Takeaway.objects.create(report=report, body="Glass leads with [[share material/glass-material 2031]].")
    MarketForce.objects.create(report=report, kind="driver", title="Comfort", body="Buyers like light.")
    webasto = CompanyFactory.create(name="Webasto Group", overview="A supplier of roof systems.", country="DE")
    Player.objects.create(report=report, company=webasto, is_major=True)
    return report
