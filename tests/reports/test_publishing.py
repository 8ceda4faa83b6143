"""Publishing: what it refuses, what it stores, and that nobody can change it afterwards."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from forecasts.models import Observation
from forecasts.recompute import recompute
from portal.access.models import User
from reports import checks
from reports.compiling import compile_document
from reports.models import Edition, EditionValue, Finding, HeadlineClaim, MarketForce, Report, Section
from reports.publishing import NotPublishable, publish, withdraw
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher() -> User:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="publish_report"))
    return user


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


def test_the_first_publication_is_edition_one_with_the_headline_as_printed(report: Report, publisher: User) -> None:
    edition = publish(report, by=publisher, now=NOW)
    assert (edition.number, edition.published_by, edition.published_at) == (1, publisher, NOW)
    headline = edition.contents.headline
    assert (str(headline.base_value), str(headline.end_value), str(headline.cagr)) == ("2274.97", "3701.17", "7.20")
    assert edition.digest == edition.contents.digest()
    assert report.current_edition == edition


def test_printed_children_sum_to_printed_parents_in_every_year_and_scenario(report: Report, publisher: User) -> None:
    document = publish(report, by=publisher, now=NOW).contents
    compared = 0
    for scenario in document.scenarios:
        for year in range(2024, 2032):
            parts = [document.value(f"material/{name}-material", year, scenario.code) for name in ("fabric", "glass")]
            total = document.value("total", year, scenario.code)
            assert total is not None
            assert sum(part for part in parts if part is not None) == total
            compared += 1
    assert compared == 3 * 8


def test_a_node_without_data_is_not_estimated_and_says_why(report: Report, publisher: User) -> None:
    document = publish(report, by=publisher, now=NOW).contents
    germany = document.by_path["geography/europe/germany"]
    assert not germany.estimated
    assert germany.why_not
    assert document.value("geography/europe/germany", 2031) is None


def test_prose_is_stored_with_its_figures_resolved_and_traceable(report: Report, publisher: User) -> None:
    stored = publish(report, by=publisher, now=NOW).document
    figures = [run for run in stored["overview"][0]["body"] if isinstance(run, dict)]
    assert figures == [
        {"figure": "total/2024", "shown": "USD 2,274.97 million"},
        {"figure": "cagr/total/2024-2031", "shown": "7.2 %"},
    ]


def test_illustrative_data_says_so_and_the_published_total_does_not(report: Report, publisher: User) -> None:
    document = publish(report, by=publisher, now=NOW).contents
    assert document.cells["base", "material/glass-material", 2030].illustrative
    assert not document.cells["base", "total", 2024].illustrative


def test_publishing_an_unchanged_draft_returns_the_current_edition(report: Report, publisher: User) -> None:
    first = publish(report, by=publisher, now=NOW)
    assert publish(report, by=publisher, now=NOW + timedelta(days=1)) == first
    assert Edition.objects.count() == 1


def test_an_edit_makes_edition_two_and_leaves_edition_one_as_it_was(report: Report, publisher: User) -> None:
    first = publish(report, by=publisher, now=NOW)
    stored = json.dumps(first.document, sort_keys=True)
    MarketForce.objects.filter(report=report).update(body="<p>Buyers like light and air.</p>")
    second = publish(report, by=publisher, now=NOW + timedelta(days=1))
    assert second.number == 2
    assert json.dumps(Edition.objects.get(number=1).document, sort_keys=True) == stored
    assert list(Edition.objects.current()) == [second]
    assert list(Edition.objects.as_of(NOW)) == [first]


def test_a_stale_forecast_is_not_published(report: Report, publisher: User) -> None:
    Observation.objects.filter(segment=None).update(value=Decimal("2280"))
    with pytest.raises(NotPublishable, match="has not caught up with the latest edit"):
        publish(report, by=publisher, now=NOW)
    assert not Edition.objects.exists()


def test_an_unknown_figure_is_not_published(report: Report, publisher: User) -> None:
    Section.objects.filter(report=report).update(body="<p>[[share material/wood 2031]]</p>")
    with pytest.raises(NotPublishable, match="material/wood"):
        publish(report, by=publisher, now=NOW)


def contradict(report: Report) -> None:
    for year, line in ((2024, 10), (2025, 18)):
        HeadlineClaim.objects.create(
            report=report, kind="base-value", value=Decimal("2274.97"), shown="USD 2,274.97 million", year=year,
            quote=f"USD 2,274.97 million in {year}", line=line,
        )  # fmt: skip


def test_an_open_error_stands_in_the_way_until_it_is_waived_with_a_reason(report: Report, publisher: User) -> None:
    contradict(report)
    with pytest.raises(NotPublishable, match="Fix it, or waive it with a reason"):
        publish(report, by=publisher, now=NOW)
    checks.check(report, now=NOW)
    errors = checks.open_errors(report)
    assert errors
    for finding in errors:
        checks.waive(finding, by=publisher, reason="The source prints both; ours is 2024.", now=NOW)
    assert publish(report, by=publisher, now=NOW).number == 1


def test_deciding_the_claims_removes_the_error(report: Report, publisher: User) -> None:
    from reports.deciding import decide_claim

    contradict(report)
    right, wrong = HeadlineClaim.objects.order_by("line")
    decide_claim(right, "accepted", by=publisher, reason="The running text and the title agree.", now=NOW)
    decide_claim(wrong, "rejected", by=publisher, reason="A typing error in the table.", now=NOW)
    edition = publish(report, by=publisher, now=NOW)
    assert [decision.decision for decision in edition.contents.decisions] == ["accepted", "rejected"]
    assert not Finding.objects.filter(report=report, severity="error").exists()


def test_only_publishers_publish(report: Report) -> None:
    with pytest.raises(PermissionDenied):
        publish(report, by=UserFactory.create(is_staff=True), now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_edition SET number = 9",
        "UPDATE reports_edition SET document = '{}'",
        "DELETE FROM reports_edition",
    ],
)
def test_the_database_refuses_to_change_an_edition(report: Report, publisher: User, statement: str) -> None:
    publish(report, by=publisher, now=NOW)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Edition.objects.get().number == 1


def test_a_withdrawn_edition_gives_way_to_the_one_before_it(report: Report, publisher: User) -> None:
    first = publish(report, by=publisher, now=NOW)
    Section.objects.filter(report=report).update(heading="How large")
    second = publish(report, by=publisher, now=NOW + timedelta(days=1))
    withdraw(second, by=publisher, reason="A wrong heading.", now=NOW + timedelta(days=2))
    assert report.current_edition == first
    assert list(Edition.objects.as_of(NOW + timedelta(days=1))) == [second]
    with pytest.raises(ValueError, match="Say why"):
        withdraw(first, by=publisher, reason=" ", now=NOW)


def test_numbers_are_numbered_on_after_a_withdrawal(report: Report, publisher: User) -> None:
    first = publish(report, by=publisher, now=NOW)
    withdraw(first, by=publisher, reason="A test.", now=NOW)
    again = publish(report, by=publisher, now=NOW + timedelta(days=1))
    assert again.number == 2
    assert EditionValue.objects.of_edition(again).exists()


def test_every_place_on_the_page_has_an_address_of_its_own(report: Report) -> None:
    anchors = [entry.anchor for entry in compile_document(report).contents]
    assert len(anchors) == len(set(anchors))
    assert "segment-geography-europe-germany" in anchors


def test_a_script_in_prose_does_not_survive_any_door(report: Report) -> None:
    dirty = "<p onclick='x()'>Hi<script>alert(1)</script><img src=x onerror=alert(1)></p>"
    Section.objects.filter(report=report).update(body=dirty)
    Section.objects.bulk_create([Section(report=report, kind="outlook", body=dirty)])
    Section.objects.create(report=report, kind="scope", body=dirty)
    for body in Section.objects.filter(report=report).values_list("body", flat=True):
        assert body == "<p>Hi</p>"
