"""A report's draft as the rules see it: a frozen snapshot, loaded from the tables or read from a manuscript. No Django.

Every part says where it is (`place`, in words) and, when it is in the admin, by what link it can be mended; parts read
from a manuscript say by what line. Values are in the market's unit, rates and shares in per cent.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from reports.checks.growth import Printed

BASE = "base"
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Row:
    """Where a part is stored, and in which field: ("reports.section", 12, "body"). For fixes; rules leave it alone."""

    model: str
    pk: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a headline number. `kind` as in HeadlineClaim, or start-value, or other-value.

    `scope` is "part" when it speaks of a part of the market or of another market, "unclear" in a text that is not
    English. `hedge` is at-least ("over 6 %"), at-most or about, where a rate is hedged; `is_past` says that it speaks
    of what has been. For a span, `year` and `end_year` are its ends; for growth, those of the years it is stated for,
    where stated. `goods` is what an amount counts where that is not money: "tons".
    """

    kind: str
    quote: str
    place: str = "headline"
    printed: Printed | None = None
    shown: str = ""
    year: int | None = None
    end_year: int | None = None
    decision: str = "open"
    scope: str = "market"
    currency: str = ""
    label: str = ""
    line: int | None = None
    link: str = ""
    row: Row | None = None
    hedge: str = ""
    is_past: bool = False
    goods: str = ""

    @property
    def holds(self) -> bool:
        """Whether no editor has rejected it."""
        return self.decision != "rejected"

    def measures_as(self, other: "Claim") -> bool:
        """Whether both values are in one currency, or both of one kind of goods, as far as they say so."""
        return self.goods == other.goods and (self.currency == other.currency or not (self.currency and other.currency))


@dataclass(frozen=True, slots=True)
class Segment:
    path: str
    name: str
    dimension: str
    parent: str = ""
    kind: str = "segment"
    iso_code: str = ""
    link: str = ""
    line: int | None = None
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """`breaks_down` is the path of the segment that a breakdown splits; `names` every name a manuscript gives it."""

    code: str
    name: str
    coverage: str = "complete"
    breaks_down: str = ""
    is_geography: bool = False
    segments: tuple[Segment, ...] = ()
    names: tuple[str, ...] = ()
    link: str = ""
    line: int | None = None
    row: Row | None = None

    @property
    def top(self) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments if not segment.parent)

    def children(self, path: str) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments if segment.parent == path)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of prose. `about` is the path or code of the segment or dimension it speaks of, where it does."""

    place: str
    kind: str
    body: str
    heading: str = ""
    about: str = ""
    link: str = ""
    line: int | None = None
    row: Row | None = None

    @property
    def plain(self) -> str:
        """The text without markup, paragraphs apart by line breaks."""
        return plain(self.body)


@dataclass(frozen=True, slots=True)
class Force:
    kind: str
    title: str
    body: str
    link: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """`introduction` is what a manuscript says before the table, where it names the areas a second time."""

    areas: tuple[str, ...]
    cells: tuple[Text, ...]
    introduction: str = ""
    link: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """`names` are all the names it is registered under, `written` the spellings a manuscript uses."""

    name: str
    is_key: bool = True
    is_major: bool = False
    share: Decimal | None = None
    share_year: int | None = None
    names: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    link: str = ""
    line: int | None = None
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class AliasQuestion:
    """Two names that may mean one company, not yet decided."""

    name: str
    other: str
    reason: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Development:
    """`latest` is the last day its date may mean: the end of the month or year where no day is known."""

    text: str
    earliest: date | None
    latest: date | None
    when: str
    companies: tuple[str, ...] = ()
    source: str = ""
    link: str = ""
    line: int | None = None
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    path: str
    year: int
    value: Decimal
    source: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class CrossTable:
    """A cross-table of the market. `problem` says why it can't be filled; empty where it can."""

    title: str
    problem: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class ImportNote:
    """What the importer saw in the text of the manuscript itself."""

    code: str
    severity: str
    sentence: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Market:
    """The years, the unit, and how far the forecast has come. `problem` says in words why the last recompute failed."""

    name: str
    currency: str = "USD"
    unit_mult: int = 6
    decimals: int = 2
    first_year: int = 0
    base_year: int = 0
    last_year: int = 0
    is_current: bool = True
    problem: str = ""
    link: str = ""
    data_link: str = ""
    drivers_link: str = ""

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)


@dataclass(frozen=True)
class Draft:
    """Everything the rules may look at. `today` is passed in, so that a check can be repeated for any day."""

    title: str
    today: date
    subject: str = ""
    market: Market | None = None
    link: str = ""
    part_links: Mapping[str, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    texts: tuple[Text, ...] = ()
    forces: tuple[Force, ...] = ()
    matrix: Matrix | None = None
    players: tuple[Player, ...] = ()
    alias_questions: tuple[AliasQuestion, ...] = ()
    developments: tuple[Development, ...] = ()
    registered: frozenset[str] = frozenset()
    abbreviations: tuple[tuple[str, str], ...] = ()
    observations: tuple[Observation, ...] = ()
    values: Mapping[tuple[str, str, int], Decimal] = field(default_factory=dict)
    assumed_shares: Mapping[str, Decimal] = field(default_factory=dict)
    cross_tables: tuple[CrossTable, ...] = ()
    report_slugs: frozenset[str] = frozenset()
    driver_effects: tuple[Decimal, ...] = ()
    unplaced_lines: int = 0
    unplaced_link: str = ""
    import_notes: tuple[ImportNote, ...] = ()

    @cached_property
    def segments(self) -> Mapping[str, Segment]:
        return {segment.path: segment for dimension in self.dimensions for segment in dimension.segments}

    @cached_property
    def numbers(self) -> "DraftNumbers | None":
        """What figures in the prose are resolved against; None while there is no forecast at all."""
        market = self.market
        if market is None or not self.values:
            return None
        return DraftNumbers(self, market, market.currency, market.unit_mult, market.decimals)

    @property
    def geography(self) -> Dimension | None:
        return next((dimension for dimension in self.dimensions if dimension.is_geography), None)

    def claims_of(self, *kinds: str) -> list[Claim]:
        """Claims on the whole market that no editor has rejected."""
        return [claim for claim in self.claims if claim.kind in kinds and claim.holds and claim.scope == "market"]

    def printed_value(self, path: str, year: int, scenario: str = BASE) -> Printed | None:
        """The forecast's value as it will be printed, or None where it is not estimated."""
        value = self.values.get((scenario, path, year))
        if value is None or self.market is None:
            return None
        return Printed(value, Decimal(1).scaleb(-self.market.decimals) / 2)


@dataclass(eq=False)
class DraftNumbers:
    """The draft's forecast in the form that `reports.figures` resolves references against."""

    draft: Draft
    market: Market
    currency: str
    unit_mult: int
    decimals: int

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {TOTAL: self.market.name}
        for dimension in self.draft.dimensions:
            names[dimension.code] = dimension.name
            names.update((segment.path, segment.name) for segment in dimension.segments)
        return names

    def value(self, path: str, year: int, scenario: str = BASE) -> Decimal | None:
        return self.draft.values.get((scenario, path, year))

    def exists(self, path: str) -> bool:
        return path in self._names

    def adds_to(self, path: str) -> str:
        """The node whose value this one is a part of; "" for the total and for what no dimension knows."""
        dimension = next((one for one in self.draft.dimensions if one.code == path.split("/")[0]), None)
        if dimension is None:
            return ""
        segment = self.draft.segments.get(path)
        if segment is not None and segment.parent:
            return segment.parent
        if dimension.coverage == "breakdown":
            return dimension.breaks_down
        return dimension.code if dimension.coverage == "partial" and segment is not None else TOTAL

    def children(self, path: str) -> Sequence[str]:
        for dimension in self.draft.dimensions:
            if path == dimension.code:
                return [segment.path for segment in dimension.top]
            if path.split("/")[0] == dimension.code:
                return [segment.path for segment in dimension.children(path)]
        return []

    def name(self, path: str) -> str:
        return self._names.get(path, path)

    def paths(self) -> Sequence[str]:
        return list(self._names)


_BREAK = re.compile(r"</(?:p|li|h3|h4|td|th|tr|blockquote)>|<br\s*/?>", re.I)
_TAG = re.compile(r"<[^>]+>")
_BLANK = re.compile(r"[ \t\u00a0]+")


@lru_cache(maxsize=4_000)
def plain(markup: str) -> str:
    """HTML as plain text: tags gone, entities resolved, one line a paragraph. Plain text stays as it is."""
    if "<" in markup:
        markup = _TAG.sub("", _BREAK.sub("\n", markup))
    if "&" in markup:
        markup = html.unescape(markup)
    lines = (_BLANK.sub(" ", line).strip() for line in markup.splitlines())
    return "\n".join(line for line in lines if line)
