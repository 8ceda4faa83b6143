"""The map: every country as the report speaks of it, by ISO 3166, and never a number that is not there."""

import re
from dataclasses import replace

import pycountry

from portal.pages.charts.map import WorldMap, _assigned, world_map
from portal.pages.charts.places import _GROUPS, members
from portal.pages.charts.world import world
from reports.document import Dimension, Tier
from reports.gating import readable
from tests.documents import sample_document

DOCUMENT = sample_document()
GEOGRAPHY = DOCUMENT.dimensions[-1]


def drawn() -> WorldMap:
    found = world_map(DOCUMENT, GEOGRAPHY)
    assert found
    return found


def named(name: str) -> str:
    return next(area.says for area in drawn().areas if area.name == name)


def test_the_boundaries_are_countries_of_iso_3166_drawn_small() -> None:
    outlines = world()
    assert len(outlines.paths) > 170
    assert all(pycountry.countries.get(alpha_2=code) for code in outlines.paths)
    assert sum(map(len, outlines.paths.values())) < 30_000
    assert "AQ" not in outlines.paths


def test_no_outline_runs_across_the_whole_map() -> None:
    for code, path in world().paths.items():
        steps = [int(step) for ring in re.findall(r"l([^z]*)z", path) for step in re.findall(r"-?\d+", ring)]
        assert max(map(abs, steps)) < 260, code


def test_groups_hold_codes_of_countries_only() -> None:
    for name, codes in _GROUPS.items():
        assert all(pycountry.countries.get(alpha_2=code) for code in codes.split()), name


def test_names_of_regions_are_read_as_reports_write_them() -> None:
    assert members("Asia Pacific") == members("Asia-Pacific") == members("the Asia Pacific region")
    assert members("Middle East & Africa") == members("Middle East and Africa")
    assert "SG" in members("ASEAN (Association of Southeast Asian Nations)")
    assert members("Atlantis") == frozenset()


def test_each_country_belongs_to_one_row_and_its_own_row_goes_first() -> None:
    taken = _assigned(GEOGRAPHY)
    codes = [code for row in taken.values() for code in row]
    assert len(codes) == len(set(codes))
    assert taken["geography/europe/germany"] == ("DE",)
    assert set(taken["geography/europe/benelux"]) == {"BE", "LU", "NL"}
    assert "MX" not in taken["geography/latin-america/rest-of-latin-america"]


def test_a_row_without_a_number_is_drawn_as_not_estimated() -> None:
    found = drawn()
    rest = next(area for area in found.areas if area.name == "Rest of Latin America")
    assert not rest.estimated
    assert rest.tone == 0
    assert rest.says == "Rest of Latin America: not estimated"
    assert found.has_unestimated


def test_a_place_says_its_growth_and_size_as_the_table_prints_them() -> None:
    assert named("Germany") == "Germany: 6.4 % a year, USD million 315.73 in 2031"


def test_a_reader_without_growth_gets_no_map() -> None:
    for tier in (Tier.PUBLIC, Tier.REGISTERED):
        assert world_map(readable(DOCUMENT, tier), GEOGRAPHY) is None


def test_names_that_no_country_goes_by_draw_nothing() -> None:
    odd: Dimension = replace(
        GEOGRAPHY, nodes=tuple(replace(node, iso_code="", name=f"Place {at}", kind="segment")
                               for at, node in enumerate(GEOGRAPHY.nodes))
    )  # fmt: skip
    assert world_map(replace(DOCUMENT, dimensions=(odd,)), odd) is None
