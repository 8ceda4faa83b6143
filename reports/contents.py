"""An edition's table of contents and page count: always computed from what is in it, never typed. No Django."""

import math
import re
from collections.abc import Iterator

from reports.document import Block, ContentsEntry, Document, Tier, prose_runs
from reports.figures import prose_text

WORDS_A_PAGE = 450
TABLE_ROWS_A_PAGE = 40
PAGES_A_PROFILE_TABLE = 0.5

_TAG = re.compile(r"<[^>]+>")


def anchor(*parts: str) -> str:
    """A place on the page: anchor("segment", "geography/rest-of-europe") -> "segment-geography-rest-of-europe"."""
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts if part)


def contents(document: Document) -> tuple[ContentsEntry, ...]:
    """Every heading of the document in reading order, with the place it links to and the tier that may read it."""
    return tuple(_entries(document))


def _entries(document: Document) -> Iterator[ContentsEntry]:
    public, licensed = int(Tier.PUBLIC), int(Tier.LICENSED)

    def blocks(title: str, place: str, parts: tuple[Block, ...], tier: int = public) -> Iterator[ContentsEntry]:
        if not parts:
            return
        yield ContentsEntry(1, title, place, tier)
        for part in parts:
            if part.heading and part.heading.casefold() != title.casefold():
                yield ContentsEntry(2, part.heading, part.anchor, tier)

    yield ContentsEntry(1, "Market size and growth", "market-size", public)
    yield from blocks("Executive summary", "executive-summary", document.executive_summary, licensed)
    yield from blocks("Overview", "overview", document.overview)
    if document.takeaways:
        yield ContentsEntry(1, "Key takeaways", "takeaways", public)
    if document.dimensions:
        yield ContentsEntry(1, "Segmentation", "segments", public)
    for dimension in document.dimensions:
        yield ContentsEntry(2, f"By {dimension.name}", anchor("dimension", dimension.code), public)
        for node in dimension.nodes:
            if node.level == 0:
                continue
            yield ContentsEntry(2 + node.level, node.name, anchor("segment", node.path), public)
    for table in document.cross_tables:
        yield ContentsEntry(2, table.title, table.anchor, licensed)
    if document.forces:
        yield ContentsEntry(1, "Market forces", "forces", public)
        for kind, title in (("driver", "Drivers"), ("restraint", "Restraints"), ("opportunity", "Opportunities")):
            of_kind = [force for force in document.forces if force.kind == kind]
            if of_kind:
                yield ContentsEntry(2, title, anchor("forces", kind), public)
            for force in of_kind:
                yield ContentsEntry(3, force.title, force.anchor, public)
    if document.matrix:
        yield ContentsEntry(2, "Impact matrix", "matrix", public)
    if document.ledger:
        yield ContentsEntry(2, "Driver ledger", "ledger", licensed)
    yield from blocks("PEST analysis", "pest", document.pest, licensed)
    if document.porter:
        yield ContentsEntry(1, "Porter’s five forces", "porter", licensed)
        for porter in document.porter:
            yield ContentsEntry(2, porter.name, anchor("porter", porter.force), licensed)
    yield from blocks("Competitive landscape", "competitive", document.competitive)
    if document.players:
        yield ContentsEntry(1 if not document.competitive else 2, "Players", "players", public)
    if document.profiles:
        yield ContentsEntry(1, "Company profiles", "profiles", licensed)
        for profile in document.profiles:
            yield ContentsEntry(2, profile.company, anchor("profile", profile.slug), licensed)
    if document.developments:
        yield ContentsEntry(1, "Recent developments", "developments", public)
    yield from blocks("Analyst view", "analyst-view", document.analyst_view, licensed)
    yield from blocks("Future outlook", "outlook", document.outlook, licensed)
    yield from blocks("Introduction", "introduction", document.introduction)
    yield from blocks("Market definition", "definition", document.definition)
    yield from blocks("Study scope", "scope", document.scope)
    yield from blocks("Methodology", "methodology", document.methodology)
    if document.abbreviations:
        yield ContentsEntry(1, "Abbreviations", "abbreviations", public)


def page_count(document: Document) -> int:
    """How many printed pages the document fills: words at 450 a page, tables at 40 rows, half a page a chart.

    Computed from the contents alone, so equal documents have equal counts; a layout on paper may differ by a few.
    """
    words = sum(len(_TAG.sub(" ", prose_text(prose)).split()) for _, prose in prose_runs(document))
    words += sum(
        len(profile.overview.split()) + sum(len(text.split()) for _, text in profile.swot)
        for profile in document.profiles
    )
    pages = words / WORDS_A_PAGE
    for dimension in document.dimensions:
        rows = sum(node.estimated for node in dimension.nodes)
        if rows:
            # One table for each scenario, one chart for the dimension.
            pages += len(document.scenarios) * math.ceil((rows + 2) / TABLE_ROWS_A_PAGE) * 0.5 + 0.5
    for table in document.cross_tables:
        rows = (len(table.rows) + 3) * len(table.years)
        pages += len(document.scenarios) * math.ceil(rows / TABLE_ROWS_A_PAGE)
    pages += len(document.profiles) * PAGES_A_PROFILE_TABLE
    pages += len(contents(document)) / TABLE_ROWS_A_PAGE
    return max(1, math.ceil(pages))
