"""Accounts in a real browser: sign-up, passkeys, the organisation's page, requests and following."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from portal.access import asking, inviting
from portal.access.models import ApiKey, Licence, Organisation, Seat, User
from portal.access.recording import record_reading
from portal.alerts.sweeping import send_due
from reports.models import Edition
from reports.projection import project
from tests.browser.reading import faults_of
from tests.documents import sample_document
from tests.editions import store_edition
from tests.factories import PASSWORD, UserFactory
from tests.portal.alerts.conftest import with_value

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWNERS_PAGES = [
    "/account/", "/organisation/", "/following/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/", "/accounts/email/", "/accounts/password/change/",
    "/reports/car-sunroof-market/request/?kind=licence", "/requests/new/?kind=seat", "/requests/sent/",
    "/reports/car-sunroof-market/follow/",
]  # fmt: skip
ANYBODYS_PAGES = [
    "/accounts/signup/", "/accounts/login/", "/accounts/confirm-email/",
    "/reports/car-sunroof-market/request/?kind=sample", "/following/stop/forged/",
]  # fmt: skip


@pytest.fixture
def portal(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> str:
    """The address of a portal with a report and an organisation whose owner is owner@example.org."""
    # The server's threads must not keep connections, or the test database could not be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    settings.PUBLIC_URL = live_server.url
    now = timezone.now()
    edition = store_edition(sample_document(), by=UserFactory.create(is_staff=True), at=now - timedelta(days=3))
    project(edition)
    owner, member = verified("owner@example.org"), verified("member@example.org")
    organisation = Organisation.objects.create(name="Reader & Co", slug="reader", seats_bought=5)
    Seat.objects.claim(organisation, owner, owner=True)
    Seat.objects.claim(organisation, member)
    Licence.objects.create(
        organisation=organisation, scope="report", report=edition.report, starts=now - timedelta(days=300),
        until=now + timedelta(days=30),
    )  # fmt: skip
    ApiKey.objects.issue(organisation, name="Nightly job", by=owner, scopes=["read"])
    inviting.invite(organisation, "invited@example.org", by=owner, at=now)
    asking.ask("seat", email="asker@example.org", organisation_name="Reader & Co", message="I joined in May.", at=now)
    asking.ask("question", email=owner.email, person=owner, report=edition.report, message="Why?", at=now)
    for days in (0, 1, 40):
        record_reading(member, edition.report_id, now - timedelta(days=days))
    mail.outbox.clear()
    return live_server.url


def verified(email: str) -> User:
    user: User = UserFactory.create(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def watched(context: BrowserContext, heard: list[str]) -> Page:
    """A page whose complaints in the console, policy violations among them, are kept."""
    page = context.new_page()
    page.on("console", lambda m: heard.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return page


def by_session(page: Page, portal: str, email: str) -> None:
    client = Client()
    client.force_login(User.objects.get(email=email))
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": portal}])


def sign_in(page: Page, portal: str, email: str) -> None:
    page.goto(f"{portal}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("accounts/login"))


def link_in(number: int = -1) -> str:
    found = re.search(r"https?://\S+", str(mail.outbox[number].body))
    assert found is not None
    return found[0]


def test_every_account_page_is_accessible_and_fits(browser: Browser, portal: str) -> None:
    found: list[str] = []
    context = browser.new_context()
    page = watched(context, found)
    for paths, reader in ((ANYBODYS_PAGES, ""), (OWNERS_PAGES, "owner@example.org")):
        if reader:
            by_session(page, portal, reader)
            # Adding a factor asks for the password first.
            page.goto(f"{portal}/accounts/reauthenticate/?next=/account/")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Confirm").click()
        for path in paths:
            found += faults_of(page, portal + path)
    context.close()
    assert found == []


def test_from_sign_up_to_the_sample_table_by_the_letter_s_link(browser: Browser, portal: str) -> None:
    heard: list[str] = []
    page = watched(browser.new_context(), heard)
    page.goto(f"{portal}/reports/car-sunroof-market/")
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(link_in())
    page.get_by_role("button", name="Confirm").click()
    sign_in(page, portal, "new@example.org")
    page.goto(f"{portal}/reports/car-sunroof-market/")
    expect(page.get_by_role("link", name="Ask for a licence").first).to_be_visible()
    assert heard == []


def test_a_passkey_is_added_and_signs_in_without_a_password(browser: Browser, portal: str) -> None:
    heard: list[str] = []
    page = watched(browser.new_context(), heard)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    sign_in(page, portal, "member@example.org")
    page.goto(f"{portal}/accounts/2fa/webauthn/add/")
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page).to_have_url(re.compile("recovery-codes|2fa"))
    expect(page).not_to_have_url(re.compile("webauthn/add"))
    page.goto(f"{portal}/accounts/logout/")
    page.get_by_role("button", name="Sign Out").click()
    page.goto(f"{portal}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/reports/"))
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()
    assert heard == []


def test_an_owner_makes_a_key_invites_somebody_and_gives_the_seat_that_was_asked_for(
    browser: Browser, portal: str
) -> None:
    heard: list[str] = []
    page = watched(browser.new_context(), heard)
    by_session(page, portal, "owner@example.org")
    page.goto(f"{portal}/organisation/")
    page.get_by_label("What will use it").fill("Dashboard")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text(re.compile(r"plumb_[0-9a-f]{48}"))).to_be_visible()
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_text(re.compile(r"plumb_[0-9a-f]{48}"))).to_have_count(0)
    page.get_by_label("E-mail address").fill("colleague@example.org")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("An invitation was sent to colleague@example.org")).to_be_visible()
    page.get_by_role("button", name="Give asker@example.org a seat").click()
    expect(page.get_by_text("asker@example.org was told of the seat")).to_be_visible()

    # The colleague comes by the letter and reads in full.
    invitation = next(number for number, one in enumerate(mail.outbox) if one.to == ["colleague@example.org"])
    other = watched(browser.new_context(), heard)
    other.goto(link_in(invitation))
    other.get_by_role("link", name="Create an account").click()
    other.get_by_label("Email").fill("colleague@example.org")
    other.get_by_label(re.compile("^Password")).fill(PASSWORD)
    other.get_by_role("button", name="Create the account").click()
    other.get_by_role("button", name="Accept the seat").click()
    other.goto(f"{portal}/reports/car-sunroof-market/")
    expect(other.get_by_role("link", name="Ask for a licence")).to_have_count(0)
    assert heard == []


def test_a_locked_part_leads_to_a_request_by_keyboard_alone(browser: Browser, portal: str) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{portal}/reports/car-sunroof-market/")
    page.get_by_role("link", name="Ask for a licence").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ask for a licence")).to_be_visible()
    page.get_by_label("Your e-mail address").focus()
    for typed in ("reader@example.org", "Somewhere Ltd", "We are ten people."):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your request is with the publisher")).to_be_visible()


def test_following_brings_the_changed_number_by_mail_and_one_click_ends_it(browser: Browser, portal: str) -> None:
    page = browser.new_context().new_page()
    by_session(page, portal, "member@example.org")
    page.goto(f"{portal}/reports/car-sunroof-market/")
    page.get_by_role("link", name="Follow", exact=True).click()
    page.get_by_role("button", name="At once").click()
    expect(page.get_by_text("You get a letter when what you may read")).to_be_visible()
    changed = with_value(sample_document(), "geography/europe/germany", 2029, "77777.77")
    project(store_edition(changed, by=User.objects.filter(is_staff=True)[0], at=timezone.now()))
    assert Edition.objects.count() == 2
    send_due(timezone.now())
    assert "77,777.77" in str(mail.outbox[-1].body)
    stop = re.search(r"Stop letters about [^:]+: (\S+)", str(mail.outbox[-1].body))
    assert stop is not None
    stranger = browser.new_context().new_page()
    stranger.goto(stop[1])
    stranger.get_by_role("button", name="Stop").click()
    expect(stranger.get_by_role("heading", name="Stopped")).to_be_visible()
