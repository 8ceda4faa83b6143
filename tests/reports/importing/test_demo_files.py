"""The demo's files are whole: every line placed, nothing contradictory, parts and drivers that sum."""

import csv
import json
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from reports.figures import parse as parse_figure
from reports.figures import references
from reports.importing.manuscript import Manuscript, parse
from reports.importing.manuscript.model import Segment

DEMO = Path(__file__).parents[3] / "demo"
SLUGS = ("car-sunroof", "roof-glazing", "door-modules")
ILLUSTRATIVE = "Illustrative, not market data"


def manuscript(slug: str) -> Manuscript:
    return parse((DEMO / f"{slug}.md").read_text(encoding="utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tree(segments: tuple[Segment, ...], parent: str) -> dict[str, list[str]]:
    children = {parent: [segment.path for segment in segments]}
    for segment in segments:
        if segment.children:
            children |= tree(segment.children, segment.path)
    return children


@pytest.mark.parametrize("slug", SLUGS)
def test_a_manuscript_is_placed_whole_and_contradicts_itself_nowhere(slug: str) -> None:
    report = manuscript(slug)
    assert report.unplaced == ()
    assert [f.code for f in report.findings if f.severity in ("error", "warning")] == []
    assert all(force.body for force in report.forces)


def test_the_car_sunroof_report_has_all_that_its_source_has_and_a_rest_of_north_america() -> None:
    counts = manuscript("car-sunroof").counts
    assert counts["dimensions"] == 6
    assert counts["segments"] == 16
    assert (counts["regions"], counts["countries"]) == (5, 26)
    assert (counts["forces"], counts["force_bodies"], counts["matrix_cells"]) == (12, 12, 15)
    assert (counts["players"], counts["competitive_sections"], counts["developments"]) == (14, 5, 2)
    coverage = {d.code: (d.coverage, d.breakdown_of) for d in manuscript("car-sunroof").dimensions}
    assert coverage["fabric"] == ("breakdown", "material/fabric-material")
    assert coverage["glass"] == ("breakdown", "material/glass-material")
    assert coverage["electric-vehicle"] == ("partial", "")


@pytest.mark.parametrize(
    ("slug", "table"),
    [*((slug, f"{slug}.csv") for slug in SLUGS), *((slug, f"{slug}.2025.csv") for slug in SLUGS[1:])],
)
def test_children_sum_to_their_parents_to_the_cent(slug: str, table: str) -> None:
    values: dict[tuple[str, str], Decimal] = {}
    for row in rows(table):
        values[row["path"], row["year"]] = Decimal(row["value"])
    parents: dict[str, list[str]] = {}
    for dimension in manuscript(slug).dimensions:
        top = {"complete": "total", "partial": dimension.code, "breakdown": dimension.breakdown_of}[dimension.coverage]
        for parent, children in tree(dimension.segments, top).items():
            parents[f"{dimension.code}>{parent}"] = [parent, *children]
    for parent, *children in parents.values():
        for year in sorted({year for _, year in values}):
            assert sum(values[child, year] for child in children) == values[parent, year], (parent, year)


@pytest.mark.parametrize("slug", SLUGS)
def test_numbers_in_prose_are_references_to_figures_that_exist(slug: str) -> None:
    text = (DEMO / f"{slug}.md").read_text(encoding="utf-8")
    known = {row["path"] for row in rows(f"{slug}.csv")} | {d.code for d in manuscript(slug).dimensions}
    for reference in references(text):
        assert parse_figure(reference).path in known, reference
    prose = re.sub(
        r"\[\[[^\]]*\]\]", "", "\n".join(line for line in text.splitlines() if not line.startswith(("#", "|")))
    )
    assert re.findall(r"\d+(?:\.\d+)?\s?%|USD\s?\d|EUR\s?\d", prose) == []


@pytest.mark.parametrize(
    ("slug", "growth"), [("car-sunroof", "7.20"), ("roof-glazing", "5.40"), ("door-modules", "3.10")]
)
def test_driver_effects_sum_to_the_growth_of_the_total(slug: str, growth: str) -> None:
    drivers = rows(f"{slug}.drivers.csv")
    assert sum(Decimal(row["effect"]) for row in drivers) == Decimal(growth)
    titles = {force.title: force.kind for force in manuscript(slug).forces}
    assert {row["name"]: row["kind"] for row in drivers} == titles
    total = next(row for row in rows(f"{slug}.assumptions.csv") if row["path"] == "total")
    assert Decimal(total["rate"]) == Decimal(growth)


@pytest.mark.parametrize("slug", SLUGS)
def test_all_that_is_not_market_data_says_so(slug: str) -> None:
    published = [row for row in rows(f"{slug}.csv") if row["illustrative"] == "false"]
    assert [(r["path"], r["year"], r["value"]) for r in published] == (
        [("total", "2024", "2274.97")] if slug == "car-sunroof" else []
    )
    assert all(row["source"] == ILLUSTRATIVE for row in rows(f"{slug}.csv") if row["illustrative"] == "true")
    if slug != "car-sunroof":
        assert ILLUSTRATIVE in (DEMO / f"{slug}.md").read_text(encoding="utf-8")


def test_profiles_cover_every_player_and_only_invented_companies_have_figures() -> None:
    companies = json.loads((DEMO / "companies.json").read_text(encoding="utf-8"))
    named = {company["name"] for company in companies}
    for slug in SLUGS:
        assert {player.name for player in manuscript(slug).players} <= named
    figures: dict[str, list[str]] = defaultdict(list)
    for company in companies:
        for year in company.get("financials", []):
            figures[company["name"]].append(year["source"])
            assert company["overview"].startswith("A fictitious company")
    assert {source for sources in figures.values() for source in sources} == {ILLUSTRATIVE}
    for slug in SLUGS[1:]:
        for row in rows(f"{slug}.shares.csv"):
            assert row["company"] in figures, "whose shares are made up is a company that is made up"
            assert row["source"] == ILLUSTRATIVE
