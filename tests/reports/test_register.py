"""The register's screens that know of reports: used where, merged with its players, told twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company, Development
from portal.access.roles import ensure_roles
from reports.merging import join_developments, keep_apart, merge_companies, plan_players
from reports.models import Player, Report
from tests.factories import CompanyFactory, ReportFactory, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    return sunroof_draft()


@pytest.fixture
def desk(client: Client) -> Client:
    editor = UserFactory.create(is_staff=True)
    editor.groups.set([ensure_roles()["Editor"]])
    client.force_login(editor)
    return client


def shared(report: Report, company: Company, share: str) -> Player:
    player, _ = Player.objects.update_or_create(
        report=report,
        company=company,
        defaults={"share": Decimal(share), "share_year": 2024, "share_source": "Survey", "is_major": True},
    )
    return player


def test_a_merge_moves_players_and_joins_them_where_both_play(report: Report) -> None:
    kept = Company.objects.get(name="Webasto Group")
    gone = CompanyFactory.create(name="Webasto SE")
    other = ReportFactory.create(title="Other")
    shared(report, kept, "12")
    shared(report, gone, "13.5")
    shared(other, gone, "2")
    moves = {str(move.report): move for move in plan_players(gone, kept)}
    assert (moves["Other"].joins, moves["Car Sunroof Market"].joins) == (False, True)
    conflict = moves["Car Sunroof Market"].share
    assert (conflict.conflicts, conflict.other) == (True, "13.5 % in 2024; source: Survey")
    before = report.updated_at
    merge_companies(gone, into=kept, theirs={conflict.name})
    assert {str(player.report): player.share for player in kept.plays.all()} == {
        "Car Sunroof Market": Decimal("13.5"),
        "Other": 2,
    }
    report.refresh_from_db()
    assert report.updated_at > before, "its checks are due again"


def test_the_preview_changes_nothing_and_the_button_merges(desk: Client, report: Report) -> None:
    kept = Company.objects.get(name="Webasto Group")
    gone = CompanyFactory.create(name="Webasto SE", country="AT")
    place = reverse("admin:companies_company_merge", args=[gone.pk])
    first = desk.get(place).content.decode()
    assert f"?into={kept.pk}" in first, "names that are alike are offered"
    preview = desk.get(place, {"into": kept.pk}).content.decode()
    assert "Facts that conflict" in preview
    assert Company.objects.count() == 2
    answer = desk.post(place, {"into": kept.pk, "country": "theirs"})
    assert answer.status_code == 302
    assert Company.objects.get().country == "AT"
    assert Company.objects.named("Webasto SE").get() == kept


def test_a_company_is_not_merged_into_itself(desk: Client, report: Report) -> None:
    company = Company.objects.get()
    place = reverse("admin:companies_company_merge", args=[company.pk])
    assert "same record" in desk.post(place, {"into": company.pk}).content.decode()
    assert Company.objects.exists()


def test_where_a_company_is_used_lists_drafts_and_developments(desk: Client, report: Report) -> None:
    company = Company.objects.get()
    done = Development.objects.create(date=date(2023, 11, 1), text="Opened a plant.")
    done.companies.add(company)
    report.developments.add(done)
    page = desk.get(reverse("admin:companies_company_used", args=[company.pk])).content.decode()
    assert "Car Sunroof Market" in page
    assert "Opened a plant." in page
    assert "No edition names it." in page


def test_the_feed_leads_to_companies_and_reports(desk: Client, report: Report) -> None:
    company = Company.objects.get()
    done = Development.objects.create(date=date(2023, 11, 1), text="Opened a plant.")
    done.companies.add(company)
    report.developments.add(done)
    page = desk.get(reverse("admin:companies_development_changelist")).content.decode()
    assert reverse("admin:companies_company_change", args=[company.pk]) in page
    assert reverse("admin:reports_report_change", args=[report.pk]) in page


def test_of_two_tellings_one_is_kept_with_the_reports_of_both(desk: Client, report: Report) -> None:
    other = ReportFactory.create()
    one = Development.objects.create(date=date(2023, 11, 1), text="Webasto opened a plant for roofs in Jiaxing.")
    two = Development.objects.create(date=date(2023, 11, 1), text="Webasto opens a plant for roofs in Jiaxing.")
    report.developments.add(one)
    other.developments.add(two)
    place = reverse("admin:companies_development_changelist") + "duplicates/"
    assert "opens a plant" in desk.get(place).content.decode()
    desk.post(place, {"one": one.pk, "other": two.pk, "keep": two.pk})
    kept = Development.objects.get()
    assert (kept, set(kept.reports.all())) == (two, {report, other})


def test_two_that_are_two_are_not_asked_about_again(desk: Client) -> None:
    one = Development.objects.create(date=date(2023, 11, 1), text="Webasto opened a plant for roofs in Jiaxing.")
    two = Development.objects.create(date=date(2023, 11, 1), text="Webasto opened a plant for roofs in Jining.")
    place = reverse("admin:companies_development_changelist") + "duplicates/"
    desk.post(place, {"one": two.pk, "other": one.pk, "keep": ""})
    keep_apart(one, two)
    assert "No two developments look like one" in desk.get(place).content.decode()
    join_developments(one, into=one)
    assert Development.objects.count() == 2


def test_a_reviewer_may_look_and_not_merge(client: Client, report: Report) -> None:
    reviewer = UserFactory.create(is_staff=True)
    reviewer.groups.set([ensure_roles()["Reviewer"]])
    client.force_login(reviewer)
    company = Company.objects.get()
    assert client.get(reverse("admin:companies_company_used", args=[company.pk])).status_code == 200
    assert client.get(reverse("admin:companies_company_merge", args=[company.pk])).status_code == 403


@pytest.mark.parametrize("part", ["change", "products", "financials", "plans"])
def test_each_part_of_a_company_has_a_short_page_of_its_own(desk: Client, report: Report, part: str) -> None:
    company = Company.objects.get()
    page = desk.get(reverse(f"admin:companies_company_{part}", args=[company.pk])).content.decode()
    assert "Profile: 2 of 8" in page
    assert ("products-TOTAL_FORMS" in page) == (part == "products")
    body = {
        f"{name}-{count}": "0"
        for name in ("aliases", "products", "financial_years", "strategies", "swot_items")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    saved = desk.post(
        reverse(f"admin:companies_company_{part}", args=[company.pk]),
        body | {"name": "Webasto", "slug": company.slug, "country": "DE", "overview": company.overview},
    )
    assert saved.status_code == 302, saved.content.decode()
    assert Company.objects.get().overview == company.overview
