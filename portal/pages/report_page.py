"""What the report page shows, section by section, made from a document that holds only what its reader may read."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pycountry

from portal.pages.changes import EditionChanges
from portal.pages.charts.accuracy import RecordChart, record_chart
from portal.pages.charts.bars import Bar, player_shares, revenue_bars
from portal.pages.charts.ledger import Ledger, ledger
from portal.pages.charts.map import WorldMap, world_map
from portal.pages.charts.market import MarketChart, market_chart
from portal.pages.charts.panels import PanelChart, panel_chart
from portal.pages.crossing import CrossSection, cross_sections
from portal.pages.figure_page import Asking
from portal.pages.tables import YearTable, coverage_note, growth_of, year_table
from reports.contents import anchor
from reports.document import (
    ContentsEntry,
    Dimension,
    Document,
    Force,
    Headline,
    Locked,
    Node,
    PorterForce,
    Profile,
    Prose,
    Scenario,
)
from reports.figures import TOTAL, percent
from reports.record import ReportRecord

ABOUT = ("introduction", "definition", "scope", "abbreviations")
FORCE_KINDS = {"driver": "Drivers", "restraint": "Restraints", "opportunity": "Opportunities"}
SWOT = {"strength": "Strengths", "weakness": "Weaknesses", "opportunity": "Opportunities", "threat": "Threats"}


BASE = "base"
"""The scenario that texts are written for, and the only one that a page without a licence has."""

MOST_ROWS = 12
"""Rows of a locked table that are listed by name."""


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the contents that follow the reader."""

    anchor: str
    title: str
    locked: bool = False
    under: tuple["Place", ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What is said of one segment, and the places within it."""

    node: Node
    anchor: str
    countries: tuple[tuple[Node, str], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A locked table without its values: the names of its rows, its years. `more` rows are not listed."""

    rows: tuple[tuple[str, int], ...]
    more: int
    years: tuple[int, ...]
    base_year: int


@dataclass(frozen=True, slots=True)
class Split:
    """One dimension on the page: its texts, its chart and table, or what is said of them where they are locked."""

    dimension: Dimension
    anchor: str
    note: str
    chart: PanelChart | None
    table: YearTable | None
    stories: tuple[Story, ...]
    locked: Locked | None
    shape: Shape | None
    map: WorldMap | None

    @property
    def views(self) -> tuple[tuple[str, str], ...]:
        """The ways this dimension is shown, the first one first."""
        shown = (("map", "Map", self.map), ("chart", "Chart", self.chart), ("table", "Table", self.table))
        return tuple((code, label) for code, label, there in shown if there)

    @property
    def estimated(self) -> bool:
        return any(node.estimated for node in self.dimension.nodes)


@dataclass(frozen=True, slots=True)
class Company:
    """A profile ready to print."""

    profile: Profile
    country: str
    revenue: tuple[Bar, ...]
    swot: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class TocLine:
    entry: ContentsEntry
    linked: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    document: Document
    asking: Asking
    changes: EditionChanges | None
    scenario: Scenario
    headline: Headline
    chart: MarketChart | None
    splits: tuple[Split, ...]
    crossings: tuple[CrossSection, ...]
    forces: tuple[tuple[str, str, tuple[Force, ...]], ...]
    matrix: tuple[tuple[str, str, tuple[tuple[str, Prose], ...]], ...]
    ledger: Ledger | None
    shares: tuple[Bar, ...]
    porter: tuple[tuple[PorterForce, tuple[tuple[int, bool], ...]], ...]
    companies: tuple[Company, ...]
    locked: tuple[Locked, ...]
    places: tuple[Place, ...]
    toc: tuple[TocLine, ...]
    taken_ids: frozenset[str]
    record: RecordChart | None

    @property
    def shares_together(self) -> str:
        """What the players with a known share hold together, in per cent."""
        return percent(sum((one.share for one in self.document.players if one.share is not None), Decimal(0)))

    @property
    def in_scenario(self) -> str:
        """What follows a title whose numbers are not the base scenario's."""
        return "" if self.scenario.code == BASE else f", {self.scenario.name.lower()} scenario"

    @property
    def span(self) -> str:
        """The years that growth is measured between, as a figure's address names them."""
        return f"{self.document.headline.base_year}-{self.document.headline.last_year}"


def report_page(
    document: Document,
    scenario: str = BASE,
    asking: Asking | None = None,
    changes: EditionChanges | None = None,
    record: ReportRecord | None = None,
) -> ReportPage:
    """The page of a document as its reader may read it, in one scenario.

    `asking` says where its numbers are explained; without it, as in the preview of a draft, they are no links.
    `changes` is what its edition changed, for the same reader, and `record` how the editions before it
    did; both None for a first edition.

    Raises KeyError for a scenario the document does not hold, except the base scenario, which any page has.
    """
    names = {one.code: one for one in document.scenarios or (Scenario(BASE, "Base"),)}
    chosen = names[scenario]
    asking = asking or Asking(document.slug, None)
    splits = tuple(_split(document, dimension, chosen.code, asking) for dimension in document.dimensions)
    forces = _forces(document, chosen.code)
    crossings = cross_sections(document, chosen.code)
    locked = tuple(one for one in document.locked if not one.anchor.startswith("dimension-"))
    places = _places(document, splits, crossings, locked, changes)
    section_ids = frozenset(place.anchor for top in places for place in (top, *top.under))
    anchors = section_ids | _inner_anchors(document, splits)
    return ReportPage(
        document=document,
        asking=asking,
        changes=changes,
        scenario=chosen,
        headline=_headline(document, chosen.code),
        chart=market_chart(document, chosen.code),
        splits=splits,
        crossings=crossings,
        forces=tuple(
            (kind, title, tuple(force for force in forces if force.kind == kind))
            for kind, title in FORCE_KINDS.items()
            if any(force.kind == kind for force in forces)
        ),
        matrix=_matrix(document),
        ledger=ledger(document, chosen.code),
        shares=player_shares(document),
        porter=tuple(
            (force, tuple((18 * step, step < (force.rating or 0)) for step in range(5))) for force in document.porter
        ),
        companies=tuple(company(profile) for profile in document.profiles),
        locked=locked,
        places=places,
        toc=tuple(TocLine(entry, entry.anchor in anchors) for entry in document.contents),
        taken_ids=section_ids | set(ABOUT) | {"market-size", "methodology"},
        record=record_chart(record) if record and record.score.count else None,
    )


def company(profile: Profile) -> Company:
    """A profile with its revenue drawn and its SWOT in the four fields of the grid, empty ones included."""
    return Company(
        profile,
        country_name(profile.country),
        revenue_bars(profile.financials),
        tuple((kind, title, tuple(text for one, text in profile.swot if one == kind)) for kind, title in SWOT.items())
        if profile.swot
        else (),
    )


def country_name(code: str) -> str:
    """The name of a country by its ISO 3166-1 code; the code itself where it is not one."""
    found = pycountry.countries.get(alpha_2=code) if code else None
    return str(getattr(found, "common_name", found.name)) if found else code


def _headline(document: Document, scenario: str) -> Headline:
    """The headline as a scenario has it: the card must say what the chart below it draws."""
    headline = document.headline
    if scenario == BASE:
        return headline
    return replace(
        headline,
        base_value=document.value(TOTAL, headline.base_year, scenario),
        end_value=document.value(TOTAL, headline.last_year, scenario),
        cagr=growth_of(document, TOTAL, scenario),
    )


def _forces(document: Document, scenario: str) -> tuple[Force, ...]:
    """The market forces with their effects as the driver ledger of a scenario has them; no effect where it has none."""
    if scenario == BASE:
        return document.forces
    effects = {line.name: line.effect for line in document.ledger if line.scenario == scenario}
    return tuple(replace(force, effect=effects.get(force.title)) for force in document.forces)


def _split(document: Document, dimension: Dimension, scenario: str, asking: Asking) -> Split:
    place = anchor("dimension", dimension.code)
    locked = next((one for one in document.locked if one.anchor == f"dimension-{dimension.code}"), None)
    table = year_table(document, dimension, scenario, asking.of)
    stories = []
    for node in dimension.nodes:
        if node.level != 1 or not (node.narrative or dimension.is_geography):
            continue
        stories.append(
            Story(
                node,
                anchor("segment", node.path),
                tuple((other, anchor("segment", other.path)) for other in dimension.nodes if other.parent == node.path),
            )
        )
    return Split(
        dimension,
        place,
        coverage_note(document, dimension),
        panel_chart(document, dimension, scenario),
        table,
        tuple(stories),
        locked,
        _shape(document, dimension) if locked and table is None else None,
        world_map(document, dimension, scenario) if dimension.is_geography else None,
    )


def _shape(document: Document, dimension: Dimension) -> Shape:
    """The rows and years that a licence opens. Names of segments and the study period are public."""
    rows = [(node.name, node.level) for node in dimension.nodes if node.estimated]
    shown = rows[:MOST_ROWS]
    return Shape(tuple(shown), len(rows) - len(shown), tuple(document.years), document.headline.base_year)


def _inner_anchors(document: Document, splits: tuple[Split, ...]) -> frozenset[str]:
    """Places within sections that the printed contents may lead to."""
    parts = ("overview", "executive_summary", "competitive", "analyst_view", "outlook", "introduction", "definition",
             "scope", "methodology", "pest")  # fmt: skip
    blocks = [block for part in parts for block in getattr(document, part)]
    stories = [story for split in splits for story in split.stories]
    return frozenset(
        {"market-size", *(part for part in ABOUT if getattr(document, part))}
        | {block.anchor for block in blocks}
        | {f"forces-{force.kind}" for force in document.forces}
        | {force.anchor for force in document.forces}
        | {anchor("porter", one.force) for one in document.porter}
        | {story.anchor for story in stories}
        | {place for story in stories for _, place in story.countries}
        | {anchor("profile", profile.slug) for profile in document.profiles}
    )


def _matrix(document: Document) -> tuple[tuple[str, str, tuple[tuple[str, Prose], ...]], ...]:
    if document.matrix is None:
        return ()
    areas = document.matrix.areas
    return tuple(
        (kind, FORCE_KINDS.get(kind, kind), tuple(zip(areas, texts, strict=True)))
        for kind, texts in document.matrix.rows
    )


def _places(
    document: Document,
    splits: tuple[Split, ...],
    crossings: tuple[CrossSection, ...],
    locked: tuple[Locked, ...],
    changes: EditionChanges | None,
) -> tuple[Place, ...]:
    """The sections of the page in reading order: only those that have something to show."""
    closed = {one.anchor for one in locked}
    dimensions = tuple(
        Place(split.anchor, split.dimension.name, split.table is None and split.locked is not None) for split in splits
    )
    forces = (
        *((Place("matrix", "Impact matrix"),) if document.matrix else ()),
        *((Place("ledger", "Driver ledger"),) if document.ledger else ()),
        *((Place("pest", "PEST analysis"),) if document.pest else ()),
        *((Place("porter", "Porter’s five forces"),) if document.porter else ()),
    )
    listed = [
        (document.executive_summary, Place("executive-summary", "Executive summary")),
        (document.overview, Place("overview", "Overview")),
        (document.takeaways, Place("takeaways", "Key takeaways")),
        (splits, Place("segments", "Segments", under=(*dimensions, *(Place(c.anchor, c.title) for c in crossings)))),
        (document.forces or forces, Place("forces", "Market forces", under=forces)),
        (document.competitive or document.headline.concentration, Place("competitive", "Competitive landscape")),
        (document.players, Place("players", "Players")),
        (document.profiles, Place("profiles", "Company profiles")),
        (document.developments, Place("developments", "Developments")),
        (document.analyst_view, Place("analyst-view", "Analyst view")),
        (document.outlook, Place("outlook", "Future outlook")),
        (
            locked,
            Place("licensed", "In the full report", True, tuple(Place(one.anchor, one.title, True) for one in locked)),
        ),
        (changes, Place("changes", "What changed")),
        (True, Place("accuracy", "Accuracy record")),
        (True, Place("methodology", "About this report")),
        (document.contents, Place("contents", "Table of contents")),
    ]
    return tuple(place for part, place in listed if part and place.anchor not in closed)
