"""Every rule with a case that must fire and one, as near to it as can be, that must not.

The table is held against the registry: a rule without both fails. The files beside this one say more of each rule.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.checks.draft import (
    AliasQuestion,
    Claim,
    CrossTable,
    Development,
    Draft,
    Force,
    ImportNote,
    Matrix,
    Observation,
    Player,
)
from reports.checks.registry import RULES
from tests.reports.checks.drafts import (
    MARKET,
    dimension,
    draft,
    geography,
    growth,
    hits,
    market_draft,
    span,
    text,
    value,
)

type Case = tuple[Draft, Draft]

MATERIAL = dimension("Material", "Fabric Material", "Glass Material")
FABRIC = dimension("Fabric", "Foldable", "Removable")
VEHICLE, ELECTRIC = dimension("Vehicle", "Sedan", "SUV"), dimension("Electric Vehicle", "Battery", "Hybrid")
CELLS = {
    ("base", "total", 2024): "2274.97", ("base", "total", 2031): "3701.17",
    ("base", "material/fabric-material", 2024): "574.97", ("base", "material/fabric-material", 2031): "750.00",
    ("base", "material/glass-material", 2024): "1700.00", ("base", "material/glass-material", 2031): "2951.17",
}  # fmt: skip
FIRST, LAST = value("base-value", "2,274.97", 2024), value("end-value", "3,701.17", 2031)
LONG = "Laminated panes, films that hold back heat and layers that quieten the cabin are standard fare in dearer cars."
PLANT = Development("Webasto SE opened a plant.", date(2026, 1, 1), date(2026, 1, 31), "January 2026", ("Webasto SE",))
QUESTION = AliasQuestion("INTEVA", "Inteva Products", "One name is the beginning of the other.")


def forecast(body: str = "", **parts: object) -> Draft:
    """A market whose glass is larger and grows faster than its fabric, with one sentence on it."""
    values = {cell: Decimal(shown) for cell, shown in CELLS.items()}
    texts = (text(body),) if body else ()
    return market_draft(**({"dimensions": (MATERIAL,), "values": values, "texts": texts} | parts))


def claimed(*claims: Claim) -> Draft:
    return draft(claims=claims)


def told(*bodies: str, **parts: object) -> Draft:
    return draft(texts=tuple(text(body, place=f"part {n}") for n, body in enumerate(bodies)), **parts)


def split(*dimensions: object, **parts: object) -> Draft:
    return draft(dimensions=dimensions, **parts)


def observed(*values: tuple[str, str]) -> Draft:
    rows = tuple(Observation(path, 2024, Decimal(value)) for path, value in values)
    return market_draft(dimensions=(MATERIAL,), observations=rows)


def assumed(*shares: str) -> Draft:
    paths = [segment.path for segment in MATERIAL.segments]
    return market_draft(dimensions=(MATERIAL,), assumed_shares=dict(zip(paths, map(Decimal, shares), strict=True)))


def played(*players: Player, **parts: object) -> Draft:
    return draft(players=players, **parts)


def happened(**parts: object) -> Draft:
    return draft(developments=(replace(PLANT, **parts),))  # type: ignore[arg-type]


def noted(code: str) -> Case:
    return draft(import_notes=(ImportNote(code, "warning", "Seen.", 7),)), draft(
        import_notes=(ImportNote("possible-alias", "info", "Judged elsewhere.", 7),)
    )


def accepted(claim: Claim) -> Draft:
    return forecast(claims=(replace(claim, decision="accepted"),))


def matrix(*cells: str) -> Draft:
    bodies = tuple(text(body, place="matrix", kind="matrix") for body in cells)
    return draft(matrix=Matrix(("Growth", "Innovation"), bodies), dimensions=(MATERIAL,))


REGIONS = geography(europe=("Germany", "Rest of Europe"), asia_pacific=("Japan", "Rest of Asia Pacific"))
TWO_TURKEYS = replace(
    REGIONS, segments=tuple(replace(one, iso_code="TR") if one.kind == "country" else one for one in REGIONS.segments)
)
ONE_TURKEY = replace(
    REGIONS, segments=tuple(replace(one, iso_code="TR") if one.name == "Japan" else one for one in REGIONS.segments)
)

# code -> a draft on which the rule must fire, a draft on which it must not
CASES: dict[str, Case] = {
    "base-year-disagrees": (
        claimed(FIRST, value("base-value", "2,274.97", 2025)),
        claimed(FIRST, value("base-value", "2,274.97", 2025, decision="rejected")),
    ),
    "base-value-outside-base-year": (
        claimed(value("base-year", "", 2023), FIRST),
        claimed(value("base-year", "", 2024), FIRST),
    ),
    "end-year-disagrees": (
        claimed(LAST, value("end-value", "3,701.17", 2032)),
        claimed(LAST, value("end-value", "3,970.00", 2032)),
    ),
    "values-disagree": (
        claimed(value("base-value", "4.5", 2023), value("base-value", "4.7", 2023)),
        claimed(value("base-value", "4.5", 2023), value("base-value", "4.52", 2023)),
    ),
    "spans-disagree": (
        claimed(span(2024, 2031), span(2026, 2032)),
        claimed(span(2024, 2031), span(2021, 2031), span(2019, 2023, label="history-period")),
    ),
    "span-leaves-out-base-year": (
        claimed(value("base-year", "", 2025), span(2026, 2032, label="study-period")),
        claimed(value("base-year", "", 2025), span(2026, 2032, label="forecast-period")),
    ),
    "growth-disagrees": (
        claimed(value("base-value", "4.5", 2022), value("end-value", "8.9", 2030), growth("9.2 %")),
        claimed(value("base-value", "4.5", 2022), value("end-value", "8.9", 2030), growth("9.1 %")),
    ),
    "growth-fits-other-years": (
        claimed(value("base-value", "100.0", 2023), value("end-value", "200.0", 2032), growth("9.1 %", 2024, 2032)),
        claimed(value("base-value", "100.0", 2023), value("end-value", "200.0", 2032), growth("8.0 %", 2024, 2032)),
    ),
    "growth-unverifiable": (claimed(growth("7.2 %")), claimed(FIRST, LAST, growth("7.2 %"))),
    "growth-rates-disagree": (
        claimed(growth("5.1 %", 2024, 2032), growth("6.3 %", 2024, 2032, line=9)),
        claimed(growth("5.1 %", 2024, 2032), growth("6.3 %", 2018, 2023, line=9)),
    ),
    "breakdown-shown-as-sibling": (
        split(MATERIAL, FABRIC),
        split(MATERIAL, replace(FABRIC, coverage="breakdown", breaks_down="material/fabric-material")),
    ),
    "partial-declared-complete": (split(VEHICLE, ELECTRIC), split(VEHICLE, replace(ELECTRIC, coverage="partial"))),
    "dimension-with-one-segment": (split(dimension("Grade", "A")), split(dimension("Grade", "A", "B"))),
    "dimension-named-two-ways": (
        split(replace(REGIONS, names=("Geography", "Region"))),
        split(replace(REGIONS, names=("Geography",))),
    ),
    "children-do-not-sum": (
        observed(("total", "100.00"), ("material/fabric-material", "30.00"), ("material/glass-material", "80.00")),
        observed(("total", "100.00"), ("material/fabric-material", "30.00"), ("material/glass-material", "70.01")),
    ),
    "parts-exceed-whole": (
        observed(("total", "100"), ("material/fabric-material", "101")),
        observed(("total", "100"), ("material/fabric-material", "99")),
    ),
    "shares-do-not-sum": (assumed("30", "60"), assumed("30", "70")),
    "region-without-countries": (
        split(geography(europe=("Germany",), africa=())),
        split(geography(europe=(), africa=())),
    ),
    "region-without-rest": (
        split(geography(europe=("Germany", "Rest of Europe"), north_america=("Canada",))),
        split(REGIONS),
    ),
    "group-misnamed": (
        told("ASEAN (Association of South East Asian Countries) follows."),
        told("ASEAN (Association of South-East Asian Nations) follows."),
    ),
    "country-twice": (split(TWO_TURKEYS), split(ONE_TURKEY)),
    "countries-announced-not-listed": noted("countries-announced-not-listed"),
    "region-story-contradicts-itself": (
        told("Europe is the largest market.", "Asia-Pacific is the largest market.", dimensions=(REGIONS,)),
        told("Europe is the largest market.", "Asia-Pacific grows the fastest.", dimensions=(REGIONS,)),
    ),
    "duplicate-player": (
        played(Player("Donghee", written=("Donghee", "DONGHEE"))),
        played(Player("Webasto SE"), Player("Webasto Group")),
    ),
    "likely-alias": (draft(alias_questions=(QUESTION,)), played(Player("INTEVA"), Player("Inteva Products"))),
    "major-player-not-key": (
        played(Player("Inteva Products"), Player("INTEVA", is_key=False, is_major=True)),
        played(Player("Inteva Products"), Player("INTEVA", is_key=False, is_major=True), alias_questions=(QUESTION,)),
    ),
    "first-key-player-not-major": (
        played(Player("Webasto Group"), Player("Inalfa", is_major=True)),
        played(Player("Webasto Group", is_major=True), Player("Inalfa", is_major=True)),
    ),
    "player-shares-exceed-whole": (
        played(Player("A", share=Decimal(60), share_year=2024), Player("B", share=Decimal(50), share_year=2024)),
        played(Player("A", share=Decimal(60), share_year=2024), Player("B", share=Decimal(50), share_year=2023)),
    ),
    "force-without-body": (
        draft(forces=(Force("restraint", "Cost", "<p> </p>"),)),
        draft(forces=(Force("restraint", "Cost", "Glass is dear."),)),
    ),
    "matrix-without-market": (
        matrix("High impact", "Fuels R&D"),
        matrix("High impact", "Larger sunroofs need new seals"),
    ),
    "matrix-cell-missing": (matrix("High impact", "Fuels R&D", "Slows growth"), matrix("High impact", "Fuels R&D")),
    "matrix-areas-named-twice": noted("matrix-areas-named-twice"),
    "contents-heading-twice": noted("contents-heading-twice"),
    "contents-not-in-body": noted("contents-not-in-body"),
    "headings-run-together": noted("headings-run-together"),
    "manuscript-note": noted("something-new"),
    "development-in-the-future": (
        happened(earliest=date(2027, 1, 1), latest=date(2027, 1, 31)),
        happened(earliest=date(2026, 11, 1), latest=date(2026, 11, 30)),
    ),
    "developments-out-of-date": (
        happened(earliest=date(2023, 11, 1), latest=date(2023, 11, 30)),
        happened(earliest=date(2025, 1, 1), latest=date(2025, 1, 31)),
    ),
    "development-without-company": (happened(companies=()), happened()),
    "development-without-date": (happened(earliest=None, latest=None), happened()),
    "company-not-registered": (happened(), replace(happened(), registered=frozenset({"Webasto S.E."}))),
    "share-promised": (
        draft(title="Car Sunroof Market Size & Share"),
        draft(title="Car Sunroof Market Size & Share", players=(Player("A", share=Decimal(3)),)),
    ),
    "narrative-missing": (
        draft(dimensions=(MATERIAL,), texts=(text("Woven.", about="material/fabric-material"),)),
        draft(
            dimensions=(MATERIAL,),
            texts=tuple(text("Good.", about=segment.path) for segment in MATERIAL.segments),
        ),
    ),
    "heading-repeated": (
        draft(texts=(text("A.", heading="Outlook"), text("B.", heading="OUTLOOK"))),
        draft(texts=(text("A.", heading="Outlook"), text("B.", heading="Outlook", kind="competitive"))),
    ),
    "section-empty": (
        draft(texts=(text("<p></p>", heading="Outlook"),)),
        draft(texts=(text("<p>Good.</p>", heading="Outlook"),)),
    ),
    "lines-unplaced": (draft(unplaced_lines=1), draft(unplaced_lines=0)),
    "paragraph-repeated": (told(LONG, LONG), told(LONG, "Another one.", "Another one.")),
    "percentage-without-source": (
        told("Nearly 45% of premium cars have one."),
        told("According to the makers' association, 45% of premium cars have one."),
    ),
    "number-typed-in-prose": (told("It will be worth USD 3,701.17 million."), told("It will be worth [[total 2031]].")),
    "unit-mixed": (
        forecast("By 2031 it is worth USD 3,701.17 billion."),
        forecast("By 2031 it is worth USD 3,701.17 million, or USD 3.7 billion."),
    ),
    "currency-mixed": (forecast("Worth EUR 3 million."), forecast("Worth USD 3 million, or $3 million.")),
    "segment-called-alternative": (
        told("There are alternatives such as fabric roofs.", dimensions=(MATERIAL,)),
        told("There are alternatives such as convertible tops.", dimensions=(MATERIAL,)),
    ),
    "concentration-of-buyers": (
        told("Around 45% of the segment is concentrated among automakers."),
        told("The market is consolidated among a few roof suppliers."),
    ),
    "placeholder-text": (told("The outlook is TBD."), told("The outlook is good.")),
    "cross-reference-dead": (
        told('See <a href="/reports/door-modules/">doors</a>.'),
        told('See <a href="/reports/door-modules/">doors</a>.', report_slugs=frozenset({"door-modules"})),
    ),
    "figure-unknown": (
        forecast("[[share material/wood 2031]]"),
        forecast("[[share material/glass-material 2031]]"),
    ),
    "cross-table-impossible": (
        forecast(cross_tables=(CrossTable("Vehicle by Geography", "Its known cells exceed the row of Sedan."),)),
        forecast(cross_tables=(CrossTable("Vehicle by Geography"),)),
    ),
    "figure-locked": (
        forecast("Glass comes to [[segment material/glass-material 2031]]."),
        forecast("The market comes to [[total 2031]], and [[largest material 2031]] leads."),
    ),
    "figure-year-out-of-range": (forecast("[[total 2035]]"), forecast("[[total 2031]]")),
    "superlative-disagrees": (
        forecast("Fabric Material is the largest segment."),
        forecast("Glass Material is the largest segment."),
    ),
    "growth-in-prose-disagrees": (
        forecast("The market grows at a CAGR of 7.3% from 2024 to 2031."),
        forecast("The market grows at a CAGR of 7.2% from 2024 to 2031."),
    ),
    "driver-effects-unexplained": (
        forecast(driver_effects=(Decimal(3),)),
        forecast(driver_effects=(Decimal(8), Decimal("-0.8"))),
    ),
    "claim-against-market": (accepted(value("end-value", "3,701.17", 2030)), accepted(LAST)),
    "forecast-stale": (forecast(market=replace(MARKET, is_current=False)), forecast()),
    "forecast-failed": (forecast(market=replace(MARKET, problem="Two pins contradict each other.")), forecast()),
    "no-forecast": (forecast(values={}), forecast()),
}


def test_every_rule_has_both_cases_and_every_case_has_a_rule() -> None:
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("code", RULES)
def test_the_rule_fires_where_it_must(code: str) -> None:
    assert hits(code, CASES[code][0])


@pytest.mark.parametrize("code", RULES)
def test_the_rule_is_silent_where_it_must_be(code: str) -> None:
    assert [hit.sentence for hit in hits(code, CASES[code][1])] == []
