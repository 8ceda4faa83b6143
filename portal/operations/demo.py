"""Loads the demo: three markets, their companies, and the people who read and edit them. Safe to run again."""

import json
import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

import pghistory
from allauth.account.models import EmailAddress
from django.db import transaction

from companies.models import Company, CompanyAlias, FinancialYear, Product, Strategy, SwotItem, name_key
from forecasts.models import (
    Assumption,
    CrossCell,
    CrossTable,
    Driver,
    Market,
    Observation,
    Pin,
    Scenario,
    ScenarioWeight,
    Segment,
)
from forecasts.scenarios import ensure_default_scenarios
from portal.access.models import ApiKey, Licence, Organisation, Seat, User
from portal.access.roles import ensure_roles
from portal.operations.demo_editions import DEMO, enter_observations, nodes_of, publish_editions, rows
from reports.deciding import decide_claim
from reports.importing.store import import_manuscript
from reports.models import HeadlineClaim, Industry, MarketForce, Player, Report

MARKETS = ("car-sunroof", "roof-glazing", "door-modules")
ILLUSTRATIVE = {"roof-glazing", "door-modules"}
EMAILS = {
    "editor": "editor@plumbline.example",
    "reviewer": "reviewer@plumbline.example",
    "subscriber": "subscriber@plumbline.example",
    "registered": "registered@plumbline.example",
}
KEY_NAME = "Demo key"


def load_demo(*, now: datetime) -> dict[str, Any]:
    """Load what is missing of the demo and return fresh sign-ins: passwords and a key are made anew each time.

    Returns `editor`, `reviewer`, `subscriber` and `registered`, each with `email` and `password`, and `api_key`.
    """
    began = monotonic()
    people, credentials = _people()
    editor = people["editor"]
    industry, _ = Industry.objects.get_or_create(
        slug="automotive-parts", defaults={"name": "Automotive parts", "isic": "2930", "naics": "3363"}
    )
    with transaction.atomic():
        _companies()
    for name in MARKETS:
        report = Report.objects.filter(market__slug=_market_slug(name)).first()
        if report is None:
            with transaction.atomic(), pghistory.context(user=editor.pk, url="demo"):
                report = _import(name, industry, editor, now)
        if not report.editions.exists():
            publish_editions(name, report, by=editor, now=now + timedelta(seconds=monotonic() - began))
    organisation, _ = Organisation.objects.get_or_create(
        slug="demo-motors", defaults={"name": "Demo Motors", "seats_bought": 5}
    )
    Seat.objects.claim(organisation, people["subscriber"], owner=True)
    Licence.objects.get_or_create(organisation=organisation, scope="all", defaults={"starts": now - timedelta(days=1)})
    ApiKey.objects.filter(organisation=organisation, name=KEY_NAME, revoked_at=None).update(revoked_at=now)
    _, secret = ApiKey.objects.issue(organisation, name=KEY_NAME, by=editor, scopes=["read"])
    return {**credentials, "api_key": secret}


def _people() -> tuple[dict[str, User], dict[str, Any]]:
    roles = ensure_roles()
    people, credentials = {}, {}
    for who, email in EMAILS.items():
        password = secrets.token_urlsafe(12)
        user, _ = User.objects.get_or_create(email=email, defaults={"is_staff": who in ("editor", "reviewer")})
        user.set_password(password)
        user.save()
        EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        people[who] = user
        credentials[who] = {"email": email, "password": password}
    people["editor"].groups.set([roles["Editor"], roles["Publisher"], roles["Administrator"]])
    people["reviewer"].groups.set([roles["Reviewer"]])
    return people, credentials


def _market_slug(name: str) -> str:
    return f"{name}-market"


def _import(name: str, industry: Industry, editor: User, now: datetime) -> Report:
    text = (DEMO / f"{name}.md").read_text(encoding="utf-8")
    report = import_manuscript(text, filename=f"{name}.md", industry=industry, by=editor, now=now).report
    report.illustrative, report.featured = name in ILLUSTRATIVE, None if name in ILLUSTRATIVE else 1
    report.save()
    market = report.market
    _numbers(name, market)
    _cross_tables(name, market)
    _drivers(name, report)
    _shares(name, report)
    _decide(report, editor, now)
    return report


def _numbers(name: str, market: Market) -> None:
    """Observations, assumptions and pins from the market's tables, replacing what the manuscript left."""
    nodes = nodes_of(market)
    Observation.objects.filter(market=market).delete()
    enter_observations(f"{name}.csv", market)
    Assumption.objects.filter(market=market).delete()
    Assumption.objects.bulk_create(
        Assumption(
            market=market, method=row["method"], rate=Decimal(row["rate"]), note=row["note"], **nodes[row["path"]]
        )
        for row in rows(f"{name}.assumptions.csv")
    )
    Pin.objects.filter(market=market).delete()
    Pin.objects.bulk_create(
        Pin(
            market=market,
            year=int(row["year"]),
            value=Decimal(row["value"]),
            reason=row["reason"],
            **nodes[row["path"]],
        )
        for row in rows(f"{name}.pins.csv")
    )


def _cross_tables(name: str, market: Market) -> None:
    """A cross-table for each pair of dimensions that a known cell is given for, with those cells."""
    segments = {segment.path: segment for segment in Segment.objects.filter(dimension__market=market)}
    for row in rows(f"{name}.cross.csv"):
        across, down = segments[row["row"]], segments[row["column"]]
        table, _ = CrossTable.objects.get_or_create(market=market, rows=across.dimension, columns=down.dimension)
        CrossCell.objects.create(
            table=table, row=across, column=down, year=int(row["year"]), value=Decimal(row["value"]),
            source=row["source"], illustrative=row["illustrative"] == "true",
        )  # fmt: skip


def _drivers(name: str, report: Report) -> None:
    """Drivers with their weights by scenario; a force is tied to the driver of its name."""
    ensure_default_scenarios(report.market_id)
    scenarios = {scenario.code: scenario for scenario in Scenario.objects.filter(market=report.market)}
    for position, row in enumerate(rows(f"{name}.drivers.csv")):
        driver = Driver.objects.create(
            market=report.market, name=row["name"], code=row["code"], effect=Decimal(row["effect"]), position=position
        )
        for code in ("optimistic", "pessimistic"):
            ScenarioWeight.objects.create(scenario=scenarios[code], driver=driver, weight=Decimal(row[code]))
        MarketForce.objects.filter(report=report, kind=row["kind"], title=row["name"]).update(driver=driver)


def _shares(name: str, report: Report) -> None:
    """Shares of players, which only companies that do not exist have."""
    for row in rows(f"{name}.shares.csv"):
        player = Player.objects.get(report=report, company__name=row["company"])
        player.share, player.share_year, player.share_source = Decimal(row["share"]), int(row["year"]), row["source"]
        player.save(update_fields=["share", "share_year", "share_source"])


def _companies() -> None:
    """The register with its profiles, before the manuscripts, so that these find companies under every alias."""
    for described in json.loads((DEMO / "companies.json").read_text(encoding="utf-8")):
        if Company.objects.named(described["name"]).exists():
            continue
        company = Company.objects.create(
            name=described["name"], country=described["country"], overview=described["overview"]
        )
        for alias in described["aliases"]:
            CompanyAlias.objects.get_or_create(key=name_key(alias), defaults={"company": company, "name": alias})
        Product.objects.bulk_create(Product(company=company, **one) for one in described.get("products", []))
        Strategy.objects.bulk_create(Strategy(company=company, **one) for one in described.get("strategies", []))
        SwotItem.objects.bulk_create(SwotItem(company=company, **one) for one in described.get("swot", []))
        FinancialYear.objects.bulk_create(
            FinancialYear(company=company, **one) for one in described.get("financials", [])
        )


def _decide(report: Report, editor: User, now: datetime) -> None:
    """Accept what the manuscript claims, and for car sunroofs reject what the source page says besides."""
    for claim in report.claims.filter(decision="open"):
        decide_claim(claim, "accepted", by=editor, reason="Agrees with the numbers of this report.", now=now)
    if report.market.slug != _market_slug("car-sunroof"):
        return
    value_2024, value_2031 = Decimal("2274.97"), Decimal("3701.17")
    text = "The running text, the title and the growth rate agree on 2024 and 2031; the table alone differs."
    span = "It leaves out the base year, and 7.2 % over its six years does not lead from one value to the other."
    for kind, shown, value, year, end_year, reason in (
        ("base-value", "USD 2,274.97 million", value_2024, 2025, None, text),
        ("end-value", "USD 3,701.17 million", value_2031, 2032, None, text),
        ("base-year", "2025", None, 2025, None, text),
        ("span", "2026–2032", None, 2026, 2032, span),
    ):
        claim = HeadlineClaim.objects.create(
            report=report, kind=kind, shown=shown, value=value, year=year, end_year=end_year,
            quote=f"Table of the source page: {shown}" + (f" in {year}" if value else ""),
        )  # fmt: skip
        decide_claim(claim, "rejected", by=editor, reason=reason, now=now)
