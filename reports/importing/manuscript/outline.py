"""Which section each fragment belongs to. One begins at a heading whose meaning is known, or at a levelled one."""

import re
from dataclasses import dataclass, field

from reports.importing.manuscript.amounts import CURRENCY, attribute_and_value, attribute_kind
from reports.importing.manuscript.headings import (
    GEOGRAPHY_NAME,
    bare,
    dimension_of_heading,
    is_typical_dimension,
    kind_of_heading,
)
from reports.importing.manuscript.lines import Fragment, Reading, Shape
from reports.importing.manuscript.names import name_key
from reports.importing.manuscript.places import place_of

LISTS = frozenset({"takeaways", "developments", "players", "major_players", "profile_template"})
FORCES = {"drivers": "driver", "restraints": "restraint", "opportunities": "opportunity", "challenges": "challenge"}
_INLINE = re.compile(r"^(?P<lead>[^:;]{2,80}?)\s*(?:[:;]\s*|\s[-–—]\s)(?P<rest>\S.*)$", re.S)
_BY_INLINE = re.compile(
    r"^(?:market )?(?:segment(?:ation|ed)? )?(?:by|based on|on the basis of) "
    r"(?P<name>[^:;()]{2,50}?)\s*(?:[:;]\s*|\s[-–—]\s"
    r"|\s?\((?=[^()]*\)[.;,]?$))(?P<rest>\S.*)$",
    re.I | re.S,
)
_FORCE_INLINE = re.compile(
    r"^(?:key |market )*(?P<kind>drivers?|restraints?|opportunit(?:y|ies)"
    r"|challenges?)\s*(?:[:]|\s[-–—])\s*(?P<rest>\S.*)$",
    re.I | re.S,
)
_MIXED = frozenset(
    {"front", "overview", "scope", "segmentation", "dimension", "geography", "other", "introduction", "definition"}
)
_NO_LISTS = frozenset({"contents", "faq", *FORCES})
_STARTS_CONTENTS = frozenset({"introduction", "executive_summary", "objectives", "overview", "methodology"})
_WEAK = frozenset(
    {
        "overview",
        "outlook",
        "trends",
        "introduction",
        "matrix",
        "definition",
        "concentration",
        "scope",
        "takeaways",
        "boilerplate",
    }
)
_SUBHEADS_OF_COMPETITIVE = frozenset({"trends", "overview", "concentration", "definition", "outlook"})
_DEEPER_SUBHEADS = frozenset(
    {"forces", "scope", "matrix", "introduction", "opportunities", "challenges", "drivers", "geography"}
)

_NUMBER_FIRST = re.compile(rf"(?:{CURRENCY})?\s?\d", re.I)


@dataclass(slots=True)
class TableBlock:
    """Rows that follow one another, with the line that titled them; `ruled` when a rule sets the first row apart."""

    rows: list[Fragment]
    title: Fragment | None = None
    ruled: bool = False


@dataclass(slots=True)
class SectionBlock:
    """A run of fragments under one heading. `inline` is what followed the heading on its own line."""

    kind: str
    name: str = ""
    heading: Fragment | None = None
    level: int = 0
    inline: str = ""
    within: str = ""
    fragments: list[Fragment] = field(default_factory=list)
    tables: list[TableBlock] = field(default_factory=list)


class Outline:
    """Walks the fragments once and cuts them into sections."""

    def __init__(self, reading: Reading, segment_names: set[str], dimension_keys: set[str]) -> None:
        self.fragments = reading.fragments
        self.subject = reading.subject
        self.segment_names = segment_names
        self.dimension_keys = dimension_keys
        self.levelled = sum(1 for f in self.fragments if f.shape is Shape.HEADING) >= 3
        self.sections: list[SectionBlock] = [SectionBlock("front")]
        self.stack: list[SectionBlock] = []
        self.marks: list[Fragment] = []
        self.names: list[Fragment] = []
        self.title = reading.title

    def cut(self) -> list[SectionBlock]:
        """The sections in the order of the text."""
        position, count = 0, len(self.fragments)
        while position < count:
            fragment = self.fragments[position]
            if fragment.shape is Shape.MARK:
                self.marks.append(fragment)
                self._rule(fragment)
            elif fragment.shape is Shape.ROW:
                self._row(fragment)
            else:
                end = self._contents_end(position)
                if end > position:
                    self.current.fragments.extend(f for f in self.fragments[position:end] if f.shape is not Shape.MARK)
                    self.marks.extend(f for f in self.fragments[position:end] if f.shape is Shape.MARK)
                    position = end
                    continue
                self._take(fragment, position)
            position += 1
        return self.sections

    @property
    def current(self) -> SectionBlock:
        return self.sections[-1]

    def _open(self, kind: str, heading: Fragment | None, *, name: str = "", level: int = 0, inline: str = "") -> None:
        if level:
            while self.stack and self.stack[-1].level >= level:
                self.stack.pop()
        within = self.stack[-1].kind if self.stack else ""
        section = SectionBlock(kind, name or (heading.text if heading else ""), heading, level, inline, within)
        if level:
            self.stack.append(section)
        self.sections.append(section)

    def _row(self, row: Fragment) -> None:
        tables = self.current.tables
        if (
            tables
            and tables[-1].rows
            and row.line - tables[-1].rows[-1].line <= 2
            and not self._between(tables[-1].rows[-1].line, row.line)
        ):
            tables[-1].rows.append(row)
        else:
            above = self.current.fragments[-1] if self.current.fragments else self.current.heading
            tables.append(TableBlock([row], above if above and above.is_title and row.line - above.line <= 2 else None))

    def _between(self, first: int, last: int) -> bool:
        return bool(self.current.fragments) and first < self.current.fragments[-1].line < last

    def _rule(self, mark: Fragment) -> None:
        tables = self.current.tables
        if "|" in mark.text and tables and len(tables[-1].rows) == 1:
            tables[-1].ruled = True

    def _contents_end(self, position: int) -> int:
        """Where a table of contents that begins here ends; the position itself when none does."""
        section = self.current
        first = self.fragments[position]
        if section.kind == "contents" and not section.fragments:
            start_level = section.level
        elif (
            section.kind in LISTS and first.shape is Shape.BULLET and section.fragments and self._begins_contents(first)
        ):
            run = self.fragments[position : position + 200]
            known = sum(
                1
                for f in run
                if f.shape is Shape.BULLET
                and (kind_of_heading(f.text, self.subject) or dimension_of_heading(f.text, self.subject))
            )
            if known < 4:
                return position
            start_level = 0
            self._open("contents", None)
        else:
            return position
        flat = first.shape is Shape.TEXT
        end = position
        while end < len(self.fragments):
            fragment = self.fragments[end]
            if (
                fragment.shape is Shape.HEADING
                and (not start_level or fragment.level <= start_level)
                and not re.match(r"chapter|section \d", fragment.text, re.I)
                and not fragment.number
            ):
                break
            if (
                fragment.shape is Shape.TEXT
                and not flat
                and kind_of_heading(fragment.text, self.subject) not in ("", "name")
            ):
                break
            if fragment.is_prose and len(fragment.text) > 160:
                break
            end += 1
        if (
            flat
            and end < len(self.fragments)
            and self.fragments[end].is_prose
            and end - position > 1
            and self.fragments[end - 1].shape is Shape.TEXT
        ):
            end -= 1
        return max(end, position)

    def _begins_contents(self, fragment: Fragment) -> bool:
        return kind_of_heading(fragment.text, self.subject) in _STARTS_CONTENTS

    def _take(self, fragment: Fragment, position: int) -> None:
        if fragment.shape is Shape.BULLET:
            if not self._bullet(fragment, position):
                self.current.fragments.append(fragment)
            return
        explicit = fragment.shape is Shape.HEADING
        if fragment.text == self.title and self.title and self.current.kind == "front":
            self.current.fragments.append(fragment)
            return
        if not explicit and self._inline(fragment):
            return
        if self._is_answered(fragment, position):
            self.current.fragments.append(fragment)
            return
        if explicit or fragment.is_title:
            if self._heading(fragment, explicit):
                return
        elif self.current.kind == "concentration" or (
            self.current.kind in ("major_players", "profile_template")
            and self.current.fragments
            and not self._listing(fragment)
        ):
            before = next(
                (
                    s.kind
                    for s in reversed(self.sections[:-1])
                    if s.kind not in ("concentration", "major_players", "players", "profile_template")
                ),
                "overview",
            )
            self._open("competitive" if before in ("competitive", *FORCES) else "overview", None)
        elif self.current.kind == "front" and any(map(str.isalpha, fragment.text)):
            self._open("overview", None)
        self.current.fragments.append(fragment)

    def _is_answered(self, fragment: Fragment, position: int) -> bool:
        """Whether a line such as "Market Size (2024)" is no heading but a fact, its number behind or below it."""
        following = self.fragments[position + 1] if position + 1 < len(self.fragments) else None
        return (
            fragment.shape is Shape.TEXT
            and following is not None
            and following.shape is Shape.TEXT
            and len(following.text) <= 60
            and bool(_NUMBER_FIRST.match(following.text))
            and bool(attribute_kind(fragment.text))
        ) or (fragment.shape is Shape.TEXT and attribute_and_value(fragment.text) is not None)

    def _listing(self, fragment: Fragment) -> bool:
        return bool(re.search(r"\b(?:players|companies|vendors|manufacturers)\b", fragment.text[:200], re.I))

    def _inline(self, fragment: Fragment) -> bool:
        """A heading and its content on one line: "By Type: A, B and C", "Drivers: ...", "Key players: ..."."""
        current = self.current
        if (match := _BY_INLINE.match(fragment.text)) and (
            current.kind in _MIXED
            and len(match["name"].split()) <= 6
            and not match["name"].lower().startswith(("20", "19", "the ", "usd"))
        ):
            listing = "," in match["rest"] or " and " in match["rest"] or ";" in match["rest"].rstrip(";")
            if listing or fragment.shape is Shape.BULLET or not match["rest"].strip():
                self._dimension(
                    match["name"].strip(),
                    fragment,
                    fragment.level,
                    match["rest"].rstrip(") ") if "(" not in match["rest"] else match["rest"],
                )
                return True
            if re.match(r"by ", fragment.text, re.I) and fragment.is_title:
                self._dimension(match["name"].strip(), fragment, fragment.level, "")
                return True
        if (match := _FORCE_INLINE.match(fragment.text)) and current.kind not in (
            "matrix",
            "contents",
            "dimension",
            "faq",
        ):
            self._open(
                next(k for k in FORCES if k.startswith(match["kind"].lower()[:8])), fragment, inline=match["rest"]
            )
            return True
        if (match := _INLINE.match(fragment.text)) and len(match["lead"].split()) <= 9:
            kind = kind_of_heading(match["lead"], self.subject)
            lists = kind in ("players", "major_players", "geography", "profile_template")
            if lists and current.kind not in _NO_LISTS and (not fragment.is_prose or "," in match["rest"]):
                self._open(kind, fragment, name=match["lead"], inline=match["rest"])
                return True
        return False

    def _bullet(self, fragment: Fragment, position: int) -> bool:
        """A bullet that is a heading: "- By Type: A, B", "- By Type" above its segments, "1.2 Market Drivers"."""
        kind = self.current.kind
        chapter = "." in fragment.number and fragment.is_title and kind not in ("contents", *LISTS)
        if chapter and self._heading(fragment, True, level=fragment.number.count(".") + 8):
            return True
        if (
            fragment.number
            and kind not in LISTS
            and kind not in ("contents", *FORCES)
            and kind_of_heading(fragment.text, self.subject) not in ("", "name", "overview")
        ):
            return self._heading(fragment, True, level=8)
        if kind not in _MIXED and kind != "takeaways":
            return False
        if kind != "takeaways" and self._inline(fragment):
            return True
        following = self.fragments[position + 1] if position + 1 < len(self.fragments) else None
        deeper = following is not None and following.shape is Shape.BULLET and following.level > fragment.level
        if kind in ("segmentation", "dimension", "geography") and fragment.is_title:
            if re.match(r"(?:by|based on) ", fragment.text, re.I) and (
                name := dimension_of_heading(fragment.text, self.subject)
            ):
                self._dimension(name, fragment, 0, "")
                return True
            opener = self.current.heading
            same = opener is not None and opener.shape is Shape.BULLET and opener.level == fragment.level
            if deeper and (kind == "segmentation" or (kind == "dimension" and same)) and not place_of(fragment.text):
                self._dimension(fragment.text.rstrip(":"), fragment, 0, "")
                return True
            if GEOGRAPHY_NAME.fullmatch(fragment.text.rstrip(":")) and (kind == "segmentation" or same):
                self._dimension(fragment.text.rstrip(":"), fragment, 0, "")
                return True
            inline = _INLINE.match(fragment.text)
            if (
                kind == "segmentation"
                and inline
                and "," in inline["rest"]
                and len(inline["lead"].split()) <= 5
                and not place_of(inline["lead"])
            ):
                self._dimension(inline["lead"], fragment, 0, inline["rest"])
                self._open("segmentation", None)
                return True
        return False

    def _dimension(self, name: str, fragment: Fragment, level: int, inline: str) -> None:
        name = name.strip(" *:;,-–—")
        if GEOGRAPHY_NAME.fullmatch(name) or re.fullmatch(r"(?:region|geography|country)\b.{0,30}", name, re.I):
            self._open("geography", fragment, name=name, level=level, inline=inline)
        else:
            self._open("dimension", fragment, name=name[:1].upper() + name[1:], level=level, inline=inline)

    def _heading(self, fragment: Fragment, explicit: bool, *, level: int = 0) -> bool:
        """Open a section if the heading begins one; false leaves it to the current section as a heading within it."""
        current, text = self.current, fragment.text.strip()
        level = level or (fragment.level if explicit else 0)
        if explicit and self._inline_heading(fragment, level):
            return True
        kind = kind_of_heading(text, self.subject)
        if (
            kind == "outlook"
            and "future" not in text.lower()
            and {s.kind for s in self.sections} <= {"front", "overview"}
        ):
            kind = "overview"
        inside = not explicit or not current.level or level > current.level
        if kind == "name":
            self.names.append(fragment)
            if explicit and level <= 2 and current.kind != "front":
                self._open("overview", None, level=level)
            return True
        if inside and self._belongs_inside(text, kind, explicit):
            return False
        if not explicit and self.levelled and kind in _WEAK and not text.endswith(":"):
            return False
        if kind:
            if kind == "geography" and current.kind == "geography" and not inside and place_of(text, self.subject):
                return False
            self._open(kind, fragment, level=level)
            return True
        if name := dimension_of_heading(text, self.subject):
            known = is_typical_dimension(name) or name_key(name) in self.dimension_keys
            if known and kind == "" and current.kind in ("overview", "players", "competitive", "takeaways"):
                known = "insights" in text.lower() or "by " in text.lower()
            if known or (
                text[:3].lower() == "by "
                or "by " in text.lower()
                or explicit
                or current.kind in ("segmentation", "dimension", "geography")
            ):
                self._dimension(name, fragment, level, "")
                return True
        if explicit:
            return self._unknown(fragment, level)
        if current.kind in LISTS and self.subject and f"{self.subject} market".lower() in text.lower():
            self._open("overview", fragment)
            return True
        if (
            current.kind in LISTS
            and current.fragments
            and current.fragments[-1].shape is Shape.BULLET
            and current.kind != "players"
        ):
            self._open("other", fragment)
            return True
        return False

    def _inline_heading(self, fragment: Fragment, level: int) -> bool:
        if match := _FORCE_INLINE.match(fragment.text):
            self._open(
                next(k for k in FORCES if k.startswith(match["kind"].lower()[:8])),
                fragment,
                level=level,
                inline=match["rest"],
            )
            return True
        if (match := _BY_INLINE.match(fragment.text)) and "," in match["rest"]:
            self._dimension(match["name"], fragment, level, match["rest"])
            return True
        return False

    def _belongs_inside(self, text: str, kind: str, explicit: bool) -> bool:
        current = self.current
        if current.kind == "faq":
            return text.endswith("?")
        if current.kind in ("dimension", "segmentation") and text.lower().strip(" :") in self.segment_names:
            return current.kind == "dimension" or not explicit
        if current.kind == "geography" and place_of(text, self.subject):
            return True
        if current.kind == "competitive":
            has_subheads = any(f.is_title and f.shape is not Shape.BULLET for f in current.fragments)
            if explicit and kind in _DEEPER_SUBHEADS:
                return True
            return kind in _SUBHEADS_OF_COMPETITIVE and (has_subheads or explicit or kind != "outlook")
        if current.kind == "scope" and not current.fragments:
            return bool(re.fullmatch(r"(?:key )?(?:statistics|insights|details|descriptions?|values?)", text, re.I))
        if current.kind in ("pest", "porter"):
            return bool(
                re.match(
                    r"(?:political|economic|social|technological|legal|environmental|bargaining|threat"
                    r"|competitive rivalry|intensity|rivalry|industry rivalry)",
                    text,
                    re.I,
                )
            )
        if current.kind in FORCES and explicit and current.level:
            return kind in _WEAK or kind in ("definition", "geography", "competitive")
        return current.kind == "overview" and kind in ("overview", "trends", "outlook") and not explicit

    def _unknown(self, fragment: Fragment, level: int) -> bool:
        current = self.current
        if current.level and level > current.level and current.kind not in LISTS:
            if current.kind == "segmentation":
                self._dimension(
                    bare(fragment.text, self.subject).title()
                    if self.subject and self.subject in fragment.text
                    else fragment.text,
                    fragment,
                    level,
                    "",
                )
                return True
            return False
        if current.kind in ("players", "major_players") and current.level and level > current.level:
            self._open("competitive", None)
            self.current.level = current.level
            return False
        if not current.level and current.kind in ("front", "overview"):
            return False
        while self.stack and self.stack[-1].level >= level:
            self.stack.pop()
        enclosing = self.stack[-1] if self.stack else None
        if enclosing and enclosing.kind == "segmentation":
            self._dimension(fragment.text, fragment, level, "")
            return True
        if enclosing and enclosing.level >= 2 and enclosing.kind not in LISTS:
            self._open(enclosing.kind, None, name=enclosing.name)
            self.current.level = enclosing.level
            return False
        self._open(
            "other" if self.sections[-1].kind != "front" and len(self.sections) > 2 else "overview", None, level=level
        )
        return False
