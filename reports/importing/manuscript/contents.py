"""The page's own table of contents: kept as read, and a source of what the body leaves out."""

import re
from dataclasses import dataclass, field, replace

from reports.importing.manuscript.headings import GEOGRAPHY_NAME, bare, dimension_of_heading, kind_of_heading
from reports.importing.manuscript.ledger import Ledger
from reports.importing.manuscript.lines import Fragment, Shape
from reports.importing.manuscript.names import name_key
from reports.importing.manuscript.outline import FORCES, SectionBlock
from reports.importing.manuscript.places import place_of
from reports.importing.manuscript.sections import ForceDraft, Players
from reports.importing.manuscript.segmentation import Draft, Node, Segmentation

_LEADER = re.compile(r"\s*(?:\.{2,}|…+|·{2,}|\s{2,})\s*\d{0,4}\s*$|\s+\d{1,3}$")
_BARE_NUMBER = re.compile(r"^(\d{1,2})\s+([A-Z].*)$")
_CHAPTER = re.compile(r"^(?:chapter|section|part)\s+\d+\s*[.:)-]?\s*", re.I)
_PROFILES = re.compile(
    r"(?:company|vendor|player|manufacturer)s? profiles?|(?:key )?(?:players|companies) profiled", re.I
)
_PROFILE_PARTS = re.compile(
    r"(?:company |business |financial |product |recent |key |strategic )?(?:overview"
    r"|snapshot|portfolio|developments?|performance|strateg(?:y|ies)|swot.*|financials?"
    r"|insights?|information|offerings?|initiatives|summary)(?: analysis)?",
    re.I,
)


@dataclass(slots=True)
class Entry:
    """A line of the contents being read."""

    depth: int
    number: str
    title: str
    line: int


@dataclass(slots=True)
class Contents:
    """The contents of a page, and what they alone tell."""

    entries: list[Entry] = field(default_factory=list)
    forces: list[ForceDraft] = field(default_factory=list)
    players: Players = field(default_factory=Players)
    rated: dict[str, list[Entry]] = field(default_factory=dict)

    def read(self, section: SectionBlock, ledger: Ledger, segmentation: Segmentation, subject: str) -> None:
        """Read a section of contents into the tree, the dimensions, the forces and the players."""
        indents = sorted({f.level for f in section.fragments if f.shape is Shape.BULLET})
        draft: Draft | None = None
        region: Node | None = None
        kind, kind_depth = "", 0
        for table in section.tables:
            for row in table.rows:
                ledger.place(row, "contents")
                self.entries.append(
                    Entry(
                        2,
                        row.cells[0] if re.fullmatch(r"[\d.]+", row.cells[0]) else "",
                        " ".join(c for c in row.cells if not re.fullmatch(r"[\d.]*", c)),
                        row.line,
                    )
                )
        for fragment in section.fragments:
            ledger.place(fragment, "contents")
            fragment = _with_number(fragment)
            title = _CHAPTER.sub("", _LEADER.sub("", fragment.text)).strip() or fragment.text
            heading, dimension = kind_of_heading(title, subject), _dimension(title, subject)
            depth = self._depth(fragment, indents, heading, dimension, bool(draft), kind)
            self.entries.append(Entry(depth, fragment.number, title, fragment.line))
            leveled = bool(fragment.number) or len(indents) > 1
            if leveled and kind and depth <= kind_depth:
                kind, draft, region = "", None, None
            if dimension:
                geographic = bool(GEOGRAPHY_NAME.fullmatch(dimension))
                if not (region is not None and leveled and depth > kind_depth):
                    draft, region, kind, kind_depth = (
                        segmentation.dimension(dimension, fragment.line),
                        None,
                        "geography" if geographic else "dimension",
                        depth,
                    )
                continue
            if heading == "geography":
                draft, region, kind, kind_depth = (
                    segmentation.dimension("Geography", fragment.line),
                    None,
                    "geography",
                    depth,
                )
                continue
            if _PROFILES.fullmatch(bare(title, subject)) or heading == "players":
                draft, kind, kind_depth = None, "players", depth
                continue
            if heading in FORCES and kind != "players":
                draft, kind, kind_depth = None, heading, depth
                continue
            if kind in ("pest", "porter") and heading in ("competitive",) and re.search("rivalry", title, re.I):
                heading = ""
            if (
                heading
                and heading != "name"
                and not (kind == "players" and leveled and depth > kind_depth)
                and not (draft and name_key(title) in draft.nodes)
            ):
                draft, region, kind, kind_depth = None, None, heading, depth
                continue
            region = self._item(
                title,
                fragment,
                kind,
                draft,
                region,
                segmentation,
                subject,
                shallow=not leveled or depth == kind_depth + 1,
            )

    def _item(
        self,
        title: str,
        fragment: Fragment,
        kind: str,
        draft: Draft | None,
        region: Node | None,
        segmentation: Segmentation,
        subject: str,
        *,
        shallow: bool,
    ) -> Node | None:
        place = place_of(title, subject)
        if kind == "geography" or (draft is None and kind != "players" and place and place.kind == "region"):
            if place is not None:
                segmentation.dimension("Geography", fragment.line)
                node = segmentation.add_place(place.name, fragment.line, "contents", region)
                return node if node.kind == "region" else region
            if region is not None and not dimension_of_heading(title, subject) and shallow and len(title.split()) <= 8:
                segmentation.add_place(title, fragment.line, "contents", region)
        elif kind == "dimension" and draft is not None and shallow:
            if not re.search(
                r"\b(?:market (?:size|attractiveness|share|estimates?|overview)|introduction|key "
                r"findings|y-o-y|bps|analysis by|overview|trends)\b",
                title,
                re.I,
            ):
                segmentation.add(draft, title, fragment.line, "contents")
        elif kind == "players" and not _PROFILE_PARTS.fullmatch(title):
            self.players.add(title, fragment.line)
        elif kind in FORCES:
            self.forces.append(ForceDraft(FORCES[kind], title, fragment.line))
        elif kind in ("pest", "porter"):
            self.rated.setdefault(kind, []).append(self.entries[-1])
        return region

    def _depth(
        self, fragment: Fragment, indents: list[int], heading: str, dimension: str, in_dimension: bool, kind: str
    ) -> int:
        if fragment.number:
            return fragment.number.rstrip(".").count(".") + 1
        if fragment.shape is Shape.HEADING:
            return 1
        if len(indents) > 1:
            return indents.index(fragment.level) + 1 if fragment.level in indents else 1
        if dimension or heading in FORCES:
            return 2
        if heading and heading != "name":
            return 1
        place = place_of(fragment.text)
        if kind == "geography" and place:
            return 3 if place.kind == "region" else 4
        return 3 if in_dimension or kind in FORCES else 2

    def repeated(self) -> list[tuple[str, list[int]]]:
        """Titles that occur more than once in flat contents, where a second one is not another chapter's."""
        if any(entry.number for entry in self.entries) or len({e.depth for e in self.entries}) == 1:
            return []
        lines: dict[str, list[int]] = {}
        for entry in self.entries:
            lines.setdefault(entry.title.lower(), []).append(entry.line)
        players = {player.name.lower() for player in self.players.settled()}
        leaf = {entry.title.lower() for entry in self.entries if entry.depth >= 3 and not place_of(entry.title)}
        return [
            (title, found)
            for title, found in lines.items()
            if len(found) > 1 and title not in players and title not in leaf
        ]


def _with_number(fragment: Fragment) -> Fragment:
    """A chapter's line such as "4 MARKET, BY OFFERING" with its number told apart, and its shouting lowered."""
    match = _BARE_NUMBER.match(fragment.text) if fragment.shape is Shape.TEXT else None
    text = match[2] if match else fragment.text
    if text.isupper() and len(text) > 5:
        text = " ".join(word if len(word) <= 3 or "." in word else word.capitalize() for word in text.split(" "))
        text = re.sub(r"\b(Of|And|By|In|The|For)\b", lambda small: small[0].lower(), text, flags=re.I)
        text = text[:1].upper() + text[1:]
    return replace(fragment, text=text, number=match[1] if match else fragment.number)


def _dimension(title: str, subject: str) -> str:
    if not re.search(r"\bby\b", title, re.I) or re.match(r"market snapshot|.*\bsnapshot\b", title, re.I):
        return ""
    return dimension_of_heading(title, subject)
