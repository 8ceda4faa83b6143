"""What a manuscript says, as frozen dataclasses. Nothing here knows of Django or of a database.

Lines are numbered from one. Numbers are decimals kept as the strings that were read (without thousands separators),
so nothing is rounded on the way in; a year is an int; a period is a pair of years.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeadlineClaim:
    """One thing the page says of the whole market (or, with scope "part", of a part of it), with its exact words.

    kind: base-value, start-value, end-value, increment, cagr, base-year, estimated-year, forecast-period,
    study-period, history-period, timeline, currency, unit, concentration, page-count, fastest-growing, largest-market.
    source: "text" for running text, "table" for a table or a list of attributes, "title" for the title.
    is_past: for growth that is said of what has been ("having grown at"), not of what is to come.
    value_to: the upper end where a range is stated ("USD 3.0-3.2 billion"); value is then the lower one.
    """

    kind: str
    quote: str
    line: int
    value: str = ""
    unit: str = ""
    currency: str = ""
    year: int | None = None
    year_from: int | None = None
    year_to: int | None = None
    source: str = "text"
    scope: str = "market"
    is_past: bool = False
    value_to: str = ""

    @property
    def shown(self) -> str:
        """The value in print: "2,274.97" whether or not the page separates thousands, "3.0–3.2" of a range."""
        return "–".join(_separated(end) for end in (self.value, self.value_to) if end)


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a table of attributes that carries no headline claim, kept as it was read."""

    attribute: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A node of a dimension's tree. `kind` is segment, region, country, group or rest; `iso` is ISO 3166-1 alpha-2."""

    name: str
    code: str
    path: str
    line: int
    kind: str = "segment"
    iso: str = ""
    narrative: str = ""
    children: tuple["Segment", ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way the page splits its market. `coverage` is complete, breakdown or partial; `sure` is false for a guess.

    `breakdown_of` is the path of the segment that a breakdown splits. `names` holds every name the page gives it.
    """

    code: str
    name: str
    coverage: str
    breakdown_of: str
    sure: bool
    line: int
    narrative: str
    segments: tuple[Segment, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A titled piece of prose; `body` holds its paragraphs separated by blank lines. The title may be empty."""

    title: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A block of a known kind: analyst-view, outlook, methodology, definition, scope, trends, other ..."""

    kind: str
    title: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Development:
    """Something that happened. `date` is ISO 8601 as precise as the page is: 2022-06-15, 2022-06, 2022 or empty."""

    date: str
    precision: str
    type: str
    companies: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Force:
    """A market force. `kind` is driver, restraint, opportunity or challenge; `body` may be empty."""

    kind: str
    title: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one kind of force does to one area."""

    force: str
    area: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """The impact matrix: `forces` are its rows and `areas` its columns, as named in the table."""

    forces: tuple[str, ...]
    areas: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
    narrative: str
    line: int


@dataclass(frozen=True, slots=True)
class Rated:
    """A heading of a PEST or Porter analysis; `rating` is empty where the page gives none."""

    title: str
    rating: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class Player:
    """A company the page lists. `written` holds every spelling that differs only by case or punctuation."""

    name: str
    written: tuple[str, ...]
    line: int
    country: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """Two names that may mean one company. A suggestion only: an editor decides."""

    name: str
    alias: str
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the page's FAQ with its answer."""

    question: str
    answer: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a kind that has no place of its own, kept whole."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the page's own contents, as read. `depth` is 1 for chapters; `found` says the body has it too."""

    depth: int
    number: str
    title: str
    line: int
    found: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the text itself. `severity` is error, warning or info; `lines` say where."""

    code: str
    severity: str
    lines: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A line, or a part of one, that found no place. `reason` says why, where that is known."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a line, or a part of one, went, and how many of its characters (white space aside) that accounts for."""

    line: int
    characters: int
    place: str


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Everything that was read. Every non-blank character is in `placements` or in `unplaced`, never in neither."""

    title: str
    market_name: str
    subject: str
    claims: tuple[HeadlineClaim, ...]
    facts: tuple[Fact, ...]
    dimensions: tuple[Dimension, ...]
    overview: tuple[Block, ...]
    takeaways: tuple[str, ...]
    developments: tuple[Development, ...]
    forces: tuple[Force, ...]
    matrix: Matrix | None
    competitive_summary: str
    competitive_sections: tuple[Block, ...]
    players: tuple[Player, ...]
    major_players: tuple[Player, ...]
    aliases: tuple[Alias, ...]
    profile_template: tuple[str, ...]
    pest: tuple[Rated, ...]
    porter: tuple[Rated, ...]
    sections: tuple[Section, ...]
    faq: tuple[Question, ...]
    tables: tuple[Table, ...]
    contents: tuple[ContentsEntry, ...]
    findings: tuple[Finding, ...]
    unsure: tuple[str, ...]
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    unplaced_characters: int

    @property
    def placed_share(self) -> float:
        """Characters placed over all characters, white space aside: 0 to 1. An empty text is wholly placed."""
        placed = sum(placement.characters for placement in self.placements)
        total = placed + self.unplaced_characters
        return placed / total if total else 1.0

    @property
    def geography(self) -> Dimension | None:
        """The dimension of places, if the page has one."""
        return next((dimension for dimension in self.dimensions if dimension.code == "geography"), None)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each thing were read. Geography is a dimension; its regions are not counted as segments."""
        geography = self.geography
        regions = geography.segments if geography else ()
        return {
            "dimensions": len(self.dimensions),
            "segments": sum(_nodes(d.segments) for d in self.dimensions if d.code != "geography"),
            "regions": len(regions),
            "countries": sum(_nodes(region.children) for region in regions),
            "forces": len(self.forces),
            "force_bodies": sum(1 for force in self.forces if force.body),
            "matrix_cells": len(self.matrix.cells) if self.matrix else 0,
            "takeaways": len(self.takeaways),
            "developments": len(self.developments),
            "competitive_sections": len(self.competitive_sections),
            "players": len(self.players),
            "major_players": len(self.major_players),
            "overview_blocks": len(self.overview),
            "unplaced_lines": len({unplaced.line for unplaced in self.unplaced}),
        }


def _nodes(segments: tuple[Segment, ...]) -> int:
    return sum(1 + _nodes(segment.children) for segment in segments)


def _separated(number: str) -> str:
    whole, stop, decimals = number.partition(".")
    return f"{int(whole):,}{stop}{decimals}" if whole.isdigit() else number
