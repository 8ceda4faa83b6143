"""A draft on its way: editor, reviewer and publisher in browsers of their own, with two people wanted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from forecasts.recompute import recompute
from reports import workflow
from reports.models import Edition, Report, Section
from tests.browser.desk import Desk, OpenDesk, person
from tests.factories import sunroof_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Report:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    settings.TWO_PERSON_RULE = True
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


@pytest.fixture
def people(open_desk: OpenDesk, report: Report) -> Any:
    roles = {"editor": "Editor", "reviewer": "Reviewer", "publisher": "Publisher"}
    return {who: open_desk(person(f"{who}@example.org", role)) for who, role in roles.items()}


def test_a_draft_is_reviewed_sent_back_approved_scheduled_and_published(
    people: dict[str, Desk], report: Report
) -> None:
    editor, reviewer, publisher = people["editor"], people["reviewer"], people["publisher"]
    review, publishing = (f"/admin/reports/report/{report.pk}/{page}/" for page in ("review", "publish"))
    week = timezone.now().date() + timedelta(days=7)

    # The editor sends it to review, with a day; publishing needs a second person.
    editor.goto(review)
    editor.says("nothing is published without the approval of a second person")
    editor.page.get_by_label("Wanted by").fill(week.isoformat())
    editor.press("Send to review")
    editor.says(f"wanted by {week:%-d %B %Y}")

    # The reviewer finds it on the home, takes it, comments on a place and asks for changes.
    reviewer.goto("/admin/")
    reviewer.says("Nobody has taken it")
    reviewer.page.get_by_role("link", name=report.title).first.click()
    reviewer.press("I take this review")
    reviewer.says("The review is yours.")
    reviewer.page.get_by_label("Where").fill("overview")
    reviewer.page.get_by_label("Comment").fill("Say what drives it.")
    reviewer.press("Comment")
    reviewer.page.get_by_label("What must change").fill("The overview is thin.")
    reviewer.press("Ask for changes")
    reviewer.says("The draft is with its editors again")

    # The editor reads the comment, follows it to the place, mends it, settles and sends again.
    editor.goto(review)
    editor.page.get_by_role("link", name="overview").click()
    expect(editor.page).to_have_url(re.compile("/sections/"))
    Section.objects.filter(report=report).update(body="<p>Worth [[total 2024]], driven by comfort.</p>")
    editor.goto(review)
    editor.press("Settled")
    editor.press("Send to review")

    # Approval is of exactly one document: an edit afterwards takes it away.
    reviewer.goto(review)
    reviewer.press("Approve exactly this")
    reviewer.says("It still says the same.")
    Section.objects.filter(report=report).update(heading="How large")
    publisher.goto(publishing)
    publisher.press("Publish")
    publisher.says("it has changed since")
    reviewer.goto(review)
    reviewer.says("the approval no longer counts")
    reviewer.press("Approve exactly this")

    # The publisher schedules it; the plan is a row of the database that any worker carries out.
    publisher.goto(publishing)
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    publisher.page.get_by_label("Publish at (UTC)").fill(f"{at:%Y-%m-%dT%H:%M}")
    publisher.press("Schedule")
    publisher.says(f"Scheduled for {at:%-d %B %Y, %H:%M} UTC")
    assert workflow.publish_due(at - timedelta(minutes=1)) == []
    (edition,) = workflow.publish_due(at)
    publisher.goto(publishing)
    publisher.says("Readers have edition 1")

    # Withdrawn with a reason, which the list of editions shows.
    publisher.goto(f"/admin/reports/report/{report.pk}/editions/")
    publisher.page.get_by_role("link", name="Withdraw").click()
    publisher.page.get_by_label("Reason").fill("The total was of another year.")
    publisher.press(f"Withdraw edition {edition.number}")
    publisher.goto(f"/admin/reports/report/{report.pk}/editions/")
    publisher.says("The total was of another year.")
    for desk in people.values():
        desk.is_whole()


def test_an_embargo_keeps_the_publisher_from_publishing(
    people: dict[str, Desk], report: Report, settings: Settings
) -> None:
    settings.TWO_PERSON_RULE = False
    publisher = people["publisher"]
    publisher.goto(f"/admin/reports/report/{report.pk}/publish/")
    until = timezone.now() + timedelta(days=2)
    publisher.page.get_by_label("Embargo until (UTC)").fill(f"{until:%Y-%m-%dT%H:%M}")
    publisher.press("Set an embargo")
    publisher.says("Under embargo until")
    publisher.press("Publish")
    publisher.says("The report is under embargo until")
    assert not Edition.objects.exists()
    publisher.goto("/admin/")
    publisher.says("Under embargo")
    publisher.is_whole()
