"""The main job, as people do it: import, findings, fix, edit, recompute, publish, read, fetch, and the gate."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.processes import LivePortal

pytestmark = pytest.mark.browser
MANUSCRIPT = Path(__file__).parent / "story.md"
TITLE = "Wiper Blade Market"
SLUG = "wiper-blade-market"


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    """A page whose errors in the console, policy violations included, are remembered."""
    page = context.new_page()
    page.on("console", lambda m: complaints.append(f"{m.text} {m.location}") if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error} {error.stack}"))
    return page


def sign_in(page: Page, portal: LivePortal, who: str) -> None:
    page.goto(f"{portal.url}/accounts/login/")
    page.locator("input[name=login]").fill(portal.demo[who]["email"])
    page.locator("input[name=password]").fill(portal.demo[who]["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("accounts/login"))


def fetch(portal: LivePortal, path: str, key: str = "") -> tuple[int, str]:
    request = urllib.request.Request(portal.url + path, headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def grid_cell(page: Page, name: str) -> Locator:
    """A cell of the data grid by its segment and column, such as "Flat Blade, 2024"."""
    return page.get_by_role("gridcell", name=re.compile(f"^{re.escape(name)}: "))


def put(page: Page, name: str, text: str) -> None:
    grid_cell(page, name).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_from_manuscript_to_reader(browser: Browser, live_portal: LivePortal) -> None:
    complaints: list[str] = []
    desk = watched(browser.new_context(viewport={"width": 1280, "height": 900}), complaints)

    # An editor signs in and imports a manuscript whose table contradicts its text.
    sign_in(desk, live_portal, "editor")
    desk.goto(f"{live_portal.url}/admin/reports/report/import/")
    desk.locator("input[type=file]").set_input_files(MANUSCRIPT)
    desk.get_by_role("button", name="Import").click()
    expect(desk.get_by_role("heading", name=re.compile(TITLE)).first).to_be_visible()
    expect(desk.locator("[data-severity=error]").first).to_be_visible()
    expect(desk.get_by_text(re.compile("2024.*2025|2025.*2024")).first).to_be_visible()

    # Publishing is refused while the contradiction stands.
    desk.get_by_role("link", name="Publish", exact=True).first.click()
    desk.locator("#publish").click()
    expect(desk.get_by_text(re.compile("waive it with a reason|caught up")).first).to_be_visible()

    # The editor decides which claims hold.
    desk.get_by_role("link", name="Findings", exact=True).first.click()
    while (cards := desk.locator("[data-claim][data-decision=open]")).count():
        card = cards.first
        text = card.inner_text()
        wrong = "2025" in text or "2025" in (card.locator("h3").text_content() or "")
        card.locator("input[name=reason]").fill("The running text and the title agree on 2024.")
        card.get_by_role("button", name="Reject" if wrong else "Accept").click()
        expect(desk.get_by_text(re.compile(r"was (accepted|rejected)")).first).to_be_visible()

    # Numbers go into the data grid; the recompute arrives without a reload.
    desk.get_by_role("link", name="Data", exact=True).first.click()
    desk.locator("#id_source").fill("Illustrative, for this test")
    for label, value in (("Flat Blade, 2024", "800"), ("Framed Blade, 2024", "400")):
        put(desk, label, value)
    for label, value in (("Flat Blade", "7"), ("Framed Blade", "3")):
        put(desk, f"{label}, growth in per cent a year", value)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator("[data-message]")).to_contain_text("Saved")
    status = desk.locator("[data-forecast-status]")
    expect(status).to_have_attribute("data-state", "current", timeout=15_000)
    expect(status).to_contain_text(re.compile(r"\d"))
    expect(grid_cell(desk, "Flat Blade, 2031")).to_have_text(re.compile(r"^[\d,]+\.\d\d$"), timeout=15_000)

    # Published, then one value is edited and published again.
    def publish() -> None:
        desk.get_by_role("link", name="Publish", exact=True).first.click()
        desk.locator("#publish").click()
        if not desk.get_by_text(re.compile(r"Edition \d+ is published")).count():
            findings = desk.locator("[data-severity=error]").all_inner_texts()
            pytest.fail(f"Publishing was refused: {findings}")

    publish()
    desk.get_by_role("link", name="Data", exact=True).first.click()
    before = grid_cell(desk, "Flat Blade, 2030").inner_text()
    put(desk, "Flat Blade, 2024", "810")
    put(desk, "Framed Blade, 2024", "390")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(grid_cell(desk, "Flat Blade, 2030")).not_to_have_text(before, timeout=15_000)
    after = grid_cell(desk, "Flat Blade, 2030").inner_text()
    assert after not in ("", before)
    publish()

    # The subscriber reads the new number, in the table and in the chart's data.
    reader = watched(browser.new_context(), complaints)
    sign_in(reader, live_portal, "subscriber")
    reader.goto(f"{live_portal.url}/reports/{SLUG}/")
    expect(reader.get_by_text(re.compile(r"[Ee]dition 2")).first).to_be_visible()
    # By its markup and not its role: a reader sees the chart first and turns it into the table.
    rows = reader.locator("tr", has=reader.locator("th[scope=row]", has_text=re.compile(r"^\s*Flat Blade\s*$")))
    expect(rows.filter(has_text=after).first).to_be_attached()
    assert reader.locator("svg[role=img]").count() > 0
    assert after in reader.content()

    # An integrator fetches the same number with a key; nobody gets it without.
    path = f"/api/v1/values/?report={SLUG}&path=type/flat-blade&year=2030&scenario=base"
    status_code, body = fetch(live_portal, path, live_portal.demo["api_key"])
    assert status_code == 200
    values = [row["value"] for row in json.loads(body)["results"]]
    assert values == [after.replace(",", "")]
    status_code, body = fetch(live_portal, path)
    assert status_code == 200
    assert json.loads(body)["results"] == []
    assert after not in body

    # The anonymous page has the headline and not the table.
    status_code, page = fetch(live_portal, f"/reports/{SLUG}/")
    assert status_code == 200
    assert "1,200.00" in page
    assert after not in page
    assert after.replace(",", "") not in page
    assert complaints == []
