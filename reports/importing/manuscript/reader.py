"""Reads a manuscript: lines, outline, sections, and what the text itself gets wrong. Pure; never fails on a text."""

import re
from collections.abc import Callable

from reports.importing.manuscript import findings as find
from reports.importing.manuscript.amounts import CURRENCY, NUMBER, SCALE, attribute_and_value, attribute_kind
from reports.importing.manuscript.companies import strict_key, suggest_aliases
from reports.importing.manuscript.competition import (
    read_competitive,
    read_developments,
    read_major_players,
    read_players,
    read_profile_template,
)
from reports.importing.manuscript.contradictions import about_claims
from reports.importing.manuscript.developments import read_development
from reports.importing.manuscript.dimensions import read_dimension, read_segmentation
from reports.importing.manuscript.geography import read_geography
from reports.importing.manuscript.headings import bare, kind_of_heading
from reports.importing.manuscript.lines import Fragment, Shape, read_lines
from reports.importing.manuscript.model import ContentsEntry, Finding, Manuscript, Matrix, Rated
from reports.importing.manuscript.outline import FORCES, Outline, SectionBlock
from reports.importing.manuscript.overview import (
    read_concentration,
    read_faq,
    read_front,
    read_matrix,
    read_overview,
    read_section,
    read_takeaways,
)
from reports.importing.manuscript.page import FURNITURE_REASON, Page, reads_like_furniture
from reports.importing.manuscript.sections import players_in_sentence, read_forces, read_rated, settled_forces
from reports.importing.manuscript.tables import read_table

_CLAIMING = frozenset(
    {
        "front",
        "overview",
        "takeaways",
        "scope",
        "executive_summary",
        "outlook",
        "faq",
        "introduction",
        "definition",
        "segmentation",
        "concentration",
        "analyst_view",
        "trends",
        "other",
    }
)


def parse(text: str) -> Manuscript:
    """Read the text of a market report's page, plain or Markdown, into a Manuscript.

    Every non-blank line is placed or kept in `unplaced`; contradictory headline claims are all kept and reported.
    Never raises for any text; an empty text gives an empty Manuscript. Linear in the length of the text.
    """
    page = Page(read_lines(text))
    page.headline.scope.about(page.reading.subject, text)
    for fragment in page.reading.fragments:
        if fragment.shape in (Shape.TEXT, Shape.BULLET) and len(fragment.text) > 30:
            page.segmentation.read_sentences(fragment.text, fragment.line)
    outline = Outline(page.reading, page.segmentation.segment_names(), page.segmentation.dimension_keys())
    sections = outline.cut()
    for mark in outline.marks:
        page.ledger.place(mark, "markup")
    for name in outline.names:
        page.ledger.place(name, "title")
    for section in sections:
        _section(page, section)
    return _settle(page, sections)


def _read_contents(page: Page, section: SectionBlock) -> None:
    page.contents.read(section, page.ledger, page.segmentation, page.reading.subject)


def _read_pest(page: Page, section: SectionBlock) -> None:
    page.pest.extend(read_rated(section, page.ledger, "pest"))


def _read_porter(page: Page, section: SectionBlock) -> None:
    page.porter.extend(read_rated(section, page.ledger, "porter"))


_READERS: dict[str, Callable[[Page, SectionBlock], None]] = {
    "front": read_front,
    "concentration": read_concentration,
    "overview": read_overview,
    "takeaways": read_takeaways,
    "developments": read_developments,
    "segmentation": read_segmentation,
    "dimension": read_dimension,
    "geography": read_geography,
    "matrix": read_matrix,
    "competitive": read_competitive,
    "players": read_players,
    "major_players": read_major_players,
    "profile_template": read_profile_template,
    "contents": _read_contents,
    "pest": _read_pest,
    "porter": _read_porter,
    "faq": read_faq,
}


_ALONE = re.compile(rf"(?:(?:{CURRENCY})\s?)?{NUMBER}\s?(?:%|(?:{SCALE})\b)?(?:\s?(?:{CURRENCY}|CAGR))?", re.I)

_ANSWERED = re.compile(r":\s*\S")
"""An attribute with its value on its own line: the next line answers another."""


def _section(page: Page, section: SectionBlock) -> None:
    if section.kind == "boilerplate":
        for fragment in [
            *([section.heading] if section.heading else []),
            *section.fragments,
            *(r for t in section.tables for r in t.rows),
        ]:
            page.ledger.refuse(fragment, FURNITURE_REASON)
        return
    if section.heading is not None:
        page.ledger.place(section.heading, f"heading of {section.kind.replace('_', ' ')}")
    if section.kind in _CLAIMING:
        _claims(page, section)
    elif section.kind != "contents":
        for fragment in section.fragments:
            if (
                fragment.is_title
                and "timeline" in fragment.text.lower()
                and page.headline.read_label(fragment.text, fragment.line)
            ):
                page.ledger.place(fragment, "headline")
        section.fragments = [f for f in section.fragments if not page.ledger.is_placed(f)]
    for fragment in section.fragments:
        if names := players_in_sentence(fragment.text) if section.kind not in ("contents", "developments") else []:
            for name in names:
                page.named_players.add(name, fragment.line)
    if section.kind not in ("pest", "porter", "contents"):
        for table in section.tables:
            read_table(page, table, section)
    if section.kind in FORCES:
        read_forces(section, page.ledger, page.forces, page.unsure)
    elif (reader := _READERS.get(section.kind)) is not None:
        reader(page, section)
    else:
        read_section(page, section)


def _claims(page: Page, section: SectionBlock) -> None:
    if section.heading is not None and any(map(str.isdigit, section.heading.text)) and section.kind != "faq":
        page.headline.read_label(section.heading.text, section.heading.line)
    page.headline.scope.begin_section(section.heading.text if section.heading is not None else "")
    number_of = _numbers_above_labels(section.fragments)
    for position, fragment in enumerate(section.fragments):
        if (fragment.text == page.reading.title and section.kind == "front") or position in number_of.values():
            continue
        if position in number_of:
            number = section.fragments[number_of[position]]
            if page.headline.read_attribute(fragment.text, number.text, fragment.line):
                page.ledger.place(number, "headline")
                page.ledger.place(fragment, "headline")
            continue
        if (
            fragment.shape in (Shape.HEADING, Shape.TEXT)
            and fragment.is_title
            and not any(map(str.isdigit, fragment.text))
        ):
            page.headline.scope.begin_section(fragment.text)
        previous = section.fragments[position - 1] if position else None
        if (
            (
                previous is not None
                and fragment.shape is Shape.TEXT
                and previous.shape is Shape.TEXT
                and attribute_kind(previous.text)
                and not _ANSWERED.search(previous.text)
                and len(fragment.text) <= 60
                and previous.line >= fragment.line - 2
            )
            and page.headline.answers(previous.text, fragment.text)
            and page.headline.read_attribute(previous.text, fragment.text, fragment.line)
        ):
            page.ledger.place(previous, "headline")
            page.ledger.place(fragment, "headline")
            continue
        if fragment.is_prose or (fragment.shape is Shape.BULLET and len(fragment.text) > 90):
            page.headline.read_prose(fragment.text, fragment.line)
        elif (
            len(fragment.text) <= 200
            and page.headline.read_label(fragment.text, fragment.line)
            and section.kind in ("front", "overview", "scope", "concentration", "other")
        ):
            page.ledger.place(fragment, "headline")


def _numbers_above_labels(fragments: list[Fragment]) -> dict[int, int]:
    """Where a chart prints each number above its label: the label's position -> its number's.

    Lines of numbers and labels take turns either way; a run from a number to a label is this way.
    """
    found: dict[int, int] = {}
    run: list[int] = []
    for position, fragment in enumerate([*fragments, None]):
        kind = _number_or_label(fragment)
        expected = "label" if len(run) % 2 else "number"
        near = fragment is not None and (not run or fragment.line <= fragments[run[-1]].line + 2)
        after_a_label = not run and position > 0 and _number_or_label(fragments[position - 1]) == "label"
        if kind == expected and near and not after_a_label:
            run.append(position)
            continue
        if len(run) >= 4 and len(run) % 2 == 0 and kind != "number":
            found.update(zip(run[1::2], run[::2], strict=True))
        run = []
    return found


def _number_or_label(fragment: Fragment | None) -> str:
    if fragment is None or fragment.shape is not Shape.TEXT or len(fragment.text) > 60:
        return ""
    if _ALONE.fullmatch(fragment.text):
        return "number"
    is_label = attribute_kind(fragment.text) and not attribute_and_value(fragment.text) and ":" not in fragment.text
    return "label" if is_label else ""


def _settle(page: Page, sections: list[SectionBlock]) -> Manuscript:
    for force in page.contents.forces:
        if not any(f.kind == force.kind for f in page.forces) or any(
            strict_key(f.title) == strict_key(force.title) for f in page.forces
        ):
            page.forces.append(force)
    for kind, rated in (("pest", page.pest), ("porter", page.porter)):
        known = {strict_key(r.title) for r in rated}
        rated.extend(
            Rated(e.title, "", "", e.line)
            for e in page.contents.rated.get(kind, [])
            if strict_key(e.title) not in known
        )
    players, major = page.players.settled(), page.major.settled()
    if not players:
        players = page.contents.players.settled() or page.named_players.settled() or major
    elif spelled := [p for p in page.contents.players.settled() if strict_key(p.name) not in page.players.by_key]:
        page.unsure.append(
            "The contents name companies that the list of players does not: " + ", ".join(p.name for p in spelled) + "."
        )
    known_names = {strict_key(p.name): p.name for p in (*players, *major)}
    developments = tuple(read_development(text, line, known_names) for text, line in page.happened)
    aliases = suggest_aliases(
        [*(p.name for p in players), *(p.name for p in major), *(n for d in developments for n in d.companies)]
    )
    dimensions, guesses = page.segmentation.settled()
    forces = settled_forces(page.forces)
    matrix = page.matrix and Matrix(
        page.matrix.forces, page.matrix.areas, page.matrix.cells, "\n\n".join(page.matrix_text), page.matrix.line
    )
    claims = page.headline.settled()
    entries = _entries(page, sections)
    for fragment in page.reading.fragments:
        if not page.ledger.is_placed(fragment):
            furniture = reads_like_furniture(fragment)
            page.ledger.refuse(fragment, FURNITURE_REASON if furniture else "Nothing above it says what it belongs to.")
    placements, unplaced, characters = page.ledger.settle(page.reading.fragments)
    geography = next((d for d in dimensions if d.code == "geography"), None)
    found: list[Finding] = [
        *about_claims(claims),
        *find.about_dimensions(dimensions, guesses),
        *find.about_geography(geography, page.announced_countries),
        *find.about_players(players, major, aliases),
        *find.about_forces(forces),
        *find.about_matrix(matrix, page.reading.subject),
        *find.about_percentages(
            (f.line, f.text)
            for f in page.reading.fragments
            if f.is_prose or (f.shape is Shape.BULLET and len(f.text) > 60)
        ),
        *(
            Finding(
                "contents-heading-twice", "warning", tuple(lines), f"The contents list “{title}” {len(lines)} times."
            )
            for title, lines in page.contents.repeated()
        ),
        *(
            Finding(
                "headings-run-together",
                "info",
                (line,),
                "Headings run together on one line were taken apart: " + " / ".join(p[:60] for p in parts) + ".",
            )
            for line, parts in page.reading.run_together
        ),
    ]
    if missing := [e for e in entries if not e.found]:
        names = "; ".join(dict.fromkeys(e.title for e in missing))
        found.append(
            Finding(
                "contents-not-in-body",
                "info",
                tuple(e.line for e in missing),
                f"{len(missing)} lines of the contents have no part in the page: {names[:600]}.",
            )
        )
    if not page.reading.market_name:
        page.unsure.append("No line names a market, so the title is the first short line of the text.")
    return Manuscript(
        title=page.reading.title,
        market_name=page.reading.market_name,
        subject=page.reading.subject,
        claims=claims,
        facts=tuple(page.headline.facts),
        dimensions=dimensions,
        overview=tuple(page.overview),
        takeaways=tuple(page.takeaways),
        developments=developments,
        forces=forces,
        matrix=matrix,
        competitive_summary="\n\n".join(page.competitive_summary),
        competitive_sections=tuple(page.competitive),
        players=players,
        major_players=major,
        aliases=aliases,
        profile_template=tuple(page.profile_template),
        pest=tuple(page.pest),
        porter=tuple(page.porter),
        sections=tuple(page.sections),
        faq=tuple(page.faq),
        tables=tuple(page.tables),
        contents=entries,
        findings=tuple(found),
        unsure=tuple(dict.fromkeys([*guesses, *page.unsure])),
        placements=placements,
        unplaced=unplaced,
        unplaced_characters=characters,
    )


def _entries(page: Page, sections: list[SectionBlock]) -> tuple[ContentsEntry, ...]:
    if not page.contents.entries:
        return ()
    in_contents = {
        fragment.line for section in sections if section.kind == "contents" for fragment in section.fragments
    }
    words = {
        strict_key(bare(f.text, page.reading.subject))
        for f in page.reading.fragments
        if f.line not in in_contents and len(f.text) <= 160
    }
    words |= {strict_key(f.text) for f in page.reading.fragments if f.line not in in_contents and len(f.text) <= 160}
    kinds = {section.kind for section in sections if section.kind != "contents"}
    return tuple(
        ContentsEntry(
            e.depth,
            e.number,
            e.title,
            e.line,
            strict_key(e.title) in words
            or strict_key(bare(e.title, page.reading.subject)) in words
            or kind_of_heading(e.title, page.reading.subject) in kinds,
        )
        for e in page.contents.entries
    )
