"""The readers' pages in a real browser: contents, schemes, keyboard, no scripts. Accessibility is tested beside."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from portal.access.models import Licence, Organisation, Seat, User
from reports.models.editions import Withdrawal
from reports.projection import project
from tests.documents import sample_document, small_document
from tests.editions import store_edition
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REPORT = "/reports/car-sunroof-market/"


@pytest.fixture
def portal(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a portal with two reports, an older and a withdrawn edition, and one subscriber."""
    # The server's threads must not keep connections, or the test database could not be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    now = timezone.now()
    editor = UserFactory.create(is_staff=True)
    published = [
        store_edition(replace(sample_document(), pages=99), by=editor, at=now - timedelta(days=60)),
        wrong := store_edition(sample_document(), by=editor, at=now - timedelta(days=9)),
    ]
    Withdrawal.objects.create(
        edition=wrong, reason="The base value was that of another year.", withdrawn_at=now, withdrawn_by=editor
    )
    current = store_edition(sample_document(), by=editor, at=now - timedelta(days=3))
    published += [current, store_edition(small_document(), by=editor, at=now - timedelta(days=1))]
    for edition in published:
        project(edition)
    reader = UserFactory.create(email="subscriber@example.org")
    organisation = Organisation.objects.create(name="Reader", slug="reader")
    Seat.objects.claim(organisation, reader)
    Licence.objects.create(organisation=organisation, scope="report", report=current.report, starts=now)
    return live_server.url


def screen(browser: Browser, width: int, height: int, scheme: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def complaints_of(page: Page) -> list[str]:
    """Errors of the console, policy violations among them; an error page's own status is none."""
    heard: list[str] = []
    page.on("console", lambda m: heard.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def sign_in(page: Page, portal: str, email: str = "subscriber@example.org") -> None:
    """As the subscriber, by a session; the form itself is tested with the story."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": portal}])


def test_the_contents_follow_the_reader(browser: Browser, portal: str) -> None:
    for page in screen(browser, 1280, 900, "light"):
        page.goto(portal + REPORT)
        contents = page.locator(".contents")
        contents.get_by_role("link", name="Players", exact=True).click()
        expect(page.locator(".contents a[aria-current]")).to_have_text("Players")
        contents.get_by_role("link", name="Overview", exact=True).click()
        expect(page.locator(".contents a[aria-current]")).to_have_text("Overview")


def test_the_contents_fold_away_on_a_phone(browser: Browser, portal: str) -> None:
    for page in screen(browser, 390, 844, "light"):
        page.goto(portal + REPORT)
        contents = page.locator(".contents")
        expect(contents.get_by_text("Players", exact=True)).to_be_hidden()
        page.get_by_text("Contents", exact=True).first.click()
        contents.get_by_role("link", name="Players", exact=True).click()
        expect(page.get_by_role("heading", name="Players", exact=True)).to_be_in_viewport()
        expect(contents.get_by_text("Players", exact=True)).to_be_hidden()


def test_a_chosen_scheme_is_kept_from_page_to_page(browser: Browser, portal: str) -> None:
    for page in screen(browser, 1280, 900, "light"):
        page.goto(portal)
        page.get_by_role("button", name="Switch to dark colours").click()
        page.goto(portal + REPORT)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 26)"


def test_the_keyboard_reaches_the_content_first(browser: Browser, portal: str) -> None:
    for page in screen(browser, 1280, 900, "light"):
        page.goto(portal + REPORT)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_pages_read_the_same_without_scripts(browser: Browser, portal: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(portal + REPORT)
    expect(page.get_by_role("img", name="Car Sunroof market size, 2021–2031")).to_be_visible()
    expect(page.locator(".contents").get_by_role("link", name="Players", exact=True)).to_be_visible()
    expect(page.locator("[data-theme-switch]")).to_be_hidden()  # what needs a script to work is not offered without
    buttons = page.get_by_role("button").all()
    assert [button.get_attribute("type") for button in buttons] == ["submit"] * len(buttons)
    page.get_by_role("search").get_by_role("searchbox").fill("glass")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=glass"))
    context.close()
