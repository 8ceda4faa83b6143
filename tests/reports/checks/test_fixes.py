"""One click that mends: what is offered, what it changes, that the finding is gone, and that nothing else is lost."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from companies.models import Company, Development
from forecasts.models import Dimension, ForecastState, Market, Segment
from forecasts.recompute import recompute
from portal.access.roles import ensure_roles
from reports import checks
from reports.checks.fixes import FIXES
from reports.checks.mending import NotMended, mend
from reports.history import events
from reports.models import Abbreviation, Finding, HeadlineClaim, Player, Report, Section, Takeaway
from reports.undoing import undo_save
from tests.factories import NOW, UserFactory, sunroof_draft

pytestmark = pytest.mark.django_db
LONG = "Laminated panes, films that hold back heat and layers that quieten the cabin are standard fare in dearer cars."


@pytest.fixture
def report() -> Report:
    report = sunroof_draft()
    recompute(report.market_id, trigger="test")
    return report


def overview(report: Report, body: str, heading: str = "More") -> Section:
    return Section.objects.create(report=report, kind="overview", heading=heading, body=body, position=9)


def play(report: Report, name: str, **parts: object) -> Player:
    return Player.objects.create(report=report, company=Company.objects.create(name=name), **parts)


def happen(report: Report, text: str) -> Development:
    development = Development.objects.create(date=date(2026, 5, 1), text=text)
    report.developments.add(development)
    return development


def claim(report: Report, kind: str, year: int, end_year: int | None = None) -> HeadlineClaim:
    shown = "" if end_year else "USD 2,274.97 million"
    return HeadlineClaim.objects.create(
        report=report, kind=kind, year=year, end_year=end_year, shown=shown, quote=f"{kind} {year}",
        value=None if end_year else Decimal("2274.97"),
    )  # fmt: skip


def repeat(report: Report) -> None:
    overview(report, f"<p>{LONG}</p>", "Glass")
    overview(report, f"<p>Another one.</p><p>{LONG}</p>", "Comfort")


def abbreviate(report: Report) -> None:
    Abbreviation.objects.create(report=report, short="ASEAN", long="Association of South East Asian Countries")


def split_fabric(report: Report) -> None:
    dimension = Dimension.objects.create(market=report.market, name="Fabric", code="fabric", position=5)
    for name in ("Foldable", "Removable"):
        Segment.objects.create(dimension=dimension, name=name)


def split_vehicles(report: Report) -> None:
    for code, name in (("vehicle", "Vehicle"), ("electric", "Electric Vehicle")):
        dimension = Dimension.objects.create(market=report.market, name=name, code=code, position=5)
        for segment in ("A", "B"):
            Segment.objects.create(dimension=dimension, name=f"{segment} {code}")


def contradict(kind: str, *years: tuple[int, int | None]) -> Callable[[Report], None]:
    def make(report: Report) -> None:
        for first, last in years:
            claim(report, kind, first, last)

    return make


# code, what makes the finding, the words on the button, the words that say what was done
CASES: list[tuple[str, Callable[[Report], object], str, str]] = [
    (
        "number-typed-in-prose",
        lambda report: overview(report, "<p>By 2031 it is worth USD 3.7 billion.</p>"),
        "Write [[total 2031 | words]] (USD 3.7 billion) for “USD 3.7 billion”",
        "worth [[total 2031 | words]]",
    ),
    (
        "percentage-without-source",
        lambda report: overview(report, "<p>Glass Material holds a share of 74.7% in 2024.</p>"),
        "Write [[share material/glass-material 2024]] (74.7 %) for “74.7%”",
        "a share of [[share material/glass-material 2024]]",
    ),
    (
        "growth-in-prose-disagrees",
        lambda report: overview(report, "<p>The market grows at a CAGR of 7.9% from 2024 to 2031.</p>"),
        "Write [[cagr 2024-2031]] (7.2 %) for “7.9%”",
        "a CAGR of [[cagr 2024-2031]]",
    ),
    (
        "superlative-disagrees",
        lambda report: overview(report, "<p>Fabric Material is the largest segment.</p>"),
        "Write [[largest material 2031]] (Glass Material) for “Fabric Material”",
        "[[largest material 2031]] is the largest",
    ),
    (
        "figure-unknown",
        lambda report: overview(report, "<p>Glass holds [[share material/glas-material 2031]].</p>"),
        "Write [[share material/glass-material 2031]]",
        "[[share material/glass-material 2031]]",
    ),
    (
        "group-misnamed",
        lambda report: overview(report, "<p>ASEAN (Association of South East Asian Countries) follows.</p>"),
        "Write ASEAN (Association of Southeast Asian Nations)",
        "Southeast Asian Nations",
    ),
    (
        "group-misnamed",
        abbreviate,
        "Write ASEAN (Association of Southeast Asian Nations)",
        "The abbreviation ASEAN now stands for",
    ),
    (
        "cross-reference-dead",
        lambda report: overview(report, '<p>See <a href="/reports/nowhere/">the doors</a>.</p>'),
        "Take the link out and keep its words",
        "",
    ),
    (
        "cross-reference-dead",
        lambda report: overview(report, '<p>See <a href="/reports/car-sunrof-market/">it</a>.</p>'),
        "Link to /reports/car-sunroof-market/",
        "",
    ),
    ("paragraph-repeated", repeat, "Take it out here; it stays at Overview: Glass", "Another one."),
    (
        "duplicate-player",
        lambda report: (play(report, "Inalfa Roof-Systems"), play(report, "Inalfa RoofSystems", is_major=True)),
        "Keep “Inalfa Roof-Systems” and make “Inalfa RoofSystems” its alias",
        "is listed once",
    ),
    (
        "first-key-player-not-major",
        lambda report: (
            Player.objects.filter(report=report).update(is_major=False)
            and play(report, "Inalfa", is_major=True, position=3)
        ),
        "Mark Webasto Group as a major player",
        "Webasto Group is marked as a major player now.",
    ),
    (
        "major-player-not-key",
        lambda report: play(report, "Inalfa", is_major=True, is_key=False, position=3),
        "Mark Inalfa as a key player",
        "Inalfa is marked as a key player now.",
    ),
    (
        "company-not-registered",
        lambda report: happen(report, "In 2026, Glasbau Muster GmbH opened a plant with Webasto Group."),
        "Register “Glasbau Muster GmbH” and link the development to it",
        "is in the register now, and the development is linked to it.",
    ),
    (
        "development-without-company",
        lambda report: happen(report, "A plant was opened by Webasto Group near Munich."),
        "Link it to Webasto Group",
        "is linked to Webasto Group now.",
    ),
    (
        "breakdown-shown-as-sibling",
        split_fabric,
        "Declare Fabric a breakdown of Fabric Material",
        "it is a breakdown of Fabric Material now",
    ),
    ("partial-declared-complete", split_vehicles, "Declare Electric Vehicle partial", "it is partial now"),
    (
        "heading-repeated",
        lambda report: overview(report, "<p>And more of it.</p>", "Size"),
        "Put both texts under one heading “Size”",
        "“Size” stands once now",
    ),
    (
        "section-empty",
        lambda report: overview(report, "", "Outlook"),
        "Remove the heading “Outlook”",
        "The empty section “Outlook” was removed.",
    ),
    (
        "base-year-disagrees",
        contradict("base-value", (2024, None), (2025, None)),
        "Keep 2024, the market’s base year, and reject 2025",
        "1 claim with 2024 was accepted, 1 claim with 2025 rejected.",
    ),
    (
        "end-year-disagrees",
        contradict("end-value", (2031, None), (2032, None)),
        "Keep 2031, the market’s last year, and reject 2032",
        "rejected. Reason given: The market’s last year is 2031.",
    ),
    (
        "spans-disagree",
        contradict("span", (2024, 2031), (2026, 2032)),
        "Keep 2031, the market’s last year, and reject 2026–2032",
        "1 claim with 2026–2032 rejected.",
    ),
]


@pytest.mark.parametrize(
    ("code", "spoil", "label", "said"), CASES, ids=[f"{one[0]}-{n}" for n, one in enumerate(CASES)]
)
def test_one_click_mends_it_and_says_what_it_changed(
    report: Report, code: str, spoil: Callable[[Report], object], label: str, said: str
) -> None:
    spoil(report)
    recompute(report.market_id, trigger="test")
    before = {finding.code for finding in checks.check(report, now=NOW)}
    finding = Finding.objects.get(report=report, code=code)
    assert finding.fix.startswith(label)
    done = mend(report, finding.fingerprint, by=UserFactory.create(is_staff=True), now=NOW)
    assert said in done
    after = set(Finding.objects.filter(report=report).values_list("code", flat=True))
    assert code not in after
    # Nothing else is broken by it; a forecast that follows is on its way.
    assert after - before <= {"forecast-stale", "claim-against-market"}


def test_every_fix_is_tested() -> None:
    assert {code for code, *_ in CASES} == set(FIXES)


def test_the_words_of_a_dead_link_stay(report: Report) -> None:
    section = overview(report, '<p>See <a href="/reports/nowhere/">the <em>doors</em></a>.</p>')
    checks.check(report, now=NOW)
    finding = Finding.objects.get(code="cross-reference-dead")
    mend(report, finding.fingerprint, by=UserFactory.create(), now=NOW)
    section.refresh_from_db()
    assert section.body == "<p>See the <em>doors</em>.</p>"


def test_a_merged_player_keeps_what_was_said_of_either(report: Report) -> None:
    play(report, "Inalfa Roof-Systems")
    play(report, "Inalfa RoofSystems", is_major=True, share=Decimal(12), share_year=2024, share_source="Survey")
    checks.check(report, now=NOW)
    mend(report, Finding.objects.get(code="duplicate-player").fingerprint, by=UserFactory.create(), now=NOW)
    player = Player.objects.get(company__name="Inalfa Roof-Systems")
    assert (player.is_major, player.share) == (True, Decimal(12))
    assert set(player.company.aliases.values_list("name", flat=True)) == {"Inalfa Roof-Systems", "Inalfa RoofSystems"}


def test_a_change_of_coverage_asks_for_a_new_forecast(report: Report) -> None:
    split_fabric(report)
    recompute(report.market_id, trigger="test")
    checks.check(report, now=NOW)
    finding = Finding.objects.get(code="breakdown-shown-as-sibling")
    editor = UserFactory.create()
    mend(report, finding.fingerprint, by=editor, now=NOW)
    state = ForecastState.objects.get(market=report.market_id)
    assert not state.is_current
    assert state.asked_by == editor


def test_a_finding_that_is_gone_is_said_to_be_gone_and_nothing_changes(report: Report) -> None:
    section = overview(report, "<p>The market grows at a CAGR of 7.9%.</p>")
    checks.check(report, now=NOW)
    fingerprint = Finding.objects.get(code="growth-in-prose-disagrees").fingerprint
    Section.objects.filter(pk=section.pk).update(body="<p>The market grows at a CAGR of 7.8%.</p>")
    with pytest.raises(NotMended, match="This finding is gone"):
        mend(report, fingerprint, by=UserFactory.create(), now=NOW)
    section.refresh_from_db()
    assert "7.8%" in section.body


def test_a_finding_without_a_fix_is_left_to_the_editor(report: Report) -> None:
    Takeaway.objects.create(report=report, body="<p>The outlook is TBD.</p>")
    checks.check(report, now=NOW)
    finding = Finding.objects.get(code="placeholder-text")
    assert finding.fix == ""
    with pytest.raises(NotMended, match="takes a judgement"):
        mend(report, finding.fingerprint, by=UserFactory.create(), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        "<p>It was worth USD 4,000 million in 2031.</p>",  # no figure of the report is that number
        "<p>It was worth USD 2.3 billion in 2015.</p>",  # nor of that year
        "<p>Worth USD 2.3 billion in 2024, or USD 2.3 billion again.</p>",  # which of the two is not plain
        "<p>Worth 2.3 billion dollars in 2024.</p>",  # the figure would name the currency a second time
    ],
)
def test_a_typed_number_that_is_not_plainly_one_figure_is_left_alone(report: Report, body: str) -> None:
    overview(report, body)
    checks.check(report, now=NOW)
    assert {finding.fix for finding in Finding.objects.filter(code="number-typed-in-prose")} == {""}


def test_decisions_of_an_editor_are_not_overturned(report: Report) -> None:
    claim(report, "base-value", 2024)
    other = claim(report, "base-value", 2025)
    HeadlineClaim.objects.filter(pk=other.pk).update(decision="accepted", reason="The table.", decided_at=NOW)
    checks.check(report, now=NOW)
    assert Finding.objects.get(code="base-year-disagrees").fix == ""


def test_a_market_that_says_neither_year_is_no_judge(report: Report) -> None:
    claim(report, "base-value", 2022)
    claim(report, "base-value", 2023)
    checks.check(report, now=NOW)
    assert Finding.objects.get(code="base-year-disagrees").fix == ""
    assert Market.objects.get(pk=report.market_id).base_year == 2024


def test_what_one_click_changed_is_taken_back_under_history(client: Client, report: Report) -> None:
    section = overview(report, "<p>The market grows at a CAGR of 7.9% from 2024 to 2031.</p>")
    checks.check(report, now=NOW)
    editor = UserFactory.create(is_staff=True)
    editor.groups.add(ensure_roles()["Editor"])
    client.force_login(editor)
    fingerprint = Finding.objects.get(code="growth-in-prose-disagrees").fingerprint
    page = client.post(f"/admin/reports/report/{report.pk}/findings/", {"mend": fingerprint}, follow=True)
    assert "became" in page.content.decode()
    section.refresh_from_db()
    assert "[[cagr 2024-2031]]" in section.body
    save = next(event.save for event in events(report) if event.label == "reports.Section")
    assert save is not None
    undo_save(report, save, by=editor, now=NOW)
    section.refresh_from_db()
    assert "7.9%" in section.body
