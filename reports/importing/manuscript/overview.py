"""Reads the front of a page, its overview, takeaways and questions, and the sections that are kept as they are."""

import re

from reports.importing.manuscript.headings import bare, kind_of_heading
from reports.importing.manuscript.lines import Shape
from reports.importing.manuscript.model import Block, Fact, Question, Section
from reports.importing.manuscript.outline import SectionBlock
from reports.importing.manuscript.page import Page
from reports.importing.manuscript.sections import BlockDraft, read_blocks

_KEPT_AS_SECTIONS = {
    "analyst_view": "analyst-view",
    "outlook": "outlook",
    "methodology": "methodology",
    "abbreviations": "abbreviations",
    "definition": "definition",
    "scope": "scope",
    "executive_summary": "executive-summary",
    "introduction": "introduction",
    "objectives": "objectives",
    "trends": "trends",
    "other": "other",
    "forces": "forces",
}
_METADATA = re.compile(
    r"^((?:report |base )?(?:id|code|format|sku)|published(?: on| date)?|publication date"
    r"|updated(?: on)?|last updated"
    r"|category|author|publisher|industry|delivery|date)\s*[:\-]\s*(\S.{0,120})$",
    re.I,
)
_CONCENTRATION_SCALE = re.compile(
    r"^(?:highly |moderately |partially )?(?:consolidated|fragmented|concentrated|low|medium|high)\b", re.I
)


def read_front(page: Page, section: SectionBlock) -> None:
    for fragment in section.fragments:
        if fragment.text == page.reading.title and page.reading.title:
            page.ledger.place(fragment, "title")
            page.headline.read_title(fragment.text, fragment.line)
        elif page.reading.market_name and (page.reading.market_name.lower() in fragment.text.lower() or fragment.lead):
            page.ledger.place(fragment, "title" if fragment.is_title else "overview")
            if not fragment.is_title:
                page.overview.append(Block("", fragment.text, fragment.line))
        elif _CONCENTRATION_SCALE.match(fragment.text):
            page.ledger.place(fragment, "headline")
        elif match := _METADATA.match(fragment.text):
            page.ledger.place(fragment, "facts")
            page.headline.facts.append(Fact(match[1], match[2], fragment.line))


def read_concentration(page: Page, section: SectionBlock) -> None:
    for fragment in section.fragments:
        page.ledger.place(fragment, "headline")


def read_overview(page: Page, section: SectionBlock) -> None:
    known = bool(page.reading.market_name) or section.heading is not None
    section.fragments = [f for f in section.fragments if not page.ledger.is_placed(f) and not page.is_furniture(f)]
    if not known:
        return
    for fragment in section.fragments:
        if fragment.is_title and kind_of_heading(fragment.text, page.reading.subject) == "overview":
            page.ledger.place(fragment, "heading of overview")
    section.fragments = [f for f in section.fragments if not page.ledger.is_placed(f)]
    trailing = section.fragments[-1] if section.fragments else None
    if trailing is not None and trailing.shape is Shape.TEXT and trailing.is_title and len(section.fragments) > 1:
        section.fragments.pop()
    title = (
        section.heading.text
        if section.heading and kind_of_heading(section.heading.text, page.reading.subject) != "overview"
        else ""
    )
    page.overview.extend(read_blocks(section, page.ledger, "overview", first_title=title))


def read_takeaways(page: Page, section: SectionBlock) -> None:
    bulleted = any(f.shape is Shape.BULLET for f in section.fragments)
    named = bare(section.heading.text, page.reading.subject) if section.heading else ""
    if not bulleted and named in ("key insights", "insights") and any(f.is_prose for f in section.fragments):
        read_overview(page, section)
        return
    for fragment in section.fragments:
        if page.is_furniture(fragment):
            continue
        page.ledger.place(fragment, "takeaways")
        if (
            fragment.shape is Shape.BULLET
            and fragment.level
            and page.takeaways
            and any(f.shape is Shape.BULLET and f.level < fragment.level for f in section.fragments)
        ):
            page.takeaways[-1] += f"\n- {fragment.text}"
        elif fragment.shape is Shape.HEADING or (
            bulleted and fragment.shape is Shape.TEXT and fragment.text.endswith(":")
        ):
            continue
        else:
            page.takeaways.append(fragment.text)


def read_matrix(page: Page, section: SectionBlock) -> None:
    for fragment in section.fragments:
        page.ledger.place(fragment, "matrix")
        page.matrix_text.append(fragment.text)


def read_faq(page: Page, section: SectionBlock) -> None:
    drafts: list[BlockDraft] = []
    for fragment in section.fragments:
        if page.is_furniture(fragment):
            continue
        page.ledger.place(fragment, "faq")
        text = re.sub(r"^(?:Q|A|Ans|Answer|Question)\s?\d*\s?[.:)]\s*", "", fragment.text)
        if fragment.text.endswith("?") or fragment.shape is Shape.HEADING:
            drafts.append(BlockDraft(text, fragment.line))
        elif drafts:
            drafts[-1].paragraphs.append(text)
        else:
            drafts.append(BlockDraft("", fragment.line, [text]))
    page.faq.extend(Question(d.title, "\n\n".join(d.paragraphs), d.line) for d in drafts)


def read_section(page: Page, section: SectionBlock) -> None:
    """A section kept whole; one of no known kind only where a heading and prose show that it is one."""
    section.fragments = [f for f in section.fragments if not page.is_furniture(f) and not page.ledger.is_placed(f)]
    if section.kind == "other":
        headed = section.heading is not None or bool(section.fragments and section.fragments[0].shape is Shape.HEADING)
        if (
            not headed
            or not any(f.is_prose or f.shape is Shape.BULLET for f in section.fragments)
            or not page.reading.market_name
        ):
            for fragment in section.fragments:
                page.ledger.refuse(fragment, "No heading above it says what it belongs to.")
            return
    kind = _KEPT_AS_SECTIONS.get(section.kind, "other")
    blocks = read_blocks(section, page.ledger, f"sections/{kind}")
    title = section.heading.text.rstrip(":") if section.heading else (blocks[0].title if blocks else "")
    body = "\n\n".join(f"### {b.title}\n\n{b.body}".strip() if b.title and b.title != title else b.body for b in blocks)
    line = section.heading.line if section.heading else (blocks[0].line if blocks else 0)
    if blocks or section.heading is not None:
        if kind == "other":
            page.unsure.append(
                f"Line {line}: the section “{title}” is of no kind I know; it is kept as a section of its own."
            )
        if body.strip():
            page.sections.append(Section(kind, title, body, line))
