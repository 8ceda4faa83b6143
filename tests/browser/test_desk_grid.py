"""The data grid in a real browser: what an analyst's hands expect of a spreadsheet, and that nothing typed is lost."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from forecasts.datagrid import parse_number
from forecasts.models import Dimension, Market, Observation, Pin, Segment
from forecasts.recompute import recompute
from portal.access.models import User
from portal.access.roles import ensure_roles
from tests.factories import UserFactory, sunroof_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def market() -> Market:
    market = sunroof_draft().market
    recompute(market.pk, trigger="test")
    return market


@pytest.fixture
def editor() -> User:
    editor = UserFactory.create(is_staff=True, email="editor@example.org")
    editor.groups.set([ensure_roles()["Editor"]])
    return editor


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(
    browser: Browser,
    live_server: LiveServer,
    editor: User,
    complaints: list[str],
) -> Iterator[Page]:
    """A signed-in editor's page; whatever the console complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = signed_in(context.new_page(), live_server, editor)
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A refused save answers 409 or 422, of which the browser itself makes a line.
    assert [one for one in complaints if "the server responded with a status of 4" not in one] == []


def signed_in(page: Page, live_server: LiveServer, user: User) -> Page:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def open_grid(page: Page, live_server: LiveServer, market: Market) -> None:
    page.goto(f"{live_server.url}/admin/forecasts/market/{market.pk}/data/")
    page.locator("[data-ready]").wait_for()


def cell(page: Page, key: str) -> Locator:
    return page.locator(f'[data-cell="{key}"]')


def text_of(page: Page, key: str) -> str:
    """A cell's number without its letter."""
    return str(cell(page, key).locator("span").first.evaluate("one => one.firstChild.textContent"))


def node(name: str) -> str:
    return f"s{Segment.objects.get(name=name).pk}"


def put(page: Page, key: str, text: str) -> None:
    """Type a number into a cell, as one does: choose it, type, Enter."""
    cell(page, key).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def paste(page: Page, text: str) -> None:
    """A real paste event with what a spreadsheet puts on the clipboard, where the focus is."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(paste);
        }""",
        text,
    )


def copied(page: Page) -> str:
    """What Ctrl+C puts on the clipboard."""
    page.evaluate(
        """() => { window.copied = ""; document.addEventListener("copy", event => {
            window.copied = event.clipboardData.getData("text/plain"); }, {once: true}); }"""
    )
    page.keyboard.press("Control+c")
    return str(page.evaluate("window.copied"))


def save(page: Page, source: str = "Interview, November 2026") -> None:
    page.locator("#id_source").fill(source)
    page.get_by_role("button", name="Save", exact=True).click()


def said(page: Page) -> Locator:
    return page.locator("[data-message]")


NUMBERS = ["2274.97", "2,274.97", "2 274.97", "2\u00a0274.97", "1,002,274", "7.2 %", "(3)", "\u22123", ".5"]
NO_NUMBERS = ["2274,97", "1,2,3", "12a", "n/a", "1.2.3", "=1+1", "1e5", "€ 1,300.00", "1300 million", "1.3bn"]


def test_the_script_reads_numbers_as_the_server_does(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    read = page.evaluate(
        """async texts => { const { parse } = await import("/static/js/grid/numbers.js");
            return texts.map(text => { try { return parse(text); } catch (wrong) { return wrong.message; } }); }""",
        [*NUMBERS, *NO_NUMBERS],
    )
    refusals = []
    for text in NO_NUMBERS:
        with pytest.raises(ValueError, match=r"two ways|not a number") as refused:
            parse_number(text)
        refusals.append(str(refused.value))
    assert read == [*(float(parse_number(text)) for text in NUMBERS), *refusals]


def test_a_block_pasted_from_a_spreadsheet_is_saved_in_one_request(
    page: Page, live_server: LiveServer, market: Market
) -> None:
    glass, fabric = node("Glass Material"), node("Fabric Material")
    Observation.objects.filter(segment__name="Fabric Material").delete()
    recompute(market.pk, trigger="test")
    open_grid(page, live_server, market)
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    rows = page.locator(".tabulator-row").evaluate_all(
        "rows => rows.map(row => row.querySelector('[data-cell]').dataset.cell)"
    )
    names = [key.rpartition("-")[0] for key in rows]
    first, second = sorted((glass, fabric), key=names.index)
    cell(page, f"{first}-2022").click()
    paste(page, "1,610.35\t1 732.93\r\n374.75\t\r\n")
    expect(said(page)).to_contain_text("Save to keep them")
    assert [text_of(page, f"{first}-{year}") for year in (2022, 2023)] == ["1,610.35", "1,732.93"]
    assert text_of(page, f"{second}-2022") == "374.75"
    assert posts == []
    save(page)
    expect(said(page)).to_contain_text("Saved")
    assert len(posts) == 1
    kept = Observation.objects.get(segment__pk=int(first[1:]), year=2022)
    assert (kept.value, kept.source) == (Decimal("1610.35"), "Interview, November 2026")


def test_new_numbers_arrive_without_a_reload(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    before = text_of(page, "t-2030")
    page.evaluate("window.sameDocument = true")
    put(page, "t-2024", "2,500")
    save(page)
    expect(said(page)).to_contain_text("Saved: 1 changed")
    recompute(market.pk, trigger="test")
    expect(page.locator("[data-forecast-status]")).to_have_attribute("data-state", "current", timeout=15_000)
    expect(cell(page, "t-2030")).not_to_contain_text(before, timeout=15_000)
    assert page.evaluate("window.sameDocument") is True


def test_wrong_input_is_marked_in_its_place_with_a_sentence(
    page: Page, live_server: LiveServer, market: Market
) -> None:
    open_grid(page, live_server, market)
    put(page, "t-2023", "2274,97")
    page.keyboard.press("ArrowUp")
    cell(page, "t-2023").click()
    expect(cell(page, "t-2023")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-note]")).to_contain_text("can be read in two ways")
    expect(page.locator("[data-problems]")).to_contain_text("2023")
    save(page)
    expect(said(page)).to_contain_text("Nothing was saved. One cell is wrong.")
    assert text_of(page, "t-2023") == "2274,97"
    cell(page, "t-2023").click()
    page.keyboard.type("2,120")
    page.keyboard.press("Enter")
    expect(page.locator("[data-problems]")).to_be_hidden()
    expect(cell(page, "t-2023")).not_to_have_attribute("aria-invalid", "true")


def test_what_the_server_alone_can_refuse_is_marked_too(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    key = f"{node('Glass Material')}-2022"
    put(page, key, "1500")
    Segment.objects.filter(name="Glass Material").delete()
    save(page)
    expect(said(page)).to_contain_text("nothing was saved")
    save(page)
    expect(page.locator("[data-problems]")).to_contain_text("no longer exists")


def test_undo_and_redo_take_a_whole_paste_back(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    before = [text_of(page, f"t-{year}") for year in (2023, 2024)]
    cell(page, "t-2023").click()
    paste(page, "1\t2")
    assert [text_of(page, f"t-{year}") for year in (2023, 2024)] == ["1.00", "2.00"]
    page.keyboard.press("Control+z")
    assert [text_of(page, f"t-{year}") for year in (2023, 2024)] == before
    expect(page.locator(".grid-edited[data-cell]")).to_have_count(0)
    page.keyboard.press("Control+y")
    assert [text_of(page, f"t-{year}") for year in (2023, 2024)] == ["1.00", "2.00"]
    page.get_by_role("button", name="Undo").click()
    assert [text_of(page, f"t-{year}") for year in (2023, 2024)] == before


def test_fill_down_and_right_from_the_selection(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    put(page, "t-2021", "1000")
    cell(page, "t-2021").click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+r")
    assert [text_of(page, f"t-{year}") for year in (2021, 2022, 2023)] == ["1,000.00"] * 3
    keys = page.locator('.tabulator-row:not(.grid-group) [tabulator-field="2021"]').evaluate_all(
        "cells => cells.map(one => one.dataset.cell)"
    )
    put(page, keys[1], "77")
    cell(page, keys[1]).click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    assert text_of(page, keys[2]) == "77.00"


def test_copied_cells_come_out_as_a_spreadsheet_wants_them(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    cell(page, "t-2024").click()
    page.keyboard.press("Shift+ArrowRight")
    shown = [text_of(page, f"t-{year}") for year in (2024, 2025)]
    assert copied(page).split("\t") == [number.replace(",", "") for number in shown]


def test_delete_empties_and_escape_leaves_as_it_was(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    before = text_of(page, "t-2024")
    cell(page, "t-2024").click()
    page.keyboard.type("5")
    page.keyboard.press("Escape")
    assert text_of(page, "t-2024") == before
    page.keyboard.press("Delete")
    expect(cell(page, "t-2024")).to_have_attribute("data-kind", re.compile("computed|none"))
    save(page)
    expect(said(page)).to_contain_text("Saved: 1 removed")
    assert not Observation.objects.filter(market=market, segment=None, dimension=None, year=2024).exists()


def test_kinds_of_numbers_differ_by_letter_and_word_as_well_as_colour(
    page: Page, live_server: LiveServer, market: Market
) -> None:
    glass = Segment.objects.get(name="Glass Material")
    Observation.objects.filter(segment=None, year=2024).update(status="A")
    Pin.objects.update_or_create(
        market=market, segment=glass, year=2031, defaults={"value": "3000", "reason": "Stated by the source"}
    )
    open_grid(page, live_server, market)
    expect(cell(page, "t-2024").locator("sup")).to_have_text("A")
    expect(cell(page, "t-2024")).to_have_attribute("aria-label", re.compile("actual"))
    pinned = cell(page, f"s{glass.pk}-2031")
    expect(pinned.locator("sup")).to_have_text("P")
    expect(pinned).to_have_attribute("aria-label", re.compile("Pinned at 3,000.00: Stated by the source"))
    computed = cell(page, "t-2030")
    expect(computed.locator("sup")).to_have_count(0)
    expect(computed).to_have_attribute("aria-label", re.compile("computed"))


def test_parents_sum_while_one_types(page: Page, live_server: LiveServer, market: Market) -> None:
    dimension = Dimension.objects.create(market=market, name="Place", code="place")
    parent = Segment.objects.create(dimension=dimension, name="Europe")
    children = [Segment.objects.create(dimension=dimension, name=name, parent=parent) for name in ("France", "Spain")]
    open_grid(page, live_server, market)
    for child, value in zip(children, ("1,000", "234.5"), strict=True):
        put(page, f"s{child.pk}-2024", value)
    expect(cell(page, f"s{parent.pk}-2024")).to_contain_text("Σ 1,234.50")
    group = cell(page, f"g{dimension.pk}-2024")
    expect(group).to_contain_text("1,234.50")
    expect(group.locator("sup")).to_have_text("≠")
    expect(page.locator('.grid-off[tabulator-field="growth"]')).to_have_count(0)
    group.click()
    expect(page.locator("[data-cell-says]")).to_contain_text("less than 2,274.97")
    put(page, f"s{children[1].pk}-2024", "1,274.97")
    expect(group.locator("sup")).to_have_count(0)


def test_somebody_elses_save_is_laid_beside_mine(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    put(page, "t-2024", "2,280")
    put(page, "t-2023", "2,100")
    Observation.objects.filter(segment=None, dimension=None, year=2024).update(value="2300")
    save(page)
    expect(said(page)).to_contain_text("saved this market while you were typing, so nothing was saved")
    panel = page.locator("[data-problems]")
    expect(panel.locator("tbody tr")).to_have_count(1)
    expect(panel).to_contain_text("2,274.97")
    expect(panel).to_contain_text("2,300.00")
    expect(panel).to_contain_text("2,280.00")
    assert text_of(page, "t-2024") == "2,280.00"
    panel.get_by_role("button", name="Take theirs").click()
    assert text_of(page, "t-2024") == "2,300.00"
    save(page)
    expect(said(page)).to_contain_text("Saved")
    stored = dict(Observation.objects.filter(segment=None, dimension=None).values_list("year", "value"))
    assert (stored[2024], stored[2023]) == (Decimal("2300"), Decimal("2100"))


def test_the_keyboard_alone_reaches_moves_in_and_leaves_the_grid(
    page: Page, live_server: LiveServer, market: Market
) -> None:
    open_grid(page, live_server, market)
    page.locator("form[data-sheet]").get_by_role("button", name="Save", exact=True).focus()
    inside = "document.activeElement.closest('[data-grid-table]') !== null"
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate(inside):
            break
    assert page.evaluate(inside)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.cell") == "t-2022"
    page.keyboard.type("1999")
    page.keyboard.press("Tab")
    assert text_of(page, "t-2022") == "1,999.00"
    assert page.evaluate("document.activeElement.dataset.cell") == "t-2023"
    page.keyboard.press("Tab")
    assert not page.evaluate(inside)


def test_a_branch_folds_and_unfolds(page: Page, live_server: LiveServer, market: Market) -> None:
    open_grid(page, live_server, market)
    rows = page.locator(".tabulator-row").count()
    page.get_by_role("button", name=re.compile("Hide the parts of By Material")).click()
    expect(page.locator(".tabulator-row")).not_to_have_count(rows)
    page.get_by_role("button", name=re.compile("Show the parts of By Material")).click()
    expect(page.locator(".tabulator-row")).to_have_count(rows)


def test_sixty_nodes_and_fifteen_years_stay_small(page: Page, live_server: LiveServer) -> None:
    """A bound on work instead of a clock: elements on the page, requests, and cells drawn again for one number."""
    market = Market.objects.create(name="Large", slug="large", first_year=2020, base_year=2027, last_year=2034)
    for number in range(6):
        dimension = Dimension.objects.create(market=market, name=f"Way {number}", code=f"way-{number}")
        for one in range(10):
            segment = Segment.objects.create(dimension=dimension, name=f"Part {number}.{one}")
            Observation.objects.create(market=market, segment=segment, year=2027, value=10 + one, source="Test")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    open_grid(page, live_server, market)
    assert page.evaluate("document.querySelectorAll('[data-grid-table] *').length") < 68 * 16 * 4
    assert len([url for url in requests if "/data/" in url]) == 1
    requests.clear()
    key = (
        page.locator('.tabulator-row:not(.grid-group) [tabulator-field="2020"]').nth(1).get_attribute("data-cell") or ""
    )
    page.evaluate(
        """() => { window.drawn = new Set(); new MutationObserver(all => all.forEach(one =>
            window.drawn.add(one.target.closest?.('.tabulator-row')))).observe(
            document.querySelector('.tabulator-table'), {childList: true, subtree: true}); }"""
    )
    put(page, key, "12")
    assert page.evaluate("window.drawn.size") < 16
    block = "\n".join("\t".join("1,000.5" for _ in range(15)) for _ in range(60))
    cell(page, key).click()
    paste(page, block)
    expect(said(page)).to_contain_text("Pasted: 900 cells changed")
    page.keyboard.press("Control+z")
    assert [url for url in requests if "/data/" in url] == []


def test_a_reviewer_reads_and_copies_and_nothing_they_do_changes_a_cell(
    page: Page, live_server: LiveServer, market: Market, editor: User
) -> None:
    editor.groups.set([ensure_roles()["Reviewer"]])
    open_grid(page, live_server, market)
    before = text_of(page, "t-2024")
    cell(page, "t-2024").dblclick()
    expect(page.locator(".tabulator-editing")).to_have_count(0)
    acts: list[Callable[[], None]] = [
        lambda: page.keyboard.type("5"),
        lambda: page.keyboard.press("Delete"),
        lambda: paste(page, "5"),
    ]
    for act in acts:
        page.evaluate("document.querySelector('[data-message]').textContent = ''")
        cell(page, "t-2024").click()
        act()
        expect(said(page)).to_have_text("You may read these numbers, not change them.")
        assert text_of(page, "t-2024") == before
    assert copied(page) == before.replace(",", "")
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)


def test_without_scripts_the_plain_form_is_there(
    browser: Browser, live_server: LiveServer, editor: User, market: Market
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context.new_page(), live_server, editor)
    page.goto(f"{live_server.url}/admin/forecasts/market/{market.pk}/data/")
    page.get_by_label("Car Sunroof Market, 2024", exact=True).fill("2,281")
    page.locator("#id_source").fill("Interview")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: 1 changed.")).to_be_visible()
    context.close()
    assert Observation.objects.get(market=market, segment=None, dimension=None, year=2024).value == Decimal("2281")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_grid_is_accessible(page: Page, live_server: LiveServer, market: Market, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    open_grid(page, live_server, market)
    put(page, "t-2024", "12x")
    cell(page, "t-2024").click()
    found = Axe().run(page, context="form[data-sheet]").response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found] == []
