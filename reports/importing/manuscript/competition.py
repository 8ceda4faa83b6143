"""Reads the sections on companies: developments, the competitive landscape, players, the template of profiles."""

import re

from reports.importing.manuscript.developments import has_date
from reports.importing.manuscript.lines import Fragment, Shape
from reports.importing.manuscript.outline import SectionBlock
from reports.importing.manuscript.page import Page
from reports.importing.manuscript.sections import is_heading, read_blocks

_DATED = re.compile(r"(?:In|On)\s+[A-Z0-9]")


def read_developments(page: Page, section: SectionBlock) -> None:
    lead: Fragment | None = None
    for position, fragment in enumerate(section.fragments):
        following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
        page.ledger.place(fragment, "developments")
        if fragment.shape is not Shape.BULLET and is_heading(fragment, following):
            lead = fragment
        elif fragment.shape is Shape.TEXT and page.happened and not has_date(fragment.text) and lead is None:
            text, line = page.happened[-1]
            page.happened[-1] = (f"{text}\n\n{fragment.text}", line)
        else:
            text = (
                f"{lead.text.rstrip(':')}: {fragment.text}"
                if lead is not None and (has_date(lead.text) or not has_date(fragment.text))
                else fragment.text
            )
            page.happened.append((text, lead.line if lead is not None else fragment.line))
            lead = None


def read_competitive(page: Page, section: SectionBlock) -> None:
    section.fragments = [f for f in section.fragments if not page.is_furniture(f)]
    for fragment in section.fragments:
        reports = fragment.is_prose or fragment.shape is Shape.BULLET
        if reports and _DATED.match(fragment.text) and has_date(fragment.text[:40]):
            page.ledger.place(fragment, "developments")
            page.happened.append((fragment.text, fragment.line))
    section.fragments = [f for f in section.fragments if not page.ledger.is_placed(f)]
    for block in read_blocks(section, page.ledger, "competitive landscape"):
        if block.title:
            page.competitive.append(block)
        else:
            page.competitive_summary.append(block.body)


def read_players(page: Page, section: SectionBlock) -> None:
    section.fragments = [f for f in section.fragments if not page.is_furniture(f)]
    for fragment in page.players.read(section, page.ledger, "players"):
        page.ledger.place(fragment, "competitive landscape")
        page.competitive_summary.append(fragment.text)


def read_major_players(page: Page, section: SectionBlock) -> None:
    section.fragments = [f for f in section.fragments if not page.is_furniture(f)]
    for fragment in page.major.read(section, page.ledger, "major players"):
        page.ledger.place(fragment, "competitive landscape")
        page.competitive_summary.append(fragment.text)


def read_profile_template(page: Page, section: SectionBlock) -> None:
    for fragment in section.fragments:
        page.ledger.place(fragment, "profile template")
        page.profile_template.append(fragment.text)
