"""Where a finding leads: to a screen that exists, in the tab, at the row and the field that mend it."""

import re

import pytest
from django.test import Client

from companies.models import Company
from forecasts.recompute import recompute
from reports import checks
from reports.checks.places import link_to
from reports.models import Finding, Player, Report, Section, Takeaway
from tests.factories import NOW, sunroof_draft
from tests.reports.checks.test_fixes import CASES

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


def test_a_part_of_a_report_opens_in_its_tab_with_its_row_and_field(report: Report) -> None:
    section = Section.objects.get(report=report)
    assert link_to(section, "body") == (
        f"/admin/reports/report/{report.pk}/change/?at=sections-{section.pk}-body#sections"
    )
    player = Player.objects.get(report=report)
    assert link_to(player, "company").endswith(f"?at=players-{player.pk}-company#players")


def test_a_row_with_a_screen_of_its_own_opens_there(report: Report) -> None:
    company = Company.objects.get()
    assert link_to(company, "name") == f"/admin/companies/company/{company.pk}/change/#id_name"
    assert link_to(report) == f"/admin/reports/report/{report.pk}/change/"


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
        assert answer.status_code == 200, (code, link)
        html = answer.content.decode()
        if at := re.search(r"[?&]at=([a-z_]+)-(\d+)", page):
            assert re.search(rf'name="{at[1]}-\d+-id" value="{at[2]}"', html), (code, link)
            assert f'id="{anchor}-group"' in html, (code, link)
        elif anchor:
            assert f'id="{anchor}"' in html or f'id="{anchor}-group"' in html, (code, link)
