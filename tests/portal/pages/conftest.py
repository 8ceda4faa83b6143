"""Published reports and the people who read them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from portal.access.models import Licence, Organisation, Seat, User
from reports.document import Document
from reports.models import Edition, Report
from tests.documents import sample_document, small_document
from tests.factories import IndustryFactory, MarketFactory, ReportFactory, UserFactory

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create(email="editor@example.org", is_staff=True)


@pytest.fixture
def publish(editor: User) -> Callable[..., Edition]:
    """Stores a document as the next edition of its report, as publishing would."""

    def store(document: Document, *, at: datetime = NOW) -> Edition:
        report = Report.objects.filter(slug=document.slug).first()
        if report is None:
            industry = IndustryFactory.create(name=document.industry, slug=document.industry_slug)
            market = MarketFactory.create(name=document.headline.market, slug=document.slug)
            report = ReportFactory.create(title=document.title, slug=document.slug, market=market, industry=industry)
        number = report.editions.count() + 1
        return Edition.objects.create(
            report=report,
            number=number,
            schema=document.schema,
            document=document.to_json(),
            digest=document.digest(),
            published_at=at,
            published_by=editor,
        )

    return store


@pytest.fixture
def sunroofs(publish: Callable[..., Edition]) -> Edition:
    """The sunroof report in two editions; the second is current."""
    publish(replace(sample_document(), pages=99), at=NOW - timedelta(days=60))
    return publish(sample_document(), at=NOW - timedelta(days=3))


@pytest.fixture
def heat_pumps(publish: Callable[..., Edition]) -> Edition:
    return publish(small_document(), at=NOW - timedelta(days=1))


@pytest.fixture
def registered(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory.create(email="registered@example.org"))
    return client


@pytest.fixture
def subscriber(sunroofs: Edition) -> Client:
    """A client signed in as someone whose organisation has licensed the sunroof report alone."""
    user = UserFactory.create(email="subscriber@example.org")
    organisation = Organisation.objects.create(name="Reader", slug="reader", seats_bought=1)
    Seat.objects.claim(organisation, user)
    Licence.objects.create(
        organisation=organisation, scope="report", report=sunroofs.report, starts=NOW - timedelta(days=365)
    )
    client = Client()
    client.force_login(user)
    return client
