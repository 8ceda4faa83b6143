"""Reads the sections on places: regions, the countries below them, and what is said of each."""

import re

from reports.importing.manuscript.lines import Shape
from reports.importing.manuscript.outline import SectionBlock
from reports.importing.manuscript.page import Page
from reports.importing.manuscript.places import place_of, regions_in
from reports.importing.manuscript.sections import title_and_body
from reports.importing.manuscript.segmentation import Node


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
    region: Node | None = None
    node: Node | None = None
    levels: list[tuple[int, Node]] = []
    if section.inline:
        region = page.segmentation.read_places(section.inline, line, "list")
    for fragment in section.fragments:
        if page.is_furniture(fragment):
            continue
        page.ledger.place(fragment, "geography")
        place = (
            place_of(fragment.text, page.reading.subject)
            if fragment.shape is Shape.BULLET or fragment.is_title
            else None
        )
        if fragment.shape is Shape.BULLET:
            while levels and levels[-1][0] >= fragment.level:
                levels.pop()
            above = levels[-1][1] if levels else None
            title, body = title_and_body(fragment)
            named = place_of(title, page.reading.subject) if title else None
            if place is None and named is not None and body and not _all_places(page, body):
                node = page.segmentation.add_place(named.name, fragment.line, "bullet", above or region)
                node.narrative.append(body)
            elif place is not None:
                node = page.segmentation.add_place(
                    place.name if place.kind != "region" or "(" not in fragment.text else fragment.text,
                    fragment.line,
                    "bullet",
                    above or region,
                )
            elif ":" in fragment.text or "(" in fragment.text or "," in fragment.text:
                region = page.segmentation.read_places(fragment.text, fragment.line, "bullet", above) or region
                continue
            elif above is not None or region is not None:
                node = (
                    page.segmentation.add_place(fragment.text, fragment.line, "bullet", above or region)
                    if len(fragment.text.split()) <= 6
                    else None
                )
            else:
                draft.narrative.append(fragment.text)
                continue
            if node is not None:
                levels.append((fragment.level, node))
                region = node if node.kind == "region" else region
        elif place is not None:
            node = page.segmentation.add_place(place.name, fragment.line, "heading", region)
            region = node if node.kind == "region" else region
        elif fragment.is_title and _all_places(page, fragment.text):
            region = page.segmentation.read_places(
                fragment.text,
                fragment.line,
                "list",
                None if "," in fragment.text and place_of(fragment.text.split(",")[0]) else region,
            )
        elif node is not None:
            node.narrative.append(fragment.text)
        elif fragment.lead and (led := place_of(fragment.lead)):
            node = page.segmentation.add_place(led.name, fragment.line, "heading")
            node.narrative.append(fragment.text)
            region, node = node, None
        else:
            draft.narrative.append(fragment.text)
            page.segmentation.mentioned_regions += [(name, fragment.line) for name in regions_in(fragment.text)]


def _all_places(page: Page, text: str) -> bool:
    names = [n.strip(" .") for n in re.split(r"[,;:()]|\s+and\s+|\s&\s(?=[A-Z][a-z]+$)", text) if n.strip(" .")]
    return bool(names) and sum(place_of(n) is not None for n in names) * 2 > len(names)
