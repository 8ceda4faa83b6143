"""Lists across reports: cards of reports and companies, made from current editions only.

Lists take from each document the few parts they show; the database picks them out, so that the thousands of values in
an edition are neither sent nor decoded for a card.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject

from portal.pages.report_page import Company
from portal.pages.report_page import company as company_view
from reports.document import Development, Document, Headline, Player, Tier
from reports.gating import readable
from reports.models import Edition

ABOUT = ("schema", "title", "slug", "summary", "industry", "industry_slug", "isic", "naics", "headline", "pages")


def _listed(*parts: str) -> QuerySet[Edition]:
    """Current editions with only these parts of their documents, in `light`, besides what every document must have."""
    picked = {part: KeyTransform(part, "document") for part in (*ABOUT, *parts)}
    editions = Edition.objects.current().select_related("report__industry").defer("document")
    return editions.annotate(light=JSONObject(**picked))


def _light(edition: Edition) -> Document:
    return Document.from_json(edition.light)  # type: ignore[attr-defined]


def listed_reports() -> list[Edition]:
    """The current edition of every report, newest first, with what a card shows."""
    return list(_listed().order_by("-published_at", "report__title"))


def editions_of(ids: Sequence[int]) -> list[Edition]:
    """These editions in this order, with what a card shows. No query for none."""
    found = {edition.pk: edition for edition in _listed().filter(pk__in=ids)} if ids else {}
    return [found[pk] for pk in ids if pk in found]


def listed_companies() -> list[Edition]:
    """The current edition of every report, by title, with its players."""
    return list(_listed("players").order_by("report__title"))


def editions_naming(company: str) -> list[Edition]:
    """The current editions whose players or developments name this company, by title."""
    named = Q(document__players__contains=[{"slug": company}])
    named |= Q(document__developments__contains=[{"companies": [[company]]}])
    return list(Edition.objects.current().filter(named).select_related("report__industry").order_by("report__title"))


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

    @property
    def is_full(self) -> bool:
        return self.tier >= Tier.LICENSED

    @property
    def is_sample(self) -> bool:
        return self.tier == Tier.REGISTERED


@dataclass(frozen=True, slots=True)
class Appearance:
    """A company in one report, as far as the reader may read it."""

    title: str
    slug: str
    player: Player | None
    tier: Tier

    @property
    def is_full(self) -> bool:
        return self.tier >= Tier.LICENSED


@dataclass(frozen=True, slots=True)
class CompanyCard:
    name: str
    slug: str
    country: str
    reports: tuple[str, ...]


@dataclass(slots=True)
class CompanyPage:
    name: str
    slug: str
    appearances: list[Appearance] = field(default_factory=list)
    developments: list[Development] = field(default_factory=list)
    profile: Company | None = None
    profile_from: str = ""
    locked_in: str = ""


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
    )


def industries_of(editions: Iterable[Edition]) -> list[IndustryCount]:
    """The industries of these editions by name, with the number of reports in each."""
    found: dict[str, tuple[str, int]] = {}
    for edition in editions:
        industry = edition.report.industry
        found[industry.slug] = (industry.name, found.get(industry.slug, ("", 0))[1] + 1)
    return sorted((IndustryCount(name, slug, count) for slug, (name, count) in found.items()), key=lambda one: one.name)


def company_cards(editions: Sequence[Edition]) -> list[CompanyCard]:
    """Every company that plays a part in a current edition, by name. Names of players are public."""
    names: dict[str, str] = {}
    named_in: dict[str, list[str]] = {}
    for edition in editions:
        document = _light(edition)
        for player in document.players:
            names.setdefault(player.slug, player.company)
            named_in.setdefault(player.slug, []).append(document.title)
    return sorted(
        (CompanyCard(name, slug, "", tuple(named_in[slug])) for slug, name in names.items()),
        key=lambda card: card.name.casefold(),
    )


def company_page(slug: str, editions: Sequence[Edition], access: Mapping[int, Tier]) -> CompanyPage | None:
    """What the current editions say of one company, each read as its reader may; None when none names it."""
    page: CompanyPage | None = None
    for edition in editions:
        whole = edition.contents
        name = _named(whole, slug)
        if not name:
            continue
        page = page or CompanyPage(name, slug)
        reader_tier = access[edition.report_id]
        document = readable(whole, reader_tier)
        player = next((one for one in document.players if one.slug == slug), None)
        page.appearances.append(Appearance(document.title, document.slug, player, reader_tier))
        known = {(one.date, one.text) for one in page.developments}
        page.developments += [
            one
            for one in document.developments
            if slug in {other for _, other in one.companies} and (one.date, one.text) not in known
        ]
        profile = next((one for one in document.profiles if one.slug == slug), None)
        if profile and page.profile is None:
            page.profile, page.profile_from = company_view(profile), document.title
        elif not page.locked_in and any(one.slug == slug for one in whole.profiles) and not profile:
            page.locked_in = document.slug
    if page:
        page.developments.sort(key=lambda one: one.date, reverse=True)
    return page


def _named(document: Document, slug: str) -> str:
    """The company's name where a document lists it as a player or in a development; both are public."""
    for player in document.players:
        if player.slug == slug:
            return player.company
    for development in document.developments:
        for name, other in development.companies:
            if other == slug:
                return name
    return ""
