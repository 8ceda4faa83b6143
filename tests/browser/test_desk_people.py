"""People and access in a real browser, as an administrator keeps them: seats, licences, keys, requests, usage, log."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from portal.access import asking
from portal.access.models import AccessRequest, ApiKey, Licence, Organisation, Seat, User
from portal.access.recording import record_reading
from portal.access.roles import ensure_roles
from tests.browser.test_accounts import by_session, watched
from tests.documents import sample_document
from tests.editions import store_edition
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> str:
    """A portal with an administrator, an organisation with a reader, a licence that ends soon and a request."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    settings.PUBLIC_URL = live_server.url
    now = timezone.now()
    administrator: User = UserFactory.create(email="administrator@example.org", is_staff=True)
    administrator.groups.set([ensure_roles()["Administrator"], ensure_roles()["Editor"]])
    edition = store_edition(sample_document(), by=administrator, at=now - timedelta(days=3))
    organisation = Organisation.objects.create(name="Reader AG", slug="reader", seats_bought=2)
    reader: User = UserFactory.create(email="reader@example.org")
    UserFactory.create(email="second@example.org")
    Seat.objects.claim(organisation, reader, owner=True)
    Licence.objects.create(
        organisation=organisation, scope="report", report=edition.report, starts=now - timedelta(days=300),
        until=now + timedelta(days=20),
    )  # fmt: skip
    record_reading(reader, edition.report_id, now)
    asking.ask("question", email=reader.email, person=reader, report=edition.report, message="Which sources?", at=now)
    mail.outbox.clear()
    return live_server.url


def test_an_administrator_keeps_an_organisation(browser: Browser, portal: str) -> None:
    heard: list[str] = []
    page = watched(browser.new_context(viewport={"width": 1280, "height": 900}), heard)
    by_session(page, portal, "administrator@example.org")
    organisation = Organisation.objects.get()

    # The organisation in one place: its seats, licences and keys, and how they stand.
    page.goto(f"{portal}/admin/access/organisation/")
    expect(page.get_by_text("1 of 2 taken")).to_be_visible()
    page.get_by_role("link", name="Reader AG").click()
    expect(page.get_by_text("1 of 2 seats taken; 1 licence in force")).to_be_visible()

    # An invitation, and one that is refused in words with what was typed still there.
    page.get_by_role("link", name="Invitations", exact=True).last.click()
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_role("button", name="Offer a seat").click()
    expect(page.get_by_text("An invitation was sent to new@example.org.")).to_be_visible()
    page.get_by_label("E-mail address").fill("third@example.org")
    page.get_by_role("button", name="Offer a seat").click()
    expect(page.get_by_role("alert")).to_contain_text("All 2 seats are taken or promised")
    expect(page.get_by_label("E-mail address")).to_have_value("third@example.org")

    # Usage, and the licence that ends soon, extended.
    page.get_by_role("link", name="Usage", exact=True).last.click()
    expect(page.get_by_role("row", name=re.compile("reader@example.org"))).to_be_visible()
    page.goto(f"{portal}/admin/access/licence/?standing=soon")
    expect(page.get_by_text("Ends soon").first).to_be_visible()
    until = Licence.objects.get().until
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("extend")
    page.get_by_role("button", name=re.compile("Run|Go")).first.click()
    expect(page.get_by_text("1 licence extended by a year.")).to_be_visible()
    now_until = Licence.objects.get().until
    assert until is not None
    assert now_until is not None
    assert now_until - until == timedelta(days=365)

    # A key, whose secret is shown once.
    key, secret = ApiKey.objects.issue(organisation, name="Warehouse", by=User.objects.get(email="reader@example.org"))
    page.goto(f"{portal}/admin/access/apikey/{key.pk}/change/")
    expect(page.get_by_text("Works", exact=True)).to_be_visible()
    assert secret not in page.content()

    # The request is answered by mail.
    page.goto(f"{portal}/admin/access/accessrequest/{AccessRequest.objects.get().pk}/change/")
    page.locator("textarea[name=answer]").fill("The method page lists them.")
    page.get_by_role("button", name="Answer by mail").click()
    expect(page.get_by_text(re.compile("is told by mail"))).to_be_visible()
    assert mail.outbox[-1].to == ["reader@example.org"]
    page.context.close()
    assert [one for one in heard if "status of 422" not in one] == []


def test_reading_as_a_tier_is_read_only_and_logged(browser: Browser, portal: str) -> None:
    heard: list[str] = []
    page = watched(browser.new_context(viewport={"width": 1280, "height": 900}), heard)
    by_session(page, portal, "administrator@example.org")
    page.goto(f"{portal}/admin/reports/edition/")
    edition = Organisation.objects.get().licences.get().report.editions.get()  # type: ignore[union-attr]
    page.goto(f"{portal}/admin/reports/edition/{edition.pk}/read/?as=registered")
    expect(page.get_by_text("as a reader sees it.")).to_be_visible()
    page.goto(f"{portal}/admin/admin/logentry/?kind=read-as")
    expect(page.locator("#result_list")).to_contain_text("Read as registered.")
    expect(page.locator("#result_list")).to_contain_text("administrator@example.org")
    page.context.close()  # or its polling would keep the test database in use
    assert heard == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_screen_of_people_and_access_fits_and_is_quiet(
    browser: Browser, portal: str, width: int, scheme: str
) -> None:
    found: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = watched(context, found)
    by_session(page, portal, "administrator@example.org")
    organisation, request = Organisation.objects.get(), AccessRequest.objects.get()
    for path in (
        "access/organisation/", f"access/organisation/{organisation.pk}/change/",
        f"access/organisation/{organisation.pk}/usage/", f"access/organisation/{organisation.pk}/invite/",
        "access/user/", "access/licence/", "access/licence/add/", "access/seat/", "access/apikey/add/",
        "access/accessrequest/", f"access/accessrequest/{request.pk}/change/", "access/reportreading/",
        "admin/logentry/",
    ):  # fmt: skip
        page.goto(f"{portal}/admin/{path}")
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if too_wide > 0:
            found.append(f"{path} is {too_wide} pixels too wide")
    context.close()
    assert found == []
