"""What was typed and not saved survives a closed tab; it is put back by choice, and never over somebody else's save."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from forecasts.models import Observation
from reports.models import Report, Takeaway
from tests.browser.test_desk_grid import cell, open_grid, put, text_of
from tests.browser.test_desk_prose import editor, open_report, page, report, save, write_at_end

__all__ = ["editor", "page", "report"]  # the fixtures of the prose editor's tests
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = "Not saved yet. Kept in this browser"


def offered(page: Page) -> Locator:
    return page.locator("[data-draft=offered]")


def closed_and_opened(page: Page, live_server: LiveServer, report: Report) -> Page:
    """The same browser, a new tab, as after a crash."""
    again = page.context.new_page()
    page.close()
    open_report(again, live_server, report)
    return again


def test_words_typed_before_a_closed_tab_are_offered_and_put_back(
    page: Page, live_server: LiveServer, report: Report
) -> None:
    write_at_end(page, open_report(page, live_server, report), " And it grows.")
    expect(page.get_by_text(KEPT)).to_be_visible()
    again = closed_and_opened(page, live_server, report)
    expect(offered(again)).to_contain_text("did not save (1 field)")
    text = again.get_by_role("textbox", name="Body").first
    expect(text).not_to_contain_text("And it grows.")
    again.get_by_role("button", name="Put it back").click()
    expect(text).to_contain_text("And it grows.")
    assert "grows" not in report.takeaways.get().body
    save(again)
    assert "And it grows." in report.takeaways.get().body
    open_report(again, live_server, report)
    expect(again.get_by_role("textbox", name="Body").first).to_be_visible()
    expect(offered(again)).to_have_count(0)


def test_thrown_away_means_gone(page: Page, live_server: LiveServer, report: Report) -> None:
    write_at_end(page, open_report(page, live_server, report), " A slip.")
    expect(page.get_by_text(KEPT)).to_be_visible()
    again = closed_and_opened(page, live_server, report)
    again.get_by_role("button", name="Throw it away").click()
    open_report(again, live_server, report)
    expect(again.get_by_role("textbox", name="Body").first).to_be_visible()
    expect(offered(again)).to_have_count(0)


def test_what_is_put_back_is_never_saved_over_somebody_elses(
    page: Page, live_server: LiveServer, report: Report
) -> None:
    write_at_end(page, open_report(page, live_server, report), " Mine.")
    expect(page.get_by_text(KEPT)).to_be_visible()
    Takeaway.objects.filter(report=report).update(body="<p>Theirs.</p>")
    again = closed_and_opened(page, live_server, report)
    expect(offered(again)).to_contain_text("Somebody saved this part since")
    again.get_by_role("button", name="Put it back").click()
    expect(again.get_by_role("textbox", name="Body").first).to_contain_text("Mine.")
    again.get_by_role("button", name="Save", exact=True).click()
    expect(again.locator("#comparison")).to_be_visible()
    assert report.takeaways.get().body == "<p>Theirs.</p>"


def test_cells_typed_before_a_closed_tab_come_back_beside_theirs(
    page: Page, live_server: LiveServer, report: Report
) -> None:
    open_grid(page, live_server, report.market)
    put(page, "t-2024", "2,280")
    put(page, "t-2023", "2,100")
    again = page.context.new_page()
    page.close()
    Observation.objects.filter(market=report.market, segment=None, dimension=None, year=2024).update(value="2300")
    open_grid(again, live_server, report.market)
    assert text_of(again, "t-2024") == "2,300.00"
    expect(offered(again)).to_contain_text("Somebody changed some of these cells since")
    again.get_by_role("button", name="Put it back").click()
    assert text_of(again, "t-2023") == "2,100.00"
    panel = again.locator("[data-problems]")
    expect(panel).to_contain_text("2,300.00")
    panel.get_by_role("button", name="Take theirs").click()
    assert text_of(again, "t-2024") == "2,300.00"
    expect(cell(again, "t-2023")).to_have_class(re.compile("grid-edited"))
