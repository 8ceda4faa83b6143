"""Reads the sections on places: regions, the countries below them, and what is said of each."""

import re
from dataclasses import dataclass, field

from reports.importing.manuscript.lines import Fragment, Shape
from reports.importing.manuscript.outline import SectionBlock
from reports.importing.manuscript.page import Page
from reports.importing.manuscript.places import Place, place_of, regions_in
from reports.importing.manuscript.sections import title_and_body
from reports.importing.manuscript.segmentation import Draft, Node


def read_geography(page: Page, section: SectionBlock) -> None:
    line = section.heading.line if section.heading else (section.fragments[0].line if section.fragments else 0)
    name = (
        section.name
        if re.fullmatch(r"(?:geography|region|country|regions?|by region|by geography)", section.name, re.I)
        else "Geography"
    )
    draft = page.segmentation.dimension(name, line)
    if (
        section.heading
        and re.search(r"\bcountr(?:y|ies)\b", section.heading.text, re.I)
        and re.search(r"analy[sz]ed|covered|included", section.heading.text, re.I)
    ):
        page.announced_countries = section.heading.line
    walk = _Walk(page, draft)
    if section.inline:
        walk.region = page.segmentation.read_places(section.inline, line, "list")
    walk.flat = _is_flat(section)
    for fragment in section.fragments:
        if not page.is_furniture(fragment):
            page.ledger.place(fragment, "geography")
            if draft.declared(fragment.text):
                continue
            if fragment.shape is Shape.BULLET:
                walk.bullet(fragment)
            else:
                walk.line(fragment)


def _is_flat(section: SectionBlock) -> bool:
    """True when regions and their countries are bullets of one level, so that order alone says what belongs where."""
    bullets = [fragment for fragment in section.fragments if fragment.shape is Shape.BULLET]
    places = [place_of(fragment.text) for fragment in bullets]
    return len({f.level for f in bullets}) == 1 and any(place and place.kind == "country" for place in places)


_LISTING = re.compile(r"[,;:()]|\sand\s")


@dataclass(slots=True)
class _Walk:
    """A walk down a section on places: the region and the place that the next line may belong to."""

    page: Page
    draft: Draft
    region: Node | None = None
    node: Node | None = None
    flat: bool = False
    levels: list[tuple[int, Node]] = field(default_factory=list)

    def bullet(self, fragment: Fragment) -> None:
        """A place, a list of places, a place with what is said of it, or a sentence."""
        while self.levels and self.levels[-1][0] >= fragment.level:
            self.levels.pop()
        segmentation = self.page.segmentation
        above = self.levels[-1][1] if self.levels else None
        place = self._place(fragment.text)
        title, body = title_and_body(fragment)
        named = self._place(title) if title else None
        if place is not None:
            name = place.name if place.kind != "region" or "(" not in fragment.text else fragment.text
            self.node = segmentation.add_place(name, fragment.line, "bullet", above or self.region)
        elif named is not None and body and not _all_places(body):
            self.node = segmentation.add_place(named.name, fragment.line, "bullet", above or self.region)
            self.node.narrative.append(body)
        elif self._lists_places(fragment.text):
            self.region = segmentation.read_places(fragment.text, fragment.line, "bullet", above) or self.region
            return
        elif len(fragment.text.split()) <= 5 and fragment.is_title:
            self.node = segmentation.add_place(
                fragment.text, fragment.line, "bullet", above or (self.region if self.flat else None)
            )
        else:
            (self.node.narrative if self.node else self.draft.narrative).append(fragment.text)
            return
        self.levels.append((fragment.level, self.node))
        if self.node.kind == "region":
            self.region = self.node

    def line(self, fragment: Fragment) -> None:
        """A heading that names a place, a list of places, or prose on the place named last."""
        short = fragment.is_title or len(fragment.text) <= 12
        place = self._place(fragment.text) if short else None
        segmentation = self.page.segmentation
        if place is not None:
            self.node = segmentation.add_place(place.name, fragment.line, "heading", self.region)
            self.region = self.node if self.node.kind == "region" else self.region
        elif fragment.is_title and _all_places(fragment.text):
            anew = "," in fragment.text and place_of(fragment.text.split(",")[0])
            self.region = segmentation.read_places(fragment.text, fragment.line, "list", None if anew else self.region)
        elif self.node is not None:
            self.node.narrative.append(fragment.text)
        elif fragment.lead and (led := place_of(fragment.lead)):
            self.region = segmentation.add_place(led.name, fragment.line, "heading")
            self.region.narrative.append(fragment.text)
        else:
            self.draft.narrative.append(fragment.text)
            segmentation.mentioned_regions += [(name, fragment.line) for name in regions_in(fragment.text)]

    def _lists_places(self, text: str) -> bool:
        bracketed = "(" in text and place_of(text.partition("(")[0]) is not None
        return bracketed or (bool(_LISTING.search(text)) and _all_places(text))

    def _place(self, text: str) -> Place | None:
        return place_of(text, self.page.reading.subject)


def _all_places(text: str) -> bool:
    names = [n.strip(" .") for n in re.split(r"[,;:()]|\s+and\s+|\s&\s(?=[A-Z][a-z]+$)", text) if n.strip(" .")]
    return bool(names) and sum(place_of(n) is not None for n in names) * 2 > len(names)
