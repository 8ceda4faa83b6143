"""A map of a market's growth by country: every country is drawn as what the report says of it, or as not estimated.

A country is matched to the row that speaks of it by its ISO 3166-1 code: its own row first, then a group such as the
Nordic countries, then the rest of its region. What has no number is drawn so, and never takes its neighbour's.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from portal.pages.charts.places import members
from portal.pages.charts.world import world
from portal.pages.tables import growth_of
from reports.document import Dimension, Document, Node
from reports.figures import grouped, percent

MOST_CLASSES = 5


@dataclass(frozen=True, slots=True)
class Area:
    """What one row of the report covers on the map: one path for all its countries."""

    name: str
    outline: str
    tone: int
    shared: bool
    estimated: bool
    says: str


@dataclass(frozen=True, slots=True)
class Tone:
    """One step of the key: growth from `low` to `high` per cent a year."""

    tone: int
    text: str


@dataclass(frozen=True, slots=True)
class WorldMap:
    """`elsewhere` is the outline of what the report does not speak of; `too_small` are rows that cannot be drawn."""

    title: str
    says: str
    width: int
    height: int
    areas: tuple[Area, ...]
    elsewhere: str
    tones: tuple[Tone, ...]
    has_shared: bool
    has_unestimated: bool
    too_small: tuple[str, ...]
    span: str


def world_map(document: Document, dimension: Dimension, scenario: str = "base") -> WorldMap | None:
    """The growth of each row on a map, or None where the document holds no growth of any row that can be drawn."""
    growths = {node.path: growth_of(document, node.path, scenario) for node in dimension.nodes}
    known = [growth for growth in growths.values() if growth is not None]
    if not known:
        return None
    outlines = world()
    taken = _assigned(dimension)
    bounds = _classes(known)
    areas, drawn = [], set()
    for node in dimension.nodes:
        here = [code for code in taken.get(node.path, ()) if code in outlines.paths]
        growth = growths[node.path]
        if not here:
            continue
        drawn.update(here)
        tone = 0 if growth is None else max(bisect_right(bounds[:-1], round(growth, 1)), 1)
        outline = "".join(outlines.paths[code] for code in here)
        areas.append(
            Area(
                node.name, outline, tone, not node.iso_code, growth is not None, _says(document, node, growth, scenario)
            )
        )
    if not areas:
        return None
    span = f"{document.headline.base_year}–{document.headline.last_year}"
    ranked = sorted((growth, node.name) for node in dimension.nodes if (growth := growths[node.path]) is not None)
    (least, slowest), (most, fastest) = ranked[0], ranked[-1]
    return WorldMap(
        title=f"Growth a year by country, {span}",
        says=(
            f"A map of {sum(area.estimated for area in areas)} places by growth a year, {span}: "
            f"from {percent(least)} in {slowest} to {percent(most)} in {fastest}. "
            "The table has every number."
        ),
        width=outlines.width,
        height=outlines.height,
        areas=tuple(areas),
        elsewhere="".join([*(path for code, path in outlines.paths.items() if code not in drawn), *outlines.unnamed]),
        tones=tuple(
            Tone(tone, f"{grouped(low, 1)} to {percent(high)}")
            for tone, (low, high) in enumerate(pairwise(bounds), start=1)
        ),
        has_shared=any(area.shared and area.estimated for area in areas),
        has_unestimated=any(not area.estimated for area in areas),
        too_small=tuple(node.name for node in dimension.nodes if node.iso_code and node.iso_code not in outlines.paths),
        span=span,
    )


def _assigned(dimension: Dimension) -> dict[str, tuple[str, ...]]:
    """Path -> the countries that its row alone speaks of. A country goes to the most particular row that has it."""
    own = {node.iso_code: node.path for node in dimension.nodes if node.iso_code}
    taken: dict[str, list[str]] = {path: [code] for code, path in own.items()}
    used = set(own)

    def take(node: Node, codes: frozenset[str]) -> None:
        new = sorted(codes - used)
        used.update(new)
        if new:
            taken.setdefault(node.path, []).extend(new)

    for node in dimension.nodes:
        if node.kind == "group" or (node.level > 1 and not node.iso_code and node.kind != "rest"):
            take(node, members(node.name))
    by_path = {node.path: node for node in dimension.nodes}
    for node in dimension.nodes:
        if node.kind == "rest" and node.parent in by_path:
            take(node, members(by_path[node.parent].name))
    for node in dimension.nodes:
        # A region split into rows speaks through them; what none of them covers is not estimated apart from it.
        if node.level == 1 and node.leaf and not node.iso_code:
            take(node, members(node.name))
    return {path: tuple(codes) for path, codes in taken.items()}


def _classes(known: Sequence[Decimal]) -> list[Decimal]:
    """The bounds of at most five classes, each holding about as many rows, in per cent to one decimal."""
    ranked = sorted(round(growth, 1) for growth in known)
    cuts = [ranked[len(ranked) * at // MOST_CLASSES] for at in range(MOST_CLASSES)]
    bounds = sorted({*cuts, ranked[-1]})
    return bounds if len(bounds) > 1 else [bounds[0], bounds[0]]


def _says(document: Document, node: Node, growth: Decimal | None, scenario: str) -> str:
    if growth is None:
        return f"{node.name}: not estimated"
    headline = document.headline
    value = document.value(node.path, headline.last_year, scenario)
    size = f", {headline.unit} {grouped(value, headline.decimals)} in {headline.last_year}" if value is not None else ""
    return f"{node.name}: {percent(growth)} a year{size}"
