"""Following in a real browser: a search, a company and a chart, and the page of all that is followed."""

import pytest
from playwright.sync_api import Browser, expect

from portal.access.models import User
from portal.explorer.models import SavedChart
from tests.browser.reading import SCREENS, faults_of
from tests.browser.test_pages import complaints_of, portal, screen, sign_in
from tests.editions import NOW

__all__ = ["portal"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chart(portal: str) -> SavedChart:
    reader = User.objects.get(email="subscriber@example.org")
    return SavedChart.objects.create(
        user=reader, name="Roofs by material", query="report=car-sunroof-market&by=material", saved_at=NOW
    )


def test_what_is_followed_is_chosen_seen_and_stopped(browser: Browser, portal: str, chart: SavedChart) -> None:
    for page in screen(browser, 1280, 900, "light"):
        heard = complaints_of(page)
        sign_in(page, portal)
        page.goto(f"{portal}/search/?q=dimmable+glass")
        page.get_by_role("link", name="Follow this search").click()
        page.get_by_role("button", name="Once a day").click()
        expect(page.get_by_text("You get a letter each morning")).to_be_visible()
        page.goto(f"{portal}/explorer/saved/")
        page.get_by_role("link", name="Follow Roofs by material").click()
        page.get_by_role("button", name="Once a week").click()
        page.goto(f"{portal}/companies/webasto-group/")
        page.get_by_role("link", name="Follow", exact=True).click()
        page.get_by_role("button", name="At once").click()
        page.goto(f"{portal}/following/")
        for subject in ("“dimmable glass”", "Roofs by material", "Webasto Group"):
            expect(page.get_by_role("link", name=subject, exact=True)).to_be_visible()
        page.get_by_role("button", name="Stop following Webasto Group").click()
        expect(page.get_by_role("link", name="Webasto Group", exact=True)).to_have_count(0)
        assert heard == []


def test_its_pages_are_accessible_and_fit(browser: Browser, portal: str, chart: SavedChart) -> None:
    found: list[str] = []
    for page in screen(browser, *SCREENS[0]):
        heard = complaints_of(page)
        sign_in(page, portal)
        for path in ("/following/", "/search/?q=glass", "/search/?q=CAGR+over+7+%25", "/search/follow/?q=glass",
                     f"/explorer/saved/{chart.pk}/follow/", "/explorer/saved/"):  # fmt: skip
            found += faults_of(page, portal + path)
        found += heard
    assert found == []
