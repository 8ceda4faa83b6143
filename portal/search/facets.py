"""The library's facets: every current report with the public facts it is chosen by, and how many there are of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.text import slugify

from portal.search.asking import EVERYTHING, Range, parse_range
from reports.document import Tier
from reports.figures import UNIT_WORDS
from reports.models import Edition, EditionSegment

POWERS = {word: power for power, word in UNIT_WORDS.items()}
GROWTH_BANDS = {"..3": "Under 3 %", "3..5": "3 to 5 %", "5..8": "5 to 8 %", "8..12": "8 to 12 %", "12..": "Over 12 %"}
SIZE_BANDS = {"..500": "Under 500 million", "500..1000": "500 million to 1 billion", "1000..5000": "1 to 5 billion",
              "5000..20000": "5 to 20 billion", "20000..": "Over 20 billion"}  # fmt: skip
CONCENTRATION = {"low": "Low", "medium": "Medium", "high": "High"}
SORTS = {"title": "Title", "newest": "Newest edition", "size": "Largest market", "growth": "Fastest growth"}


@dataclass(frozen=True, slots=True)
class Shelved:
    """One current report, as it is chosen by: public facts and whether it is open to the reader."""

    edition_id: int
    report_id: int
    title: str
    published_at: datetime
    industry: str
    industry_name: str
    regions: Mapping[str, str]
    size: Decimal | None
    cagr: Decimal | None
    concentration: str
    year: str
    is_open: bool


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


def shelf(access: Callable[[Sequence[Any]], Mapping[int, Tier]]) -> list[Shelved]:
    """Every current report. `access` gives tiers for reports. Two queries, and those of `access`."""
    editions = list(
        Edition.objects.current()
        .select_related("report__industry", "summary")
        .defer("document")
        .order_by("report__title")
    )
    tiers = access([edition.report for edition in editions])
    regions: dict[int, list[tuple[int, int | None, str]]] = {}
    for report, first, last, name in EditionSegment.objects.filter(kind="region").values_list(
        "report_id", "first_edition", "last_edition", "name"
    ):
        regions.setdefault(report, []).append((first, last, name))
    return [_shelved(edition, regions.get(edition.report_id, ()), tiers[edition.report_id]) for edition in editions]


def select(shelved: Iterable[Shelved], facets: Facets, *, but: str = "") -> list[Shelved]:
    """Those that match every facet, or every one `but` one, in the order asked for."""
    tests: dict[str, Callable[[Shelved], bool]] = {
        "industry": lambda one: one.industry == facets.industry,
        "region": lambda one: facets.region in one.regions,
        "size": lambda one: one.size in facets.size,
        "cagr": lambda one: one.cagr in facets.cagr,
        "concentration": lambda one: one.concentration == facets.concentration,
        "year": lambda one: one.year == facets.year,
        "open": lambda one: one.is_open,
    }
    used = [test for name, test in tests.items() if getattr(facets, name) and name != but]
    found = [one for one in shelved if all(test(one) for test in used)]
    if facets.sort == "newest":
        found.sort(key=lambda one: one.published_at, reverse=True)
    elif facets.sort in ("size", "growth"):
        name = "size" if facets.sort == "size" else "cagr"
        found.sort(key=lambda one: (getattr(one, name) is not None, getattr(one, name) or 0), reverse=True)
    return found


def counted(shelved: Sequence[Shelved], facets: Facets) -> tuple[Facet, ...]:
    """Every facet with its values and how many reports each would leave, the other facets as chosen."""

    def facet(name: str, label: str, every: str, values: Callable[[Shelved], Mapping[str, str]]) -> Facet:
        named: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for one in shelved:
            named |= values(one)
        for one in select(shelved, facets, but=name):
            counts.update(values(one).keys())
        now = str(getattr(facets, name))
        if now and now not in named:
            named[now] = now if name not in ("size", "cagr") else range_words(getattr(facets, name), name)
        order = {value: place for place, value in enumerate(ORDERS.get(name, ()))}
        values_in_order = sorted(named, key=lambda value: (order.get(value, len(order)), named[value].casefold()))
        options = tuple(Option(value, named[value], counts[value], value == now) for value in values_in_order)
        return Facet(name, label, every, options)

    return tuple(
        one
        for one in (
            facet("industry", "Industry", "All industries", lambda one: {one.industry: one.industry_name}),
            facet("region", "Region", "All regions", lambda one: one.regions),
            facet("size", "Market size", "Any size", lambda one: _band(one.size, SIZE_BANDS)),
            facet("cagr", "Growth a year", "Any growth", lambda one: _band(one.cagr, GROWTH_BANDS)),
            facet("concentration", "Concentration", "Any", lambda one: _named(one.concentration, CONCENTRATION)),
            facet("year", "Base year", "Any", lambda one: {one.year: one.year} if one.year else {}),
        )
        if one.options
    )


ORDERS: Mapping[str, Iterable[str]] = {"size": SIZE_BANDS, "cagr": GROWTH_BANDS, "concentration": CONCENTRATION}


def range_words(limit: Range, name: str) -> str:
    """A range as words: "over 7 % a year", "500 to 1,000 million"."""
    unit = "% a year" if name == "cagr" else "million"
    least, most = ("" if one is None else f"{one.normalize():,f}" for one in (limit.least, limit.most))
    if least and most:
        return f"{least} to {most} {unit}"
    return f"{least} {unit} or more" if least else f"{most} {unit} or less"


def _shelved(edition: Edition, regions: Iterable[tuple[int, int | None, str]], tier: Tier) -> Shelved:
    summary = getattr(edition, "summary", None)
    industry = edition.report.industry
    named = {
        slugify(name): name
        for first, last, name in regions
        if first <= edition.number and (last is None or last >= edition.number)
    }
    return Shelved(
        edition_id=edition.pk,
        report_id=edition.report_id,
        title=edition.report.title,
        published_at=edition.published_at,
        industry=industry.slug,
        industry_name=industry.name,
        regions=named,
        size=_millions(summary.base_value, summary.unit) if summary else None,
        cagr=summary.cagr if summary else None,
        concentration=summary.concentration.lower() if summary else "",
        year=str(summary.base_year) if summary else "",
        is_open=tier >= Tier.LICENSED,
    )


def _millions(value: Decimal | None, unit: str) -> Decimal | None:
    """The value in millions of its own currency: nothing is converted."""
    if value is None:
        return None
    return value.scaleb(POWERS.get(unit.rpartition(" ")[2], 0) - 6)


def _band(value: Decimal | None, bands: Mapping[str, str]) -> Mapping[str, str]:
    return {band: label for band, label in bands.items() if value in parse_range(band)}


def _named(value: str, names: Mapping[str, str]) -> Mapping[str, str]:
    return {value: names[value]} if value in names else {}
