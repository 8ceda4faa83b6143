"""What sections are made of: titled blocks, forces, rated headings, lists of players."""

import re
from dataclasses import dataclass, field

from reports.importing.manuscript.companies import is_company_name, split_companies, strict_key, without_country
from reports.importing.manuscript.ledger import Ledger
from reports.importing.manuscript.lines import Fragment, Shape, looks_like_title
from reports.importing.manuscript.model import Block, Force, Player, Rated
from reports.importing.manuscript.outline import FORCES, SectionBlock
from reports.importing.manuscript.places import place_of

_TITLE_BODY = re.compile(r"^(?P<title>[^:.!?]{3,110}?)\s*(?::\s*|\s[-–—]\s)(?P<body>\S.*)$", re.S)
_PARAGRAPH_TITLE = re.compile(
    r"^(?!For example|Note|Source|However)(?P<title>[A-Z][^:.!?;]{3,80}):\s*(?P<body>[A-Z].{30,})$", re.S
)
_RATING = re.compile(
    r"\b(very low|very high|low to (?:moderate|medium)|(?:moderate|medium) to high|low"
    r"|moderate|medium|high|strong|weak|intense)\b",
    re.I,
)
_PLAYER_SENTENCE = re.compile(
    r"\b(?:key|major|leading|top|prominent|dominant|notable)\s+(?:\w+\s+){0,3}?(?:players"
    r"|companies|vendors|manufacturers|participants|competitors)\b[^.:;]{0,100}?"
    r"(?:\binclud(?:e|es|ing)|\bare|\bsuch as|\blike"
    r"|:)\s*:?\s*(?P<list>[A-Z0-9][^;:]{5,1500}?)(?:(?<!Co)(?<!Inc)(?<!Ltd)(?<!Corp)(?<!Pvt)(?<!Pte)\.\s+["
    r"A-Z]|\.?$)",
    re.I,
)
_SHARE = re.compile(r"\s*[-–—:(]\s*(?P<share>\d{1,2}(?:\.\d+)?\s?%)\)?\s*$")


@dataclass(slots=True)
class BlockDraft:
    """A titled block being read."""

    title: str
    line: int
    paragraphs: list[str] = field(default_factory=list)

    def settled(self) -> Block:
        """The block with its paragraphs joined by blank lines."""
        return Block(self.title, "\n\n".join(self.paragraphs), self.line)


def read_blocks(section: SectionBlock, ledger: Ledger, place: str, *, first_title: str = "") -> list[Block]:
    """Headings and the prose below them. Prose before any heading makes a block named `first_title`."""
    blocks: list[BlockDraft] = []
    for position, fragment in enumerate(section.fragments):
        following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
        if is_heading(fragment, following):
            blocks.append(BlockDraft(fragment.text.rstrip(" :"), fragment.line))
        else:
            if not blocks:
                blocks.append(BlockDraft(first_title, fragment.line))
            blocks[-1].paragraphs.append(_item(fragment))
        ledger.place(fragment, place)
    return [block.settled() for block in blocks]


def is_heading(fragment: Fragment, following: Fragment | None) -> bool:
    """A heading within a section: marked as one, or a short line above something longer."""
    if fragment.shape is Shape.HEADING:
        return True
    return (
        fragment.shape is Shape.TEXT
        and fragment.is_title
        and following is not None
        and (following.is_prose or following.shape is Shape.BULLET)
    )


def _item(fragment: Fragment) -> str:
    return f"- {fragment.text}" if fragment.shape is Shape.BULLET else fragment.text


def title_and_body(fragment: Fragment) -> tuple[str, str]:
    """Split "Title: body" and "**Title** body"; a plain title has no body, and running text no title."""
    if fragment.lead and fragment.text.startswith(fragment.lead):
        return fragment.lead.rstrip(" .:"), fragment.text[len(fragment.lead) :].lstrip(" :.-–—")
    match = _TITLE_BODY.match(fragment.text)
    if match and len(match["title"].split()) <= 14 and (len(match["body"]) > 40 or ":" in fragment.text):
        return match["title"].strip(), match["body"].strip()
    if fragment.is_title or len(fragment.text) <= 90:
        return fragment.text.rstrip(" :."), ""
    return "", fragment.text


def shortened(text: str) -> str:
    """The beginning of a sentence, cut at a word, to stand as a title for text that has none."""
    clause = re.split(r"(?<=\w)[,;.](?=\s)", text, maxsplit=1)[0]
    return clause if len(clause) <= 90 else clause[:90].rsplit(" ", 1)[0] + " …"


@dataclass(slots=True)
class ForceDraft:
    """A force being read."""

    kind: str
    title: str
    line: int
    paragraphs: list[str] = field(default_factory=list)


def read_forces(section: SectionBlock, ledger: Ledger, drafts: list[ForceDraft], unsure: list[str]) -> None:
    """The forces of a section of drivers, restraints, opportunities or challenges, added to `drafts`."""
    kind = FORCES[section.kind]
    current: ForceDraft | None = None
    if section.inline:
        line = section.heading.line if section.heading else 0
        if looks_like_title(section.inline):
            current = ForceDraft(kind, section.inline.rstrip(" :"), line)
        else:
            current = ForceDraft(kind, shortened(section.inline), line, [section.inline])
        drafts.append(current)
    for position, fragment in enumerate(section.fragments):
        following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
        ledger.place(fragment, f"forces/{kind}")
        starts = (
            fragment.shape is Shape.BULLET
            or is_heading(fragment, following)
            or (bool(fragment.lead) and len(fragment.lead) > 3)
        )
        if (
            fragment.shape is Shape.BULLET
            and current
            and current.paragraphs
            and not fragment.lead
            and not fragment.is_title
            and fragment.level > 0
        ):
            starts = False
        if starts or (current is None and fragment.is_title):
            title, body = title_and_body(fragment)
            if not title:
                title = shortened(body)
                unsure.append(
                    f"Line {fragment.line}: the {kind} has no title of its own; the beginning of its text "
                    f"stands for one."
                )
            current = ForceDraft(kind, title, fragment.line, [body] if body else [])
            drafts.append(current)
        elif headed := _PARAGRAPH_TITLE.match(fragment.text):
            current = ForceDraft(kind, headed["title"], fragment.line, [headed["body"]])
            drafts.append(current)
        elif current is None:
            current = ForceDraft(kind, shortened(fragment.text), fragment.line, [fragment.text])
            drafts.append(current)
            unsure.append(
                f"Line {fragment.line}: the {kind} has no title of its own; the beginning of its text stands for one."
            )
        else:
            current.paragraphs.append(fragment.text)


def settled_forces(drafts: list[ForceDraft]) -> tuple[Force, ...]:
    """The forces, each once: a title listed again lends its body to the first."""
    forces: dict[tuple[str, str], ForceDraft] = {}
    for draft in drafts:
        first = forces.setdefault((draft.kind, strict_key(draft.title) or draft.title), draft)
        if first is not draft:
            first.paragraphs.extend(draft.paragraphs)
    return tuple(Force(d.kind, d.title, "\n\n".join(d.paragraphs), d.line) for d in forces.values())


def read_rated(section: SectionBlock, ledger: Ledger, place: str) -> list[Rated]:
    """The headings of a PEST or Porter analysis, each with its text and its rating where one is stated."""
    drafts: list[BlockDraft] = []
    for table in section.tables:
        for row in table.rows[1 if table.ruled else 0 :]:
            ledger.place(row, place)
            drafts.append(BlockDraft(row.cells[0], row.line, [cell for cell in row.cells[1:] if cell]))
        if table.ruled:
            ledger.place(table.rows[0], place)
    for position, fragment in enumerate(section.fragments):
        following = section.fragments[position + 1] if position + 1 < len(section.fragments) else None
        ledger.place(fragment, place)
        if is_heading(fragment, following) or fragment.shape is Shape.BULLET or fragment.lead:
            title, body = title_and_body(fragment)
            drafts.append(BlockDraft(title or shortened(body), fragment.line, [body] if body else []))
        elif drafts:
            drafts[-1].paragraphs.append(fragment.text)
        else:
            drafts.append(BlockDraft("", fragment.line, [fragment.text]))
    return [_rated(draft) for draft in drafts]


def _rated(draft: BlockDraft) -> Rated:
    title, bracket = without_country(draft.title)
    rating = bracket if _RATING.search(bracket) else ""
    if (
        not rating
        and draft.paragraphs
        and (
            match := re.match(
                r"(?:rating|intensity|level)?\s*:?\s*([A-Za-z ]{3,20}?)\s*(?:$|[.:;–—-](?:\s|$))",
                draft.paragraphs[0],
                re.I,
            )
        )
    ) and (found := _RATING.fullmatch(match[1].strip())):
        rating = found[0]
        rest = draft.paragraphs[0][match.end() :].strip()
        draft.paragraphs[:1] = [rest] if rest else []
    return Rated(
        title if rating or not bracket else draft.title, rating.lower(), "\n\n".join(draft.paragraphs), draft.line
    )


class Players:
    """Collects company names; spellings that differ only by case or punctuation are one player."""

    def __init__(self) -> None:
        self.by_key: dict[str, Player] = {}

    def add(self, name: str, line: int) -> None:
        """Add a name as written; what is no company's name is left out."""
        name = re.sub(r"^\d{1,3}[.)]\s+", "", name).strip(" \t,;*•–—-")
        share = ""
        if match := _SHARE.search(name):
            name, share = name[: match.start()].strip(), match["share"]
        name, bracket = without_country(name)
        country = bracket if bracket and place_of(bracket.rsplit(",", 1)[-1].strip()) else ""
        if bracket and not country:
            name = f"{name} ({bracket})"
        if not is_company_name(name) or len(name) > 120:
            return
        key = strict_key(name) or name
        known = self.by_key.get(key)
        if known is None:
            self.by_key[key] = Player(name, (name,), line, country, share)
        elif name not in known.written:
            self.by_key[key] = Player(
                known.name, (*known.written, name), known.line, known.country or country, known.share or share
            )

    def read(self, section: SectionBlock, ledger: Ledger, place: str) -> list[Fragment]:
        """Read a section of players; fragments that hold none are returned."""
        left: list[Fragment] = []
        if section.inline and section.heading:
            for name in split_companies(section.inline):
                self.add(name, section.heading.line)
        for fragment in section.fragments:
            if (
                fragment.shape is Shape.BULLET
                or fragment.is_title
                or (len(fragment.text) <= 60 and fragment.text.count(" ") < 8)
            ):
                names = split_companies(fragment.text)
                listed = (
                    names
                    if len(names) > 1 and ("," in fragment.text or ";" in fragment.text)
                    else [_before_details(fragment)]
                )
                for name in listed:
                    self.add(name, fragment.line)
                ledger.place(fragment, place)
            elif (names := players_in_sentence(fragment.text)) or (
                fragment.text.count(",") >= 3
                and len(names := split_companies(fragment.text)) >= 3
                and all(len(n.split()) <= 8 for n in names)
            ):
                for name in names:
                    self.add(name, fragment.line)
                ledger.place(fragment, place)
            else:
                left.append(fragment)
        return left

    def settled(self) -> tuple[Player, ...]:
        """The players in the order of the page."""
        return tuple(self.by_key.values())


def players_in_sentence(text: str) -> list[str]:
    """The companies a sentence names as key players; empty when it names none."""
    match = _PLAYER_SENTENCE.search(text[:4000])
    if not match:
        return []
    names = split_companies(match["list"])
    return (
        [name for name in names if name[:1].isupper() or name[:1].isdigit()]
        if sum(len(n.split()) <= 8 for n in names) == len(names)
        else []
    )


def _before_details(fragment: Fragment) -> str:
    if fragment.lead:
        return fragment.lead
    head = re.split(r":\s|\s[-–—]\s(?=\D)", fragment.text, maxsplit=1)[0]
    return head if len(head) >= 2 else fragment.text
