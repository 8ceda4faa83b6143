"""Spreadsheets and the register on the desk, in a real browser: uploaded, decided, imported, exported, merged."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from reports.importing.sheets.tables import read_tables
from tests.browser.test_story import sign_in, watched
from tests.processes import LivePortal

pytestmark = pytest.mark.browser
COMPANIES = """name,country,founded_year,overview
Wiper Works AG,CH,1950,Makes blades.
Foo, Inc.,US,1999
Inc.,,,
12 March 2024,,,
Badland Glass,XX,,
"""
CATALOGUE = """Report Title,Summary,Segmentation,Key Players,Price
Door Seal Market,"Valued at USD 900 million in 2023.","By Material: Rubber, Foam",Wiper Works AG; Seal & Co,1
"""


def upload(desk: Page, portal: LivePortal, path: Path) -> None:
    desk.goto(f"{portal.url}/admin/reports/sheetimport/add/")
    desk.locator("input[type=file]").set_input_files(path)
    desk.get_by_role("button", name="Upload and check").click()


def ended(desk: Page, state: str) -> None:
    """Wait until the page, which reloads by itself, says that the worker has done its part."""
    expect(desk.locator("[data-sheet]")).to_have_attribute("data-state", state, timeout=30_000)


def without_fault(desk: Page) -> None:
    """No rule of WCAG is broken within our own part of the page, and nothing sticks out of it."""
    found = Axe().run(desk, context="#content-main").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert desk.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_spreadsheet_is_checked_decided_upon_and_imported(
    width: int, scheme: str, browser: Browser, live_portal: LivePortal, tmp_path: Path
) -> None:
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    desk = watched(context, complaints)
    sign_in(desk, live_portal, "editor")
    file = tmp_path / "companies.csv"
    file.write_text(COMPANIES.replace("Works", f"Works {width}").replace("Foo", f"Foo {width}"))
    upload(desk, live_portal, file)
    ended(desk, "checked")
    without_fault(desk)

    # The doubtful rows come first: one is mended as proposed, one by hand, one dropped.
    desk.locator("[data-row='3']").get_by_role("button", name=re.compile("Make it one")).click()
    expect(desk.get_by_text("is mended: new.")).to_be_visible()
    desk.get_by_role("link", name=re.compile("Doubtful")).click()
    desk.locator("[data-row='4']").get_by_text("Mend the row").click()
    desk.locator("[data-row='4']").get_by_label("name", exact=True).fill(f"Inca Roofs {width}")
    desk.locator("[data-row='4']").get_by_role("button", name="Save and check the row").click()
    expect(desk.get_by_text("is mended: new.")).to_be_visible()
    desk.get_by_role("link", name=re.compile("Doubtful")).click()
    desk.locator("[data-row='5']").get_by_role("button", name="Drop the row").click()
    expect(desk.get_by_text("is left out.")).to_be_visible()
    desk.get_by_role("link", name=re.compile("Refused")).click()
    expect(desk.get_by_text("“XX” is no country")).to_be_visible()
    without_fault(desk)

    desk.get_by_role("button", name="Import 3 rows").click()
    ended(desk, "done")
    expect(desk.get_by_text("3 rows are stored.")).to_be_visible()

    # What was imported is exported; uploaded again, it changes nothing.
    desk.goto(f"{live_portal.url}/admin/reports/sheetimport/add/")
    without_fault(desk)
    form = desk.locator("form", has=desk.get_by_label("Companies of"))
    with desk.expect_download() as fetched:
        form.get_by_role("button", name="Export .xlsx").click()
    export = tmp_path / "companies.xlsx"
    fetched.value.save_as(export)
    names = {row.cells[0] for table in read_tables(export.read_bytes(), "companies.xlsx") for row in table.rows}
    assert {f"Foo {width}, Inc.", f"Inca Roofs {width}", f"Wiper Works {width} AG"} <= names
    upload(desk, live_portal, export)
    ended(desk, "checked")
    tabs = desk.get_by_role("navigation", name="Rows by what was found")
    expect(tabs.get_by_role("link")).to_have_count(1)
    expect(tabs.get_by_role("link", name=re.compile("Unchanged"))).to_be_visible()
    assert complaints == []


def test_a_publishers_columns_are_named_once_and_make_drafts(
    browser: Browser, live_portal: LivePortal, tmp_path: Path
) -> None:
    complaints: list[str] = []
    desk = watched(browser.new_context(viewport={"width": 1280, "height": 900}), complaints)
    sign_in(desk, live_portal, "editor")
    file = tmp_path / "catalogue.csv"
    file.write_text(CATALOGUE)
    upload(desk, live_portal, file)
    ended(desk, "mapping")
    without_fault(desk)
    expect(desk.get_by_label("Report Title")).to_have_value("title")
    expect(desk.get_by_label("Price")).to_have_value("")
    desk.get_by_role("button", name="Save and check the rows").click()
    ended(desk, "checked")
    desk.get_by_role("button", name="Import 1 row").click()
    ended(desk, "done")
    desk.goto(f"{live_portal.url}/admin/reports/report/?q=Door+Seal")
    expect(desk.get_by_role("link", name="Door Seal Market")).to_be_visible()
    upload(desk, live_portal, file)
    ended(desk, "checked")
    expect(desk.get_by_text("columns read as “catalogue”")).to_be_visible()
    assert complaints == []


def test_two_records_of_one_company_are_merged_after_a_preview(
    browser: Browser, live_portal: LivePortal, tmp_path: Path
) -> None:
    complaints: list[str] = []
    desk = watched(browser.new_context(viewport={"width": 1280, "height": 900}), complaints)
    sign_in(desk, live_portal, "editor")
    file = tmp_path / "twins.csv"
    file.write_text("name,country,overview\nZephyr Roofing,AT,First words.\nQuillon Glazing,CH,Other words.\n")
    upload(desk, live_portal, file)
    ended(desk, "checked")
    desk.get_by_role("button", name="Import 2 rows").click()
    ended(desk, "done")

    desk.goto(f"{live_portal.url}/admin/companies/company/?q=Quillon")
    desk.get_by_role("link", name="Quillon Glazing").click()
    expect(desk.get_by_text("Profile: 2 of 8")).to_be_visible()
    desk.get_by_role("link", name="Where it is used").click()
    expect(desk.get_by_text("No draft names it among its players.")).to_be_visible()
    without_fault(desk)
    desk.get_by_role("link", name="Merge", exact=True).click()
    desk.get_by_label("The record that stays").fill("zephyr roofing")
    desk.get_by_role("button", name="Preview the merge").click()
    expect(desk.get_by_text("Facts that conflict")).to_be_visible()
    without_fault(desk)
    desk.get_by_label(re.compile("CH")).check()
    desk.get_by_role("button", name="Merge Quillon Glazing into Zephyr Roofing").click()
    expect(desk.get_by_text("Quillon Glazing was merged into Zephyr Roofing.")).to_be_visible()
    expect(desk.get_by_label("country code")).to_have_value("CH")
    assert complaints == []
