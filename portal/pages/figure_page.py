"""What can be said of one number: what it is, where it comes from, how and by which run it was made, in which edition.

Made from a document that holds only what its reader may read, so an answer can tell no more than the report page does.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.urls import reverse

from portal.pages.prose import described
from portal.pages.tables import STATUS
from reports.document import Cell, Document, Series
from reports.figures import TOTAL, UNIT_WORDS, Reference, UnknownFigure, cagr, grouped, percent, read_address, share

KINDS = {
    "cagr": "Compound annual growth: (last ÷ first) to the power of 1 ÷ years, less 1, from the two printed values.",
    "growth": "Growth on the year before, from the two printed values.",
    "share": "The part divided by what it adds to, from the two printed values.",
    "largest": "The segment with the largest printed value of that year.",
    "fastest": "The segment whose printed values grow fastest between the two years.",
}

NAMES = ("largest", "fastest")
"""Figures that are the name of a segment."""


class NoSuchFigure(LookupError):
    """This edition has no such number; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Where the numbers of one edition are asked about. An edition that is not published has no such place."""

    slug: str
    number: int | None

    def of(self, address: str) -> str:
        """Where a figure such as "share/geography/europe/2031" is explained; empty where there is no such place."""
        return "" if self.number is None else f"{_figures_of(self.slug)}{address}/?edition={self.number}"


@lru_cache(maxsize=256)
def _figures_of(slug: str) -> str:
    return reverse("figure", args=[slug, "0"]).removesuffix("0/")


@dataclass(frozen=True, slots=True)
class Part:
    """A number that another is made from."""

    name: str
    shown: str
    asked: str


@dataclass(frozen=True, slots=True)
class Observed:
    year: int
    shown: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything an edition records of one number, as far as its reader may read."""

    address: str
    name: str
    shown: str
    unit: str
    scenario: str
    status: str
    interval80: str
    interval95: str
    rule: str
    parts: tuple[Part, ...]
    method: str
    source: str
    observations: tuple[Observed, ...]
    steps: tuple[tuple[str, str], ...]
    sums: str
    illustrative: bool


def figure_reference(document: Document, address: str) -> Reference:
    """The reference that an address stands for in this document. Raises NoSuchFigure with a sentence."""
    try:
        reference = read_address(address)
    except UnknownFigure:
        raise NoSuchFigure(f"“{address}” is not the address of a number.") from None
    path, dimensions = reference.path, {one.code for one in document.dimensions}
    node = document.by_path.get(path)
    if node is None and path != TOTAL and not (reference.kind in NAMES and path in dimensions):
        raise NoSuchFigure("This edition has no such segment.")
    if node is not None and not node.estimated:
        raise NoSuchFigure(f"{node.name} is not estimated. {node.why_not or 'No observation and no assumption.'}")
    return reference


def answer(document: Document, address: str, asking: Asking, *, whole: Document | None = None) -> Answer:
    """What `document`, already cut to its reader's tier, tells of a figure. Raises NoSuchFigure with a sentence.

    `whole` is the uncut document: from it alone comes the name of a largest or fastest segment, which is public, while
    the numbers behind it are listed only as far as `document` holds them.
    """
    reference = figure_reference(document, address)
    if reference.kind in (TOTAL, "segment"):
        return _value(document, reference)
    return _derived(document, reference, asking, whole or document)


def _value(document: Document, reference: Reference) -> Answer:
    path, scenario, year = reference.path, reference.scenario, reference.first
    cell = document.cells.get((scenario, path, year))
    if cell is None:
        raise NoSuchFigure(f"This edition has no value for {year} here.")
    series = next(one for one in document.series if (one.path, one.scenario) == (path, scenario))
    node = document.by_path.get(path)
    whole = document.by_path.get(node.adds_to) if node else None
    sums = ""
    if node and node.adds_to:
        sums = f"It is a part of {whole.name if whole else 'the whole market'} and adds up to it with its siblings."
    elif node:
        sums = "It adds to nothing: this dimension covers only part of the market."
    return Answer(
        address=reference.address,
        name=_named(document, reference),
        shown=money(document, cell.value),
        unit=document.headline.unit,
        scenario=_scenario(document, scenario),
        status=STATUS.get(cell.status, cell.status),
        interval80=_range(document, cell.low80, cell.high80),
        interval95=_range(document, cell.low95, cell.high95),
        rule="",
        parts=(),
        method=series.method if cell.status == "F" else "",
        source=cell.source,
        observations=_observations(document, series) if cell.status == "F" else (),
        steps=_steps(document, reference, cell),
        sums=sums,
        illustrative=cell.illustrative or document.headline.illustrative,
    )


def _derived(document: Document, reference: Reference, asking: Asking, whole: Document) -> Answer:
    scenario, used = reference.scenario, _inputs(document, reference)
    held = [
        (path, year, cell) for path, year in used if (cell := document.cells.get((scenario, path, year))) is not None
    ]
    source = whole if reference.kind in NAMES else document
    values = [source.value(path, year, scenario) for path, year in used]
    shown = _shown(document, reference, [value for value in values if value is not None]) if None not in values else ""
    if not shown:
        raise NoSuchFigure("This edition has no value from which that could be computed.")
    suffix = "" if scenario == "base" else f"@{scenario}"
    parts = tuple(
        Part(
            described(one := f"{TOTAL}/{year}" if path == TOTAL else f"segment/{path}/{year}", document),
            money(document, cell.value),
            asking.of(f"{one}{suffix}"),
        )
        for path, year, cell in held
    )
    return Answer(
        address=reference.address,
        name=_named(document, reference),
        shown=shown,
        unit="",
        scenario=_scenario(document, scenario),
        status="Computed from printed values",
        interval80="",
        interval95="",
        rule=KINDS[reference.kind],
        parts=parts,
        method="",
        source="; ".join(dict.fromkeys(cell.source for _, _, cell in held if cell.source)),
        observations=(),
        steps=(),
        sums="",
        illustrative=document.headline.illustrative or any(cell.illustrative for _, _, cell in held),
    )


def _inputs(document: Document, reference: Reference) -> list[tuple[str, int]]:
    """The (path, year) of every printed value that a computed figure is made from."""
    path, first, last = reference.path, reference.first, reference.last
    if reference.kind == "growth":
        return [(path, first - 1), (path, first)]
    if reference.kind == "cagr":
        return [(path, first), (path, last or first)]
    if reference.kind == "share":
        node = document.by_path.get(path)
        return [(path, first), ((node.adds_to if node else "") or TOTAL, first)]
    below = [
        node.path
        for node in document.by_path.values()
        if node.estimated and (node.parent == path or (node.dimension == path and node.level == 1))
    ]
    return [(one, year) for one in below for year in ([first, last] if last else [first])]


def _shown(document: Document, reference: Reference, values: list[Decimal]) -> str:
    try:
        if reference.kind == "cagr":
            return percent(cagr(values[0], values[1], (reference.last or 0) - reference.first))
        if reference.kind == "growth":
            return percent(cagr(values[0], values[1], 1))
        if reference.kind == "share":
            return percent(share(values[0], values[1]))
    except UnknownFigure:
        return ""
    paths = [path for path, year in _inputs(document, reference) if year == reference.first]
    if not paths:
        return ""
    if reference.last is None:
        best = max(range(len(paths)), key=lambda place: values[place])
    else:
        pairs = list(zip(values[::2], values[1::2], strict=True))
        span = reference.last - reference.first
        best = max(range(len(paths)), key=lambda place: cagr(*pairs[place], span))
    return document.by_path[paths[best]].name


def money(document: Document, value: Decimal) -> str:
    """A value as prose prints it: "USD 3,701.17 million"."""
    headline = document.headline
    words = (headline.currency, grouped(value, headline.decimals), UNIT_WORDS.get(headline.unit_mult, ""))
    return " ".join(filter(None, words))


def _named(document: Document, reference: Reference) -> str:
    return described(reference.address.partition("@")[0], document)


def _scenario(document: Document, code: str) -> str:
    return next((one.name for one in document.scenarios if one.code == code), "Base" if code == "base" else code)


def _range(document: Document, low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return ""
    decimals = document.headline.decimals
    return f"{grouped(low, decimals)} to {grouped(high, decimals)}"


def _steps(document: Document, reference: Reference, cell: Cell) -> tuple[tuple[str, str], ...]:
    """The lines that add up to the value, as the engine computed it; none where the edition does not record them."""
    step = document.steps.get((reference.scenario, reference.path, reference.first))
    if step is None:
        return ()
    base, adjustment, pinned = step
    exponent = base.as_tuple().exponent
    places = max(-exponent if isinstance(exponent, int) else 0, document.headline.decimals)
    lines = [
        ("Pinned value" if pinned else "By the method alone", grouped(base, places)),
        ("Changed so that the parts sum to the whole", _signed(adjustment, places)),
        ("Rounded so that the printed parts sum to the printed whole", _signed(cell.value - base - adjustment, places)),
        ("The value", grouped(cell.value, places)),
    ]
    return tuple(lines)


def _signed(amount: Decimal, places: int) -> str:
    return ("−" if amount < 0 else "+" if amount > 0 else "") + grouped(abs(amount), places)


def _observations(document: Document, series: Series) -> tuple[Observed, ...]:
    """The values before the forecast that the edition prints: what the projection starts from."""

    def observed(cell: Cell) -> Observed:
        return Observed(
            cell.year,
            grouped(cell.value, document.headline.decimals),
            STATUS.get(cell.status, cell.status),
            cell.source,
        )

    return tuple(observed(cell) for cell in series.cells if cell.status != "F")
