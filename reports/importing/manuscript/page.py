"""What has been read of a page so far: the accumulators that the readers of its sections fill."""

import re
from dataclasses import dataclass, field

from reports.importing.manuscript.contents import Contents
from reports.importing.manuscript.headline import Headline
from reports.importing.manuscript.ledger import Ledger
from reports.importing.manuscript.lines import Fragment, Reading
from reports.importing.manuscript.model import Block, Matrix, Question, Rated, Section, Table
from reports.importing.manuscript.names import split_names
from reports.importing.manuscript.sections import ForceDraft, Players
from reports.importing.manuscript.segmentation import Segmentation

_FURNITURE = re.compile(
    r"^\*?(?:disclaimer|note|source|image)\s?[:©]|request (?:a )?(?:free )?sample"
    r"|download (?:an? )?(?:free )?(?:sample|pdf|brochure)|buy now|add to cart|enquir[ey]"
    r"|inquire before|subscribe|cookie|©|all rights reserved|sign in|log in|click here"
    r"|share (?:this|on)|read more|learn more|view (?:more|full|all)|speak to (?:an "
    r")?analyst|@\w+\.\w|https?://|www\.",
    re.I,
)
FURNITURE_REASON = "It reads like the site's own furniture, not like a part of the report."


@dataclass(slots=True)
class Page:
    """The parts of a page, gathered section by section."""

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

    def is_furniture(self, fragment: Fragment) -> bool:
        """True for a short line that sells or navigates; it is refused with that reason."""
        if reads_like_furniture(fragment):
            self.ledger.refuse(fragment, FURNITURE_REASON)
            return True
        return False

    def list_names(self, names: str, line: int, dimension: str) -> None:
        """Add the segments, or the places, that are listed along a line to the dimension of that name."""
        draft = self.segmentation.dimension(dimension, line)
        if draft.name == "Geography":
            self.segmentation.read_places(names, line, "list")
            return
        for name in split_names(names):
            self.segmentation.add(draft, name, line, "list")


def reads_like_furniture(fragment: Fragment) -> bool:
    """True for short lines such as "Request a sample": the site speaks, not the report."""
    return len(fragment.text) <= 160 and bool(_FURNITURE.search(fragment.text))
