"""The draft's history, its editions and two editors at once, in real browsers."""

import re
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from forecasts.models import Observation, Pin
from forecasts.recompute import recompute
from portal.access.models import User
from reports.models import MatrixArea, Report, Section
from reports.publishing import publish
from tests.browser.desk import OpenDesk, person
from tests.browser.test_desk_grid import node, put, said, save
from tests.factories import sunroof_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def anna() -> User:
    return person("anna@example.org", "Editor", "Publisher")


@pytest.fixture
def report(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, anna: User) -> Report:
    # The server's threads must not keep connections, or the test database could not be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    report = sunroof_draft()
    Report.objects.filter(pk=report.pk).update(kept_by=anna)
    recompute(report.market_id, trigger="test")
    return report


def test_a_number_changed_in_the_grid_is_in_the_history_and_taken_back_with_one_click(
    open_desk: OpenDesk, report: Report, anna: User
) -> None:
    desk = open_desk(anna)
    desk.goto(f"/admin/forecasts/market/{report.market_id}/data/")
    put(desk.page, f"{node('Glass Material')}-2024", "1750")
    save(desk.page)
    expect(said(desk.page)).to_contain_text("Saved", timeout=20_000)
    desk.tab("History")
    desk.says("anna@example.org, 1 observation changed")
    change = desk.page.locator(".desk-changes li").first
    expect(change.locator("del").first).to_have_text("1,700")
    expect(change.locator("ins").first).to_have_text("1,750")
    change.get_by_role("button").click()
    desk.says("The change is taken back.")
    assert Observation.objects.get(segment__name="Glass Material").value == Decimal("1700")
    desk.is_whole()


def test_two_editions_are_compared_and_the_first_restored_as_the_draft(
    open_desk: OpenDesk, report: Report, anna: User
) -> None:
    publish(report, by=anna, now=timezone.now())
    Section.objects.filter(report=report).update(body="<p>Worth [[total 2024]] then, and growing.</p>")
    Pin.objects.update(value=Decimal("3800"))
    recompute(report.market_id, trigger="test")
    publish(report, by=anna, now=timezone.now())
    desk = open_desk(anna)
    desk.goto(f"/admin/reports/report/{report.pk}/editions/")
    desk.page.locator("input[name=old][value='1']").check()
    desk.page.locator("input[name=new][value='2']").check()
    desk.press("Compare")
    desk.says("From edition 1 to edition 2")
    row = desk.page.locator("tr", has_text="2031").first
    expect(row).to_contain_text("3,701.17")
    expect(row).to_contain_text("3,800.00")
    expect(row).to_contain_text("+2.7 %")
    expect(desk.page.locator(".desk-words ins").first).to_contain_text("growing.")
    expect(desk.page.locator("svg.delta").first).to_be_visible()
    desk.tab("Editions")
    desk.page.locator("tr", has_text="earlier").get_by_role("link", name="Restore as draft").click()
    desk.press("Restore edition 1")
    desk.says("The draft is what it was at edition 1")
    recompute(report.market_id, trigger="test")
    desk.page.reload()
    desk.says("They say exactly the same.")
    desk.is_whole()


def test_two_editors_see_each_other_and_the_second_settles_what_both_changed(
    open_desk: OpenDesk, report: Report, anna: User
) -> None:
    first, second = (
        open_desk(anna),
        open_desk(person("ben@example.org", "Editor")),
    )
    first.goto(f"/admin/reports/report/{report.pk}/sections/")
    second.goto(f"/admin/reports/report/{report.pk}/sections/")
    second.says("anna@example.org (Sections) is here too.")
    first.page.locator("[name=sections-0-heading]").fill("How large")
    second.page.locator("[name=sections-0-heading]").fill("Size of it")
    first.page.keyboard.press("Control+s")
    first.says("was changed successfully")
    second.press("Save")
    second.says("anna@example.org saved meanwhile")
    second.says("When you opened it")
    expect(second.page.locator("[name=sections-0-heading]")).to_have_value("Size of it")
    second.page.get_by_label("Theirs, stored now").check()
    second.page.locator("[name=sections-0-heading]").fill("Size of it all")
    expect(second.page.locator("input[type=radio][value=mine]")).to_be_checked()
    second.press("Save as chosen below")
    second.says("was changed successfully")
    assert Section.objects.get(report=report).heading == "Size of it all"
    first.page.locator("[name=sections-0-heading]").fill("Mine again")
    first.press("Save")
    first.press("Take all theirs and save")
    first.says("was changed successfully")
    assert Section.objects.get(report=report).heading == "Size of it all"
    first.is_whole()
    second.is_whole()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_every_page_of_a_report_is_whole_on_wide_and_narrow_screens(
    open_desk: OpenDesk, report: Report, anna: User, width: int, dark: bool
) -> None:
    publish(report, by=anna, now=timezone.now())
    Section.objects.filter(report=report).update(heading="How large")
    desk = open_desk(anna, width=width, dark=dark)
    own = ["change", "sections", "segments", "forces", "analysis", "players", "developments", "findings", "review",
           "publish", "editions", "history", "compare/?old=1", "restore/?edition=1"]  # fmt: skip
    pages = ["/admin/", *(f"/admin/reports/report/{report.pk}/{page}" for page in own)]
    pages += [f"/admin/forecasts/market/{report.market_id}/{page}/" for page in ("change", "drivers")]
    for page in pages:
        desk.goto(page if "?" in page or page.endswith("/") else f"{page}/")
        desk.is_whole()


def test_a_row_with_a_page_of_its_own_shows_the_way_to_it_without_a_mouse(
    open_desk: OpenDesk, report: Report, anna: User
) -> None:
    area = MatrixArea.objects.create(report=report, name="Supply chain", position=0)
    desk = open_desk(anna, width=390)
    desk.goto(f"/admin/reports/report/{report.pk}/forces/")
    link = desk.page.get_by_role("link", name="Open Supply chain")
    expect(link).to_be_visible()
    link.click()
    expect(desk.page).to_have_url(re.compile(f"/matrixarea/{area.pk}/change/"))
    desk.is_whole()


def test_the_palette_opens_from_the_home_and_finds_a_report(open_desk: OpenDesk, report: Report, anna: User) -> None:
    desk = open_desk(anna)
    desk.goto("/admin/")
    desk.says("My reports")
    desk.page.get_by_role("button", name="Search reports").click()
    desk.page.locator("#search-input-command").press_sequentially("sunroof")
    found = desk.page.locator("#command-results-list a", has_text="Car Sunroof Market").first
    expect(found).to_be_visible(timeout=10_000)
    desk.is_whole()
