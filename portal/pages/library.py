"""Lists across reports: cards of reports, made from current editions only.

Lists take from each document the few parts they show; the database picks them out, so that the thousands of values in
an edition are neither sent nor decoded for a card.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Func, JSONField, QuerySet

from portal.search.catalogue import Catalogue
from reports.document import Document, Headline, Tier
from reports.models import Edition

ABOUT = ("schema", "title", "slug", "summary", "industry", "industry_slug", "isic", "naics", "headline", "pages")


def _listed(*parts: str) -> QuerySet[Edition]:
    """Current editions with only these parts of their documents, in `light`, besides what every document must have."""
    return _picked(Edition.objects.current().select_related("report__industry"), *parts)


def _picked(editions: QuerySet[Edition], *parts: str) -> QuerySet[Edition]:
    return editions.defer("document").annotate(light=PartsOf(F("document"), parts=(*ABOUT, *parts)))


class PartsOf(Func):
    """A document with these parts of it alone. It is unpacked once: the operator for one part unpacks it for each."""

    template = (
        "(SELECT jsonb_object_agg(part.key, part.value) FROM jsonb_each(%(expressions)s) part"
        " WHERE part.key IN (%(parts)s))"
    )
    output_field = JSONField()

    def __init__(self, document: F, *, parts: tuple[str, ...]) -> None:
        super().__init__(document, parts=", ".join(f"'{part}'" for part in parts))


def _light(edition: Edition) -> Document:
    return Document.from_json(edition.light)  # type: ignore[attr-defined]


def listed_reports(known: Catalogue, most: int) -> list[Edition]:
    """Current editions, with what a card shows: first those that editors feature, in their order, then the newest.

    The newest are known to the catalogue, so that the others are not looked at. One query.
    """
    newest = [known.rows[place].edition_id for place in known.orders["newest"][:most]]
    featured = Edition.objects.filter(report__featured__isnull=False).values("pk")
    order = (F("report__featured").asc(nulls_last=True), F("published_at").desc(), "report__title")
    either = Edition.objects.filter(pk__in=newest).values("pk").union(featured)
    return list(_listed().filter(pk__in=either).order_by(*order)[:most])


def headline_of(edition: Edition) -> Document:
    """The public facts of one edition, without the rest of its document. One query."""
    return _light(_picked(Edition.objects.filter(pk=edition.pk)).get())


def editions_of(ids: Sequence[int]) -> list[Edition]:
    """These editions in this order, with what a card shows. No query for none."""
    found = {edition.pk: edition for edition in _listed().filter(pk__in=ids)} if ids else {}
    return [found[pk] for pk in ids if pk in found]


@dataclass(frozen=True, slots=True)
class IndustryCount:
    name: str
    slug: str
    count: int


@dataclass(frozen=True, slots=True)
class ReportCard:
    title: str
    slug: str
    summary: str
    industry: str
    industry_slug: str
    headline: Headline
    number: int
    published_at: datetime
    pages: int
    tier: Tier
    bars: tuple[tuple[str, str], ...]
    featured: bool

    @property
    def is_full(self) -> bool:
        return self.tier >= Tier.LICENSED

    @property
    def is_sample(self) -> bool:
        return self.tier == Tier.REGISTERED


def report_cards(editions: Iterable[Edition], access: Mapping[int, Tier]) -> list[ReportCard]:
    """A card for each edition: public facts only, and whether the whole report is open to the reader."""
    return [_card(edition, access[edition.report_id]) for edition in editions]


def _card(edition: Edition, access: Tier) -> ReportCard:
    document = _light(edition)
    headline = document.headline
    ends = [value for value in (headline.base_value, headline.end_value) if value is not None]
    highest = max(ends, default=None)
    return ReportCard(
        title=document.title,
        slug=document.slug,
        summary=document.summary,
        industry=document.industry,
        industry_slug=document.industry_slug,
        headline=headline,
        number=edition.number,
        published_at=edition.published_at,
        pages=document.pages,
        tier=access,
        bars=tuple((f"{float(value / highest) * 100:.1f}%", str(value)) for value in ends) if highest else (),
        featured=edition.report.featured is not None,
    )


def industries(known: Catalogue) -> list[IndustryCount]:
    """The industries of the current editions by name, with the number of reports in each. No query."""
    values = known.values["industry"]
    counts = values.has.sum(axis=1).tolist()
    rows = [IndustryCount(name, slug, count) for (slug, name), count in zip(values.labels.items(), counts, strict=True)]
    return sorted(rows, key=lambda one: one.name)
