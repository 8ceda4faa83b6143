"""The explorer in a real browser: without scripts a form and a page, with them no reload; the same on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from portal.access.models import Organisation
from portal.explorer.models import Embed, EmbedSite
from portal.search import indexing
from tests.browser.reading import SCREENS, faults_of
from tests.browser.test_pages import complaints_of, portal, screen, sign_in
from tests.editions import NOW

__all__ = ["portal"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOFS = "/explorer/?report=car-sunroof-market"
BOTH = f"{ROOFS}&report=heat-pump-market"
PUBLIC = ["/explorer/", BOTH, f"{ROOFS}&by=material", f"{ROOFS}&report=none"]
LICENSED = [f"{ROOFS}&by=material", f"{ROOFS}&by=glass&chart=stacked", f"{ROOFS}&by=geography&show=growth&chart=bars",
            f"{BOTH}&show=index", f"{ROOFS}&company=webasto-group&measure=company-share", "/explorer/saved/",
            "/explorer/embeds/?query=report%3Dcar-sunroof-market"]  # fmt: skip


def test_every_state_is_accessible_and_fits(browser: Browser, portal: str) -> None:
    found: list[str] = []
    for page in screen(browser, *SCREENS[0]):
        heard = complaints_of(page)
        for path in PUBLIC:
            found += faults_of(page, portal + path)
        sign_in(page, portal)
        for path in LICENSED:
            found += faults_of(page, portal + path)
        found += heard
    assert found == []


def test_choices_change_the_chart_without_a_reload_and_the_address_follows(browser: Browser, portal: str) -> None:
    for page in screen(browser, 1280, 900, "light"):
        heard = complaints_of(page)
        sign_in(page, portal)
        page.goto(portal + ROOFS)
        page.evaluate("window.stayed = true")
        page.get_by_label("Dimension").focus()
        page.get_by_label("Dimension").select_option("material")
        expect(page.get_by_role("heading", name="Car Sunroof market by material, 2021–2031")).to_be_visible()
        expect(page.get_by_label("Dimension")).to_be_focused()
        page.get_by_label("Share of the whole").check()
        expect(page.get_by_text("Per cent of the whole, computed").first).to_be_visible()
        assert "by=material" in page.url
        assert "show=share" in page.url
        page.go_back()
        expect(page.get_by_text("Revenue, USD million, current prices").first).to_be_visible()
        assert page.evaluate("window.stayed") is True
        assert heard == []


def test_the_pointer_reads_the_numbers_of_a_year(browser: Browser, portal: str) -> None:
    for page in screen(browser, 1280, 900, "light"):
        sign_in(page, portal)
        page.goto(f"{portal}{ROOFS}&by=material")
        drawing = page.locator("[data-plot] > svg.plot").first
        area = drawing.bounding_box()
        assert area
        page.mouse.move(area["x"] + area["width"] - 2, area["y"] + 150)
        box = page.locator(".plot-values")
        expect(box).to_contain_text("2031")
        expect(box).to_contain_text("Glass Material")
        cell = page.locator("tr", has_text="Glass Material").locator("[data-year='2031']")
        expect(box).to_contain_text(cell.inner_text())


def test_without_scripts_the_form_and_the_chart_are_enough(browser: Browser, portal: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(portal + ROOFS)
    page.get_by_label("Index").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Index: the first year shown of each line is 100").first).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Car Sunroof market: 100.0 in 2024"))).to_be_visible()
    context.close()


def test_a_chart_is_saved_and_found_again(browser: Browser, portal: str) -> None:
    for page in screen(browser, 390, 844, "light"):
        sign_in(page, portal)
        page.goto(f"{portal}{ROOFS}&by=material")
        page.get_by_label("Save it as").fill("Roofs by material")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("“Roofs by material” is saved.")).to_be_visible()
        page.get_by_role("link", name="Your saved charts").click()
        page.get_by_role("link", name="Roofs by material", exact=True).click()
        expect(page.get_by_role("heading", name="Car Sunroof market by material, 2021–2031")).to_be_visible()


def test_an_embedded_chart_is_shown_in_a_frame_of_its_site_alone(browser: Browser, portal: str) -> None:
    organisation = Organisation.objects.get(slug="reader")
    Embed.objects.create(
        organisation=organisation, key="the-key", title="Roofs", query="report=car-sunroof-market", made_at=NOW
    )
    EmbedSite.objects.create(organisation=organisation, domain="site.example", added_at=NOW)
    frame = (
        f'<!doctype html><title>Site</title><iframe src="{portal}/embed/the-key/" title="Roofs" width="700"></iframe>'
    )
    # A site on the internet may frame one on this machine only by permission; real ones need none.
    context = browser.new_context(permissions=["local-network-access"])
    page = context.new_page()
    for host, shown in (("https://site.example/", True), ("https://other.example/", False)):
        page.route(host, lambda route: route.fulfill(body=frame, content_type="text/html"))
        page.goto(host)
        drawn = page.frame_locator("iframe").get_by_role("heading", name="Car Sunroof market, 2021–2031")
        expect(drawn).to_be_visible() if shown else expect(drawn).to_have_count(0)
    context.close()


def test_the_keyboard_goes_from_the_slash_through_suggestions_to_a_page(browser: Browser, portal: str) -> None:
    indexing.catch_up()
    for page in screen(browser, 1280, 900, "light"):
        heard = complaints_of(page)
        page.goto(portal + "/companies/")
        page.keyboard.press("/")
        box = page.get_by_role("combobox")
        expect(box).to_be_focused()
        page.keyboard.type("webas")
        options = page.get_by_role("option")
        expect(options.first).to_contain_text("Webasto Group")
        page.keyboard.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(options).to_have_count(0)
        box.fill("dimmable")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/search/"))
        page.keyboard.press("/")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".found h3 a").first).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(page.locator("#search-q")).to_be_focused()
        assert heard == []


def test_the_library_is_narrowed_without_a_reload(browser: Browser, portal: str) -> None:
    for page in screen(browser, 390, 844, "light"):
        page.goto(portal + "/reports/")
        page.evaluate("window.stayed = true")
        page.get_by_label("Industry").select_option(label="Heating and cooling (1)")
        expect(page.get_by_role("link", name="Car Sunroof Market")).to_have_count(0)
        expect(page.get_by_text("1 report in Heating and cooling")).to_be_visible()
        assert "industry=heating-and-cooling" in page.url
        assert page.evaluate("window.stayed") is True
