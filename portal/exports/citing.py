"""How an edition, or one table or chart of it, is cited. A citation names an edition, which never changes."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from portal.access.mailing import absolute
from reports.document import Document
from reports.figures import TOTAL
from reports.models import Edition

PUBLISHER = "Plumbline"
ILLUSTRATIVE = "Illustrative, not market data"
PARTLY = "Partly illustrative, not market data"
LEDGER, SHARES = "driver_ledger", "market_shares"
"""The codes of the figures that are no table of years. No dimension's code holds the line below."""
BAR_TITLES = {LEDGER: ("Driver ledger", "ledger"), SHARES: ("Market shares of the largest players", "players")}
"""By code: the title of such a figure, and its anchor on the page."""
_BIBTEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_BIBTEX |= {mark: f"\\{mark}" for mark in "&%$#_"}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited. `part` is the title of a table or chart; empty for the whole report."""

    title: str
    part: str
    slug: str
    number: int
    published_at: datetime
    digest: str
    address: str
    label: str

    @property
    def name(self) -> str:
        return f"{self.part}. In: {self.title}" if self.part else self.title

    @property
    def edition(self) -> str:
        """Which edition, in words."""
        return f"Edition {self.number}, {self.published_at:%-d %B %Y}"

    @property
    def text(self) -> str:
        """One sentence for a footnote, with edition, date, address and the digest that proves which contents."""
        label = f" {self.label}." if self.label else ""
        return (
            f"{PUBLISHER} ({self.published_at:%Y}). {self.name}. {self.edition}.{label} {self.address} "
            f"(SHA-256 {self.digest})"
        )

    @property
    def bibtex(self) -> str:
        """A BibTeX entry; whatever a title holds, no field can be left early."""
        fields = {
            "title": _bibtex(self.name),
            "author": f"{{{PUBLISHER}}}",
            "institution": PUBLISHER,
            "type": "Market report",
            "number": f"Edition {self.number}",
            "year": f"{self.published_at:%Y}",
            "month": f"{self.published_at:%-m}",
            "day": f"{self.published_at:%-d}",
            "url": self.address,
            "note": f"SHA-256 {self.digest}" + (f". {self.label}" if self.label else ""),
        }
        key = f"{self.slug}-{self.number}" + (f"-{_slugged(self.part)}" if self.part else "")
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@techreport{{{key},\n{lines}}}\n"

    @property
    def ris(self) -> str:
        """An RIS record, for reference managers."""
        fields = [
            ("TY", "RPRT"), ("TI", self.name), ("AU", PUBLISHER), ("PB", PUBLISHER), ("PY", f"{self.published_at:%Y}"),
            ("DA", f"{self.published_at:%Y/%m/%d}"), ("ET", str(self.number)), ("UR", self.address),
            ("N1", f"SHA-256 {self.digest}"),
        ]  # fmt: skip
        if self.label:
            fields.append(("N1", self.label))
        return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in [*fields, ("ER", "")])


def permalink(slug: str, number: int, anchor: str = "") -> str:
    """The whole address of an edition, or of a place in it, that leads to the same contents for ever."""
    place = f"#{anchor}" if anchor else ""
    return absolute(f"{reverse('report', args=[slug])}?edition={number}{place}")


def cite(edition: Edition, *, code: str = "", part: str = "", anchor: str = "", path: str = "") -> Citation:
    """The citation of an edition; of one table or chart where its `code`, title and anchor on the page are given, or
    `path`, where the part has a page of its own.

    The same for every reader: titles are public, and so is whether numbers are illustrative.
    """
    slug = edition.report.slug
    return Citation(
        title=edition.contents.title,
        part=part,
        slug=slug,
        number=edition.number,
        published_at=edition.published_at,
        digest=edition.digest,
        address=absolute(path) if path else permalink(slug, edition.number, anchor),
        label=_label(edition.contents, code),
    )


def _label(document: Document, code: str) -> str:
    """What must be said of a report's numbers, or of one dimension's, wherever they are cited; else nothing."""
    if document.headline.illustrative:
        return ILLUSTRATIVE
    paths = (
        {TOTAL}
        if code in (TOTAL, LEDGER)
        else {path for path, node in document.by_path.items() if node.dimension == code}
    )
    flags = {cell.illustrative for one in document.series if not code or one.path in paths for cell in one.cells}
    flags |= {cell.illustrative for one in document.cross_tables if one.code == code for cell in one.cells.values()}
    return "" if True not in flags else PARTLY if False in flags else ILLUSTRATIVE


def _bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(mark, mark) for mark in " ".join(text.split()))


def _slugged(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
