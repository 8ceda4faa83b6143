"""Stores documents as editions, as publishing would, for tests of what reads them."""

from datetime import UTC, datetime

from portal.access.models import User
from reports.document import Document
from reports.models import Edition, Report
from tests.factories import IndustryFactory, MarketFactory, ReportFactory

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def store_edition(document: Document, *, by: User, at: datetime = NOW) -> Edition:
    """The document as the next edition of its report; report, market and industry are made when it is the first."""
    report = Report.objects.filter(slug=document.slug).first()
    if report is None:
        industry = IndustryFactory.create(name=document.industry, slug=document.industry_slug)
        market = MarketFactory.create(name=document.headline.market, slug=document.slug)
        report = ReportFactory.create(title=document.title, slug=document.slug, market=market, industry=industry)
    return Edition.objects.create(
        report=report,
        number=report.editions.count() + 1,
        schema=document.schema,
        document=document.to_json(),
        digest=document.digest(),
        published_at=at,
        published_by=by,
    )
