"""The text as fragments: lines without their markup, taken apart where a page ran headings together.

Each fragment knows its line and its weight (how many characters, white space aside, it accounts for); the weights of a
line's fragments add up to the line's, which is how nothing is lost unseen.
"""

import itertools
import re
from dataclasses import dataclass, field, replace
from enum import Enum

from reports.importing.manuscript.headings import kind_of_heading, market_of_title

MAX_TITLE = 120


class Shape(Enum):
    """What a line looks like before anything is known of its meaning."""

    HEADING = "heading"
    TEXT = "text"
    BULLET = "bullet"
    ROW = "row"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A line or a part of one. `level` is a heading's level or a bullet's indentation; `lead` its bold beginning."""

    line: int
    text: str
    shape: Shape
    weight: int
    level: int = 0
    number: str = ""
    lead: str = ""
    cells: tuple[str, ...] = ()

    @property
    def is_title(self) -> bool:
        """Short enough for a heading and not a sentence."""
        return looks_like_title(self.text)

    @property
    def is_prose(self) -> bool:
        """Running text: a line that is no heading, bullet or row and reads as a sentence or more."""
        return self.shape is Shape.TEXT and not self.is_title


@dataclass(slots=True)
class Reading:
    """The fragments of a text, the market it is about and the lines where headings ran together."""

    fragments: list[Fragment]
    title: str
    market_name: str
    subject: str
    run_together: list[tuple[int, list[str]]] = field(default_factory=list)


_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_COLUMNS = re.compile(r"\s{3,}")
_HASHES = re.compile(r"^\s{0,3}(#{1,6})\s*(.*?)\s*#*\s*$")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*|__)([^*_]{1,160})(?:\*\*|__)\s*:?\s*$")
_BOLD_LEAD = re.compile(r"^(?:\*\*|__)([^*_]{1,160})(?:\*\*|__)")
_BULLET = re.compile(r"^(\s*)(?:[-+*•·▪■●○◦‣∙–—➤➢►✓✔❖]|\uf0b7|\uf0a7|\u2043|o(?=\s{2,}))\s+(\S.*)$")
_TIGHT_BULLET = re.compile(r"^(\s*)[•▪■●◦‣➤➢►✓✔❖\uf0b7\uf0a7](\S.*)$")
_BARE_BULLET = re.compile(r"^\s*[-*•·▪■●○◦‣–—]\s*$")
_NUMBERED = re.compile(
    r"^(\s*)(?:(?:chapter|section|part)\s+)?(\d{1,2}(?:\.\d{1,3}){0,5}|[ivx]{1,5}"
    r"|[a-z])([.):]|\s|(?<=\.\d))\s*(\S.*)$",
    re.I,
)
_RULE = re.compile(r"^\s*(?:[-=_*~]\s?){3,}$")
_TABLE_RULE = re.compile(r"^\s*+\|?\s*+:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)*+\|?\s*+$")
_RUN_BY = re.compile(r"(?<=[a-z0-9)\]])(?=By [A-Z][A-Za-z-]{0,30}(?: [A-Za-z&/-]{1,30}){0,4}\s?[;:])")
_TIMELINE = re.compile(r"\s+[-–—]\s+(?=(?:Report Timeline|Timeline|Study Period|Forecast Period)\b)")
_CAMEL = re.compile(r"(?<=[a-z)])(?=[A-Z][a-z]|A )")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=[\w.!?:])[*_](?!\w)|`")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\((?:[^()\s]{0,500})\)")


_SIZED_MARKET = re.compile(
    r"\b(?:the|global|worldwide)\s(?!the\b|global\b)(?P<subject>(?:(?!(?:the|of|in|for|is|was)\b)[\w&/-]{1,40}\s){1,6})"
    r"market(?: size| value)?,? (?:is|was|are|will|stood|reached|accounted|generated|in terms|valued|grew|has)\b",
    re.I,
)


def looks_like_title(text: str) -> bool:
    """True for a short line that does not end as a sentence does."""
    return (
        0 < len(text) <= MAX_TITLE and text[-1] not in ".!?," and text.count(" ") < 16 and any(map(str.isalpha, text))
    )


def weight_of(raw: str) -> int:
    """Characters of a text, white space aside."""
    return sum(map(len, raw.split()))


def plain(text: str) -> str:
    """The words of a line without Markdown's emphasis, links and odd spaces."""
    text = _SPACES.sub(" ", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "*" in text or "_" in text or "`" in text:
        text = _EMPHASIS.sub("", text)
    return text.strip()


def read_lines(text: str) -> Reading:
    """Take a text apart. Never fails; every non-blank line yields fragments whose weights add up to the line's."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    title, market_name, subject = _find_title(lines)
    reading = Reading([], title, market_name, subject)
    glued_market = re.compile(rf"(?<=[a-z)])(?={re.escape(market_name)}\b)") if market_name else None
    pending_bullet = False
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        fragment = _shape(number, raw)
        if _BARE_BULLET.match(raw):
            pending_bullet = True
            reading.fragments.append(fragment)
            continue
        if pending_bullet and fragment.shape is Shape.TEXT:
            fragment = replace(fragment, shape=Shape.BULLET)
        pending_bullet = False
        if fragment.shape is Shape.MARK and _underlines(reading.fragments, number, raw):
            reading.fragments[-1] = replace(reading.fragments[-1], shape=Shape.HEADING, level=1 if "=" in raw else 2)
        if fragment.shape is Shape.TEXT:
            parts = _take_apart(fragment, glued_market, subject)
            if len(parts) > 1:
                reading.run_together.append((number, [part.text for part in parts]))
            reading.fragments.extend(parts)
        else:
            reading.fragments.append(fragment)
    return reading


def _underlines(fragments: list[Fragment], number: int, raw: str) -> bool:
    if not fragments or not set(raw.strip()) <= {"=", "-"} or len(raw.strip()) < 3:
        return False
    above = fragments[-1]
    return above.line == number - 1 and above.shape is Shape.TEXT and above.is_title


def _shape(number: int, raw: str) -> Fragment:
    weight = weight_of(raw)
    if _TABLE_RULE.match(raw) or _RULE.match(raw) or _BARE_BULLET.match(raw):
        return Fragment(number, raw.strip(), Shape.MARK, weight)
    if match := _HASHES.match(raw):
        words = plain(match[2])
        if not words:
            return Fragment(number, raw.strip(), Shape.MARK, weight)
        order, words = _numbering(words)
        return Fragment(number, words, Shape.HEADING, weight, level=len(match[1]), number=order)
    stripped = raw.strip()
    if stripped.count("|") >= 2 and (stripped[0] == "|" or stripped.count(" | ") >= 1):
        cells = tuple(plain(cell) for cell in stripped.strip("|").split("|"))
        return Fragment(number, " | ".join(cells), Shape.ROW, weight, cells=cells)
    if (stripped.count(" | ") == 1 or "\t" in stripped) and len(stripped) < 400:
        cells = tuple(plain(cell) for cell in re.split(r"\t+| \| ", stripped) if cell.strip())
        if len(cells) >= 2:
            return Fragment(number, " | ".join(cells), Shape.ROW, weight, cells=cells)
    if "   " in stripped and len(stripped) < 240 and not _BULLET.match(raw):
        cells = tuple(plain(cell) for cell in _COLUMNS.split(stripped))
        if 2 <= len(cells) <= 6:
            return Fragment(number, " | ".join(cells), Shape.ROW, weight, cells=cells)
    if match := _BOLD_LINE.match(raw):
        order, words = _numbering(plain(match[1]))
        if words:
            return Fragment(number, words, Shape.HEADING, weight, level=7, number=order)
    if match := _BULLET.match(raw) or _TIGHT_BULLET.match(raw):
        return Fragment(number, plain(match[2]), Shape.BULLET, weight, level=_indent(match[1]), lead=_lead(match[2]))
    order, words = _numbering(stripped)
    if order:
        indent = _indent(raw[: len(raw) - len(raw.lstrip())])
        return Fragment(number, plain(words), Shape.BULLET, weight, level=indent, number=order, lead=_lead(words))
    words = plain(stripped).lstrip("*").strip()
    if not words:
        return Fragment(number, stripped, Shape.MARK, weight)
    return Fragment(number, words, Shape.TEXT, weight, lead=_lead(stripped))


def _indent(spaces: str) -> int:
    return len(spaces.expandtabs(4))


def _lead(text: str) -> str:
    match = _BOLD_LEAD.match(text)
    return plain(match[1]).rstrip(":").strip() if match else ""


def _numbering(text: str) -> tuple[str, str]:
    """Split "1.2.3 Title" and "Chapter 4. Title" into the number and the title; a number in running text stays."""
    match = _NUMBERED.match(text)
    if not match:
        return "", text
    order, mark, rest = match[2], match[3], match[4]
    chapter = (
        text.lstrip()[:1].lower() in "csp" and not text.lstrip()[:1].isdigit() and len(order) < len(text.split()[0])
    )
    chaptered = bool(re.match(r"\s*(?:chapter|section|part)\s", text, re.I)) or chapter
    if not order[0].isdigit() and not (mark in ".):" and (chaptered or mark == ")")):
        return "", text
    if "." not in order and mark.isspace() and not chaptered:
        return "", text
    if (
        not chaptered
        and "." in order
        and order.count(".") == 1
        and re.match(r"\s*(?:%|percent|billion|million|trillion|bn|mn|times|x\b)", rest, re.I)
    ):
        return "", text
    return order, rest.lstrip(".:)-– ") or rest


def _take_apart(fragment: Fragment, glued_market: re.Pattern[str] | None, subject: str) -> list[Fragment]:
    cuts: set[int] = set()
    text = fragment.text
    if "By " in text:
        cuts.update(match.start() for match in _RUN_BY.finditer(text))
    if glued_market:
        cuts.update(match.start() for match in glued_market.finditer(text))
    timeline = _TIMELINE.search(text) if len(text) < 1000 else None
    if timeline and "market" not in text[: timeline.start()].lower():
        cuts.add(timeline.end())
    for camel in _CAMEL.finditer(text[:MAX_TITLE]):
        if kind_of_heading(text[: camel.start()], subject) not in ("", "name"):
            cuts.add(camel.start())
            break
    if not cuts:
        return [fragment]
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(edges)]
    weights = [weight_of(piece) for piece in pieces]
    weights[0] += fragment.weight - sum(weights)
    return [
        replace(fragment, text=piece.strip().rstrip("-–—").strip() or piece, weight=weight, lead="")
        for piece, weight in zip(pieces, weights, strict=True)
    ]


def _find_title(lines: list[str]) -> tuple[str, str, str]:
    """The title, the market it names and the market's subject: the first heading or early line that names a market."""
    named = (line for line in lines[:400] if line.strip() and not line.lstrip().startswith("|"))
    candidates = [plain(line.strip().lstrip("#")) for line in named][:40]
    headings = [plain(line.strip().lstrip("#")) for line in lines[:400] if re.match(r"\s{0,3}#\s", line)][:3]
    for candidate in [*headings, *candidates[:12]]:
        if len(candidate) <= 400 and (market := market_of_title(candidate)):
            heading = candidate.endswith("?") or kind_of_heading(candidate, market) not in ("", "name", "overview")
            return f"{market} Market" if heading else candidate, f"{market} Market", market
    first = next((c for c in [*headings, *candidates] if looks_like_title(c)), "")
    return first, "", next(filter(None, map(_market_of_sentence, candidates[:6])), "")


def _market_of_sentence(text: str) -> str:
    """The subject of the market that a sentence sizes: "tea bag" of "The India tea bag market size was valued at …"."""
    match = _SIZED_MARKET.search(text[:4000])
    return match["subject"].strip() if match else market_of_title(text[:150])
