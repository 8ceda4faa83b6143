"""Where a finding leads: to a screen that exists, in the tab, at the row and the field that mend it."""

import pytest
from django.test import Client

from companies.models import Company
from forecasts.recompute import recompute
from reports import checks
from reports.checks.places import link_to
from reports.models import Finding, Player, Report, Section, Takeaway
from tests.factories import NOW, UserFactory, sunroof_draft
from tests.reports.checks.test_fixes import CASES

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


def test_a_part_of_a_report_opens_on_its_page_at_its_row_and_field(admin_client: Client, report: Report) -> None:
    section = Section.objects.get(report=report)
    there = admin_client.get(link_to(section, "body"))
    assert there.headers["Location"] == f"/admin/reports/report/{report.pk}/sections/#id_sections-0-body"
    player = Player.objects.get(report=report)
    there = admin_client.get(link_to(player, "company"))
    assert there.headers["Location"] == f"/admin/reports/report/{report.pk}/players/#id_players-0-company"


def test_a_row_far_down_opens_on_its_page_of_the_list(admin_client: Client, report: Report) -> None:
    companies = [Company.objects.create(name=f"Maker {number}") for number in range(60)]
    last = [Player.objects.create(report=report, company=one, position=9) for one in companies][-1]
    there = admin_client.get(link_to(last, "company"))
    assert there.headers["Location"].endswith("/players/?players-page=2#id_players-10-company")
    gone = link_to(last, "company")
    last.delete()
    assert admin_client.get(gone).status_code == 404


def test_a_place_is_for_people_of_the_desk(client: Client, report: Report) -> None:
    link = link_to(Section.objects.get(report=report), "body")
    assert client.get(link).status_code == 302
    client.force_login(UserFactory.create())
    assert client.get(link).status_code in (302, 403)
    nobody = UserFactory.create(is_staff=True)
    client.force_login(nobody)
    assert client.get(link).status_code == 403


def test_a_row_with_a_screen_of_its_own_opens_there(report: Report) -> None:
    company = Company.objects.get()
    assert link_to(company, "name") == f"/admin/companies/company/{company.pk}/change/#id_name"
    assert link_to(report) == f"/admin/reports/report/{report.pk}/change/"
    assert link_to(report, "title").endswith("/change/#id_title")


def test_every_finding_leads_to_a_screen_that_holds_what_it_names(admin_client: Client, report: Report) -> None:
    for code, spoil, *_ in CASES:
        if code not in ("breakdown-shown-as-sibling", "duplicate-player", "first-key-player-not-major"):
            spoil(report)
    Takeaway.objects.create(report=report, body="The outlook is TBD.")
    recompute(report.market_id, trigger="test")
    checks.check(report, now=NOW)
    links = dict(Finding.objects.filter(report=report).values_list("link", "code"))
    assert len(links) > 15
    for link, code in links.items():
        page, _, anchor = link.partition("#")
        answer = admin_client.get(page)
        if answer.status_code == 302:
            page, _, anchor = answer.headers["Location"].partition("#")
            answer = admin_client.get(page)
        assert answer.status_code == 200, (code, link)
        if anchor:
            assert f'id="{anchor}"' in answer.content.decode(), (code, link, anchor)
