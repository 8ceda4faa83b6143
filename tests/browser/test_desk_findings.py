"""Findings at the desk in a real browser: one click that mends, the way to the very field, a waiver with a reason."""

import re

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from companies.models import Company, Development
from forecasts.recompute import recompute
from portal.access.models import User
from portal.access.roles import ensure_roles
from reports.models import Player, Report, Section, Takeaway, Waiver
from tests.browser.test_accounts import by_session, watched
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report() -> Report:
    """A draft with a wrong growth rate, a dead link, a company listed twice, one not registered, and a placeholder."""
    report = sunroof_draft()
    body = (
        "<p>The market grows at a CAGR of 7.9% from 2024 to 2031.</p>"
        '<p>See <a href="/reports/nowhere/">the doors</a>.</p>'
    )
    Section.objects.create(report=report, kind="overview", heading="Growth", body=body, position=2)
    Takeaway.objects.create(report=report, body="<p>The outlook is TBD.</p>", position=2)
    for number, name in enumerate(("Inalfa Roof-Systems", "Inalfa RoofSystems"), 2):
        Player.objects.create(report=report, company=Company.objects.create(name=name), position=number)
    development = Development.objects.create(date=NOW.date().replace(day=1), text="Glasbau Muster GmbH opened a plant.")
    report.developments.add(development)
    recompute(report.market_id, trigger="test")
    return report


@pytest.fixture
def editor() -> User:
    person: User = UserFactory.create(is_staff=True)
    person.groups.set([ensure_roles()["Editor"]])
    return person


def test_findings_are_mended_with_one_click_and_led_to(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, report: Report, editor: User
) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    heard: list[str] = []
    page = watched(browser.new_context(viewport={"width": 1280, "height": 900}), heard)
    by_session(page, live_server.url, editor.email)
    page.goto(f"{live_server.url}/admin/reports/report/{report.pk}/findings/")

    # The growth rate: the button says what it will write, and afterwards the page says what it wrote.
    card = page.locator('[data-code="growth-in-prose-disagrees"]')
    card.get_by_role("button", name="Write [[cagr 2024-2031]]").click()
    expect(page.get_by_text("became")).to_be_visible()
    expect(page.locator('[data-code="growth-in-prose-disagrees"]')).to_have_count(0)
    assert "[[cagr 2024-2031]]" in Section.objects.get(heading="Growth").body

    # The other safe ones go the same way, one after another.
    for code in ("cross-reference-dead", "duplicate-player", "company-not-registered"):
        page.locator(f'[data-code="{code}"]').locator("button[name=mend]").click()
        expect(page.locator(f'[data-code="{code}"]')).to_have_count(0)
    assert Company.objects.named("Glasbau Muster GmbH").exists()
    assert report.players.filter(company__name__startswith="Inalfa").count() == 1

    # A placeholder only the editor can fill: the link opens the part of the form, at the field.
    placeholder = page.locator('[data-code="placeholder-text"]')
    expect(placeholder.locator("button[name=mend]")).to_have_count(0)
    placeholder.get_by_role("link", name=re.compile("Open the place")).click()
    expect(page).to_have_url(re.compile(r"/change/#id_takeaways-1-body$"))
    expect(page.locator(".desk-here")).to_be_in_viewport()
    focused = page.evaluate("document.activeElement.closest('.desk-here') !== null")
    assert focused

    # A waiver needs a reason and keeps name and date.
    page.goto(f"{live_server.url}/admin/reports/report/{report.pk}/findings/")
    waived = page.locator('[data-code="placeholder-text"]')
    waived.get_by_text("Let it stand").click()
    waived.locator("input[name=reason]").fill("The analyst writes it on Monday.")
    waived.get_by_role("button", name="Waive").click()
    expect(page.get_by_text(re.compile(f"Waived by {editor.email}.*The analyst writes it on Monday"))).to_be_visible()
    assert Waiver.objects.get().waived_by == editor
    page.context.close()  # or its polling would keep the test database in use
    assert heard == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_findings_fit_and_their_buttons_are_read_out(
    browser: Browser,
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
    report: Report,
    editor: User,
    width: int,
    scheme: str,
) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    heard: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = watched(context, heard)
    by_session(page, live_server.url, editor.email)
    page.goto(f"{live_server.url}/admin/reports/report/{report.pk}/findings/")
    expect(page.locator("[data-code]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    for button in page.locator("button[name=mend]").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert (button.text_content() or "").strip()
    page.context.close()  # or its polling would keep the test database in use
    assert heard == []
