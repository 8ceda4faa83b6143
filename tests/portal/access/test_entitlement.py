"""Who may read what: seats, licences, keys and time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from forecasts.models import Market
from portal.access.entitlement import licensed_reports, tier, tiers
from portal.access.models import ApiKey, Licence, NoSeatLeft, Organisation, Seat, User, make_secret, well_formed
from reports.document import Tier
from reports.models import Industry, Report

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def industry() -> Industry:
    return Industry.objects.create(name="Automotive parts", slug="automotive-parts")


def make_report(industry: Industry, name: str) -> Report:
    market = Market.objects.create(name=name, slug=name.lower(), first_year=2021, base_year=2024, last_year=2031)
    return Report.objects.create(market=market, title=f"{name} market", industry=industry)


@pytest.fixture
def report(industry: Industry) -> Report:
    return make_report(industry, "Sunroofs")


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Reader & Co", slug="reader", seats_bought=1)


@pytest.fixture
def reader(organisation: Organisation) -> User:
    user = User.objects.create_user("reader@example.org", "a long password")
    Seat.objects.claim(organisation, user)
    return user


def license_report(organisation: Organisation, report: Report, **fields: object) -> Licence:
    return Licence.objects.create(
        organisation=organisation, scope="report", report=report, starts=NOW - timedelta(days=1), **fields
    )


def test_nobody_in_particular_reads_the_public_tier(report: Report) -> None:
    assert tier(AnonymousUser(), report, at=NOW) is Tier.PUBLIC


def test_a_person_without_a_licence_is_registered(report: Report, reader: User) -> None:
    assert tier(reader, report, at=NOW) is Tier.REGISTERED


def test_a_seat_and_a_licence_for_the_report_open_it(report: Report, reader: User, organisation: Organisation) -> None:
    license_report(organisation, report)
    assert tier(reader, report, at=NOW) is Tier.LICENSED


@pytest.mark.parametrize("scope", ["industry", "all"])
def test_wider_licences_open_it_too(
    report: Report, reader: User, organisation: Organisation, industry: Industry, scope: str
) -> None:
    Licence.objects.create(
        organisation=organisation, scope=scope, industry=industry if scope == "industry" else None, starts=NOW
    )
    assert tier(reader, report, at=NOW) is Tier.LICENSED
    assert list(Report.objects.filter(licensed_reports(reader, at=NOW))) == [report]


def test_a_licence_counts_from_its_first_moment_until_its_last(
    report: Report, reader: User, organisation: Organisation
) -> None:
    licence = license_report(organisation, report, until=NOW)
    assert tier(reader, report, at=licence.starts - timedelta(seconds=1)) is Tier.REGISTERED
    assert tier(reader, report, at=licence.starts) is Tier.LICENSED
    assert tier(reader, report, at=NOW - timedelta(seconds=1)) is Tier.LICENSED
    assert tier(reader, report, at=NOW) is Tier.REGISTERED


def test_a_freed_seat_closes_the_report_at_once(report: Report, reader: User, organisation: Organisation) -> None:
    license_report(organisation, report)
    Seat.objects.all().delete()
    assert tier(reader, report, at=NOW) is Tier.REGISTERED


def test_a_licence_for_one_report_opens_no_other(
    report: Report, industry: Industry, reader: User, organisation: Organisation
) -> None:
    other = make_report(industry, "Doors")
    license_report(organisation, report)
    assert tiers(reader, [report, other], at=NOW) == {report.pk: Tier.LICENSED, other.pk: Tier.REGISTERED}


def test_staff_read_everything_and_the_disabled_nothing(
    report: Report, reader: User, organisation: Organisation
) -> None:
    license_report(organisation, report)
    staff = User.objects.create_user("editor@example.org", "a long password", is_staff=True)
    assert tier(staff, report, at=NOW) is Tier.STAFF
    reader.is_active = False
    assert tier(reader, report, at=NOW) is Tier.PUBLIC


def test_many_reports_cost_one_query(
    report: Report, reader: User, organisation: Organisation, django_assert_num_queries: object
) -> None:
    license_report(organisation, report)
    with django_assert_num_queries(1):  # type: ignore[operator]
        tiers(reader, [report] * 50, at=NOW)


def test_a_key_reads_what_its_organisation_licensed_until_it_is_revoked(
    report: Report, reader: User, organisation: Organisation
) -> None:
    key, secret = ApiKey.objects.issue(organisation, name="Nightly", by=reader, scopes=["read"])
    assert tier(key, report, at=NOW) is Tier.REGISTERED
    license_report(organisation, report)
    assert tier(key, report, at=NOW) is Tier.LICENSED
    key.revoked_at = NOW
    assert tier(key, report, at=NOW) is Tier.PUBLIC
    assert secret not in str(vars(ApiKey.objects.get()))


def test_a_secret_shows_a_typing_error_by_its_checksum() -> None:
    secret = make_secret()
    assert well_formed(secret)
    assert not well_formed(secret[:-1] + ("0" if secret[-1] != "0" else "1"))
    assert not well_formed("plumb_short")


def test_no_more_seats_than_bought(organisation: Organisation, reader: User) -> None:
    assert Seat.objects.claim(organisation, reader).user == reader
    other = User.objects.create_user("late@example.org", "a long password")
    with pytest.raises(NoSeatLeft, match="All 1 seats of Reader & Co are taken"):
        Seat.objects.claim(organisation, other)


def test_the_database_refuses_a_licence_that_covers_nothing_named(organisation: Organisation) -> None:
    with pytest.raises(IntegrityError, match="licence_names_what_it_covers"), transaction.atomic():
        Licence.objects.create(organisation=organisation, scope="report", starts=NOW)


def test_e_mail_addresses_differ_by_more_than_case(reader: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="READER@example.org")


def test_an_organisation_reads_on_its_own_site_what_it_has_licensed(report: Report, organisation: Organisation) -> None:
    assert tier(organisation, report, at=NOW) is Tier.REGISTERED
    licence = license_report(organisation, report, until=NOW + timedelta(days=1))
    assert tier(organisation, report, at=NOW) is Tier.LICENSED
    assert tier(organisation, report, at=licence.until) is Tier.REGISTERED  # type: ignore[arg-type]
    other = Organisation.objects.create(name="Other", slug="other")
    assert tier(other, report, at=NOW) is Tier.REGISTERED
