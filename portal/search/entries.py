"""What of a document can be found: every title and text, with the least tier of readers that may read it."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from reports.contents import anchor
from reports.document import Block, Document, Prose, Tier
from reports.figures import prose_text
from reports.gating import readable

_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")
BETWEEN = " · "
"""Between texts that are no sentences, so that a snippet does not run them together."""
BLOCKS = {
    "executive_summary": ("Executive summary", "executive-summary"),
    "overview": ("Overview", "overview"),
    "pest": ("PEST analysis", "pest"),
    "competitive": ("Competitive landscape", "competitive"),
    "analyst_view": ("Analyst view", "analyst-view"),
    "outlook": ("Future outlook", "outlook"),
    "introduction": ("Introduction", "introduction"),
    "definition": ("Definition", "definition"),
    "scope": ("Scope", "scope"),
    "methodology": ("Methodology", "methodology"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    place: str
    anchor: str
    title: str
    body: str


def entries_by_tier(document: Document) -> Iterator[tuple[Tier, Entry]]:
    """Every entry once, with the first tier whose own document holds it, word for word."""
    known: set[Entry] = set()
    for tier in (Tier.PUBLIC, Tier.REGISTERED, Tier.LICENSED):
        for entry in dict.fromkeys(_entries(readable(document, tier))):
            if entry not in known:
                known.add(entry)
                yield tier, entry


def plain(prose: Prose | str) -> str:
    """Prose as plain words, figures as shown."""
    text = prose if isinstance(prose, str) else prose_text(prose)
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", text))).strip()


def _entries(document: Document) -> Iterator[Entry]:
    yield Entry("Report", "", document.title, f"{document.summary} {document.industry}".strip())
    for part, (title, place) in BLOCKS.items():
        yield from _blocks(title, place, getattr(document, part))
    if document.takeaways:
        yield Entry("Takeaways", "takeaways", "Key takeaways", " ".join(plain(one) for one in document.takeaways))
    for dimension in document.dimensions:
        place = anchor("dimension", dimension.code)
        yield Entry("Segments", place, f"By {dimension.name}", plain(dimension.introduction))
        for node in dimension.nodes:
            if node.level:
                told = bool(node.narrative) or dimension.is_geography
                spot = anchor("segment", node.path) if told and node.level == 1 else place
                yield Entry("Segment", spot, node.name, plain(node.narrative))
    for force in document.forces:
        yield Entry(force.kind.capitalize(), force.anchor, force.title, plain(force.body))
    if document.matrix:
        words = [plain(text) for _, texts in document.matrix.rows for text in texts]
        yield Entry("Impact matrix", "matrix", "Impact matrix", BETWEEN.join(words))
    for porter in document.porter:
        yield Entry("Porter’s five forces", anchor("porter", porter.force), porter.name, plain(porter.body))
    for player in document.players:
        yield Entry("Company", "players", player.company, "")
    for profile in document.profiles:
        said = [f"{name}: {text}" for name, text in (*profile.products, *profile.strategies)]
        said += [text for _, text in profile.swot]
        body = plain(BETWEEN.join(filter(None, (profile.overview, *said, *profile.aliases))))
        yield Entry("Company profile", anchor("profile", profile.slug), profile.company, body)
    for one in document.developments:
        title = f"{one.kind}, {one.when}" if one.kind else one.when
        named = ", ".join(name for name, _ in one.companies)
        yield Entry("Development", "developments", title, f"{plain(one.text)} {named}".strip())
    for short, long in document.abbreviations:
        yield Entry("Abbreviation", "abbreviations", short, long)


def _blocks(title: str, place: str, blocks: tuple[Block, ...]) -> Iterator[Entry]:
    for block in blocks:
        yield Entry(title, block.anchor or place, block.heading or title, plain(block.body))
