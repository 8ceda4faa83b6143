"""An edition's contents as frozen dataclasses: what pages, exports, search and the API read. No Django.

Numbers are Decimals here and strings in JSON, so that what is stored is what was printed. Prose has its figures
resolved, each still traceable to its address. What each tier of reader may see is decided in `reports.gating` alone.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import cached_property
from typing import Any

from reports.document_json import decode, encode

SCHEMA = 2


class Tier(IntEnum):
    """How much a reader may read; each tier includes those before it."""

    PUBLIC = 0
    REGISTERED = 1
    LICENSED = 2
    STAFF = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or a name that follows from numbers, in prose: where it comes from and how it was shown."""

    figure: str
    shown: str


type Prose = tuple[str | Figure, ...]
"""Runs of clean HTML and figures, in reading order."""


@dataclass(frozen=True, slots=True)
class Block:
    """A titled piece of prose. `anchor` is its place on the page."""

    heading: str
    body: Prose
    anchor: str


@dataclass(frozen=True, slots=True)
class Headline:
    market: str
    measure: str
    currency: str
    unit_mult: int
    unit: str
    decimals: int
    price_basis: str
    price_year: int | None
    first_year: int
    base_year: int
    last_year: int
    base_value: Decimal | None
    end_value: Decimal | None
    cagr: Decimal | None
    concentration: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One row of a table. `parent` is the node above it in its tree; `adds_to` the node whose value it is a part of."""

    path: str
    name: str
    dimension: str
    kind: str
    level: int
    parent: str
    adds_to: str
    leaf: bool
    iso_code: str
    estimated: bool
    why_not: str
    narrative: Prose = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    code: str
    name: str
    coverage: str
    breaks_down: str
    is_geography: bool
    introduction: Prose
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `status` as in SDMX CL_OBS_STATUS: A actual, E estimated, F forecast."""

    year: int
    value: Decimal
    status: str
    low80: Decimal | None = None
    high80: Decimal | None = None
    low95: Decimal | None = None
    high95: Decimal | None = None
    source: str = ""
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    path: str
    scenario: str
    cells: tuple[Cell, ...]
    method: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How the computed values of one series came about: its base value, and what reconciling changed of it.

    Each step is year, base value, adjustment, and whether the value is pinned. What the printed value is beyond their
    sum was changed by rounding. Observed values have no step.
    """

    path: str
    scenario: str
    steps: tuple[tuple[int, Decimal, Decimal, bool], ...]


@dataclass(frozen=True, slots=True)
class CrossCell:
    """One value of a cross-table. `modelled` unless an analyst entered it, with its source."""

    year: int
    value: Decimal
    modelled: bool
    source: str = ""
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class CrossSeries:
    """The values of one row and one column, by their paths, in one scenario."""

    row: str
    column: str
    scenario: str
    cells: tuple[CrossCell, ...]


@dataclass(frozen=True)
class CrossTable:
    """One dimension by another. In every year and scenario the cells sum to the values of both, to the last digit.

    `rows` and `columns` are paths; `without` names those that are not estimated and so have no row or column.
    """

    code: str
    title: str
    rows_dimension: str
    columns_dimension: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    without: tuple[str, ...]
    series: tuple[CrossSeries, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"cross-{self.code}"

    @cached_property
    def cells(self) -> Mapping[tuple[str, str, str, int], CrossCell]:
        """(scenario, row, column, year) -> cell."""
        return {(s.scenario, s.row, s.column, cell.year): cell for s in self.series for cell in s.cells}

    @cached_property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({cell.year for one in self.series for cell in one.cells}))


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One driver's part of the growth, in percentage points a year. The lines of a scenario sum to its CAGR."""

    scenario: str
    name: str
    effect: Decimal


@dataclass(frozen=True, slots=True)
class Force:
    kind: str
    title: str
    body: Prose
    effect: Decimal | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Forces x areas. `rows` pairs a kind of force with one text for each area."""

    areas: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Prose, ...]], ...]


@dataclass(frozen=True, slots=True)
class PorterForce:
    force: str
    name: str
    rating: int | None
    body: Prose


@dataclass(frozen=True, slots=True)
class Player:
    company: str
    slug: str
    is_key: bool
    is_major: bool
    share: Decimal | None
    share_year: int | None
    share_source: str


@dataclass(frozen=True, slots=True)
class FinancialYear:
    year: int
    currency: str
    unit_mult: int
    revenue: Decimal | None
    operating_income: Decimal | None
    net_income: Decimal | None
    research_and_development: Decimal | None
    employees: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Profile:
    company: str
    slug: str
    country: str
    founded_year: int | None
    website: str
    overview: str
    products: tuple[tuple[str, str], ...]
    financials: tuple[FinancialYear, ...]
    strategies: tuple[tuple[str, str], ...]
    swot: tuple[tuple[str, str], ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Development:
    date: str
    precision: str
    when: str
    kind: str
    text: str
    companies: tuple[tuple[str, str], ...]
    source: str
    source_url: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor decided about a headline claim of the manuscript."""

    claim: str
    quote: str
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    level: int
    title: str
    anchor: str
    tier: int


@dataclass(frozen=True, slots=True)
class Locked:
    """What a reader of a lower tier is told of a part that is not in the bytes sent: its title and shape only."""

    anchor: str
    title: str
    shape: str
    tier: int


@dataclass(frozen=True)
class Document:
    """Everything an edition says. Parts a reader may not see are empty and described in `locked`."""

    title: str
    slug: str
    summary: str
    industry: str
    industry_slug: str
    isic: str
    naics: str
    headline: Headline
    overview: tuple[Block, ...] = ()
    takeaways: tuple[Prose, ...] = ()
    developments: tuple[Development, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    series: tuple[Series, ...] = ()
    traces: tuple[Trace, ...] = ()
    cross_tables: tuple[CrossTable, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    forces: tuple[Force, ...] = ()
    matrix: Matrix | None = None
    pest: tuple[Block, ...] = ()
    porter: tuple[PorterForce, ...] = ()
    competitive: tuple[Block, ...] = ()
    players: tuple[Player, ...] = ()
    profiles: tuple[Profile, ...] = ()
    analyst_view: tuple[Block, ...] = ()
    outlook: tuple[Block, ...] = ()
    methodology: tuple[Block, ...] = ()
    definition: tuple[Block, ...] = ()
    scope: tuple[Block, ...] = ()
    introduction: tuple[Block, ...] = ()
    executive_summary: tuple[Block, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    decisions: tuple[Decision, ...] = ()
    sources: tuple[str, ...] = ()
    engine_version: str = ""
    inputs_digest: str = ""
    values_digest: str = ""
    notes: tuple[str, ...] = ()
    contents: tuple[ContentsEntry, ...] = ()
    pages: int = 0
    locked: tuple[Locked, ...] = ()
    schema: int = field(default=SCHEMA)

    @cached_property
    def by_path(self) -> Mapping[str, Node]:
        return {node.path: node for dimension in self.dimensions for node in dimension.nodes}

    @cached_property
    def cells(self) -> Mapping[tuple[str, str, int], Cell]:
        """(scenario, path, year) -> cell, of the values this document holds."""
        return {(s.scenario, s.path, cell.year): cell for s in self.series for cell in s.cells}

    @cached_property
    def steps(self) -> Mapping[tuple[str, str, int], tuple[Decimal, Decimal, bool]]:
        """(scenario, path, year) -> base value, adjustment and whether it is pinned, of computed values."""
        return {
            (t.scenario, t.path, year): (base, moved, pin) for t in self.traces for year, base, moved, pin in t.steps
        }

    @property
    def years(self) -> range:
        return range(self.headline.first_year, self.headline.last_year + 1)

    def value(self, path: str, year: int, scenario: str = "base") -> Decimal | None:
        """The printed value, or None where it is not estimated or not in this document."""
        cell = self.cells.get((scenario, path, year))
        return cell.value if cell else None

    def to_json(self) -> dict[str, Any]:
        encoded = encode(self)
        assert isinstance(encoded, dict)
        return encoded

    def digest(self) -> str:
        """SHA-256 of the document in canonical JSON: equal documents have equal digests."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Document":
        """Read a stored document of any schema this code has ever written. Raises ValueError for an unknown one."""
        return decode(cls, upgrade(stored))


def upgrade(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring a stored document to today's schema, one step a version."""
    while (schema := stored.get("schema")) != SCHEMA:
        step = _STEPS.get(schema) if isinstance(schema, int) else None
        if schema is None or step is None:
            raise ValueError(
                f"This edition was stored with schema {schema}; this version of Plumbline reads up to {SCHEMA}."
            )
        stored = {**stored, **step(stored), "schema": schema + 1}
    return stored


_STEPS: Mapping[int, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    1: lambda stored: {"cross_tables": [], "traces": []},
}
"""Schema -> what the next one has besides, or otherwise."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: the form digests are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def prose_runs(document: Document) -> Iterator[tuple[str, Prose]]:
    """Every piece of prose in a document with the name of its place, for checks, search and page counts."""
    for name in ("overview", "pest", "competitive", "analyst_view", "outlook", "methodology", "definition", "scope",
                 "introduction", "executive_summary"):  # fmt: skip
        for block in getattr(document, name):
            yield name, block.body
    for takeaway in document.takeaways:
        yield "takeaways", takeaway
    for dimension in document.dimensions:
        yield f"dimension {dimension.code}", dimension.introduction
        for node in dimension.nodes:
            yield node.path, node.narrative
    for force in document.forces:
        yield f"force {force.title}", force.body
    if document.matrix:
        for _, texts in document.matrix.rows:
            for text in texts:
                yield "matrix", text
    for porter in document.porter:
        yield "porter", porter.body
