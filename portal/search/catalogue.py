"""Every current report with the public facts it is chosen by, as arrays, so that ten thousand are narrowed like ten.

Kept in this process. An edition that comes or goes is seen at once, for its number is asked for on every request; a
report that is moved to another industry, within a minute. What was read of an edition is not read again, for an edition
never changes: among ten thousand reports a publication costs its next reader a tenth of a second and no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import numpy as np
from django.utils.text import slugify
from numpy.typing import NDArray

from portal.search.asking import Range, parse_range
from portal.search.keeping import KeptWhileUnchanged, editions_now
from reports.figures import UNIT_WORDS
from reports.models import Edition, EditionSegment

Booleans = NDArray[np.bool_]
POWERS = {word: power for power, word in UNIT_WORDS.items()}
GROWTH_BANDS = {"..3": "Under 3 %", "3..5": "3 to 5 %", "5..8": "5 to 8 %", "8..12": "8 to 12 %", "12..": "Over 12 %"}
SIZE_BANDS = {"..500": "Under 500 million", "500..1000": "500 million to 1 billion", "1000..5000": "1 to 5 billion",
              "5000..20000": "5 to 20 billion", "20000..": "Over 20 billion"}  # fmt: skip
FEW = 500
CONCENTRATION = {"low": "Low", "medium": "Medium", "high": "High"}


@dataclass(frozen=True, slots=True)
class Shelved:
    """One current report, as it is chosen by. `size` is in millions of its own currency, `cagr` in per cent a year."""

    edition_id: int
    report_id: int
    title: str
    published_at: datetime
    industry: str
    industry_name: str
    industry_id: int
    regions: Mapping[str, str]
    size: Decimal | None
    cagr: Decimal | None
    concentration: str
    year: str


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one facet that any report has: bool[values, reports] says which has which."""

    labels: Mapping[str, str]
    has: Booleans

    def of(self, value: str) -> Booleans:
        """bool[reports]: those with this value; none for one that nobody has."""
        names = list(self.labels)
        return self.has[names.index(value)] if value in self.labels else np.zeros(self.has.shape[1], np.bool_)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All current reports by title. `size` and `cagr` are float64[reports], NaN where not given."""

    rows: tuple[Shelved, ...]
    values: Mapping[str, Values]
    report: NDArray[np.int64]
    industry: NDArray[np.int64]
    size: NDArray[np.float64]
    cagr: NDArray[np.float64]
    orders: Mapping[str, NDArray[np.intp]]


def arranged(reports: Iterable[Shelved]) -> Catalogue:
    """The arrays of these reports."""
    rows = tuple(sorted(reports, key=lambda one: (one.title.casefold(), one.report_id)))
    published = np.array([one.published_at.timestamp() for one in rows])
    size, cagr = (np.array([np.nan if one is None else float(one) for one in column], float)
                  for column in ([one.size for one in rows], [one.cagr for one in rows]))  # fmt: skip
    return Catalogue(
        rows=rows,
        values={
            "industry": _values(rows, [{one.industry: one.industry_name} for one in rows]),
            "region": _values(rows, [one.regions for one in rows]),
            "size": _bands(size, SIZE_BANDS),
            "cagr": _bands(cagr, GROWTH_BANDS),
            "concentration": _values(rows, [_known(one.concentration) for one in rows], CONCENTRATION),
            "year": _values(rows, [{one.year: one.year} if one.year else {} for one in rows]),
        },
        report=np.array([one.report_id for one in rows], np.int64),
        industry=np.array([one.industry_id for one in rows], np.int64),
        size=size,
        cagr=cagr,
        # Stable sorts of what is in order of title; those without a number come last.
        orders={
            "newest": np.argsort(-published, kind="stable"),
            "size": np.argsort(np.where(np.isnan(size), np.inf, -size), kind="stable"),
            "growth": np.argsort(np.where(np.isnan(cagr), np.inf, -cagr), kind="stable"),
        },
    )


def _values(rows: tuple[Shelved, ...], given: list[Mapping[str, str]], order: Iterable[str] = ()) -> Values:
    labels: dict[str, str] = {}
    for one in given:
        labels |= one
    place = {value: number for number, value in enumerate(order)}
    names = sorted(labels, key=lambda value: (place.get(value, len(place)), labels[value].casefold()))
    number = {name: line for line, name in enumerate(names)}
    has = np.zeros((len(names), len(rows)), np.bool_)
    for column, one in enumerate(given):
        for value in one:
            has[number[value], column] = True
    return Values({name: labels[name] for name in names}, has)


def _made(before: Catalogue | None) -> Catalogue:
    """The catalogue of the editions there are now. Of those that `before` has only the industry is read again."""
    industries = {
        pk: (report, (industry_id, slug, name))
        for pk, report, industry_id, slug, name in Edition.objects.current()
        .order_by()
        .values_list("pk", "report_id", "report__industry_id", "report__industry__slug", "report__industry__name")
    }
    # A row without a title was read while there was no projection of its edition.
    known = {row.edition_id: row for row in before.rows if row.title} if before else {}
    new = {pk: report for pk, (report, _) in industries.items() if pk not in known}
    read = {row.edition_id: row for row in _read(new)} if new else {}
    rows = []
    for pk, (_, (industry_id, slug, name)) in industries.items():
        row = known.get(pk) or read[pk]
        if (row.industry_id, row.industry, row.industry_name) != (industry_id, slug, name):
            row = replace(row, industry_id=industry_id, industry=slug, industry_name=name)
        rows.append(row)
    if before and len(rows) == len(before.rows) and all(row is known.get(row.edition_id) for row in rows):
        return before
    return arranged(rows)


def _read(editions: Mapping[int, int]) -> Iterator[Shelved]:
    """These editions, given with their reports. Two queries."""
    said = EditionSegment.objects.filter(kind="region")
    wanted = Edition.objects.order_by()
    if len(editions) <= FEW:  # of thousands it is quicker to read all than to name them
        said, wanted = said.filter(report__in=editions.values()), wanted.filter(pk__in=editions)
    regions: dict[int, list[tuple[int, int | None, str]]] = {}
    for report, first, last, name in said.order_by().values_list("report_id", "first_edition", "last_edition", "name"):
        regions.setdefault(report, []).append((first, last, name))
    columns = (
        "pk", "number", "published_at", "report_id", "summary__title", "report__industry_id", "report__industry__slug",
        "report__industry__name", "summary__base_value", "summary__unit", "summary__cagr", "summary__concentration",
        "summary__base_year",
    )  # fmt: skip
    for (
        pk, number, published, report, title, industry_id, industry, industry_name, value, unit, cagr, concentration,
        year,
    ) in wanted.values_list(*columns):  # fmt: skip
        if pk in editions:
            yield Shelved(
                edition_id=pk,
                report_id=report,
                title=title or "",
                published_at=published,
                industry=industry,
                industry_name=industry_name,
                industry_id=industry_id,
                regions={
                    _slug(name): name
                    for first, last, name in regions.get(report, ())
                    if first <= number and (last is None or last >= number)
                },
                size=millions(value, unit or ""),
                cagr=cagr,
                concentration=(concentration or "").lower(),
                year=str(year or ""),
            )


_slug = lru_cache(maxsize=4096)(slugify)
"""Thousands of reports have the same few regions."""


def millions(value: Decimal | None, unit: str) -> Decimal | None:
    """The value in millions of its own currency: nothing is converted."""
    if value is None:
        return None
    return value.scaleb(POWERS.get(unit.rpartition(" ")[2], 0) - 6)


def inside(column: NDArray[np.float64], limit: Range) -> Booleans:
    """bool[reports]: those whose number is within the limit, both ends included; none of those without the number."""
    least = -np.inf if limit.least is None else float(limit.least)
    most = np.inf if limit.most is None else float(limit.most)
    found: Booleans = (column >= least) & (column <= most)
    return found


def _bands(column: NDArray[np.float64], bands: Mapping[str, str]) -> Values:
    """The bands that any report is in."""
    has = {band: inside(column, parse_range(band)) for band in bands}
    labels = {band: bands[band] for band, which in has.items() if which.any()}
    return Values(labels, np.array([has[band] for band in labels], np.bool_).reshape(len(labels), len(column)))


def _known(concentration: str) -> Mapping[str, str]:
    return {concentration: CONCENTRATION[concentration]} if concentration in CONCENTRATION else {}


catalogue = KeptWhileUnchanged(_made, editions_now)
"""Today's catalogue."""
