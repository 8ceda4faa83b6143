"""The desk's home: one's own reports, what needs somebody, what is planned, what expires; and the search."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from forecasts.models import ForecastState
from forecasts.recompute import recompute
from portal.access.models import Licence, Organisation, User
from portal.access.roles import ensure_roles
from reports.models import Finding, Report, ReviewComment, Waiver, Workflow
from tests.factories import CompanyFactory, ReportFactory, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    user: User = UserFactory.create(is_staff=True)
    user.groups.set([ensure_roles()[role] for role in ("Editor", "Publisher", "Administrator")])
    return user


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def test_my_reports_come_first_and_say_how_they_stand(desk: Client, editor: User) -> None:
    mine, other = ReportFactory.create(kept_by=editor, title="Mine"), ReportFactory.create(title="Theirs")
    for number, severity in enumerate(("error", "error", "note")):
        Finding.objects.create(
            report=mine, code="x", severity=severity, place="headline", sentence="Wrong.", fingerprint=str(number)
        )
    Waiver.objects.create(
        report=mine, fingerprint="0", code="x", sentence="Wrong.", reason="Known.", waived_by=editor,
        waived_at=timezone.now(),
    )  # fmt: skip
    ReviewComment.objects.create(report=mine, body="Look.", by=editor, at=timezone.now())
    page = desk.get("/admin/")
    (shown,) = page.context["desk_mine"]
    assert (shown.open_errors, shown.other_findings, shown.open_comments) == (1, 1, 1)
    assert list(page.context["desk_others"]) == [other]
    assert page.content.decode().index("My reports") < page.content.decode().index("Other reports")


def test_what_needs_somebody_is_on_top_and_overdue_reviews_say_so(desk: Client, editor: User) -> None:
    today = timezone.now().date()
    late, mine, planned = (ReportFactory.create() for _ in range(3))
    Workflow.objects.create(report=late, state="in-review", submitted_by=editor, submitted_at=timezone.now(),
                            due=today - timedelta(days=1))  # fmt: skip
    Workflow.objects.create(report=mine, state="in-review", submitted_by=editor, submitted_at=timezone.now(),
                            reviewer=editor)  # fmt: skip
    Workflow.objects.create(
        report=planned, state="scheduled", scheduled_at=timezone.now() + timedelta(hours=1), scheduled_by=editor,
        approved_by=editor, approved_at=timezone.now(), approved_digest="d",
    )  # fmt: skip
    ForecastState.objects.filter(market=planned.market).update(problem="The pins cannot be met.", failed_version=1)
    page = desk.get("/admin/")
    text = page.content.decode()
    assert [one.report for one in page.context["desk_in_review"]] == [mine, late]
    assert "overdue" in text
    assert "The pins cannot be met." in text
    assert [one.report for one in page.context["desk_scheduled"]] == [planned]
    assert "its forecast has not caught up" in text


def test_licences_that_end_soon_are_named_to_who_keeps_them(desk: Client) -> None:
    now = timezone.now()
    organisation = Organisation.objects.create(name="Demo Motors", slug="demo-motors", seats_bought=1)
    for days in (30, 90):
        Licence.objects.create(organisation=organisation, scope="all", starts=now, until=now + timedelta(days=days))
    assert len(desk.get("/admin/").context["desk_expiring"]) == 1


def test_the_home_costs_as_many_queries_for_forty_reports_as_for_one(
    desk: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        ReportFactory.create(kept_by=editor)
        ReportFactory.create()
    desk.get("/admin/")
    with django_assert_max_num_queries(30):
        desk.get("/admin/")
    with django_assert_max_num_queries(30):
        desk.get("/admin/reports/report/")


def test_the_palette_finds_reports_companies_markets_developments_and_people(desk: Client) -> None:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    CompanyFactory.create(name="Sunroof Makers")
    UserFactory.create(email="sunroof@example.org")
    found = desk.get("/admin/search/", {"s": "sunroof"}).content.decode()
    for kind in ("report", "company", "market", "user"):
        assert f"/{kind}/" in found, kind
    assert "/observation/" not in found
    assert Report.objects.count() == 1
