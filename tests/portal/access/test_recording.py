"""Readings of licensed reports: who is counted, how often, and what it costs."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError

from portal.access import recording
from portal.access.models import ApiKey, Licence, Organisation, ReportReading, Seat, User
from portal.access.recording import record_reading
from portal.access.usage import Usage, usage, usage_csv, usage_table
from reports.models import Edition
from tests.editions import NOW
from tests.portal.access.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    recording._recent.clear()


def test_a_reading_is_counted_by_day_and_report(member: User, licence: Licence, sunroofs: Edition) -> None:
    for minutes in (0, 1, 2):
        record_reading(member, sunroofs.report_id, NOW + timedelta(minutes=minutes))
    record_reading(member, sunroofs.report_id, NOW + timedelta(days=1))
    assert list(ReportReading.objects.order_by("day").values_list("day", "count")) == [
        (date(2026, 11, 23), 3),
        (date(2026, 11, 24), 1),
    ]


def test_a_double_click_is_one_reading_even_in_two_processes(member: User, licence: Licence, sunroofs: Edition) -> None:
    record_reading(member, sunroofs.report_id, NOW)
    record_reading(member, sunroofs.report_id, NOW + timedelta(seconds=20))
    recording._recent.clear()  # as another process would have it
    record_reading(member, sunroofs.report_id, NOW + timedelta(seconds=25))
    assert ReportReading.objects.get().count == 1


def test_a_reading_costs_one_statement_and_a_double_click_none(
    member: User, licence: Licence, sunroofs: Edition, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]  # savepoint, statement, release: in a test's transaction
        record_reading(member, sunroofs.report_id, NOW)
    with django_assert_num_queries(0):  # type: ignore[operator]
        record_reading(member, sunroofs.report_id, NOW + timedelta(seconds=5))


def test_nothing_is_counted_without_a_licence_or_for_staff(
    member: User, organisation: Organisation, sunroofs: Edition, editor: User
) -> None:
    record_reading(member, sunroofs.report_id, NOW)
    record_reading(editor, sunroofs.report_id, NOW)
    assert not ReportReading.objects.exists()


def test_a_key_is_counted_for_its_organisation(owner: User, licence: Licence, sunroofs: Edition) -> None:
    key, _ = ApiKey.objects.issue(licence.organisation, name="Nightly", by=owner, scopes=["read"])
    record_reading(key, sunroofs.report_id, NOW)
    reading = ReportReading.objects.get()
    assert (reading.organisation, reading.api_key, reading.user) == (licence.organisation, key, None)


def test_a_reading_stays_with_the_organisation_when_the_seat_is_freed(
    member: User, licence: Licence, sunroofs: Edition
) -> None:
    record_reading(member, sunroofs.report_id, NOW)
    Seat.objects.filter(user=member).delete()
    assert usage(licence.organisation) == [
        Usage("person", "member@example.org", "Car Sunroof Market", date(2026, 11, 1), 1, 1)
    ]


def test_an_organisation_does_not_see_what_its_people_read_through_another(
    member: User, licence: Licence, sunroofs: Edition, heat_pumps: Edition
) -> None:
    other = Organisation.objects.create(name="Other", slug="other", seats_bought=1)
    Seat.objects.claim(other, member)
    Licence.objects.create(organisation=other, scope="report", report=heat_pumps.report, starts=NOW - timedelta(days=1))
    record_reading(member, heat_pumps.report_id, NOW)
    assert usage(licence.organisation) == []
    assert [row.report for row in usage(other)] == [heat_pumps.report.title]


def test_a_reading_that_cannot_be_counted_does_not_fail_the_page(
    member: User, licence: Licence, sunroofs: Edition, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(recording, "_UPSERT", "SELECT 1 / 0"):
        record_reading(member, sunroofs.report_id, NOW)
    assert "could not be counted" in caplog.text
    with patch("portal.access.recording.transaction.atomic", side_effect=DatabaseError):
        record_reading(member, sunroofs.report_id, NOW + timedelta(hours=1))


def test_months_stand_across_and_sums_at_the_foot(member: User, licence: Licence, sunroofs: Edition) -> None:
    other = person("second@example.org")
    Seat.objects.claim(licence.organisation, other)
    for user, moment in ((member, NOW), (member, NOW - timedelta(days=40)), (other, NOW)):
        record_reading(user, sunroofs.report_id, moment)
    table = usage_table(usage(licence.organisation), today=NOW.date())
    assert table.months[:2] == (date(2026, 11, 1), date(2026, 10, 1))
    assert [line[:1] + line[2:] for line in table.lines] == [
        ("member@example.org", (1, 1, 0, 0, 0, 0), 2),
        ("second@example.org", (1, 0, 0, 0, 0, 0), 1),
    ]
    assert table.totals == (2, 1, 0, 0, 0, 0)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_text_in_the_file(start: str, organisation: Organisation) -> None:
    organisation.name = f"{start}cmd"
    line = usage_csv(organisation, [Usage("person", "a@example.org", "R", date(2026, 11, 1), 1, 1)]).split("\r\n", 1)[1]
    assert line.lstrip('"').startswith(f"'{start}")
