"""Importing a manuscript fills a draft in one transaction, loses nothing, overwrites nothing and decides nothing."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from companies.models import Company, Development
from forecasts.models import Assumption, Dimension, Market, Observation, Pin, Segment
from reports.importing.reading import ManuscriptError, read_bytes, read_file
from reports.importing.store import Imported, import_manuscript
from reports.models import (
    Abbreviation,
    AliasSuggestion,
    HeadlineClaim,
    ManuscriptImport,
    MarketForce,
    MatrixCell,
    PestItem,
    Player,
    PorterForce,
    Report,
    Section,
    SegmentNarrative,
    Takeaway,
    UnplacedLine,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAGES = Path(__file__).parent / "pages"
DEMO = Path(__file__).parents[3] / "demo"


def imported(path: Path, **options: object) -> Imported:
    return import_manuscript(path.read_text(encoding="utf-8"), filename=path.name, now=NOW, **options)  # type: ignore[arg-type]


def test_the_demo_manuscript_becomes_a_whole_draft() -> None:
    report = imported(DEMO / "car-sunroof.md").report
    market = report.market
    assert (market.name, market.slug) == ("Car Sunroof Market", "car-sunroof-market")
    assert (market.first_year, market.base_year, market.last_year) == (2021, 2024, 2031)
    assert (market.currency, market.unit_mult, report.concentration) == ("USD", 6, "medium")
    assert Observation.objects.get().value == Decimal("2274.97")
    assert Pin.objects.get().value == Decimal("3701.17")
    assert Assumption.objects.get().rate == Decimal("7.2")
    assert Dimension.objects.get(code="glass").breaks_down == Segment.objects.get(path="material/glass-material")
    assert Dimension.objects.get(code="electric-vehicle").coverage == "partial"
    assert Segment.objects.get(path="geography/europe/germany").iso_code == "DE"
    assert Segment.objects.filter(kind="rest").count() == 5
    assert MarketForce.objects.filter(report=report).exclude(body="").count() == 12
    assert MatrixCell.objects.count() == 15
    assert (PestItem.objects.count(), PorterForce.objects.filter(rating__gte=1).count()) == (4, 5)
    assert Player.objects.filter(is_key=True).count() == 14
    assert Player.objects.filter(is_major=True).count() == 6
    assert Takeaway.objects.count() == 7
    assert Abbreviation.objects.get(short="BEV").long == "Battery electric vehicle"
    assert Section.objects.filter(kind="competitive").exclude(heading="").count() == 5
    assert "[[cagr 2024-2031]]" in Section.objects.get(kind="analyst-view").body
    assert SegmentNarrative.objects.filter(segment__path="geography/latin-america").exists()
    assert [d.when for d in Development.objects.all()] == ["November 2023", "June 2022"]
    assert [d.text.split()[0] for d in Development.objects.all()] == ["Minda", "Champion"], "the date is not said twice"
    assert not SegmentNarrative.objects.filter(body__contains="Coverage:").exists(), "what is declared is no prose"
    assert UnplacedLine.objects.count() == 0


def test_contradicting_claims_are_all_stored_and_none_is_decided() -> None:
    result = imported(PAGES / "run_together.txt")
    claims = HeadlineClaim.objects.filter(report=result.report)
    assert {c.year for c in claims.filter(kind="base-value")} == {2023, 2024}
    assert {c.year for c in claims.filter(kind="end-value")} == {2030, 2031}
    assert {(c.year, c.end_year) for c in claims.filter(kind="span")} == {(2023, 2030), (2020, 2030), (2025, 2031)}
    assert set(claims.values_list("decision", flat=True)) == {"open"}
    assert claims.filter(kind="base-value").first().shown == "USD 812.40 million"  # type: ignore[union-attr]
    market = result.report.market
    assert (market.first_year, market.base_year, market.last_year) == (2020, 2023, 2030)
    assert any("every claim waits for your decision" in note for note in result.record.unsure)
    assert any(finding["code"] == "base-year-contradiction" for finding in result.record.findings)


def test_aliases_are_suggested_and_no_company_is_merged() -> None:
    imported(PAGES / "run_together.txt")
    assert {c.name for c in Company.objects.filter(name__istartswith="hackberg")} == {
        "Hackberg Group",
        "HACKBERG",
        "Hackberg Holding AG",
    }
    assert Company.objects.filter(name__iexact="verdox").count() == 1
    assert AliasSuggestion.objects.filter(decision="open").count() == 4


def test_a_second_import_of_the_same_file_changes_nothing_and_says_so() -> None:
    first = imported(PAGES / "levelled.md")
    before = [model.objects.count() for model in (Section, Segment, Company, HeadlineClaim, Observation, UnplacedLine)]
    second = imported(PAGES / "levelled.md")
    assert (first.created, second.created) == (True, False)
    assert second.report == first.report
    assert "Nothing was changed" in second.message
    assert [m.objects.count() for m in (Section, Segment, Company, HeadlineClaim, Observation, UnplacedLine)] == before
    assert ManuscriptImport.objects.count() == 1


def test_a_later_version_adds_what_is_new_and_keeps_what_an_editor_wrote() -> None:
    report = imported(PAGES / "levelled.md").report
    force = MarketForce.objects.get(title="Price of electricity")
    force.body = "<p>An editor's words.</p>"
    force.save()
    Market.objects.update(base_year=2023, first_year=2023)
    text = (
        PAGES / "levelled.md"
    ).read_text() + "\n## Future Outlook\n\nLight will be rented and not bought by most farms.\n"
    again = import_manuscript(text, filename="levelled.md", now=NOW)
    assert again.report == report
    assert again.created
    force.refresh_from_db()
    assert force.body == "<p>An editor's words.</p>"
    assert Market.objects.get().base_year == 2023
    assert Section.objects.filter(kind="outlook").count() == 1
    assert MarketForce.objects.count() == 4
    assert Observation.objects.count() == 1


@pytest.mark.parametrize("path", [*sorted(PAGES.glob("*.*")), *sorted(DEMO.glob("*.md"))], ids=lambda path: path.name)
def test_every_page_can_be_stored(path: Path) -> None:
    result = imported(path)
    assert result.record.counts == result.manuscript.counts
    assert Player.objects.filter(report=result.report, is_key=True).count() == len(result.manuscript.players)
    assert SegmentNarrative.objects.count() >= 0


def test_what_the_draft_has_no_place_for_is_kept_as_unplaced() -> None:
    text = (
        "# Widget Market\n\n## PEST Analysis\n\n### Legal Analysis\n\nCourts decide slowly "
        "in this trade, as they do elsewhere.\n\n"
        "## Recent Developments\n\n- Acme Ltd. bought a mill.\n"
    )
    result = import_manuscript(text, filename="widget.md", now=NOW)
    kept = {line.text: line.reason for line in UnplacedLine.objects.filter(manuscript=result.record)}
    assert "Acme Ltd. bought a mill." in kept
    assert any("Courts decide" in line for line in kept)
    assert all(kept.values())


def test_a_market_without_years_says_what_it_assumed() -> None:
    result = import_manuscript(
        "# Widget Market\n\nWidgets are small and sold in large numbers everywhere.\n", filename="w.md", now=NOW
    )
    market = result.report.market
    assert (market.base_year, market.last_year) == (2025, 2030)
    assert not Observation.objects.exists()
    assert sum("until you enter one" in note for note in result.record.unsure) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"PK\x03\x04....", "is damaged"),
        (b"caf\xe9 market", "is not UTF-8: byte 4"),
        (b"a\x00b" * 50, "not a text file"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MB at most"),
    ],
)
def test_what_is_no_manuscript_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ManuscriptError, match=sentence):
        read_bytes(content, "page.txt")
    assert not Report.objects.exists()


def test_utf_16_with_its_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes("Widget Market".encode("utf-16"))
    assert read_file(path) == "Widget Market"
    with pytest.raises(ManuscriptError, match="There is no file"):
        read_file(tmp_path / "missing.txt")


def test_the_command_prints_one_json_object_and_a_dry_run_changes_nothing() -> None:
    out = io.StringIO()
    call_command(
        "import_manuscript", str(PAGES / "levelled.md"), "--json", "--dry-run", stdout=out, stderr=io.StringIO()
    )
    result = json.loads(out.getvalue())
    assert set(result) == {"placed_share", "counts", "unplaced", "findings", "report"}
    assert not Report.objects.exists()
    call_command("import_manuscript", str(PAGES / "levelled.md"), stdout=(table := io.StringIO()))
    assert Report.objects.count() == 1
    assert "Vertical Farm Lighting" in table.getvalue()
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_manuscript", "nowhere.txt")


def test_scripts_in_a_manuscript_do_not_reach_the_draft() -> None:
    text = "# Widget Market\n\n## Analyst View\n\nWe think <script>alert(1)</script> that widgets will sell well.\n"
    import_manuscript(text, filename="w.md", now=NOW)
    body = Section.objects.get(kind="analyst-view").body
    assert "<script" not in body
    assert "widgets will sell well" in body


def test_a_range_is_kept_as_a_claim_and_never_becomes_a_number_of_the_market() -> None:
    text = (
        "# Toy Market\n\nThe toy market was valued at USD 4.5 billion in 2022 and will reach "
        "USD 7.0–7.4 billion by 2030, "
        "at a CAGR of 6–7%.\n"
    )
    report = import_manuscript(text, filename="toys.md", now=NOW).report
    shown = {claim.shown: claim.value for claim in HeadlineClaim.objects.filter(report=report)}
    assert shown["USD 7.0–7.4 billion"] is None
    assert shown["6–7 %"] is None
    assert not Pin.objects.filter(market=report.market).exists()
    assert Observation.objects.get(market=report.market).value == Decimal(
        "4500" if report.market.unit_mult == 6 else "4.5"
    )
