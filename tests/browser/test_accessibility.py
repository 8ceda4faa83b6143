"""Every page in a real browser: no axe violation, no error in the console, no wider than the screen, in both schemes.

Pages are listed by the name of their route. A route that is neither listed nor excused fails the test.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from portal.access import inviting
from portal.access.models import Licence, Organisation, Seat
from portal.alerts import following
from reports.models.editions import Withdrawal
from reports.projection import project
from tests.browser.reading import SCREENS, faults_of, on_each_screen, violations
from tests.browser.test_pages import complaints_of, screen, sign_in
from tests.documents import sample_document, small_document
from tests.editions import store_edition
from tests.factories import UserFactory
from tests.portal.alerts.conftest import with_value
from tests.reports.test_record import known, of_places

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REPORT = "/reports/car-sunroof-market/"
PUBLIC: dict[str, tuple[str, ...]] = {
    "home": ("/",),
    "reports": ("/reports/", "/reports/?industry=no-such"),
    "report": (REPORT, f"{REPORT}?edition=1", f"{REPORT}?edition=2", f"{REPORT}?edition=x"),
    "figure": (f"{REPORT}figures/total/2031/", f"{REPORT}figures/total/2029/"),
    "changes": (f"{REPORT}changes/", f"{REPORT}changes/?edition=1"),
    "editions": (f"{REPORT}editions/",),
    "companies": ("/companies/",),
    "company": ("/companies/webasto-group/",),
    "accuracy": ("/accuracy/",),
    "report_accuracy": ("/accuracy/car-sunroof-market/",),
    "search": ("/search/", "/search/?q=glass", "/search/?q=xyzzy"),
    "explorer": ("/explorer/", "/explorer/?report=car-sunroof-market&by=geography"),
    "compare": ("/compare/", "/compare/?market=car-sunroof-market&market=heat-pump-market"),
    "request": (f"{REPORT}request/?kind=licence",),
    "request_anything": ("/requests/new/",),
    "request_sent": ("/requests/sent/",),
    "invitation": ("/invitations/nonsense/",),
    "export_table": (f"{REPORT}tables/geography.csv",),
    "account_login": ("/accounts/login/",),
    "account_signup": ("/accounts/signup/",),
    "account_reset_password": ("/accounts/password/reset/",),
    "account_reset_password_done": ("/accounts/password/reset/done/",),
    "account_reset_password_from_key_done": ("/accounts/password/reset/key/done/",),
    "account_email_verification_sent": ("/accounts/confirm-email/",),
    "account_inactive": ("/accounts/inactive/",),
    "": ("/nowhere/",),
}
SIGNED_IN: dict[str, tuple[str, ...]] = {
    "report": (REPORT, f"{REPORT}?scenario=optimistic"),
    "figure": (
        f"{REPORT}figures/segment/geography/europe/germany/2029/", f"{REPORT}figures/cagr/total/2024-2031/",
    ),
    "changes": (f"{REPORT}changes/",),
    "company": ("/companies/webasto-group/",),
    "explorer": ("/explorer/?report=car-sunroof-market&by=material",),
    "compare": ("/compare/?market=car-sunroof-market&market=heat-pump-market",),
    "saved_charts": ("/explorer/saved/",),
    "embeds": ("/explorer/embeds/",),
    "follow_search": ("/search/follow/?q=glass",),
    "account": ("/account/",),
    "organisation": ("/organisation/",),
    "organisation_page": ("/organisation/reader/",),
    "following": ("/following/",),
    "follow_report": (f"{REPORT}follow/",),
    "follow_company": ("/companies/webasto-group/follow/",),
    "stop_watch": ("{stop}",),
    "account_email": ("/accounts/email/",),
    "account_change_password": ("/accounts/password/change/",),
    "account_logout": ("/accounts/logout/",),
    "mfa_index": ("/accounts/2fa/",),
}  # fmt: skip
STAFF: dict[str, tuple[str, ...]] = {"design": ("/design/",)}
NO_PAGES = {
    "sitemap": "for machines", "robots": "for machines", "favicon": "leads on", "suggestions": "JSON",
    "feed_editions": "a feed", "feed_mine": "a feed", "livez": "for machines", "readyz": "for machines",
    "export_picture": "a picture", "export_report": "JSON", "citation": "a file", "usage_file": "a file",
    "change_seat": "takes a form", "invite": "takes a form", "withdraw_invitation": "takes a form",
    "issue_key": "takes a form", "revoke_key": "takes a form", "answer_seat_request": "takes a form",
    "renew_feed": "takes a form", "change_watch": "takes a form", "report_card": "a picture",
    "company_card": "a picture", "site_card": "a picture", "export_chart": "a file", "delete_chart": "takes a form",
    "embed_sites": "takes a form", "end_embed": "takes a form", "follow_chart": "needs a chart that is saved",
    "embed": "opens in other sites alone; tests/browser/test_explorer.py looks at one",
}  # fmt: skip
# django-allauth's own steps, reached only in the middle of a sign-in or of setting up a second factor; they use the
# same templates as the steps listed, and tests/browser/test_accounts.py walks through them.
ALLAUTH = ("account_", "mfa_", "socialaccount_", "usersessions_", "openid_")
A_VISIT = 7
FOLDED = "main details:not(.profile ~ .profile)"
"""One profile opened stands for all: a report has dozens, of one template."""


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            if str(one.pattern) not in ("admin/", "api/v1/"):
                yield from names(one.url_patterns)
        elif one.name:
            yield one.name


def test_every_page_route_is_listed() -> None:
    known = {*PUBLIC, *SIGNED_IN, *STAFF, *NO_PAGES}
    missing = {
        name for name in names(get_resolver().url_patterns) if name not in known and not name.startswith(ALLAUTH)
    }
    assert missing == set(), (
        f"List {sorted(missing)} in PUBLIC, SIGNED_IN or STAFF, or say in NO_PAGES why it is no page."
    )


@pytest.fixture
def places(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A portal with two reports, editions older, withdrawn and changed, a subscriber who owns an organisation."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    now = timezone.now()
    editor = UserFactory.create(is_staff=True, email="editor@example.org")
    project(store_edition(replace(sample_document(), pages=99), by=editor, at=now - timedelta(days=60)))
    wrong = store_edition(sample_document(), by=editor, at=now - timedelta(days=9))
    project(wrong)
    Withdrawal.objects.create(
        edition=wrong, reason="The base value was that of another year.", withdrawn_at=now, withdrawn_by=editor
    )
    changed = with_value(sample_document(), "geography/europe/germany", 2029, "250.00")
    scored = known(changed, of_places(8), illustrative=True)
    current = store_edition(scored, by=editor, at=now - timedelta(days=3))
    project(current)
    project(store_edition(small_document(), by=editor, at=now - timedelta(days=1)))
    reader = UserFactory.create(email="subscriber@example.org")
    organisation = Organisation.objects.create(name="Reader", slug="reader", seats_bought=5)
    Seat.objects.claim(organisation, reader, owner=True)
    Licence.objects.create(organisation=organisation, scope="report", report=current.report, starts=now)
    inviting.invite(organisation, "colleague@example.org", by=reader, at=now)
    watch = following.follow_report(reader, current.report, "weekly", at=now)
    return {"url": live_server.url, "stop": following.stop_path([watch])}


def visits() -> list[tuple[str, tuple[str, ...]]]:
    """(who reads, some addresses): a few at a time, so that no test takes long even on a busy machine."""
    made = []
    for who, routes in (("", PUBLIC), ("subscriber@example.org", SIGNED_IN), ("editor@example.org", STAFF)):
        paths = [path for of_route in routes.values() for path in of_route]
        made += [(who, tuple(paths[at : at + A_VISIT])) for at in range(0, len(paths), A_VISIT)]
    return made


@pytest.mark.parametrize(("who", "paths"), visits())
def test_every_page_is_accessible_and_fits(
    browser: Browser, places: dict[str, str], who: str, paths: tuple[str, ...]
) -> None:
    found: list[str] = []
    for page in screen(browser, *SCREENS[0]):
        heard = complaints_of(page)
        if who:
            sign_in(page, places["url"], who)
        for path in paths:
            found += faults_of(page, places["url"] + path.format(**places), FOLDED)
        found += heard
    assert found == []


def test_every_view_of_a_figure_and_the_answer_of_a_number_are_accessible(
    browser: Browser, places: dict[str, str]
) -> None:
    found: list[str] = []
    for page in screen(browser, *SCREENS[0]):
        heard = complaints_of(page)
        sign_in(page, places["url"])
        page.goto(places["url"] + REPORT)
        for view in ("table", "chart"):
            page.evaluate(f"document.querySelectorAll('.views [value={view}]').forEach((one) => one.checked = true)")
            found += [f"{view}, {on}: {one}" for on in on_each_screen(page) for one in violations(page)]
        page.locator(".big-numbers .ask").first.click()
        page.locator("dialog [data-answer]").wait_for()
        found += [f"answer, {on}: {one}" for on in on_each_screen(page) for one in violations(page)]
        found += heard
    assert found == []
