"""Two published reports, and readers of every kind: nobody, registered, licensed, staff; persons and keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.access.models import ApiKey, Licence, Organisation, Seat, User
from portal.api import remembered
from reports.document import Document, Tier
from reports.models import Edition, Industry, Report
from reports.projection import project
from tests.documents import sample_document, small_document
from tests.factories import MarketFactory, ReportFactory, UserFactory

PUBLISHED = datetime(2026, 11, 20, 9, tzinfo=UTC)
SUNROOF, HEAT_PUMP, DRAFT = "car-sunroof-market", "heat-pump-market", "unpublished-market"
BIG, SMALL = sample_document(), small_document()
# Encoded once: most tests publish these two, and a thousand cells take their time.
ENCODED = {id(document): (document.to_json(), document.digest()) for document in (BIG, SMALL)}


@pytest.fixture(autouse=True)
def forgetful() -> None:
    remembered.pages.clear()


def store(document: Document, *, at: datetime = PUBLISHED, by: User | None = None) -> Edition:
    """Store and project `document` as the next edition of its report, which is made when it is missing."""
    report = Report.objects.filter(slug=document.slug).first()
    if report is None:
        industry, _ = Industry.objects.get_or_create(slug=document.industry_slug, defaults={"name": document.industry})
        market = MarketFactory.create(name=document.slug, slug=document.slug)
        report = ReportFactory.create(market=market, industry=industry, title=document.title, slug=document.slug)
    encoded, digest = ENCODED.get(id(document)) or (document.to_json(), document.digest())
    edition = Edition.objects.create(
        report=report,
        number=report.editions.count() + 1,
        schema=document.schema,
        document=encoded,
        digest=digest,
        published_at=at,
        published_by=by or User.objects.first() or UserFactory.create(),
    )
    project(edition)
    return edition


@dataclass
class World:
    """What is published: editions 1 of two reports, and a draft that nobody may see."""

    sunroof: Report
    heat_pump: Report
    draft: Report
    publisher: User


@pytest.fixture
def world(db: None) -> World:
    publisher = UserFactory.create(email="publisher@example.org", is_staff=True)
    sunroof, heat_pump = store(BIG, by=publisher), store(SMALL, by=publisher)
    draft = ReportFactory.create(title="Unpublished Market", slug=DRAFT)
    return World(sunroof.report, heat_pump.report, draft, publisher)


def organisation(name: str, licensed: Report | None = None, **dates: Any) -> Organisation:
    made = Organisation.objects.create(name=name, slug=name, seats_bought=5)
    if licensed is not None:
        starts = timezone.now() - timedelta(days=30)
        Licence.objects.create(
            organisation=made, scope="report", report=licensed, **{"starts": starts, "until": None, **dates}
        )
    return made


def key_client(of: Organisation, by: User, **fields: Any) -> Client:
    _, secret = ApiKey.objects.issue(of, name="test", by=by, **{"scopes": ["read"], **fields})
    return Client(headers={"authorization": f"Bearer {secret}"})


def person_client(of: Organisation | None = None, **fields: Any) -> Client:
    user = UserFactory.create(**fields)
    if of is not None:
        Seat.objects.claim(of, user)
    client = Client()
    client.force_login(user)
    return client


READERS: dict[str, tuple[Callable[[World], Client], Tier, Tier]] = {
    # name: how to ask, tier of the sunroof report, tier of the heat pump report
    "nobody": (lambda world: Client(), Tier.PUBLIC, Tier.PUBLIC),
    "a person without a seat": (lambda world: person_client(), Tier.REGISTERED, Tier.REGISTERED),
    "a person with a licensed seat": (
        lambda world: person_client(organisation("reader", world.sunroof)), Tier.LICENSED, Tier.REGISTERED,
    ),
    "a person whose licence has expired": (
        lambda world: person_client(
            organisation("late", world.sunroof, until=timezone.now() - timedelta(seconds=1))
        ),
        Tier.REGISTERED, Tier.REGISTERED,
    ),
    "a person whose licence has not begun": (
        lambda world: person_client(
            organisation("early", world.sunroof, starts=timezone.now() + timedelta(hours=1))
        ),
        Tier.REGISTERED, Tier.REGISTERED,
    ),
    "somebody who was disabled": (
        lambda world: person_client(organisation("gone", world.sunroof), is_active=False), Tier.PUBLIC, Tier.PUBLIC,
    ),
    "a key without a licence": (
        lambda world: key_client(organisation("poor"), world.publisher), Tier.REGISTERED, Tier.REGISTERED,
    ),
    "a licensed key": (
        lambda world: key_client(organisation("rich", world.heat_pump), world.publisher),
        Tier.REGISTERED, Tier.LICENSED,
    ),
    "staff": (lambda world: person_client(is_staff=True), Tier.STAFF, Tier.STAFF),
}  # fmt: skip


@pytest.fixture
def get() -> Callable[..., dict[str, Any]]:
    """GET an address under /api/v1/ that must answer 200, as the object it holds."""

    def get(client: Client, address: str, **parameters: str) -> dict[str, Any]:
        response = client.get(f"/api/v1/{address}", parameters)
        assert response.status_code == 200, response.content[:500]
        found: dict[str, Any] = response.json()
        return found

    return get
