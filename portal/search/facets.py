"""The library's facets: what a reader may choose current reports by, and how many there are of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import overload
from urllib.parse import urlencode

import numpy as np
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.text import slugify

from portal.access.entitlement import Reader, opened_by
from portal.search.asking import EVERYTHING, Question, Range, parse_range
from portal.search.catalogue import Booleans, Catalogue, Shelved, catalogue, inside, millions
from reports.document import Document

SORTS = {"title": "Title", "newest": "Newest edition", "size": "Largest market", "growth": "Fastest growth"}
LABELS = {
    "industry": ("Industry", "All industries"),
    "region": ("Region", "All regions"),
    "size": ("Market size", "Any size"),
    "cagr": ("Growth a year", "Any growth"),
    "concentration": ("Concentration", "Any"),
    "year": ("Base year", "Any"),
}


@dataclass(frozen=True, slots=True)
class Facets:
    """What a reader chose. Empty is everything."""

    industry: str = ""
    region: str = ""
    size: Range = EVERYTHING
    cagr: Range = EVERYTHING
    concentration: str = ""
    year: str = ""
    open: str = ""
    sort: str = "title"

    @property
    def any(self) -> bool:
        return replace(self, sort="title") != Facets()

    def query(self, **changed: str) -> str:
        """The address's query of this choice, with some of it changed."""
        chosen = {name: str(getattr(self, name)) for name in Facets.__dataclass_fields__} | changed
        return urlencode(
            {name: value for name, value in chosen.items() if value and (name, value) != ("sort", "title")}
        )


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    every: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every current report, and bool[reports]: which are open in full to whoever asks."""

    catalogue: Catalogue
    is_open: Booleans

    @property
    def regions(self) -> Mapping[str, str]:
        """The names of regions that any report has, by slug."""
        return self.catalogue.values["region"].labels


class Selection(Sequence[Shelved]):
    """The reports that match, in the order asked for; only those looked at are fetched from the shelf."""

    def __init__(self, shelf: Shelf, places: Sequence[int]) -> None:
        self.shelf, self.places = shelf, places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Shelved: ...
    @overload
    def __getitem__(self, index: slice) -> "Selection": ...
    def __getitem__(self, index: int | slice) -> "Shelved | Selection":
        if isinstance(index, slice):
            return Selection(self.shelf, self.places[index])
        return self.shelf.catalogue.rows[self.places[index]]


def chosen(query: QueryDict) -> Facets:
    """What an address asks for. Raises BadRequest with a sentence where a range can't be read."""
    try:
        size, cagr = parse_range(query.get("size", "")), parse_range(query.get("cagr", ""))
    except ValueError:
        raise BadRequest("Write a range as 5..10, 7.. or ..3: growth in per cent a year, size in millions.") from None
    sort = query.get("sort", "title")
    return Facets(
        industry=query.get("industry", ""), region=query.get("region", ""), size=size, cagr=cagr,
        concentration=query.get("concentration", ""), year=query.get("year", ""),
        open="1" if query.get("open") == "1" else "", sort=sort if sort in SORTS else "title",
    )  # fmt: skip


def shelf(reader: Reader, *, at: datetime) -> Shelf:
    """Every current report, and which this reader may read in full. Two queries at most while nothing is published.

    What is open is for choosing reports by; a page that shows one asks the gate about that one.
    """
    known = catalogue()
    opened = opened_by(reader, at=at)
    if opened.everything:
        return Shelf(known, np.ones(len(known.rows), np.bool_))
    is_open = np.isin(known.report, list(opened.reports)) | np.isin(known.industry, list(opened.industries))
    return Shelf(known, is_open)


def select(shelf: Shelf, facets: Facets) -> Selection:
    """Those that match every facet, in the order asked for."""
    matching = _matching(shelf, facets)
    if facets.sort == "title":
        return Selection(shelf, np.flatnonzero(matching).tolist())
    order = shelf.catalogue.orders[facets.sort]
    return Selection(shelf, order[matching[order]].tolist())


def counted(shelf: Shelf, facets: Facets) -> tuple[Facet, ...]:
    """Every facet with its values and how many reports each would leave, the other facets as chosen."""
    made = []
    for name, (label, every) in LABELS.items():
        values = shelf.catalogue.values[name]
        counts = (values.has & _matching(shelf, facets, but=name)).sum(axis=1)
        now = str(getattr(facets, name))
        options = [
            Option(value, words, int(count), value == now)
            for (value, words), count in zip(values.labels.items(), counts, strict=True)
        ]
        if now and now not in values.labels:
            words = range_words(getattr(facets, name), name) if name in ("size", "cagr") else now
            options.append(Option(now, words, int(_matching(shelf, facets).sum()), True))
        if options:
            made.append(Facet(name, label, every, tuple(options)))
    return tuple(made)


def range_words(limit: Range, name: str) -> str:
    """A range as words: "over 7 % a year", "500 to 1,000 million"."""
    unit = "% a year" if name == "cagr" else "million"
    space = "\N{NO-BREAK SPACE}"  # a number and its unit stay on one line
    least, most = ("" if one is None else f"{one.normalize():,f}" for one in (limit.least, limit.most))
    if least and most:
        return f"{least} to {most}{space}{unit}"
    return f"{least}{space}{unit} or more" if least else f"{most}{space}{unit} or less"


def _matching(shelf: Shelf, facets: Facets, *, but: str = "") -> Booleans:
    """bool[reports]: those that match every facet, or every one `but` one."""
    known = shelf.catalogue
    found: Booleans = np.ones(len(known.rows), np.bool_)
    for name in ("industry", "region", "concentration", "year"):
        if getattr(facets, name) and name != but:
            found &= known.values[name].of(getattr(facets, name))
    for name, column in (("size", known.size), ("cagr", known.cagr)):
        limit: Range = getattr(facets, name)
        if limit and name != but:
            found &= inside(column, limit)
    if facets.open and but != "open":
        found &= shelf.is_open
    return found


def within(document: Document, question: Question) -> bool:
    """Whether a report's public facts are within a line's limits on growth, size and region."""
    headline = document.headline
    regions = {slugify(n.name) for one in document.dimensions for n in one.nodes if n.kind == "region"}
    return (
        (not question.cagr or headline.cagr in question.cagr)
        and (not question.size or millions(headline.base_value, headline.unit) in question.size)
        and (not question.region or question.region in regions)
    )
