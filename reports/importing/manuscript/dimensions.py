"""Reads the sections on a dimension: its segments, what is said of each, and its coverage where it is declared."""

import re

from reports.importing.manuscript.lines import Fragment, Shape
from reports.importing.manuscript.model import Section
from reports.importing.manuscript.names import name_key, split_names
from reports.importing.manuscript.outline import SectionBlock
from reports.importing.manuscript.page import Page
from reports.importing.manuscript.places import place_of
from reports.importing.manuscript.sections import is_heading, title_and_body
from reports.importing.manuscript.segmentation import Node


def read_segmentation(page: Page, section: SectionBlock) -> None:
    body: list[str] = []
    for fragment in section.fragments:
        if page.is_furniture(fragment):
            continue
        page.ledger.place(fragment, "segmentation")
        if (
            fragment.shape is Shape.BULLET
            and fragment.is_title
            and len(fragment.text.split()) <= 6
            and not place_of(fragment.text)
        ):
            page.segmentation.dimension(fragment.text, fragment.line)
        else:
            body.append(fragment.text)
    if body:
        page.sections.append(
            Section(
                "segmentation",
                section.name,
                "\n\n".join(body),
                section.heading.line if section.heading else section.fragments[0].line,
            )
        )


def read_dimension(page: Page, section: SectionBlock) -> None:
    line = section.heading.line if section.heading else 0
    draft = page.segmentation.dimension(section.name, line)
    if section.inline:
        told = {name_key(name) for name in split_names(section.inline)}
        if len(draft.nodes) < 2 or told & set(draft.nodes):
            page.list_names(section.inline, line, section.name)
        else:
            draft.narrative.append(section.inline)
    listed = {name_key(node.name) for node in draft.nodes.values()}
    node: Node | None = None
    parents: list[tuple[int, Node]] = []
    for position, fragment in enumerate(section.fragments):
        following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
        if page.is_furniture(fragment):
            continue
        if draft.declared(fragment.text):
            page.ledger.place(fragment, f"dimensions/{draft.name}")
            continue
        known = name_key(fragment.text.rstrip(":")) in listed
        if fragment.shape is Shape.BULLET:
            title, body = title_and_body(fragment)
            if not title or len(title.split()) > 9:
                draft.narrative.append(fragment.text)
            else:
                while parents and parents[-1][0] >= fragment.level:
                    parents.pop()
                node = page.segmentation.add(draft, title, fragment.line, "bullet", parents[-1][1] if parents else None)
                parents.append((fragment.level, node))
                if body:
                    node.narrative.append(body)
        elif fragment.is_prose or (fragment.shape is Shape.TEXT and fragment.lead and not known):
            title, body = title_and_body(fragment) if fragment.lead else ("", "")
            if title and body and len(title.split()) <= 8:
                node = page.segmentation.add(draft, title, fragment.line, "heading")
                node.narrative.append(body)
            elif node is not None and not _ends_a_list(section.fragments, position):
                node.narrative.append(fragment.text)
            else:
                draft.narrative.append(fragment.text)
        elif known or is_heading(fragment, following) or (fragment.shape is Shape.TEXT and not listed):
            if fragment.shape is Shape.TEXT and not known and position == 0 and _is_list(page, fragment.text):
                page.list_names(fragment.text, fragment.line, section.name)
                listed = {name_key(n.name) for n in draft.nodes.values()}
            elif (
                fragment.shape is Shape.TEXT
                and not known
                and listed
                and following is not None
                and len(fragment.text.split()) > 6
            ):
                draft.narrative.append(fragment.text)
            else:
                node = page.segmentation.add(
                    draft, _segment_of(fragment.text, page.reading.subject), fragment.line, "heading"
                )
        elif _is_list(page, fragment.text):
            page.list_names(fragment.text, fragment.line, section.name)
        elif listed and fragment.shape is Shape.TEXT and not fragment.text.endswith(":"):
            page.ledger.refuse(
                fragment,
                f"It stands in the section on {section.name}, but no segment of that name is listed there.",
            )
            continue
        page.ledger.place(fragment, f"dimensions/{draft.name}")


def _is_list(page: Page, text: str) -> bool:
    return len(text) <= 2000 and (text.count(",") >= 1 or " and " in text or ";" in text.rstrip(";"))


def _segment_of(text: str, subject: str) -> str:
    text = re.sub(r"\s+(?:segment|insights?|analysis|outlook|market)\s*:?$", "", text.strip(" :"), flags=re.I)
    if subject and text.lower().endswith(subject.lower()) and len(text) > len(subject) + 3:
        text = text[: -len(subject)].strip()
    return text or "Others"


def _ends_a_list(fragments: list[Fragment], position: int) -> bool:
    """True for prose below two or more bullets: it speaks of all of them, not of the last."""
    return position >= 2 and all(f.shape is Shape.BULLET for f in fragments[position - 2 : position])
