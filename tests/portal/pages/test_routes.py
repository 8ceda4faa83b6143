"""Every route of the readers' pages and files, and what it sends to whom: no locked value on any."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern

from portal.exports import urls as file_urls
from portal.pages import urls as page_urls
from reports.document import Tier
from reports.models import Edition
from tests.documents import sample_document
from tests.editions import NOW
from tests.portal.access.test_routes import secrets
from tests.portal.alerts.conftest import with_value

pytestmark = pytest.mark.django_db
REPORT = "/reports/car-sunroof-market/"
LOCKED = "figures/segment/geography/europe/germany/2029/"
SAME_FOR_ALL = {"robots", "sitemap", "favicon", "design", "report_card", "company_card", "site_card"}
ROUTES: dict[str, tuple[str, ...]] = {
    "home": ("/",),
    "reports": ("/reports/", "/reports/?sort=cagr"),
    "report": (REPORT, f"{REPORT}?edition=1", f"{REPORT}?scenario=optimistic"),
    "figure": (
        f"{REPORT}{LOCKED}", f"{REPORT}{LOCKED}?edition=1", f"{REPORT}figures/total/2031/",
        f"{REPORT}figures/total/2029/", f"{REPORT}figures/cagr/total/2024-2031/",
        f"{REPORT}figures/cagr/geography/europe/2024-2031/", f"{REPORT}figures/share/glass/solar-sunroof/2031/",
        f"{REPORT}figures/largest/geography/2031/", f"{REPORT}figures/fastest/geography/2024-2031/",
        f"{REPORT}figures/growth/2028/", f"{REPORT}figures/total/2031@optimistic/",
    ),
    "changes": (f"{REPORT}changes/", f"{REPORT}changes/?edition=1"),
    "editions": (f"{REPORT}editions/",),
    "report_card": (f"{REPORT}card.png", f"{REPORT}card.png?edition=1"),
    "company_card": ("/companies/webasto-group/card.png",),
    "site_card": ("/card.png",),
    "companies": ("/companies/",),
    "company": ("/companies/webasto-group/",),
    "accuracy": ("/accuracy/",),
    "report_accuracy": ("/accuracy/car-sunroof-market/",),
    "sitemap": ("/sitemap.xml",),
    "robots": ("/robots.txt",),
    "favicon": ("/favicon.ico",),
    "design": ("/design/",),
    "export_table": (
        f"{REPORT}tables/geography.csv", f"{REPORT}tables/total.csv", f"{REPORT}tables/driver_ledger.csv",
        f"{REPORT}tables/market_shares.csv",
    ),
    "export_picture": (
        f"{REPORT}charts/geography.svg", f"{REPORT}charts/total.svg", f"{REPORT}charts/driver_ledger.svg",
        f"{REPORT}charts/market_shares.svg",
    ),
    "export_report": (f"{REPORT}report.json",),
    "citation": (f"{REPORT}citation.txt", f"{REPORT}citation.ris"),
}  # fmt: skip


@pytest.fixture
def changed(publish: Callable[..., Edition]) -> Edition:
    """The report in two editions: the second changes a number that only a licence opens."""
    publish(sample_document(), at=NOW - timedelta(days=60))
    return publish(with_value(sample_document(), "geography/europe/germany", 2029, "77777.77"), at=NOW)


def test_every_route_is_listed_here() -> None:
    patterns = [one for one in (*page_urls.urlpatterns, *file_urls.urlpatterns) if isinstance(one, URLPattern)]
    assert {one.name for one in patterns} <= set(ROUTES)


@pytest.mark.parametrize("who", ["anonymous", "registered"])
def test_no_route_sends_a_locked_value(who: str, changed: Edition, registered: Client) -> None:
    client, tier = (Client(), Tier.PUBLIC) if who == "anonymous" else (registered, Tier.REGISTERED)
    hidden = secrets(changed.contents, tier) | {"77,777.77", "77777.77"}
    assert len(hidden) > 500
    for name, paths in ROUTES.items():
        for path in paths:
            answer = client.get(path)
            body = b"".join(answer) if answer.streaming else answer.content
            leaked = {secret for secret in hidden if secret in body.decode(errors="replace") and secret not in path}
            assert not leaked, (name, path, sorted(leaked)[:5])
            if who == "registered" and answer.status_code < 400 and name not in SAME_FOR_ALL:
                assert answer["Cache-Control"] == "private, no-store", path
