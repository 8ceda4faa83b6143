"""Comparing in a real browser."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.reading import SCREENS, faults_of
from tests.browser.test_pages import complaints_of, portal, screen, sign_in

__all__ = ["portal"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKETS = "/compare/?market=car-sunroof-market&market=heat-pump-market"
PAGES = ["/compare/", MARKETS, "/compare/?company=webasto-group&company=magna-international", "/companies/",
         "/companies/webasto-group/"]  # fmt: skip


def test_every_state_is_accessible_and_fits(browser: Browser, portal: str) -> None:
    found: list[str] = []
    for page in screen(browser, *SCREENS[0]):
        heard = complaints_of(page)
        for path in PAGES:
            found += faults_of(page, portal + path)
        sign_in(page, portal)
        for path in PAGES:
            found += faults_of(page, portal + path)
        found += heard
    assert found == []


def test_markets_are_added_and_taken_away(browser: Browser, portal: str) -> None:
    for page in screen(browser, 1280, 900, "light"):
        heard = complaints_of(page)
        page.goto(portal + "/compare/")
        for title in ("Car Sunroof Market", "Heat Pump Market"):
            page.get_by_placeholder("Add a report").fill(title)
            page.get_by_role("button", name="Add").click()
            expect(page.get_by_role("columnheader", name=title).first).to_be_visible()
        expect(page.get_by_role("heading", name="Growth from the same start")).to_be_visible()
        assert page.url.endswith(MARKETS)
        page.get_by_role("link", name="Take away Heat Pump Market").click()
        expect(page.get_by_text("One more.")).to_be_visible()
        assert page.url.endswith("?market=car-sunroof-market")
        assert heard == []
