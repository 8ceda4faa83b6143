"""The prose editor in a real browser: figures by name, their values beside them, and what is stored."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from forecasts.models import Observation
from forecasts.recompute import recompute
from portal.access.models import User
from portal.access.roles import ensure_roles
from reports.models import Report, Takeaway
from tests.browser.test_desk_grid import signed_in
from tests.factories import UserFactory, sunroof_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    report.takeaways.all().delete()
    Takeaway.objects.create(report=report, body="<p>The market reaches [[total 2031]].</p>")
    recompute(report.market_id, trigger="test")
    return report


@pytest.fixture
def editor() -> User:
    editor = UserFactory.create(is_staff=True, email="editor@example.org")
    editor.groups.set([ensure_roles()["Editor"]])
    return editor


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, editor: User) -> Iterator[Page]:
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = signed_in(context.new_page(), live_server, editor)
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def open_report(page: Page, live_server: LiveServer, report: Report) -> Locator:
    """The form's first page, which has the takeaways, and the editor of the first."""
    page.goto(f"{live_server.url}/admin/reports/report/{report.pk}/change/")
    return page.get_by_role("textbox", name="Body").first


def write_at_end(page: Page, text: Locator, words: str) -> None:
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully").first).to_be_visible()


def test_a_figure_is_found_by_name_shows_its_value_and_is_stored_as_a_reference(
    page: Page, live_server: LiveServer, report: Report
) -> None:
    text = open_report(page, live_server, report)
    expect(text.locator(".prose-value")).to_have_text("USD 3,701.17 million")
    write_at_end(page, text, " Glass has [[glass share 2031")
    options = page.get_by_role("listbox", name="Figures").get_by_role("option")
    expect(options.first).to_contain_text("Glass Material, share in 2031")
    expect(options.first).to_contain_text("%")
    page.keyboard.press("Enter")
    page.keyboard.type(" of it.")
    expect(text.locator(".prose-value")).to_have_count(2)
    save(page)
    assert report.takeaways.get().body == (
        "<p>The market reaches [[total 2031]]. Glass has [[share material/glass-material 2031]] of it.</p>"
    )


def test_a_bar_offers_the_formats_of_a_figure(page: Page, live_server: LiveServer, report: Report) -> None:
    text = open_report(page, live_server, report)
    write_at_end(page, text, " In words: [[total 2031 |")
    options = page.get_by_role("listbox", name="Figures").get_by_role("option")
    expect(options.first).to_contain_text("USD 3.7 billion")
    page.keyboard.press("Tab")
    expect(text.locator(".prose-value").last).to_have_text("USD 3.7 billion")


def test_a_reference_that_names_nothing_says_so_where_it_stands(
    page: Page, live_server: LiveServer, report: Report
) -> None:
    text = open_report(page, live_server, report)
    write_at_end(page, text, " And [[segment material/gold 2031]].")
    unknown = text.locator(".prose-value.prose-unknown")
    expect(unknown).to_have_text("no such figure")
    expect(unknown).to_have_attribute("title", re.compile("no segment material/gold"))


def test_values_in_the_text_follow_the_data_without_a_reload(
    page: Page, live_server: LiveServer, report: Report
) -> None:
    report.takeaways.update(body="<p>It was [[total 2024]].</p>")
    text = open_report(page, live_server, report)
    expect(text.locator(".prose-value")).to_have_text("USD 2,274.97 million")
    Observation.objects.filter(market=report.market, segment=None, dimension=None).update(value="2500")
    recompute(report.market_id, trigger="test")
    expect(text.locator(".prose-value")).to_have_text("USD 2,500.00 million", timeout=15_000)


def test_escape_closes_the_list_and_leaves_the_text(page: Page, live_server: LiveServer, report: Report) -> None:
    text = open_report(page, live_server, report)
    write_at_end(page, text, " See [[total")
    expect(page.get_by_role("listbox", name="Figures")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Figures")).to_be_hidden()
    expect(text).to_contain_text("See [[total")


def test_a_form_that_is_opened_and_saved_changes_no_text(
    page: Page, live_server: LiveServer, admin_client: Client, report: Report
) -> None:
    table = "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    body = f"<p>Two kinds:</p><ul><li>Glass</li><li>Fabric</li></ul>{table}"
    report.takeaways.update(body=body)
    text = open_report(page, live_server, report)
    write_at_end(page, text, "x")
    page.keyboard.press("Backspace")
    save(page)
    assert report.takeaways.get().body.startswith(body)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_is_accessible(page: Page, live_server: LiveServer, report: Report, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    text = open_report(page, live_server, report)
    write_at_end(page, text, " See [[total")
    expect(page.get_by_role("listbox", name="Figures")).to_be_visible()
    for part in (".prose-editor:has(> [role=textbox])", "#figure-suggestions"):
        found = Axe().run(page, context=part).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found] == []
