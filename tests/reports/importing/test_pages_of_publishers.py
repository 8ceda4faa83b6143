"""Pages in the manner of fourteen publishers are read into the same parts."""

import os
from pathlib import Path

import pytest

from reports.importing.manuscript import Manuscript, as_json, as_table, parse

PAGES = Path(__file__).parent / "pages"
SEED = Path(os.environ.get("PLUMBLINE_SEED", "/work/shared/seed/car-sunroof-market.txt"))


def page(name: str) -> Manuscript:
    return parse((PAGES / name).read_text(encoding="utf-8"))


def names(manuscript: Manuscript, code: str) -> list[str]:
    dimension = next(d for d in manuscript.dimensions if d.code == code)
    return [segment.name for segment in dimension.segments]


def countries(manuscript: Manuscript, region: str) -> list[str]:
    assert manuscript.geography is not None
    return [c.iso or c.name for r in manuscript.geography.segments if r.name == region for c in r.children]


def claims(manuscript: Manuscript, kind: str) -> set[tuple[str, str, str, int | None]]:
    return {(c.value, c.unit, c.currency, c.year) for c in manuscript.claims if c.kind == kind and c.scope == "market"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "attribute_table.md",
            {
                "dimensions": 4,
                "segments": 10,
                "regions": 5,
                "countries": 9,
                "takeaways": 3,
                "developments": 2,
                "players": 5,
            },
        ),
        (
            "bold_headings.md",
            {
                "dimensions": 3,
                "segments": 6,
                "regions": 3,
                "countries": 8,
                "forces": 3,
                "force_bodies": 3,
                "major_players": 3,
            },
        ),
        (
            "levelled.md",
            {
                "dimensions": 3,
                "segments": 5,
                "regions": 3,
                "countries": 9,
                "forces": 4,
                "takeaways": 3,
                "competitive_sections": 2,
                "players": 3,
            },
        ),
        (
            "numbered_contents.txt",
            {
                "dimensions": 3,
                "segments": 5,
                "regions": 3,
                "countries": 11,
                "forces": 4,
                "force_bodies": 4,
                "developments": 2,
                "players": 5,
            },
        ),
        (
            "prose_only.txt",
            {
                "dimensions": 3,
                "segments": 5,
                "regions": 5,
                "forces": 3,
                "force_bodies": 3,
                "players": 4,
                "developments": 1,
            },
        ),
        (
            "run_together.txt",
            {
                "dimensions": 4,
                "segments": 8,
                "regions": 3,
                "countries": 5,
                "forces": 3,
                "force_bodies": 1,
                "players": 3,
                "major_players": 2,
            },
        ),
        (
            "increment.txt",
            {"dimensions": 3, "segments": 6, "regions": 3, "countries": 4, "players": 4, "unplaced_lines": 2},
        ),
        (
            "plain_segments.txt",
            {"dimensions": 4, "segments": 8, "regions": 4, "countries": 14, "players": 4, "takeaways": 2},
        ),
        (
            "attribute_lines.txt",
            {"dimensions": 3, "segments": 5, "regions": 4, "players": 3, "developments": 2, "takeaways": 0},
        ),
        (
            "country_table.md",
            {"dimensions": 3, "segments": 6, "regions": 12, "countries": 3, "players": 3, "developments": 1},
        ),
        (
            "impact_tables.txt",
            {
                "dimensions": 4,
                "segments": 9,
                "regions": 5,
                "countries": 12,
                "forces": 3,
                "force_bodies": 3,
                "players": 5,
            },
        ),
        (
            "growth_factors.md",
            {
                "dimensions": 3,
                "segments": 7,
                "regions": 2,
                "countries": 4,
                "forces": 3,
                "force_bodies": 3,
                "players": 4,
            },
        ),
        (
            "shouted_contents.txt",
            {"dimensions": 5, "segments": 10, "regions": 4, "countries": 4, "forces": 4, "takeaways": 2, "players": 5},
        ),
        (
            "spaced_table.txt",
            {
                "dimensions": 4,
                "segments": 6,
                "regions": 5,
                "forces": 3,
                "force_bodies": 3,
                "takeaways": 4,
                "players": 3,
            },
        ),
    ],
)
def test_each_page_yields_the_parts_it_has(name: str, expected: dict[str, int]) -> None:
    counts = page(name).counts
    assert {key: counts[key] for key in expected} == expected


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.*")), ids=lambda path: path.name)
def test_every_character_is_placed_or_kept_as_unplaced(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    manuscript = parse(text)
    placed = sum(placement.characters for placement in manuscript.placements)
    assert placed + manuscript.unplaced_characters == sum(map(len, text.split()))


def test_a_table_of_attributes_gives_the_headline_and_the_scope() -> None:
    report = page("attribute_table.md")
    assert claims(report, "base-value") == {("9.80", "billion", "USD", 2023)}
    assert claims(report, "start-value") == {("10.40", "billion", "USD", 2024)}
    assert claims(report, "end-value") == {("15.10", "billion", "USD", 2030)}
    assert {c.value for c in report.claims if c.kind == "cagr"} == {"6.4"}
    assert {c.year for c in report.claims if c.kind == "base-year"} == {2023}
    assert names(report, "capacity") == ["Below 500 kW", "500 kW to 2 MW", "Above 2 MW"]
    assert countries(report, "Europe") == ["DE", "GB", "FR"]
    assert [p.name for p in report.players] == [
        "Nordvarme AB",
        "Thermia Works GmbH",
        "Calor Systems, Inc.",
        "Hitek Heat Co., Ltd.",
        "Danvik A/S",
    ]
    assert next(q.question for q in report.faq).startswith("How big")


def test_narratives_find_their_segment_and_their_country() -> None:
    report = page("attribute_table.md")
    assert report.geography is not None
    europe = next(region for region in report.geography.segments if region.name == "Europe")
    assert europe.narrative.startswith("Europe subsidises")
    assert europe.children[0].narrative.startswith("Germany pays")
    product = next(d for d in report.dimensions if d.code == "product")
    assert product.narrative.startswith("The air source segment led")


def test_developments_know_their_date_their_kind_and_their_companies() -> None:
    opened, acquired = page("attribute_table.md").developments
    assert (opened.date, opened.type, opened.companies) == ("2024-03", "expansion", ("Nordvarme AB",))
    assert (acquired.date, acquired.type) == ("2023-01", "acquisition")
    assert acquired.companies == ("Thermia Works GmbH", "Calor Systems, Inc.")
    launched, partnered = page("numbered_contents.txt").developments
    assert (launched.date, launched.precision) == ("2023-06", "month")
    assert (partnered.date, partnered.precision, partnered.companies) == (
        "2022-02-15",
        "day",
        ("Dosetta AG", "Careclock B.V."),
    )


def test_a_sentence_with_billions_and_a_forecast_period_is_understood() -> None:
    report = page("numbered_contents.txt")
    assert claims(report, "base-value") == {("4.5", "billion", "USD", 2022)}
    assert claims(report, "end-value") == {("8.9", "billion", "USD", 2030)}
    assert any(c.kind == "forecast-period" and (c.year_from, c.year_to) == (2023, 2030) for c in report.claims)
    assert report.contents[0].depth == 1
    assert next(e for e in report.contents if e.title == "U.S.").depth == 3


def test_euros_and_growth_over_a_span_are_understood() -> None:
    report = page("prose_only.txt")
    assert claims(report, "end-value") == {("1.86", "billion", "EUR", 2032)}
    (growth,) = [c for c in report.claims if c.kind == "cagr"]
    assert (growth.value, growth.year_from, growth.year_to) == ("5.1", 2024, 2032)
    assert names(report, "product-type") == ["Engineered", "Strand-woven", "Solid planks"]
    assert [p.name for p in report.players][2] == "Bambu Haus GmbH & Co. KG"


def test_force_headings_with_their_title_on_one_line_are_taken_apart() -> None:
    report = page("levelled.md")
    assert [(f.kind, f.title) for f in report.forces] == [
        ("driver", "Falling price of diodes"),
        ("restraint", "Price of electricity"),
        ("opportunity", "Desert countries"),
        ("challenge", "Lack of trained growers"),
    ]
    assert [(r.title, r.rating) for r in report.porter] == [
        ("Bargaining Power of Suppliers", "high"),
        ("Threat of New Entrants", "moderate"),
    ]
    assert countries(report, "Europe") == ["NL", "DE", "Nordics", "Rest of Europe"]


def test_the_site_s_own_furniture_is_not_passed_off_as_report() -> None:
    report = page("increment.txt")
    assert [u.line for u in report.unplaced] == [38, 39]
    assert all(u.reason for u in report.unplaced)
    assert next((c.value, c.unit) for c in report.claims if c.kind == "increment") == ("3.41", "billion")


def test_headings_run_together_and_contradictions_are_found() -> None:
    report = page("run_together.txt")
    codes = {finding.code for finding in report.findings}
    assert {
        "base-year-contradiction",
        "end-year-contradiction",
        "span-contradiction",
        "study-period-without-base-year",
        "duplicate-player",
        "headings-run-together",
        "contents-heading-twice",
        "region-without-rest",
        "countries-announced-not-listed",
        "forces-without-body",
        "percentage-without-source",
    } <= codes
    assert {c.year for c in report.claims if c.kind == "base-value"} == {2023, 2024}
    assert {c.year for c in report.claims if c.kind == "end-value"} == {2030, 2031}
    assert next(p for p in report.players if p.name == "Verdox").written == ("Verdox", "VERDOX")
    breakdown = next(d for d in report.dimensions if d.code == "electric-shredders")
    assert (breakdown.coverage, breakdown.breakdown_of) == ("breakdown", "power/electric-shredders")


def test_the_same_result_as_json_and_as_a_table() -> None:
    report = page("run_together.txt")
    result = as_json(report)
    assert set(result) == {"placed_share", "counts", "unplaced", "findings", "report"}
    assert result["counts"] == report.counts
    assert "unplaced" in as_table(report)
    assert "Garden Shredder" in as_table(report)


@pytest.mark.skipif(not SEED.exists(), reason="the published page is not kept in the repository")
def test_the_published_car_sunroof_page_gives_its_known_counts() -> None:
    report = parse(SEED.read_text(encoding="utf-8"))
    assert report.placed_share >= 0.98
    counts = report.counts
    assert counts.pop("overview_blocks") >= 1
    assert counts == {
        "dimensions": 6,
        "segments": 16,
        "regions": 5,
        "countries": 25,
        "forces": 12,
        "force_bodies": 3,
        "matrix_cells": 15,
        "takeaways": 7,
        "developments": 2,
        "competitive_sections": 5,
        "players": 14,
        "major_players": 5,
        "unplaced_lines": 0,
    }
    assert [(d.date, d.companies) for d in report.developments] == [
        ("2022-06", ("Champion Auto Systems", "Webasto SE")),
        ("2023-11", ("Minda Corporation", "HSIN Chong Machinery Works Co. Ltd.")),
    ]
    codes = {finding.code for finding in report.findings}
    assert {"base-year-contradiction", "end-year-contradiction", "span-contradiction", "duplicate-player"} <= codes
    pairs = {frozenset((a.name, a.alias)) for a in report.aliases}
    assert frozenset(("Webasto SE", "Webasto Group")) in pairs


def test_a_start_of_the_forecast_is_told_from_the_base_before_it() -> None:
    report = page("growth_factors.md")
    assert claims(report, "base-value") == {("1.73", "billion", "USD", 2023)}
    assert claims(report, "start-value") == {("1.95", "billion", "USD", 2024)}
    assert claims(report, "end-value") == {("5.40", "billion", "USD", 2032)}


def test_growth_of_a_segment_is_not_taken_for_the_growth_of_the_market() -> None:
    report = page("impact_tables.txt")
    assert {c.value for c in report.claims if c.kind == "cagr" and c.scope == "market"} == {"6.33"}
    assert "cagr-contradiction" not in {finding.code for finding in report.findings}
    assert report.major_players == ()


def test_a_table_without_rules_and_a_shouted_table_of_contents_are_read() -> None:
    spaced = page("spaced_table.txt")
    assert {c.year for c in spaced.claims if c.kind == "base-year"} == {2024}
    assert claims(spaced, "base-value") >= {("3.73", "billion", "USD", 2024)}
    shouted = page("shouted_contents.txt")
    assert countries(shouted, "Europe") == ["DE", "Rest of Europe"]
    assert names(shouted, "device-type") == ["Smartphones", "Tablets", "Consoles", "PCs & Laptops"]


def test_a_market_named_after_a_country_still_has_headline_values() -> None:
    report = page("attribute_lines.txt")
    assert claims(report, "base-value") == {("652.3", "billion", "INR", 2024)}
    assert claims(report, "end-value") == {("1204.5", "billion", "INR", 2033)}
    assert {c.year for c in report.claims if c.kind == "base-year"} == {2024}
    assert names(report, "type") == ["Floor Tiles", "Wall Tiles", "Vitrified Tiles"]


def test_a_region_may_be_made_of_smaller_ones() -> None:
    report = page("plain_segments.txt")
    assert countries(report, "LAMEA") == ["Latin America", "Middle East", "Africa"]
    assert countries(report, "North America") == ["US", "CA", "MX"]


@pytest.mark.parametrize(
    ("printed", "value", "unit", "currency"),
    [
        ("USD 2,274.97 million", "2274.97", "million", "USD"),
        ("€2.274,97 million", "2274.97", "million", "EUR"),
        ("€8,9 bn", "8.9", "billion", "EUR"),
        ("INR 1,23,456 crore", "123456", "crore", "INR"),
        ("US$ 3.1 Bn", "3.1", "billion", "USD"),
        ("12.4 million tonnes", "12.4", "million tonnes", ""),
    ],
)
def test_numbers_are_read_as_their_country_prints_them(printed: str, value: str, unit: str, currency: str) -> None:
    report = parse(f"# Widget Market\n\nThe widget market was valued at {printed} in 2024, as far as is known.\n")
    assert claims(report, "base-value") == {(value, unit, currency, 2024)}
