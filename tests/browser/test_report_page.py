"""What the figures of a report do in a browser: asked by mouse and keyboard, turned, read by year, taken along."""

import gzip
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.test_pages import REPORT, complaints_of, portal, sign_in

__all__ = ["portal"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reading(browser: Browser, portal: str) -> Iterator[Page]:
    """The report, open before a subscriber; whatever the console complains of fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
        accept_downloads=True,
    )
    page = context.new_page()
    heard = complaints_of(page)
    sign_in(page, portal)
    page.goto(portal + REPORT)
    yield page
    context.close()
    assert heard == []


def test_a_number_is_asked_by_a_click_and_answered_in_place(reading: Page) -> None:
    asked = reading.locator(".big-numbers .ask").first
    asked.click()
    dialog = reading.get_by_role("dialog")
    expect(dialog).to_contain_text("The whole market, 2024")
    for part in ("Source", "Method", "Run", "Edition", "SHA-256"):
        expect(dialog).to_contain_text(part)
    reading.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(asked).to_be_focused()


def test_a_table_of_numbers_is_one_stop_and_walked_with_arrows(reading: Page) -> None:
    reading.locator("#chart-material label", has_text="Table").click()
    table = reading.locator("#table-material table")
    assert table.locator("a.ask[tabindex='0']").count() == 1
    table.locator("a.ask").first.focus()
    reading.keyboard.press("ArrowRight")
    reading.keyboard.press("ArrowDown")
    focused = reading.evaluate("document.activeElement.getAttribute('href')")
    assert "material/glass-material/2022" in focused
    reading.keyboard.press("End")
    assert "share/material/glass-material" in reading.evaluate("document.activeElement.getAttribute('href')")
    reading.keyboard.press("Enter")
    expect(reading.get_by_role("dialog")).to_contain_text("Share of Glass Material")


def test_a_figure_turns_from_chart_to_table_and_a_link_opens_the_right_view(reading: Page) -> None:
    chart = reading.locator("#chart-vehicle .view-chart")
    table = reading.locator("#table-vehicle")
    expect(chart).to_be_visible()
    expect(table).to_be_hidden()
    reading.locator("#chart-vehicle").get_by_text("Table", exact=True).click()
    expect(table).to_be_visible()
    expect(chart).to_be_hidden()
    chosen = reading.locator("#chart-vehicle .views input:checked")
    expect(chosen).to_be_focused()
    assert chosen.bounding_box()["width"] <= 1, "the button itself stays out of sight"  # type: ignore[index]
    reading.evaluate("location.hash = '#table-glass'")
    expect(reading.locator("#table-glass")).to_be_visible()


def test_a_link_to_a_profile_opens_it(reading: Page) -> None:
    profile = reading.locator("details.profile").nth(1)
    expect(profile.locator(".profile-body")).to_be_hidden()
    reading.evaluate("place => { location.hash = place; }", profile.get_attribute("id"))
    expect(profile.locator(".profile-body")).to_be_visible()


def test_a_chart_is_read_year_by_year_with_the_keyboard(reading: Page) -> None:
    market = reading.locator("#chart-total")
    market.get_by_role("slider", name="Year").focus()
    reading.keyboard.press("ArrowLeft")
    expect(market.locator(".readout")).to_contain_text(re.compile(r"2030: [\d,.]+, projected. 80 % interval"))
    slider = reading.locator("#chart-material").get_by_role("slider", name="Year")
    slider.focus()
    reading.keyboard.press("Home")
    expect(reading.locator("#chart-material [data-says]").first).to_contain_text("in 2021")
    assert "Glass Material" in (slider.get_attribute("aria-valuetext") or "")


def test_pointing_at_a_segment_reads_that_year_in_all_of_them(reading: Page) -> None:
    plot = reading.locator("#chart-material .plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    reading.mouse.move(box["x"] + box["width"] * 0.02, box["y"] + 40)
    for says in reading.locator("#chart-material [data-says]").all():
        expect(says).to_contain_text("in 2021")


def test_the_map_is_read_place_by_place(reading: Page) -> None:
    geography = reading.locator("#chart-geography")
    expect(geography.get_by_role("img", name=re.compile("A map of 24 places by growth a year"))).to_be_visible()
    geography.get_by_role("combobox", name="Place").select_option(label="Germany")
    expect(geography.locator("output").first).to_contain_text("Germany: 6.4 % a year, USD million")
    geography.get_by_role("combobox", name="Place").select_option(label="Rest of Latin America")
    expect(geography.locator("output").first).to_have_text("Rest of Latin America: not estimated")


def test_link_and_citation_are_copied_for_the_figure_they_stand_at(reading: Page) -> None:
    figure = reading.locator("#chart-vehicle")
    figure.get_by_role("button", name=re.compile("Copy citation")).click()
    expect(figure.locator("[data-said]")).to_have_text("Citation copied.")
    assert "By Vehicle" in reading.evaluate("navigator.clipboard.readText()")
    figure.get_by_role("button", name=re.compile("Copy link")).click()
    expect(figure.locator("[data-said]")).to_have_text("Link copied.")
    assert reading.evaluate("navigator.clipboard.readText()").endswith("?edition=3#dimension-vehicle")


def test_each_form_of_a_figure_is_fetched_with_a_word_on_how_it_went(reading: Page) -> None:
    take = reading.locator("#chart-vehicle [data-take]")
    for form, ending in (("CSV", "csv"), ("Excel", "xlsx"), ("SVG", "svg"), ("PNG", "png")):
        with reading.expect_download() as fetched:
            take.get_by_role("link", name=re.compile(f"^{form}")).click()
        assert fetched.value.suggested_filename == f"car-sunroof-market-edition-3-vehicle.{ending}"
        expect(take.locator("[data-said]")).to_have_text(f"{form} saved.")


def test_a_figure_fills_the_screen_and_comes_back(reading: Page) -> None:
    figure = reading.locator("#chart-vehicle")
    figure.get_by_role("button", name=re.compile("Full screen")).click()
    reading.wait_for_function("document.fullscreenElement?.id === 'chart-vehicle'")
    figure.get_by_role("button", name=re.compile("Full screen")).click()
    reading.wait_for_function("document.fullscreenElement === null")


def test_the_whole_page_is_walked_with_the_keyboard_alone(browser: Browser, portal: str) -> None:
    """From the address bar: skip to the content, into the contents, to a section, on to a number and its answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, portal)
    page.goto(portal + REPORT)
    seen: list[str] = []
    for _ in range(70):
        page.keyboard.press("Tab")
        box = page.evaluate(
            "(() => { const one = document.activeElement, box = one.getBoundingClientRect();"
            " return [one.outerHTML.slice(0, 80), box.width, box.height, getComputedStyle(one).outlineStyle] })()"
        )
        seen.append(box[0])
        # A radio button is hidden behind its label, which shows the focus for it.
        if "radio" not in box[0]:
            assert box[1] > 0, box
            assert box[2] > 0, box
            assert box[3] != "none", box
    assert len(seen) == len(set(seen)) or seen.count(seen[-1]) < 4  # never caught in one place
    page.locator(".contents a[href='#dimension-vehicle']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dimension-vehicle")).to_be_in_viewport()
    page.locator("#view-vehicle-chart").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#table-vehicle")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "ask" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Sedan & Hatchback")
    page.keyboard.press("Escape")
    assert "ask" in page.evaluate("document.activeElement.className")
    context.close()


def test_without_scripts_numbers_views_map_and_files_all_work(browser: Browser, portal: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, portal)
    page.goto(portal + REPORT)
    expect(page.locator(".world").first).to_be_visible()
    page.locator("#chart-vehicle").get_by_text("Table", exact=True).click()
    expect(page.locator("#table-vehicle")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Copy|Full screen"))).to_have_count(0)
    page.locator("#table-vehicle a.ask").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sedan & Hatchback, 2021")
    expect(page.locator("main")).to_contain_text("Source")
    context.close()


def test_the_first_paint_waits_for_little(browser: Browser, portal: str) -> None:
    """Weights as they travel, and a chart that can be read before any script has run."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, portal)
    styles: list[bytes] = []
    page.on("response", lambda one: styles.append(one.body()) if one.url.endswith(".css") else None)
    page.route("**/*.js", lambda route: route.abort())
    answer = page.goto(portal + REPORT)
    assert answer
    assert len(gzip.compress(answer.body(), 6)) <= 60_000
    blocking = page.locator("link[rel=stylesheet]:not([media])").count()
    assert blocking
    assert sum(len(gzip.compress(one, 6)) for one in styles) <= 30_000
    assert page.locator("script[src]:not([type=module]):not([defer]):not([async])").count() == 0
    expect(page.get_by_role("img", name="Car Sunroof market size, 2021–2031")).to_be_visible()
    expect(page.locator("#chart-total .value.prominent").first).to_be_visible()
    context.close()


def test_paper_shows_every_view_and_no_controls(reading: Page) -> None:
    reading.emulate_media(media="print")
    for view in (".view-map", "#chart-geography .view-chart", "#table-geography", "#table-total"):
        expect(reading.locator(view).first).to_be_visible()
    for control in (".site-nav", ".contents", ".views", ".take", ".scrub"):
        expect(reading.locator(control).first).to_be_hidden()
    expect(reading.locator(".profile-body").first).to_be_visible()
    assert reading.pdf(format="A4").startswith(b"%PDF")


def test_a_page_that_keeps_its_reader_waiting_shows_that_it_is_coming(reading: Page) -> None:
    # While a page is on its way the old one cannot be asked, so it notes down itself what it showed.
    reading.evaluate(
        "new MutationObserver(() => { const line = document.querySelector('.under-way');"
        " if (line) sessionStorage.setItem('shown', line.textContent) }).observe(document.body, { childList: true })"
    )
    held: list[Route] = []
    reading.route("**/companies/", lambda route: held.append(route))  # Playwright marks its handlers
    reading.get_by_role("link", name="Companies", exact=True).first.click(no_wait_after=True)
    reading.wait_for_timeout(1500)
    held[0].continue_()
    expect(reading).to_have_url(re.compile("/companies/$"))
    assert reading.evaluate("sessionStorage.getItem('shown')") == "Loading the page"
    expect(reading.locator(".under-way")).to_have_count(0)


def test_a_locked_number_is_answered_by_the_page_itself_and_no_request_fails(browser: Browser, portal: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.goto(portal + REPORT)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/figures/" in request.url else None)
    number = page.locator("a.ask", has=page.locator(".figure-locked")).first
    number.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This number is in the full report")
    expect(dialog.get_by_role("heading")).to_have_text(str(number.locator("data").get_attribute("title")))
    expect(dialog.get_by_role("link", name="Ask for a licence")).to_be_visible()
    page.keyboard.press("Escape")
    expect(number).to_be_focused()
    assert (heard, asked) == ([], [])
    for other in page.locator("a.ask").all():  # every other number that the page shows has an answer
        if not other.locator(".figure-locked").count():
            assert page.request.get(portal + str(other.get_attribute("href"))).ok
    page.context.close()
