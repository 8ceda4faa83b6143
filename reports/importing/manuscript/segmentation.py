"""Dimensions and their segments, from headings, bullets, brackets and sentences, brought together by name."""

import re
from dataclasses import dataclass, field

from reports.importing.manuscript.headings import GEOGRAPHY_NAME
from reports.importing.manuscript.model import Dimension, Segment
from reports.importing.manuscript.names import name_key, slug, split_names
from reports.importing.manuscript.places import Place, place_of

_WITHIN = r"(?:[^.]|\.(?!\s|$)|(?<=U\.S)\.|(?<=U\.K)\.)"
_INTO = re.compile(
    r"(?:based on|on the basis of|in terms of|depending (?:up)?on"
    r"|\bby)\s+(?:the\s+)?(?P<name>[A-Za-z][\w /&-]{1,40}?),?\s+(?:the\s+)?(?:[^.,;]{0,100"
    r"}?\b(?:market|industry|segment)\b[^.,;]{0,30}?|it)\s*"
    r"(?:is|has been|can be|are|was)\s+(?:further\s+|broadly\s+|mainly\s+|primarily\s+"
    r"|sub-?)?(?:segmented|divided|classified|categori[sz]ed|bifurcated|trifurcated|split"
    r"|fragmented|segregated|broken down|studied|analy[sz]ed|grouped)\s+"
    rf"(?:into|as|in|across|for|among)\s+(?P<list>{_WITHIN}{{3,600}})",
    re.I,
)
_SEGMENTED_INTO = re.compile(
    rf"segmented\s+(?:by|based on|on the basis of)\s+(?:the\s+)?(?P<name>[A-Za-z][\w "
    rf"/&-]{{1,40}}?),?\s+(?:into|as)\s+(?P<list>{_WITHIN}{{3,600}})",
    re.I,
)
_INCLUDES = re.compile(
    rf"segmentation by (?P<name>[A-Z][\w /&-]{{1,40}}?) (?:includes?|comprises?"
    rf"|covers?)\s+(?P<list>{_WITHIN}{{3,600}})",
    re.I,
)
_BRACKETS = re.compile(
    r"\bBy\s+(?P<name>[A-Z][\w /&-]{1,40}?)\s*(?:\((?P<list>[^()]{3,600}(?:\([^()]{0,100}"
    r"\)[^()]{0,300}){0,12})\)|\[(?P<list_2>[^\[\]]{3,800})\])"
)
_SEGMENTED_BY = re.compile(
    r"segment(?:ed|ation)(?: of the [^.,]{0,60})?\s+(?:by|on the basis of|based on|is)\s+(?P<rest>[^.]{0,1500})", re.I
)
_NAME_BRACKETS = re.compile(
    r"(?:^|,|;|\band\b|\bby\b)\s*(?:and\s+)?(?:by\s+)?(?P<name>[A-Za-z][\w /&-]{1,40}?)\s*\((?P<list>[^()]{3,400})\)",
    re.I,
)
_MARKET_BY = re.compile(r"\bmarket,?(?: [^(),]{0,60})?\s+(?P<rest>by\s+[A-Z][^()]{1,40}\(.{0,1500})", re.I)
_NAMES_ONLY = re.compile(
    r"\bmarket\b[^.]{0,60}\bsegmented (?:by|on the basis of|based on) (?P<names>[^.()]{3,240})\.", re.I
)
_PARTS = {
    "LAMEA": ("Latin America", "South America", "Middle East", "Africa", "Middle East & Africa"),
    "EMEA": ("Europe", "Middle East", "Africa", "Middle East & Africa"),
    "Americas": ("North America", "Latin America", "South America"),
    "Middle East & Africa": ("Middle East", "Africa"),
    "Asia Pacific": ("East Asia", "South Asia", "Oceania"),
    "Europe": ("Western Europe", "Eastern Europe"),
}
_GENERIC = frozenset({"type", "types", "segment", "product", "products", "category"})
_RANK = {"list": 0, "heading": 1, "bullet": 1, "contents": 1}


_DECLARED = re.compile(r"coverage\s*:\s*(complete|partial|breakdown)(?:\s+of\s+(.+?))?\.?$", re.I)


@dataclass(slots=True)
class Node:
    """A segment being gathered."""

    name: str
    line: int
    source: str
    kind: str = "segment"
    iso: str = ""
    narrative: list[str] = field(default_factory=list)
    children: dict[str, "Node"] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A dimension being gathered."""

    name: str
    line: int
    names: list[str] = field(default_factory=list)
    narrative: list[str] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    coverage: str = ""
    breakdown_of: str = ""

    def declared(self, text: str) -> bool:
        """Take the coverage from a line that declares it, such as "Coverage: breakdown of Glass"; False for others."""
        found = _DECLARED.match(text)
        if found:
            self.coverage, self.breakdown_of = found[1].lower(), (found[2] or "").strip()
        return found is not None


class Segmentation:
    """Gathers the dimensions of a manuscript."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self.mentioned_regions: list[tuple[str, int]] = []

    def dimension(self, name: str, line: int) -> Draft:
        """The dimension of that name, begun if it is new. Region, Country and Geography are one."""
        name = re.sub(r"^(?:the|by)\s+", "", name.strip(" :;,.-–—*"), flags=re.I)
        name = name[:1].upper() + name[1:]
        key = (
            "geography"
            if GEOGRAPHY_NAME.fullmatch(name)
            else name_key(re.sub(r"\s+(?:segment|segmentation)s?$", "", name, flags=re.I))
        )
        draft = self.drafts.setdefault(key, Draft("Geography" if key == "geography" else name, line))
        if name and name not in draft.names:
            draft.names.append(name)
        return draft

    def add(self, draft: Draft, name: str, line: int, source: str, parent: Node | None = None) -> Node:
        """A segment of the dimension, or the one already there by another writing of its name."""
        if draft is self.drafts.get("geography"):
            return self.add_place(name, line, source, parent)
        nodes = parent.children if parent else draft.nodes
        key = name_key(name)
        node = nodes.get(key)
        if node is None:
            nodes[key] = node = Node(name.strip(), line, source)
        elif _RANK[source] > _RANK[node.source]:
            node.source = source
            if len(name) > len(node.name):
                node.name = name.strip()
        return node

    def add_place(self, name: str, line: int, source: str, region: Node | None = None) -> Node:
        """A region, or a country or group within the region given, or else within the region it usually belongs to."""
        draft = self.dimension("Geography", line)
        outside, inside = _bracketed(name)
        place = place_of(outside)
        if place and place.kind == "region" and not (region and _is_part(place.home, region.name)):
            node = draft.nodes.setdefault(name_key(place.home), Node(outside, line, source, kind="region"))
            if len(node.name) <= 5 < len(outside):
                node.name = outside
        else:
            home = self._home(place, draft, region, line, source)
            kind = place.kind if place else "group" if home else "region"
            if kind == "region" and home is not None:
                kind = "group"
            if re.fullmatch(r"others?(?: countries)?", outside, re.I) and home:
                kind = "rest"
            key = place.iso if place and place.iso else name_key(outside)
            nodes = home.children if home else draft.nodes
            node = nodes.setdefault(key, Node(outside, line, source, kind=kind, iso=place.iso if place else ""))
        for inner in split_names(inside) if inside else ():
            self.add_place(inner, line, source, node)
        return node

    def _home(self, place: Place | None, draft: Draft, region: Node | None, line: int, source: str) -> Node | None:
        """The region a place belongs to: the one it stands under, or else the one it usually belongs to."""
        usual = place.home if place else ""
        if region is not None and (not usual or not (place and place.kind == "rest")):
            return region
        if not usual:
            return region
        known = draft.nodes.get(name_key(usual))
        return known or region or (self.add_place(usual, line, source) if place and place.kind != "rest" else None)

    def read_places(self, text: str, line: int, source: str, region: Node | None = None) -> Node | None:
        """Places listed along a line: "North America (U.S., Canada), Europe". Returns the last region."""
        head, colon, rest = text.partition(":")
        if not colon:
            head, colon, rest = text.partition(" – ")
        if colon and rest.strip() and (place := place_of(head)) and place.kind in ("region", "group"):
            region = self.add_place(head.strip(), line, source, None if place.kind == "region" else region)
            text = rest
        for name in split_names(text):
            outside = name.partition("(")[0].strip()
            if place_of(outside) or region is not None or "(" in name:
                node = self.add_place(name, line, source, region)
                region = node if node.kind == "region" else region
        return region

    def read_sentences(self, text: str, line: int) -> bool:
        """Dimensions and segments that running text or a title names; true if it named any."""
        found = False
        if len(text) > 6000:
            text = text[:6000]
        for pattern in (_INTO, _SEGMENTED_INTO, _INCLUDES, _BRACKETS):
            for match in pattern.finditer(text):
                groups = match.groupdict()
                found |= self._read_list(match["name"], groups["list"] or groups.get("list_2") or "", line)
        for by in (_SEGMENTED_BY.search(text), _MARKET_BY.search(text)):
            for inner in _NAME_BRACKETS.finditer(by["rest"]) if by else ():
                if len(split_names(inner["list"])) >= 2:
                    found |= self._read_list(inner["name"], inner["list"], line)
        if only := _NAMES_ONLY.search(text):
            names = split_names(only["names"])
            if len(names) >= 2 and all(len(name.split()) <= 4 for name in names) and " into " not in only["names"]:
                for name in names:
                    self.dimension(re.sub(r"^by\s+", "", name, flags=re.I), line)
                found = True
        return found

    def _read_list(self, name: str, names: str, line: int) -> bool:
        name = re.sub(r"^(?:the|by)\s+", "", name.strip(), flags=re.I)
        if len(name.split()) > 5 or re.match(r"\d|(?:19|20)\d\d", name):
            return False
        if GEOGRAPHY_NAME.fullmatch(name):
            self.read_places(names, line, "list")
            return True
        listed = split_names(names)
        if not listed or any(len(item.split()) > 9 for item in listed):
            return False
        draft = self.dimension(name, line)
        for item in listed:
            self.add(draft, item[:1].upper() + item[1:], line, "list")
        return True

    def dimension_keys(self) -> set[str]:
        """The keys of the dimensions named so far."""
        return set(self.drafts)

    def segment_names(self) -> set[str]:
        """Every segment's name in lower case."""
        return {node.name.lower() for draft in self.drafts.values() for node in draft.nodes.values()}

    def settled(self) -> tuple[tuple[Dimension, ...], list[str]]:
        """The dimensions with paths and coverage, and sentences on what was guessed."""
        unsure: list[str] = []
        geography = self.drafts.get("geography")
        if geography is not None and not geography.nodes:
            for name, line in self.mentioned_regions:
                self.add_place(name, line, "list")
        for draft in self.drafts.values():
            _drop_torn(draft)
        drafts = list(self.drafts.values())
        dimensions: list[Dimension] = []
        codes: set[str] = set()
        for draft in drafts:
            code = slug(draft.name)
            while code in codes:
                code += "-2"
            codes.add(code)
            coverage, parent, sure = self._coverage(draft, drafts, unsure)
            segments = _segments(draft.nodes, code)
            dimensions.append(
                Dimension(
                    code,
                    draft.name,
                    coverage,
                    parent,
                    sure,
                    draft.line,
                    "\n\n".join(draft.narrative),
                    segments,
                    tuple(draft.names),
                )
            )
        return tuple(dimensions), unsure

    def _coverage(self, draft: Draft, drafts: list[Draft], unsure: list[str]) -> tuple[str, str, bool]:
        if draft.coverage:
            parent = _find_node(drafts, draft.breakdown_of, draft) if draft.breakdown_of else ""
            return draft.coverage, parent, True
        if draft.name == "Geography":
            return "complete", "", True
        mine = name_key(draft.name)
        for other in drafts:
            for node in () if other is draft else other.nodes.values():
                words = [w for w in name_key(node.name).split() if w not in _GENERIC | {name_key(other.name)}]
                if words and " ".join(words) == mine:
                    unsure.append(
                        f"“{draft.name}” is read as a breakdown of the segment “{node.name}” of {other.name}, "
                        f"because it bears its name."
                    )
                    return "breakdown", f"{slug(other.name)}/{slug(node.name)}", True
        for other in drafts:
            if other is not draft and other.name != "Geography" and mine.endswith(" " + name_key(other.name)):
                unsure.append(
                    f"“{draft.name}” is read as covering a part of the market only, because its name "
                    f"narrows the dimension “{other.name}”. The page does not say so."
                )
                return "partial", "", False
        if not draft.nodes:
            unsure.append(f"“{draft.name}” is named as a dimension, but none of its segments is.")
        return "complete", "", bool(draft.nodes)


def _bracketed(name: str) -> tuple[str, str]:
    """Split "Europe (Germany, France)" into the place and those in it; "ASEAN (Association ...)" stays whole."""
    name = re.sub(r"^the\s+", "", name.strip(), flags=re.I)
    outside, bracket, inside = name.partition("(")
    inside = inside.strip().removesuffix(")")
    if (
        bracket
        and place_of(outside)
        and ("," in inside or any(place_of(n) for n in split_names(inside) if n.upper() != n))
    ):
        return outside.strip(), inside
    return name, ""


def _is_part(name: str, region: str) -> bool:
    """True for a region that may stand within a larger one: Middle East within Middle East & Africa."""
    whole = place_of(region)
    return whole is not None and name in _PARTS.get(whole.home, ())


def _find_node(drafts: list[Draft], name: str, draft: Draft) -> str:
    for other in drafts:
        for node in () if other is draft else other.nodes.values():
            if name_key(node.name) == name_key(name):
                return f"{slug(other.name)}/{slug(node.name)}"
    return ""


def _drop_torn(draft: Draft) -> None:
    """A list's "Research" and "Academia" give way to a heading's "Research and Academia"."""
    whole = [f" {key} " for key, node in draft.nodes.items() if _RANK[node.source]]
    for key, node in list(draft.nodes.items()):
        if (
            not _RANK[node.source]
            and not node.children
            and any(f" {key} " in name and " and " in name for name in whole)
        ):
            del draft.nodes[key]


def _segments(nodes: dict[str, Node], path: str) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    taken: set[str] = set()
    for node in nodes.values():
        code = slug(node.name)
        while code in taken:
            code += "-2"
        taken.add(code)
        inner = f"{path}/{code}"
        segments.append(
            Segment(
                node.name,
                code,
                inner,
                node.line,
                node.kind,
                node.iso,
                "\n\n".join(node.narrative),
                _segments(node.children, inner),
            )
        )
    return tuple(segments)
