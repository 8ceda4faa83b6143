"""Reading numbers of several reports at once, each as far as its reader may: the gate of explorer, compare and embeds.

Everything comes from the projections of editions. A row is read only where its own tier allows, intervals only where a
licence opens the report; what is left out is known by its title and years, which are public.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
from django.db.models import F, Func, JSONField, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject
from django.utils.text import slugify

from portal.access.entitlement import Reader, tiers
from portal.pages.charts.market import market_words
from portal.search.catalogue import catalogue
from reports.document import Document, Headline, Scenario, Tier
from reports.figures import TOTAL
from reports.models import Edition, EditionCompany, EditionSegment, EditionValue, Report
from reports.models.editions import EditionQuerySet

ABOUT = ("schema", "title", "slug", "summary", "industry", "industry_slug", "isic", "naics", "headline", "scenarios")

PLACES = ("region", "country", "group")


@dataclass(frozen=True, slots=True)
class Node:
    """A row that may be asked for: the whole market, or a segment. All of it is public."""

    path: str
    name: str
    dimension: str
    kind: str
    level: int
    parent: str
    adds_to: str
    estimated: bool
    why_not: str

    @property
    def slug(self) -> str:
        return slugify(self.name)


@dataclass(frozen=True, slots=True)
class Splitting:
    """A dimension of a report."""

    code: str
    name: str
    coverage: str


@dataclass(frozen=True, slots=True)
class Number:
    """One readable value."""

    year: int
    value: Decimal
    status: str
    low80: Decimal | None
    high80: Decimal | None
    low95: Decimal | None
    high95: Decimal | None
    source: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """One report's edition as its reader may read it: public facts, and the tier that decides on the rest."""

    edition: Edition
    tier: Tier
    document: Document
    nodes: Mapping[str, Node] = field(default_factory=dict)
    dimensions: Mapping[str, Splitting] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.document.slug

    @property
    def title(self) -> str:
        return self.document.title

    @property
    def market(self) -> str:
        return market_words(self.document.headline)

    @property
    def headline(self) -> Headline:
        return self.document.headline

    @property
    def is_full(self) -> bool:
        return self.tier >= Tier.LICENSED

    @property
    def is_public(self) -> bool:
        return self.tier == Tier.PUBLIC

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Those this reader may choose: which there are beside the base is for licensed readers."""
        base = (Scenario("base", "Base"),)
        return (self.document.scenarios or base) if self.is_full else base


class PathsInOrder(Func):
    """The paths of a document's rows in its own order, which projected rows, written anew when they change, lose."""

    function = "jsonb_path_query_array"
    template = "%(function)s(%(expressions)s, '$.dimensions[*].nodes[*].path')"
    output_field = JSONField()


def current(as_of: date | None = None) -> EditionQuerySet:
    """Editions that are current now, or were at the end of a day (UTC)."""
    if as_of is None:
        return Edition.objects.current()
    return Edition.objects.as_of(datetime.combine(as_of, time.max, tzinfo=UTC))


def open_reports(slugs: Sequence[str], reader: Reader, *, at: datetime, as_of: date | None = None) -> list[Opened]:
    """These reports in this order, each with its rows' names. Three queries and the gate's, whatever their number.

    A report without an edition is left out, in the same way as one that there is not.
    """
    if not slugs:
        return []
    picked = {part: KeyTransform(part, "document") for part in ABOUT}
    editions = {
        edition.report.slug: edition
        for edition in current(as_of)
        .filter(report__slug__in=slugs)
        .select_related("report__industry")
        .defer("document")
        .annotate(light=JSONObject(**picked), paths=PathsInOrder(F("document")))
    }
    access = tiers(reader, [edition.report for edition in editions.values()], at=at)
    rows = _nodes(editions.values())
    opened = []
    for slug in dict.fromkeys(slugs):
        edition = editions.get(slug)
        if edition is None:
            continue
        document = Document.from_json(edition.light)  # type: ignore[attr-defined]
        total = Node(TOTAL, market_words(document.headline), "", TOTAL, 0, "", "", True, "")
        nodes, dimensions = rows.get(edition.report_id, ({}, {}))
        opened.append(Opened(edition, access[edition.report_id], document, {TOTAL: total} | nodes, dimensions))
    return opened


type Paths = Mapping[str, Iterable[str]]
"""The rows to read of each report: slug -> paths."""


def read(
    opened: Sequence[Opened], paths: Paths, scenario: str, years: tuple[int, int] | None = None
) -> dict[tuple[str, str], dict[int, Number]]:
    """(report's slug, path) -> year -> number, of what the reader may read. One query, none where nothing is asked."""
    wanted = Q(pk__in=[])
    slug_of = {}
    full = set()
    for one in opened:
        slug_of[one.edition.report_id] = one.slug
        if one.is_full:
            full.add(one.slug)
        wanted |= holds(one.edition) & Q(tier__lte=one.tier, path__in=list(paths.get(one.slug, ())))
    if not slug_of:
        return {}
    rows = EditionValue.objects.filter(wanted, scenario=scenario, value__isnull=False)
    if years:
        rows = rows.filter(year__gte=years[0], year__lte=years[1])
    found: dict[tuple[str, str], dict[int, Number]] = {}
    for report, path, year, value, status, *bounds, source, illustrative in rows.order_by("year").values_list(
        "report_id", "path", "year", "value", "status", "low80", "high80", "low95", "high95", "source", "illustrative"
    ):
        slug = slug_of[report]
        assert value is not None  # asked for above
        low80, high80, low95, high95 = bounds if slug in full else (None, None, None, None)
        found.setdefault((slug, path), {})[year] = Number(
            year, value, status, low80, high80, low95, high95, source, illustrative
        )
    return found


def holds(edition: Edition) -> Q:
    """A condition on projected rows: those that this edition says."""
    open_until = Q(last_edition__isnull=True) | Q(last_edition__gte=edition.number)
    return open_until & Q(report_id=edition.report_id, first_edition__lte=edition.number)


def _nodes(editions: Iterable[Edition]) -> dict[int, tuple[dict[str, Node], dict[str, Splitting]]]:
    wanted = Q(pk__in=[])
    for edition in editions:
        wanted |= holds(edition)
    place = {
        (edition.report_id, path): place
        for edition in editions
        for place, path in enumerate(edition.paths)  # type: ignore[attr-defined]
    }
    rows = EditionSegment.objects.filter(wanted).values_list(
        "report_id", "dimension", "dimension_name", "coverage", "path", "name", "kind", "level", "parent", "adds_to",
        "estimated", "why_not",
    )  # fmt: skip
    found: dict[int, tuple[dict[str, Node], dict[str, Splitting]]] = {}
    for report, code, dimension, coverage, path, name, kind, level, parent, adds_to, estimated, why_not in sorted(
        rows, key=lambda row: place.get((row[0], row[4]), 0)
    ):
        nodes, dimensions = found.setdefault(report, ({}, {}))
        dimensions.setdefault(code, Splitting(code, dimension, coverage))
        nodes[path] = Node(path, name, code, kind, level, parent, adds_to, estimated, why_not)
    return found


def reports_naming(company: str, most: int = 5) -> list[str]:
    """Slugs of current reports that list a company among their players, by title. One query."""
    newest = Edition.objects.filter(report=OuterRef("report"), withdrawal__isnull=True).order_by("-number")
    rows = EditionCompany.objects.annotate(current=Subquery(newest.values("number")[:1])).filter(
        Q(last_edition__isnull=True) | Q(last_edition__gte=F("current")),
        slug=company, is_player=True, first_edition__lte=F("current"),
    )  # fmt: skip
    return list(rows.order_by("report__title").values_list("report__slug", flat=True)[:most])


def reports_in_region(region: str, most: int = 5) -> list[str]:
    """Slugs of current reports with a region or country of this name, by title. Two queries at most, besides the
    catalogue's: it knows who has a region, and countries are looked for in the rows."""
    known = catalogue()
    places = np.flatnonzero(known.values["region"].of(region))[:most]
    reports = [known.rows[place].report_id for place in places]
    slugs = dict(Report.objects.filter(pk__in=reports).values_list("pk", "slug"))
    if len(slugs) == most:
        return [slugs[pk] for pk in reports]
    newest = Edition.objects.filter(report=OuterRef("report"), withdrawal__isnull=True).order_by("-number")
    rows = EditionSegment.objects.annotate(current=Subquery(newest.values("number")[:1])).filter(
        Q(last_edition__isnull=True) | Q(last_edition__gte=F("current")),
        path__endswith=f"/{region}", kind__in=PLACES, first_edition__lte=F("current"),
    )  # fmt: skip
    found = rows.order_by("report__title").values_list("report__slug", flat=True)[: most * 2]
    return list(dict.fromkeys(found))[:most]
