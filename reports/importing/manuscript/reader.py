"""Reads a manuscript: lines, outline, sections, and what the text itself gets wrong. Pure; never fails on a text."""

import re
from dataclasses import dataclass, field

from reports.importing.manuscript import findings as find
from reports.importing.manuscript.companies import split_companies, strict_key, suggest_aliases
from reports.importing.manuscript.contents import Contents
from reports.importing.manuscript.developments import has_date, read_development
from reports.importing.manuscript.headings import bare, kind_of_heading
from reports.importing.manuscript.headline import Headline, attribute_kind
from reports.importing.manuscript.ledger import Ledger
from reports.importing.manuscript.lines import Fragment, Reading, Shape, read_lines
from reports.importing.manuscript.model import (
    Block,
    ContentsEntry,
    Fact,
    Finding,
    Manuscript,
    Matrix,
    MatrixCell,
    Question,
    Rated,
    Section,
    Table,
)  # fmt: skip
from reports.importing.manuscript.outline import FORCES, Outline, SectionBlock, TableBlock
from reports.importing.manuscript.names import name_key, split_names
from reports.importing.manuscript.places import place_of, regions_in
from reports.importing.manuscript.sections import (
    BlockDraft,
    ForceDraft,
    Players,
    is_heading,
    players_in_sentence,
    read_blocks,
    read_forces,
    read_rated,
    settled_forces,
    title_and_body,
)  # fmt: skip
from reports.importing.manuscript.segmentation import Node, Segmentation

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
_KEPT_AS_SECTIONS = {
    "analyst_view": "analyst-view", "outlook": "outlook", "methodology": "methodology", "abbreviations": "abbreviations", "definition": "definition", "scope": "scope",
    "executive_summary": "executive-summary", "introduction": "introduction", "objectives": "objectives", "trends": "trends", "other": "other", "forces": "forces",
}  # fmt: skip
_FURNITURE = re.compile(
    r"^\*?(?:disclaimer|note|source|image)\s?[:©]|request (?:a )?(?:free )?sample|download (?:an? )?(?:free )?(?:sample|pdf|brochure)|buy now|add to cart|enquir[ey]|inquire before|subscribe|cookie|©|all rights reserved|sign in|log in|click here|share (?:this|on)|read more|learn more|view (?:more|full|all)|speak to (?:an )?analyst|@\w+\.\w|https?://|www\.",
    re.I,
)
_METADATA = re.compile(
    r"^((?:report |base )?(?:id|code|format|sku)|published(?: on| date)?|publication date|updated(?: on)?|last updated"
    r"|category|author|publisher|industry|delivery|date)\s*[:\-]\s*(\S.{0,120})$",
    re.I,
)
_FURNITURE_REASON = "It reads like the site's own furniture, not like a part of the report."
_CONCENTRATION_SCALE = re.compile(
    r"^(?:highly |moderately |partially )?(?:consolidated|fragmented|concentrated|low|medium|high)\b", re.I
)


def parse(text: str) -> Manuscript:
    """Read the text of a market report's page, plain or Markdown, into a Manuscript.

    Every non-blank line is placed or kept in `unplaced`; contradictory headline claims are all kept and reported.
    Never raises for any text; an empty text gives an empty Manuscript. Linear in the length of the text.
    """
    return _Reader(read_lines(text)).read()


@dataclass(slots=True)
class _Reader:
    reading: Reading
    ledger: Ledger = field(default_factory=Ledger)
    headline: Headline = field(default_factory=Headline)
    segmentation: Segmentation = field(default_factory=Segmentation)
    contents: Contents = field(default_factory=Contents)
    overview: list[Block] = field(default_factory=list)
    takeaways: list[str] = field(default_factory=list)
    happened: list[tuple[str, int]] = field(default_factory=list)
    forces: list[ForceDraft] = field(default_factory=list)
    matrix_text: list[str] = field(default_factory=list)
    matrix: Matrix | None = None
    competitive_summary: list[str] = field(default_factory=list)
    competitive: list[Block] = field(default_factory=list)
    players: Players = field(default_factory=Players)
    major: Players = field(default_factory=Players)
    named_players: Players = field(default_factory=Players)
    profile_template: list[str] = field(default_factory=list)
    pest: list[Rated] = field(default_factory=list)
    porter: list[Rated] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    faq: list[Question] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    announced_countries: int = 0

    def read(self) -> Manuscript:
        for fragment in self.reading.fragments:
            if fragment.shape in (Shape.TEXT, Shape.BULLET) and len(fragment.text) > 30:
                self.segmentation.read_sentences(fragment.text, fragment.line)
        outline = Outline(self.reading, self.segmentation.segment_names(), self.segmentation.dimension_keys())
        sections = outline.cut()
        for mark in outline.marks:
            self.ledger.place(mark, "markup")
        for name in outline.names:
            self.ledger.place(name, "title")
        for section in sections:
            self._section(section)
        return self._settle(sections)

    def _section(self, section: SectionBlock) -> None:
        if section.kind == "boilerplate":
            for fragment in [
                *([section.heading] if section.heading else []),
                *section.fragments,
                *(r for t in section.tables for r in t.rows),
            ]:
                self.ledger.refuse(fragment, _FURNITURE_REASON)
            return
        if section.heading is not None:
            self.ledger.place(section.heading, f"heading of {section.kind.replace('_', ' ')}")
        if section.kind in _CLAIMING:
            self._claims(section)
        elif section.kind != "contents":
            for fragment in section.fragments:
                if (
                    fragment.is_title
                    and "timeline" in fragment.text.lower()
                    and self.headline.read_label(fragment.text, fragment.line)
                ):
                    self.ledger.place(fragment, "headline")
            section.fragments = [f for f in section.fragments if not self.ledger.is_placed(f)]
        for fragment in section.fragments:
            if names := players_in_sentence(fragment.text) if section.kind not in ("contents", "developments") else []:
                for name in names:
                    self.named_players.add(name, fragment.line)
        if section.kind not in ("pest", "porter", "contents"):
            for table in section.tables:
                self._table(table, section)
        reader = getattr(self, f"_read_{section.kind}", None)
        if section.kind in FORCES:
            read_forces(section, self.ledger, self.forces, self.unsure)
        elif reader is not None:
            reader(section)
        else:
            self._read_section(section)

    def _claims(self, section: SectionBlock) -> None:
        if section.heading is not None and any(map(str.isdigit, section.heading.text)) and section.kind != "faq":
            self.headline.read_label(section.heading.text, section.heading.line)
        for position, fragment in enumerate(section.fragments):
            if fragment.text == self.reading.title and section.kind == "front":
                continue
            previous = section.fragments[position - 1] if position else None
            if previous is not None and fragment.shape is Shape.TEXT and previous.shape is Shape.TEXT and attribute_kind(previous.text) and len(fragment.text) <= 60 and previous.line >= fragment.line - 2:  # fmt: skip
                if self.headline.answers(previous.text, fragment.text) and self.headline.read_attribute(
                    previous.text, fragment.text, fragment.line
                ):
                    self.ledger.place(previous, "headline")
                    self.ledger.place(fragment, "headline")
                    continue
            if fragment.is_prose or (fragment.shape is Shape.BULLET and len(fragment.text) > 90):
                self.headline.read_prose(fragment.text, fragment.line)
            elif (
                len(fragment.text) <= 200
                and self.headline.read_label(fragment.text, fragment.line)
                and section.kind in ("front", "overview", "scope", "concentration", "other")
            ):
                self.ledger.place(fragment, "headline")

    # Tables -----------------------------------------------------------------------------------------------------

    def _table(self, table: TableBlock, section: SectionBlock) -> None:
        header = table.rows[0].cells
        if len(table.rows) == 1 and not table.ruled and section.kind in ("front", "overview"):
            for cell in header:
                attribute, _, value = cell.partition(":")
                if value or attribute_kind(attribute):
                    self.headline.read_attribute(attribute, value.strip(), table.rows[0].line)
            self.ledger.place(table.rows[0], "facts")
            return
        if self._is_matrix(table, section):
            self._matrix(table)
        elif section.kind in ("players", "major_players") and len(header) >= 1:
            for row in table.rows[1 if table.ruled else 0 :]:
                (self.major if section.kind == "major_players" else self.players).add(row.cells[0], row.line)
        elif len(header) in (2, 3) and (any(attribute_kind(row.cells[0]) for row in table.rows if row.cells) or re.match(r"(?:report )?(?:attribute|parameter|metric|particular|feature|scope)s?", header[0], re.I)):  # fmt: skip
            for row in table.rows:
                self._attribute_row(row, header is row.cells and not attribute_kind(row.cells[0]) and table.ruled)
            return
        else:
            self.tables.append(
                Table(
                    table.title.text if table.title else section.name,
                    header,
                    tuple(row.cells for row in table.rows[1:]),
                    table.rows[0].line,
                )
            )
        if table.ruled or len(table.rows) > 2:
            self._first_column(table, section)
        for row in table.rows:
            self.ledger.place(row, "tables")

    def _first_column(self, table: TableBlock, section: SectionBlock) -> None:
        """The first column of a table below a dimension names its segments; below drivers or restraints, the forces."""
        for row in table.rows[1:]:
            name = row.cells[0]
            if not name or len(name.split()) > 14 or re.match(r"(?:grand )?total|overall", name, re.I):
                continue
            if section.kind == "dimension":
                draft = self.segmentation.dimension(section.name, row.line)
                self.segmentation.add(draft, name, row.line, "bullet")
            elif section.kind == "geography" and place_of(name):
                self.segmentation.add_place(name, row.line, "bullet")
            elif section.kind in FORCES:
                self.forces.append(ForceDraft(FORCES[section.kind], name, row.line))

    def _attribute_row(self, row: Fragment, header: bool) -> None:
        attribute = row.cells[0]
        value = " ".join(cell for cell in row.cells[1:] if cell)
        if header or re.fullmatch(
            r"(?:report )?(?:attributes?|parameters?|metrics?|particulars?|features?)", attribute, re.I
        ):
            self.ledger.place(row, "markup")
            return
        value = re.sub(r"\s*<br\s*/?>\s*", "; ", value)
        self.ledger.place(row, "headline")
        if re.match(r"(?:regional|regions?|geograph|countr)", attribute, re.I) and value:
            self.segmentation.dimension("Geography", row.line)
            self.segmentation.read_places(value, row.line, "list")
        elif re.match(
            r"(?:key |major |leading |top |prominent )?(?:compan|players|vendors|market players|manufacturers)",
            attribute,
            re.I,
        ):
            major = attribute.lower().startswith("major")
            for name in split_companies(value):
                (self.major if major else self.players).add(name, row.line)
        elif re.match(r"(?:market )?segment|by segment|segments", attribute, re.I):
            if not self.segmentation.read_sentences(value, row.line):
                self._segments_in_cell(value, row.line)
        elif match := re.match(r"by (?P<name>.+)$", attribute, re.I):
            draft = self.segmentation.dimension(match["name"], row.line)
            self._names(value, row.line, draft.name)
        elif self.headline.read_attribute(attribute, value, row.line):
            return
        if not self.headline.facts or self.headline.facts[-1].line != row.line:
            self.headline.facts.append(Fact(attribute, value, row.line))

    def _segments_in_cell(self, value: str, line: int) -> None:
        parts = [part.strip() for part in re.split(r";\s*|(?<=\))\s*,?\s*(?=By )", value) if part.strip()]
        below = ""
        for part in parts:
            bulleted = re.match(r"[-•*–]\s*", part)
            if bulleted and below:
                self._names_below(part[bulleted.end() :], line, below)
                continue
            opened = re.sub(r"^(?:by|on the basis of)\s+", "", part, flags=re.I)
            name, separator, names = opened.partition(":")
            if not separator:
                name, separator, names = opened.partition(" - ")
            if separator and names.strip():
                self._names(names, line, name)
            elif len(parts) == 1 and opened == part:
                for single in re.split(r",\s*(?:and\s+)?|\s+and\s+", part):
                    if single.strip() and len(single.split()) <= 5:
                        self.segmentation.dimension(single, line)
            elif len(name.split()) <= 5:
                below = name.strip()
                self.segmentation.dimension(below, line)

    def _names_below(self, name: str, line: int, dimension: str) -> None:
        draft = self.segmentation.dimension(dimension, line)
        if draft.name == "Geography":
            self.segmentation.read_places(name, line, "bullet")
        else:
            self.segmentation.add(draft, name, line, "bullet")

    def _names(self, names: str, line: int, dimension: str) -> None:
        draft = self.segmentation.dimension(dimension, line)
        if draft.name == "Geography":
            self.segmentation.read_places(names, line, "list")
            return
        for name in split_names(names):
            self.segmentation.add(draft, name, line, "list")

    def _is_matrix(self, table: TableBlock, section: SectionBlock) -> bool:
        first = [row.cells[0].lower() for row in table.rows if row.cells]
        forces = sum(bool(re.match(r"drivers?|restraints?|opportunit|challenges?", cell)) for cell in first)
        return len(table.rows[0].cells) >= 3 and (forces >= 2 or (section.kind == "matrix" and len(table.rows) >= 2))

    def _matrix(self, table: TableBlock) -> None:
        areas = table.rows[0].cells[1:]
        cells = [
            MatrixCell(row.cells[0], area, text, row.line)
            for row in table.rows[1:]
            for area, text in zip(areas, row.cells[1:], strict=False)
            if text
        ]
        if self.matrix is None:
            self.matrix = Matrix(
                tuple(row.cells[0] for row in table.rows[1:]), areas, tuple(cells), "", table.rows[0].line
            )

    # Sections ---------------------------------------------------------------------------------------------------

    def _read_front(self, section: SectionBlock) -> None:
        for fragment in section.fragments:
            if fragment.text == self.reading.title and self.reading.title:
                self.ledger.place(fragment, "title")
                self.headline.read_title(fragment.text, fragment.line)
            elif self.reading.market_name and (
                self.reading.market_name.lower() in fragment.text.lower() or fragment.lead
            ):
                self.ledger.place(fragment, "title" if fragment.is_title else "overview")
                if not fragment.is_title:
                    self.overview.append(Block("", fragment.text, fragment.line))
            elif _CONCENTRATION_SCALE.match(fragment.text):
                self.ledger.place(fragment, "headline")
            elif match := _METADATA.match(fragment.text):
                self.ledger.place(fragment, "facts")
                self.headline.facts.append(Fact(match[1], match[2], fragment.line))

    def _read_concentration(self, section: SectionBlock) -> None:
        for fragment in section.fragments:
            self.ledger.place(fragment, "headline")

    def _read_overview(self, section: SectionBlock) -> None:
        known = bool(self.reading.market_name) or section.heading is not None
        section.fragments = [f for f in section.fragments if not self.ledger.is_placed(f) and not self._is_furniture(f)]
        if not known:
            return
        for fragment in section.fragments:
            if fragment.is_title and kind_of_heading(fragment.text, self.reading.subject) == "overview":
                self.ledger.place(fragment, "heading of overview")
        section.fragments = [f for f in section.fragments if not self.ledger.is_placed(f)]
        trailing = section.fragments[-1] if section.fragments else None
        if trailing is not None and trailing.shape is Shape.TEXT and trailing.is_title and len(section.fragments) > 1:
            section.fragments.pop()
        title = (
            section.heading.text
            if section.heading and kind_of_heading(section.heading.text, self.reading.subject) != "overview"
            else ""
        )
        self.overview.extend(read_blocks(section, self.ledger, "overview", first_title=title))

    def _is_furniture(self, fragment: Fragment) -> bool:
        if len(fragment.text) <= 160 and _FURNITURE.search(fragment.text):
            self.ledger.refuse(fragment, _FURNITURE_REASON)
            return True
        return False

    def _read_takeaways(self, section: SectionBlock) -> None:
        bulleted = any(f.shape is Shape.BULLET for f in section.fragments)
        named = bare(section.heading.text, self.reading.subject) if section.heading else ""
        if not bulleted and named in ("key insights", "insights") and any(f.is_prose for f in section.fragments):
            self._read_overview(section)
            return
        for fragment in section.fragments:
            if self._is_furniture(fragment):
                continue
            self.ledger.place(fragment, "takeaways")
            if (
                fragment.shape is Shape.BULLET
                and fragment.level
                and self.takeaways
                and any(f.shape is Shape.BULLET and f.level < fragment.level for f in section.fragments)
            ):
                self.takeaways[-1] += f"\n- {fragment.text}"
            elif fragment.shape is Shape.HEADING or (
                bulleted and fragment.shape is Shape.TEXT and fragment.text.endswith(":")
            ):
                continue
            else:
                self.takeaways.append(fragment.text)

    def _read_developments(self, section: SectionBlock) -> None:
        lead: Fragment | None = None
        for position, fragment in enumerate(section.fragments):
            following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
            self.ledger.place(fragment, "developments")
            if fragment.shape is not Shape.BULLET and is_heading(fragment, following):
                lead = fragment
            elif fragment.shape is Shape.TEXT and self.happened and not has_date(fragment.text) and lead is None:
                text, line = self.happened[-1]
                self.happened[-1] = (f"{text}\n\n{fragment.text}", line)
            else:
                text = (
                    f"{lead.text.rstrip(':')}: {fragment.text}"
                    if lead is not None and (has_date(lead.text) or not has_date(fragment.text))
                    else fragment.text
                )
                self.happened.append((text, lead.line if lead is not None else fragment.line))
                lead = None

    def _read_segmentation(self, section: SectionBlock) -> None:
        body: list[str] = []
        for fragment in section.fragments:
            if self._is_furniture(fragment):
                continue
            self.ledger.place(fragment, "segmentation")
            if (
                fragment.shape is Shape.BULLET
                and fragment.is_title
                and len(fragment.text.split()) <= 6
                and not place_of(fragment.text)
            ):
                self.segmentation.dimension(fragment.text, fragment.line)
            else:
                body.append(fragment.text)
        if body:
            self.sections.append(
                Section(
                    "segmentation",
                    section.name,
                    "\n\n".join(body),
                    section.heading.line if section.heading else section.fragments[0].line,
                )
            )

    def _read_dimension(self, section: SectionBlock) -> None:
        line = section.heading.line if section.heading else 0
        draft = self.segmentation.dimension(section.name, line)
        if section.inline:
            told = {name_key(name) for name in split_names(section.inline)}
            if len(draft.nodes) < 2 or told & set(draft.nodes):
                self._names(section.inline, line, section.name)
            else:
                draft.narrative.append(section.inline)
        listed = {name_key(node.name) for node in draft.nodes.values()}
        node: Node | None = None
        parents: list[tuple[int, Node]] = []
        for position, fragment in enumerate(section.fragments):
            following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
            if self._is_furniture(fragment):
                continue
            if declared := re.match(
                r"coverage\s*:\s*(complete|partial|breakdown)(?:\s+of\s+(.+?))?\.?$", fragment.text, re.I
            ):
                draft.coverage, draft.breakdown_of = declared[1].lower(), (declared[2] or "").strip()
                self.ledger.place(fragment, f"dimensions/{draft.name}")
                continue
            known = name_key(fragment.text.rstrip(":")) in listed
            if fragment.shape is Shape.BULLET:
                title, body = title_and_body(fragment)
                if not title or len(title.split()) > 9:
                    draft.narrative.append(fragment.text)
                else:
                    while parents and parents[-1][0] >= fragment.level:
                        parents.pop()
                    node = self.segmentation.add(
                        draft, title, fragment.line, "bullet", parents[-1][1] if parents else None
                    )
                    parents.append((fragment.level, node))
                    if body:
                        node.narrative.append(body)
            elif fragment.is_prose or (fragment.shape is Shape.TEXT and fragment.lead and not known):
                title, body = title_and_body(fragment) if fragment.lead else ("", "")
                if title and body and len(title.split()) <= 8:
                    node = self.segmentation.add(draft, title, fragment.line, "heading")
                    node.narrative.append(body)
                else:
                    (node.narrative if node else draft.narrative).append(fragment.text)
            elif known or is_heading(fragment, following) or (fragment.shape is Shape.TEXT and not listed):
                if fragment.shape is Shape.TEXT and not known and position == 0 and self._is_list(fragment.text):
                    self._names(fragment.text, fragment.line, section.name)
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
                    node = self.segmentation.add(
                        draft, _segment_of(fragment.text, self.reading.subject), fragment.line, "heading"
                    )
            elif self._is_list(fragment.text):
                self._names(fragment.text, fragment.line, section.name)
            elif listed and fragment.shape is Shape.TEXT and not fragment.text.endswith(":"):
                self.ledger.refuse(
                    fragment,
                    f"It stands in the section on {section.name}, but no segment of that name is listed there.",
                )
                continue
            self.ledger.place(fragment, f"dimensions/{draft.name}")

    def _is_list(self, text: str) -> bool:
        return len(text) <= 2000 and (text.count(",") >= 1 or " and " in text or ";" in text.rstrip(";"))

    def _read_geography(self, section: SectionBlock) -> None:
        line = section.heading.line if section.heading else (section.fragments[0].line if section.fragments else 0)
        name = (
            section.name
            if re.fullmatch(r"(?:geography|region|country|regions?|by region|by geography)", section.name, re.I)
            else "Geography"
        )
        draft = self.segmentation.dimension(name, line)
        if (
            section.heading
            and re.search(r"\bcountr(?:y|ies)\b", section.heading.text, re.I)
            and re.search(r"analy[sz]ed|covered|included", section.heading.text, re.I)
        ):
            self.announced_countries = section.heading.line
        region: Node | None = None
        node: Node | None = None
        levels: list[tuple[int, Node]] = []
        if section.inline:
            region = self.segmentation.read_places(section.inline, line, "list")
        for fragment in section.fragments:
            if self._is_furniture(fragment):
                continue
            self.ledger.place(fragment, "geography")
            place = (
                place_of(fragment.text, self.reading.subject)
                if fragment.shape is Shape.BULLET or fragment.is_title
                else None
            )
            if fragment.shape is Shape.BULLET:
                while levels and levels[-1][0] >= fragment.level:
                    levels.pop()
                above = levels[-1][1] if levels else None
                title, body = title_and_body(fragment)
                named = place_of(title, self.reading.subject) if title else None
                if place is None and named is not None and body and not self._all_places(body):
                    node = self.segmentation.add_place(named.name, fragment.line, "bullet", above or region)
                    node.narrative.append(body)
                elif place is not None:
                    node = self.segmentation.add_place(
                        place.name if place.kind != "region" or "(" not in fragment.text else fragment.text,
                        fragment.line,
                        "bullet",
                        above or region,
                    )
                elif ":" in fragment.text or "(" in fragment.text or "," in fragment.text:
                    region = self.segmentation.read_places(fragment.text, fragment.line, "bullet", above) or region
                    continue
                elif above is not None or region is not None:
                    node = (
                        self.segmentation.add_place(fragment.text, fragment.line, "bullet", above or region)
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
                node = self.segmentation.add_place(place.name, fragment.line, "heading", region)
                region = node if node.kind == "region" else region
            elif fragment.is_title and self._all_places(fragment.text):
                region = self.segmentation.read_places(
                    fragment.text,
                    fragment.line,
                    "list",
                    None if "," in fragment.text and place_of(fragment.text.split(",")[0]) else region,
                )
            elif node is not None:
                node.narrative.append(fragment.text)
            elif fragment.lead and (led := place_of(fragment.lead)):
                node = self.segmentation.add_place(led.name, fragment.line, "heading")
                node.narrative.append(fragment.text)
                region, node = node, None
            else:
                draft.narrative.append(fragment.text)
                self.segmentation.mentioned_regions += [(name, fragment.line) for name in regions_in(fragment.text)]

    def _all_places(self, text: str) -> bool:
        names = [n.strip(" .") for n in re.split(r"[,;:()]|\s+and\s+|\s&\s(?=[A-Z][a-z]+$)", text) if n.strip(" .")]
        return bool(names) and sum(place_of(n) is not None for n in names) * 2 > len(names)

    def _read_matrix(self, section: SectionBlock) -> None:
        for fragment in section.fragments:
            self.ledger.place(fragment, "matrix")
            self.matrix_text.append(fragment.text)

    def _read_competitive(self, section: SectionBlock) -> None:
        section.fragments = [f for f in section.fragments if not self._is_furniture(f)]
        for fragment in section.fragments:
            if fragment.is_prose and re.match(r"(?:In|On)\s+[A-Z0-9]", fragment.text) and has_date(fragment.text[:40]):
                self.ledger.place(fragment, "developments")
                self.happened.append((fragment.text, fragment.line))
        section.fragments = [f for f in section.fragments if not self.ledger.is_placed(f)]
        for block in read_blocks(section, self.ledger, "competitive landscape"):
            if block.title:
                self.competitive.append(block)
            else:
                self.competitive_summary.append(block.body)

    def _read_players(self, section: SectionBlock) -> None:
        section.fragments = [f for f in section.fragments if not self._is_furniture(f)]
        for fragment in self.players.read(section, self.ledger, "players"):
            self.ledger.place(fragment, "competitive landscape")
            self.competitive_summary.append(fragment.text)

    def _read_major_players(self, section: SectionBlock) -> None:
        section.fragments = [f for f in section.fragments if not self._is_furniture(f)]
        for fragment in self.major.read(section, self.ledger, "major players"):
            self.ledger.place(fragment, "competitive landscape")
            self.competitive_summary.append(fragment.text)

    def _read_profile_template(self, section: SectionBlock) -> None:
        for fragment in section.fragments:
            self.ledger.place(fragment, "profile template")
            self.profile_template.append(fragment.text)

    def _read_contents(self, section: SectionBlock) -> None:
        self.contents.read(section, self.ledger, self.segmentation, self.reading.subject)

    def _read_pest(self, section: SectionBlock) -> None:
        self.pest.extend(read_rated(section, self.ledger, "pest"))

    def _read_porter(self, section: SectionBlock) -> None:
        self.porter.extend(read_rated(section, self.ledger, "porter"))

    def _read_faq(self, section: SectionBlock) -> None:
        drafts: list[BlockDraft] = []
        for fragment in section.fragments:
            if self._is_furniture(fragment):
                continue
            self.ledger.place(fragment, "faq")
            text = re.sub(r"^(?:Q|A|Ans|Answer|Question)\s?\d*\s?[.:)]\s*", "", fragment.text)
            if fragment.text.endswith("?") or fragment.shape is Shape.HEADING:
                drafts.append(BlockDraft(text, fragment.line))
            elif drafts:
                drafts[-1].paragraphs.append(text)
            else:
                drafts.append(BlockDraft("", fragment.line, [text]))
        self.faq.extend(Question(d.title, "\n\n".join(d.paragraphs), d.line) for d in drafts)

    def _read_section(self, section: SectionBlock) -> None:
        """A section kept whole; one of no known kind only where a heading and prose show that it is a part of the report."""
        section.fragments = [f for f in section.fragments if not self._is_furniture(f)]
        if section.kind == "other":
            headed = section.heading is not None or bool(
                section.fragments and section.fragments[0].shape is Shape.HEADING
            )
            if (
                not headed
                or not any(f.is_prose or f.shape is Shape.BULLET for f in section.fragments)
                or not self.reading.market_name
            ):
                for fragment in section.fragments:
                    self.ledger.refuse(fragment, "No heading above it says what it belongs to.")
                return
        kind = _KEPT_AS_SECTIONS.get(section.kind, "other")
        blocks = read_blocks(section, self.ledger, f"sections/{kind}")
        title = section.heading.text.rstrip(":") if section.heading else (blocks[0].title if blocks else "")
        body = "\n\n".join(
            f"### {b.title}\n\n{b.body}".strip() if b.title and b.title != title else b.body for b in blocks
        )
        line = section.heading.line if section.heading else (blocks[0].line if blocks else 0)
        if blocks or section.heading is not None:
            if kind == "other":
                self.unsure.append(
                    f"Line {line}: the section “{title}” is of no kind I know; it is kept as a section of its own."
                )
            if body.strip():
                self.sections.append(Section(kind, title, body, line))

    # The end ----------------------------------------------------------------------------------------------------

    def _settle(self, sections: list[SectionBlock]) -> Manuscript:
        for force in self.contents.forces:
            if not any(f.kind == force.kind for f in self.forces) or any(
                strict_key(f.title) == strict_key(force.title) for f in self.forces
            ):
                self.forces.append(force)
        for kind, rated in (("pest", self.pest), ("porter", self.porter)):
            known = {strict_key(r.title) for r in rated}
            rated.extend(
                Rated(e.title, "", "", e.line)
                for e in self.contents.rated.get(kind, [])
                if strict_key(e.title) not in known
            )
        players, major = self.players.settled(), self.major.settled()
        if not players:
            players = self.contents.players.settled() or self.named_players.settled() or major
        elif spelled := [p for p in self.contents.players.settled() if strict_key(p.name) not in self.players.by_key]:
            self.unsure.append(
                "The contents name companies that the list of players does not: "
                + ", ".join(p.name for p in spelled)
                + "."
            )
        known_names = {strict_key(p.name): p.name for p in (*players, *major)}
        developments = tuple(read_development(text, line, known_names) for text, line in self.happened)
        aliases = suggest_aliases(
            [*(p.name for p in players), *(p.name for p in major), *(n for d in developments for n in d.companies)]
        )
        dimensions, guesses = self.segmentation.settled()
        forces = settled_forces(self.forces)
        matrix = self.matrix and Matrix(
            self.matrix.forces, self.matrix.areas, self.matrix.cells, "\n\n".join(self.matrix_text), self.matrix.line
        )
        claims = self.headline.settled()
        entries = self._entries(sections)
        for fragment in self.reading.fragments:
            if not self.ledger.is_placed(fragment):
                furniture = len(fragment.text) <= 160 and _FURNITURE.search(fragment.text)
                self.ledger.refuse(
                    fragment, _FURNITURE_REASON if furniture else "Nothing above it says what it belongs to."
                )
        placements, unplaced, characters = self.ledger.settle(self.reading.fragments)
        geography = next((d for d in dimensions if d.code == "geography"), None)
        found: list[Finding] = [
            *find.about_claims(claims), *find.about_dimensions(dimensions, guesses), *find.about_geography(geography, self.announced_countries),
            *find.about_players(players, major, aliases), *find.about_forces(forces), *find.about_matrix(matrix, self.reading.subject),
            *find.about_percentages((f.line, f.text) for f in self.reading.fragments if f.is_prose or (f.shape is Shape.BULLET and len(f.text) > 60)),
            *(Finding("contents-heading-twice", "warning", tuple(lines), f"The contents list “{title}” {len(lines)} times.") for title, lines in self.contents.repeated()),
            *(Finding("headings-run-together", "info", (line,), "Headings run together on one line were taken apart: " + " / ".join(p[:60] for p in parts) + ".") for line, parts in self.reading.run_together),
        ]  # fmt: skip
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
        if not self.reading.market_name:
            self.unsure.append("No line names a market, so the title is the first short line of the text.")
        return Manuscript(
            title=self.reading.title, market_name=self.reading.market_name, subject=self.reading.subject, claims=claims, facts=tuple(self.headline.facts), dimensions=dimensions,
            overview=tuple(self.overview), takeaways=tuple(self.takeaways), developments=developments, forces=forces, matrix=matrix,
            competitive_summary="\n\n".join(self.competitive_summary), competitive_sections=tuple(self.competitive), players=players, major_players=major, aliases=aliases,
            profile_template=tuple(self.profile_template), pest=tuple(self.pest), porter=tuple(self.porter), sections=tuple(self.sections), faq=tuple(self.faq),
            tables=tuple(self.tables), contents=entries, findings=tuple(found), unsure=tuple(dict.fromkeys([*guesses, *self.unsure])), placements=placements,
            unplaced=unplaced, unplaced_characters=characters,
        )  # fmt: skip

    def _entries(self, sections: list[SectionBlock]) -> tuple[ContentsEntry, ...]:
        if not self.contents.entries:
            return ()
        in_contents = {
            fragment.line for section in sections if section.kind == "contents" for fragment in section.fragments
        }
        words = {
            strict_key(bare(f.text, self.reading.subject))
            for f in self.reading.fragments
            if f.line not in in_contents and len(f.text) <= 160
        }
        words |= {
            strict_key(f.text) for f in self.reading.fragments if f.line not in in_contents and len(f.text) <= 160
        }
        kinds = {section.kind for section in sections if section.kind != "contents"}
        return tuple(
            ContentsEntry(e.depth, e.number, e.title, e.line, strict_key(e.title) in words or strict_key(bare(e.title, self.reading.subject)) in words or kind_of_heading(e.title, self.reading.subject) in kinds)
            for e in self.contents.entries
        )  # fmt: skip


def _segment_of(text: str, subject: str) -> str:
    text = re.sub(r"\s+(?:segment|insights?|analysis|outlook|market)\s*:?$", "", text.strip(" :"), flags=re.I)
    if subject and text.lower().endswith(subject.lower()) and len(text) > len(subject) + 3:
        text = text[: -len(subject)].strip()
    return text or "Others"
