"""What editors decide about a manuscript: nothing is merged or chosen until they say so."""

from decimal import Decimal

import pytest

from companies.models import Company
from portal.access.models import User
from reports.deciding import decide_alias, decide_claim
from reports.models import AliasSuggestion, HeadlineClaim, ManuscriptImport, Player, Report
from tests.factories import NOW, ReportFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Report:
    return ReportFactory.create()


@pytest.fixture
def editor() -> User:
    return UserFactory.create(is_staff=True)


def suggestion(report: Report, name: str, company: Company) -> AliasSuggestion:
    manuscript = ManuscriptImport.objects.create(
        report=report, filename="page.txt", sha256="0" * 64, text="…", imported_at=NOW, placed_share=1
    )
    return AliasSuggestion.objects.create(manuscript=manuscript, name=name, company=company, reason="Alike.")


def test_a_name_that_is_no_company_yet_becomes_an_alias(report: Report) -> None:
    cie = Company.objects.create(name="CIE Automotive")
    assert "alias" in decide_alias(suggestion(report, "CIE", cie), "merged")
    assert list(Company.objects.named("cie")) == [cie]


def test_two_players_that_are_one_company_become_one_player(report: Report) -> None:
    group, se = Company.objects.create(name="Webasto Group"), Company.objects.create(name="Webasto SE")
    Player.objects.create(report=report, company=group, is_key=True)
    Player.objects.create(
        report=report, company=se, is_key=False, is_major=True, share=12, share_year=2024, share_source="Interview"
    )
    decide_alias(suggestion(report, "Webasto SE", group), "merged")
    player = Player.objects.get(report=report)
    assert (player.company, player.is_key, player.is_major, player.share) == (group, True, True, Decimal(12))
    assert list(Company.objects.named("Webasto SE")) == [group]


def test_two_companies_stay_two_when_the_editor_says_so(report: Report) -> None:
    group = Company.objects.create(name="Webasto Group")
    Company.objects.create(name="Webasto SE")
    decided = suggestion(report, "Webasto SE", group)
    decide_alias(decided, "distinct")
    assert Company.objects.count() == 2
    assert AliasSuggestion.objects.get().decision == "distinct"


@pytest.mark.parametrize(("decision", "reason", "says"), [("accepted", " ", "Say why"), ("maybe", "Why not", "Accept")])
def test_a_decision_needs_a_side_and_a_reason(
    report: Report, editor: User, decision: str, reason: str, says: str
) -> None:
    claim = HeadlineClaim.objects.create(report=report, kind="cagr", shown="7.2 %", quote="CAGR of 7.2 %")
    with pytest.raises(ValueError, match=says):
        decide_claim(claim, decision, by=editor, reason=reason, now=NOW)
    assert HeadlineClaim.objects.get().decision == "open"
