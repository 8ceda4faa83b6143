"""Dimensions, places, players, forces: what each rule must find, and what it must leave alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.checks.draft import AliasQuestion, Dimension, Draft, Force, Matrix, Observation, Player, Segment
from tests.reports.checks.drafts import dimension, draft, geography, hits, market_draft, sentence, text

MATERIAL = dimension("Material", "Fabric Material", "Glass Material")
VEHICLE = dimension("Vehicle", "Sedan", "SUV")
FABRIC = dimension("Fabric", "Foldable", "Removable")
ELECTRIC = dimension("Electric Vehicle", "Battery", "Hybrid")


def test_a_dimension_named_like_a_segment_is_a_breakdown_of_it() -> None:
    said = sentence("breakdown-shown-as-sibling", draft(dimensions=(MATERIAL, FABRIC)))
    assert "splits Fabric Material, a segment of Material" in said
    declared = replace(FABRIC, coverage="breakdown", breaks_down="material/fabric-material")
    assert not hits("breakdown-shown-as-sibling", draft(dimensions=(MATERIAL, declared, VEHICLE)))


def test_a_narrower_dimension_beside_a_wider_one_seems_partial() -> None:
    assert "Electric Vehicle" in sentence("partial-declared-complete", draft(dimensions=(VEHICLE, ELECTRIC)))
    assert not hits("partial-declared-complete", draft(dimensions=(VEHICLE, replace(ELECTRIC, coverage="partial"))))


def test_product_type_beside_type_is_no_narrower_dimension() -> None:
    dimensions = (dimension("Type", "A", "B"), dimension("Product Type", "C", "D"), dimension("End User", "E", "F"))
    assert not hits("partial-declared-complete", draft(dimensions=dimensions))
    assert not hits("breakdown-shown-as-sibling", draft(dimensions=dimensions))


def test_a_dimension_with_one_segment_splits_nothing() -> None:
    assert "only one segment" in sentence("dimension-with-one-segment", draft(dimensions=(dimension("Grade", "A"),)))
    assert not hits("dimension-with-one-segment", draft(dimensions=(MATERIAL,)))


def observed(*values: tuple[str, str], dimensions: tuple[Dimension, ...] = (MATERIAL,)) -> Draft:
    observations = tuple(Observation(path, 2024, Decimal(value)) for path, value in values)
    return market_draft(dimensions=dimensions, observations=observations)


def test_observed_parts_must_sum_to_their_whole_give_or_take_rounding() -> None:
    whole, fabric = ("total", "100.00"), ("material/fabric-material", "30.00")
    wrong = hits("children-do-not-sum", observed(whole, fabric, ("material/glass-material", "80.00")))
    assert [hit.severity for hit in wrong] == ["error"]
    assert "sum to 110" in wrong[0].sentence
    slight = hits("children-do-not-sum", observed(whole, fabric, ("material/glass-material", "70.20")))
    assert [hit.severity for hit in slight] == ["warning"]
    assert not hits("children-do-not-sum", observed(whole, fabric, ("material/glass-material", "70.01")))
    assert not hits("children-do-not-sum", observed(whole, fabric))


def test_every_complete_dimension_is_held_to_the_total() -> None:
    said = sentence(
        "children-do-not-sum",
        observed(
            ("total", "100"), ("material/fabric-material", "40"), ("material/glass-material", "60"),
            ("vehicle/sedan", "40"), ("vehicle/suv", "70"), dimensions=(MATERIAL, VEHICLE),
        ),
    )  # fmt: skip
    assert "vehicle/suv" in said


def test_a_breakdown_is_held_to_its_segment() -> None:
    fabric = replace(FABRIC, coverage="breakdown", breaks_down="material/fabric-material")
    parts = (("fabric/foldable", "10"), ("fabric/removable", "20"))
    dimensions = (MATERIAL, fabric)
    assert not hits("children-do-not-sum", observed(("material/fabric-material", "30"), *parts, dimensions=dimensions))
    assert hits("children-do-not-sum", observed(("material/fabric-material", "35"), *parts, dimensions=dimensions))


def test_assumed_shares_of_a_whole_sum_to_it() -> None:
    def assumed(fabric: str, glass: str | None) -> Draft:
        shares = {"material/fabric-material": fabric, "material/glass-material": glass}
        return market_draft(
            dimensions=(MATERIAL,), assumed_shares={path: Decimal(share) for path, share in shares.items() if share}
        )

    assert "sum to 90 %" in sentence("shares-do-not-sum", assumed("30", "60"))
    assert "sum to 120 %" in sentence("shares-do-not-sum", assumed("120", None))
    assert not hits("shares-do-not-sum", assumed("30", "70"))
    assert not hits("shares-do-not-sum", assumed("30", None))


def test_some_parts_may_not_exceed_their_whole() -> None:
    assert hits("parts-exceed-whole", observed(("total", "100"), ("material/fabric-material", "101")))
    assert not hits("parts-exceed-whole", observed(("total", "100"), ("material/fabric-material", "99")))


def test_a_partial_dimension_may_not_exceed_the_market() -> None:
    partial = replace(ELECTRIC, coverage="partial")
    assert hits("parts-exceed-whole", observed(("total", "100"), ("electric-vehicle", "120"), dimensions=(partial,)))
    assert not hits("parts-exceed-whole", observed(("total", "100"), ("electric-vehicle", "20"), dimensions=(partial,)))


def test_one_dimension_under_two_names() -> None:
    both = replace(geography(europe=("Germany",)), names=("Geography", "Region"))
    assert "“By Geography” and “By Region”" in sentence("dimension-named-two-ways", draft(dimensions=(both,)))
    assert not hits("dimension-named-two-ways", draft(dimensions=(replace(both, names=("Geography",)),)))


PLACES = geography(
    north_america=("Canada", "United States"), europe=("Germany", "Rest of Europe"),
    asia_pacific=("Japan", "Rest of Asia Pacific"),
)  # fmt: skip


def test_a_region_without_rest_beside_regions_with_one() -> None:
    assert "“Rest of North America”" in sentence("region-without-rest", draft(dimensions=(PLACES,)))
    mended = geography(north_america=("Canada", "Rest of North America"), europe=("Germany", "Rest of Europe"))
    assert not hits("region-without-rest", draft(dimensions=(mended,)))
    assert not hits("region-without-rest", draft(dimensions=(geography(north_america=("Canada",), europe=("Italy",)),)))


def test_a_region_without_countries_beside_regions_with_some() -> None:
    bare = geography(europe=("Germany",), africa=())
    assert "Africa has no countries" in sentence("region-without-countries", draft(dimensions=(bare,)))
    assert not hits("region-without-countries", draft(dimensions=(geography(europe=(), africa=()),)))


@pytest.mark.parametrize(
    ("name", "misnamed"),
    [
        ("ASEAN (Association of South East Asian Countries)", True),
        ("ASEAN (Association of Southeast Asian Nations)", False),
        ("ASEAN (Association of South-East Asian Nations)", False),
        ("ASEAN", False),
    ],
)
def test_groups_of_countries_bear_their_own_names(name: str, misnamed: bool) -> None:
    assert bool(hits("group-misnamed", draft(dimensions=(geography(asia_pacific=(name,)),)))) is misnamed


def test_a_country_stands_in_one_region_only() -> None:
    def placed(*paths: str) -> Draft:
        regions = geography(europe=(), asia=())
        turkeys = tuple(
            Segment(path, "Türkiye", "geography", path.rpartition("/")[0], "country", "TR") for path in paths
        )
        return draft(dimensions=(replace(regions, segments=(*regions.segments, *turkeys)),))

    assert "2 times" in sentence("country-twice", placed("geography/europe/turkiye", "geography/asia/turkiye"))
    assert not hits("country-twice", placed("geography/europe/turkiye"))


def told(*bodies: str) -> Draft:
    return draft(
        dimensions=(PLACES,), texts=tuple(text(body, place=f"takeaway {n}") for n, body in enumerate(bodies, 1))
    )


def test_two_leading_regions_contradict_each_other() -> None:
    story = told(
        "North America and Europe are key regions in this market.",
        "Momentum varies, with Asia-Pacific leading with most of it.",
    )
    assert "Different regions are called leading" in sentence("region-story-contradicts-itself", story)
    assert not hits("region-story-contradicts-itself", told("Europe is the largest market.", "Demand in Japan rises."))
    assert not hits(
        "region-story-contradicts-itself", told("Europe is the largest market.", "Europe leads the world by far.")
    )


def test_a_region_cannot_lead_and_only_emerge() -> None:
    story = told("Asia Pacific is emerging.", "Asia-Pacific leads the market.")
    assert "only emerging" in sentence("region-story-contradicts-itself", story)


def test_two_fastest_growing_regions_contradict_each_other() -> None:
    story = told("Europe is the fastest-growing region.", "Asia Pacific grows the fastest.")
    assert "fastest growing" in sentence("region-story-contradicts-itself", story)


def test_one_company_under_two_spellings_is_listed_twice() -> None:
    twice = draft(players=(Player("ASC, Inc."), Player("A.S.C. Inc"), Player("Webasto")))
    assert "“ASC, Inc.” and “A.S.C. Inc”" in sentence("duplicate-player", twice)
    assert "“Donghee” and “DONGHEE”" in sentence(
        "duplicate-player", draft(players=(Player("Donghee", written=("Donghee", "DONGHEE")),))
    )
    assert not hits("duplicate-player", draft(players=(Player("Webasto SE"), Player("Webasto Group"))))


QUESTION = AliasQuestion("INTEVA", "Inteva Products", "One name is the beginning of the other.")


def test_likely_aliases_wait_for_a_decision() -> None:
    assert "may be one company" in sentence("likely-alias", draft(alias_questions=(QUESTION,)))
    assert not hits("likely-alias", draft())


def test_major_players_are_key_players_whatever_alias_they_bear() -> None:
    players = (Player("Inteva Products"), Player("INTEVA", is_key=False, is_major=True))
    assert sentence("major-player-not-key", draft(players=players))
    assert not hits("major-player-not-key", draft(players=players, alias_questions=(QUESTION,)))


def test_major_players_include_the_first_key_player() -> None:
    players = (Player("Webasto Group"), Player("Inalfa", is_major=True))
    assert "Webasto Group leads the list" in sentence("first-key-player-not-major", draft(players=players))
    assert not hits("first-key-player-not-major", draft(players=(Player("Webasto Group", is_major=True), players[1])))


def test_shares_of_players_stay_within_the_market() -> None:
    def shares(*values: str) -> Draft:
        return draft(players=tuple(Player(f"P{n}", share=Decimal(v), share_year=2024) for n, v in enumerate(values)))

    assert "sum to 110 %" in sentence("player-shares-exceed-whole", shares("60", "50"))
    assert not hits("player-shares-exceed-whole", shares("33.4", "33.3", "33.4"))


def test_a_force_is_explained() -> None:
    forces = (Force("driver", "Comfort", "Buyers like light."), Force("restraint", "Cost", "<p> </p>"))
    assert "“Cost” has a heading and no text" in sentence("force-without-body", draft(forces=forces))
    assert not hits("force-without-body", draft(forces=forces[:1]))


def matrix(*cells: str) -> Draft:
    cell_texts = tuple(text(body, place="matrix", kind="matrix") for body in cells)
    return draft(matrix=Matrix(("Growth", "Innovation"), cell_texts), dimensions=(MATERIAL,))


def test_a_matrix_speaks_of_its_market() -> None:
    assert "would fit any market" in sentence("matrix-without-market", matrix("High impact", "Fuels R&D"))
    assert not hits("matrix-without-market", matrix("High impact", "Larger sunroofs need new seals"))


def test_a_matrix_has_no_gaps() -> None:
    assert "some cells are empty" in sentence("matrix-cell-missing", matrix("High impact", "Fuels R&D", "Slows growth"))
    assert not hits("matrix-cell-missing", matrix("High impact", "Fuels R&D"))
