"""The way of a draft: review, approval of exactly one document, schedule, embargo; and checks in the background."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from forecasts.models import Observation
from forecasts.recompute import recompute
from portal.access.models import User
from portal.access.roles import ensure_roles
from reports import checking, workflow
from reports.compiling import compile_document
from reports.models import DraftCheck, Edition, Finding, HeadlineClaim, Report, Section, Workflow
from reports.publishing import NotPublishable, publish
from reports.workflow import Refused, workflow_of
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def person(role: str) -> User:
    user = UserFactory.create(is_staff=True)
    user.groups.add(ensure_roles()[role])
    return user


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return Report.objects.get(pk=report.pk)


@pytest.fixture
def editor() -> User:
    return person("Editor")


@pytest.fixture
def reviewer() -> User:
    return person("Reviewer")


@pytest.fixture
def publisher() -> User:
    return person("Publisher")


def digest(report: Report) -> str:
    return compile_document(Report.objects.get(pk=report.pk)).digest()


def reword(report: Report) -> None:
    Section.objects.filter(report=report).update(heading="How large it is")


def approved(report: Report, editor: User, reviewer: User) -> str:
    workflow.submit(report, by=editor, now=NOW)
    seen = digest(report)
    workflow.approve(report, digest=seen, by=reviewer, now=NOW, two_persons=True)
    return seen


def test_a_draft_goes_to_review_is_taken_and_approved(report: Report, editor: User, reviewer: User) -> None:
    workflow.submit(report, by=editor, now=NOW, due=NOW.date())
    workflow.claim(report, by=reviewer, now=NOW)
    assert (workflow_of(report).state, workflow_of(report).reviewer) == ("in-review", reviewer)
    with pytest.raises(Refused, match="has this review already"):
        workflow.claim(report, by=person("Reviewer"), now=NOW)
    workflow.approve(report, digest=digest(report), by=reviewer, now=NOW, two_persons=True)
    assert workflow_of(report).is_approved(digest(report))


def test_the_approval_is_of_the_digest_that_was_on_the_screen(report: Report, editor: User, reviewer: User) -> None:
    workflow.submit(report, by=editor, now=NOW)
    seen = digest(report)
    reword(report)
    with pytest.raises(Refused, match="changed while you were reading"):
        workflow.approve(report, digest=seen, by=reviewer, now=NOW, two_persons=False)
    assert workflow_of(report).state == "in-review"


def test_changes_are_asked_for_with_a_reason_that_stays_as_a_comment(
    report: Report, editor: User, reviewer: User
) -> None:
    workflow.submit(report, by=editor, now=NOW)
    with pytest.raises(Refused, match="Say what must change"):
        workflow.request_changes(report, reason=" ", by=reviewer, now=NOW)
    workflow.request_changes(report, reason="The overview says nothing of Asia.", by=reviewer, now=NOW)
    assert workflow_of(report).state == "draft"
    said = report.review_comments.get()
    workflow.settle(said, by=editor, now=NOW + HOUR)
    workflow.settle(said, by=reviewer, now=NOW + 2 * HOUR)
    said.refresh_from_db()
    assert (said.settled_by, said.settled_at) == (editor, NOW + HOUR)


def test_editors_without_the_permission_approve_nothing(report: Report, editor: User) -> None:
    nobody = UserFactory.create(is_staff=True)
    nobody.user_permissions.add(Permission.objects.get(codename="change_report"))
    workflow.submit(report, by=nobody, now=NOW)
    with pytest.raises(PermissionDenied):
        workflow.approve(report, digest=digest(report), by=nobody, now=NOW, two_persons=False)
    with pytest.raises(Refused, match="may not approve drafts"):
        workflow.submit(report, by=editor, now=NOW, reviewer=nobody)


def test_where_two_people_are_wanted_nobody_approves_their_own_draft(
    report: Report, editor: User, reviewer: User, publisher: User, settings: Settings
) -> None:
    settings.TWO_PERSON_RULE = True
    with pytest.raises(NotPublishable, match="not approved by a second person"):
        publish(report, by=publisher, now=NOW)
    editor.groups.add(ensure_roles()["Reviewer"])
    workflow.submit(report, by=editor, now=NOW)
    with pytest.raises(Refused, match="yourself"):
        workflow.approve(report, digest=digest(report), by=editor, now=NOW, two_persons=True)
    workflow.approve(report, digest=digest(report), by=reviewer, now=NOW, two_persons=True)
    reword(report)
    with pytest.raises(NotPublishable, match="it has changed since"):
        publish(report, by=publisher, now=NOW)
    approved(report, editor, reviewer)
    assert publish(report, by=publisher, now=NOW).number == 1
    assert workflow_of(report).state == "draft"


def test_an_editor_who_is_no_reviewer_approves_nothing(report: Report, editor: User) -> None:
    with pytest.raises(PermissionDenied, match="Only reviewers"):
        workflow.approve(report, digest=digest(report), by=editor, now=NOW, two_persons=False)


def test_an_embargo_holds_whoever_publishes(report: Report, publisher: User) -> None:
    workflow.hold_until(report, until=NOW + HOUR, by=publisher, now=NOW)
    with pytest.raises(NotPublishable, match="under embargo until 23 November 2026, 13:00 UTC"):
        publish(report, by=publisher, now=NOW)
    with pytest.raises(Refused, match="embargo"):
        workflow.schedule(report, at=NOW + HOUR / 2, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    assert publish(report, by=publisher, now=NOW + HOUR).number == 1


def test_a_scheduled_edition_is_published_at_its_time_once_and_in_the_publishers_name(
    report: Report, publisher: User
) -> None:
    workflow.schedule(report, at=NOW + HOUR, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    assert workflow.publish_due(NOW + HOUR / 2) == []
    edition = workflow.publish_due(NOW + HOUR)[0]
    assert (edition.number, edition.published_by, edition.published_at) == (1, publisher, NOW + HOUR)
    assert workflow.publish_due(NOW + 2 * HOUR) == []
    assert Edition.objects.count() == 1


def test_what_changed_since_the_approval_is_not_published_and_the_desk_says_so(report: Report, publisher: User) -> None:
    workflow.schedule(report, at=NOW + HOUR, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    reword(report)
    assert workflow.publish_due(NOW + HOUR) == []
    assert not Edition.objects.exists()
    left = workflow_of(report)
    assert left.state == "draft"
    assert left.refusal.startswith(
        "The edition planned for 23 November 2026, 13:00 UTC was not published: the draft has"
    )


def test_an_open_error_refuses_a_scheduled_edition_with_the_findings_sentence(report: Report, publisher: User) -> None:
    workflow.schedule(report, at=NOW + HOUR, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    for year in (2024, 2025):
        HeadlineClaim.objects.create(
            report=report, kind="base-value", value=Decimal("2274.97"), shown="USD 2,274.97 million", year=year,
            quote=f"USD 2,274.97 million in {year}",
        )  # fmt: skip
    assert workflow.publish_due(NOW + HOUR) == []
    assert "waive it with a reason" in workflow_of(report).refusal


def test_a_publisher_who_lost_the_permission_publishes_nothing_any_more(report: Report, publisher: User) -> None:
    workflow.schedule(report, at=NOW + HOUR, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    publisher.groups.clear()
    assert workflow.publish_due(NOW + HOUR) == []
    assert "Only publishers may publish" in workflow_of(report).refusal


def test_a_scheduled_edition_waits_for_a_forecast_that_is_being_made(report: Report, publisher: User) -> None:
    workflow.schedule(report, at=NOW + HOUR, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    Observation.objects.filter(segment=None).update(value=Decimal("2280"))
    assert workflow.publish_due(NOW + HOUR) == []
    assert workflow_of(report).state == "scheduled"
    recompute(report.market_id, trigger="test")
    assert workflow.publish_due(NOW + HOUR) == []
    assert "has changed since it was approved" in workflow_of(report).refusal


def test_calling_off_keeps_the_approval(report: Report, publisher: User) -> None:
    workflow.schedule(report, at=NOW + HOUR, digest=digest(report), by=publisher, now=NOW, two_persons=False)
    workflow.unschedule(report, by=publisher, now=NOW)
    assert workflow.publish_due(NOW + 2 * HOUR) == []
    assert workflow_of(report).is_approved(digest(report))


def test_the_database_knows_no_approval_without_an_approver(report: Report) -> None:
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="workflow_approved_by_somebody"):
        Workflow.objects.create(report=report, state="approved")


def test_a_draft_is_checked_when_its_forecast_or_its_words_are_newer_than_the_last_check(report: Report) -> None:
    def due() -> list[Report]:
        return list(checking.drafts_to_check(NOW))

    assert due() == [report]
    assert checking.check_due_drafts(NOW) == 1
    assert due() == []
    report.save()
    assert due() == [report]
    assert checking.check_due_drafts(NOW) == 1
    Observation.objects.filter(segment=None).update(value=Decimal("2280"))
    recompute(report.market_id, trigger="test")
    assert due() == [report]
    assert checking.check_due_drafts(NOW) == 1
    assert list(checking.drafts_to_check(NOW + timedelta(hours=7))) == [report]


def test_a_rule_that_fails_is_noted_and_does_not_keep_other_drafts_waiting(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> list[Finding]:
        raise RuntimeError("a rule is broken")

    monkeypatch.setattr("reports.checks.check", broken)
    assert checking.check_due_drafts(NOW) == 1
    assert "could not be finished" in DraftCheck.objects.get(report=report).problem
    assert not checking.drafts_to_check(NOW).exists()
