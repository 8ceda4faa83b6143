"""Companies as current editions speak of them, from the projections: their names are public, the rest is licensed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from portal.access.entitlement import Reader, tiers
from portal.pages.report_page import Company
from portal.pages.report_page import company as company_view
from portal.search.keeping import KeptWhileUnchanged, editions_now
from reports.document import Development, Document, Headline, Profile, Tier
from reports.models import Edition, EditionCompany, EditionDevelopment, EditionSummary

type Said = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A company's part in one report. `share` is empty where it is not known or not open to the reader."""

    title: str
    slug: str
    role: str
    share: Any
    share_year: int | None
    share_source: str
    tier: Tier
    illustrative: bool
    has_profile: bool

    @property
    def is_full(self) -> bool:
        return self.tier >= Tier.LICENSED


@dataclass(slots=True)
class CompanyRead:
    """A company as its reader may read it across the current editions."""

    name: str
    slug: str
    parts: list[Part] = field(default_factory=list)
    profile: Profile | None = None
    profile_from: str = ""
    profile_illustrative: bool = False
    locked_in: str = ""
    developments: list[Development] = field(default_factory=list)

    @property
    def view(self) -> Company | None:
        return company_view(self.profile) if self.profile else None

    @property
    def shares(self) -> list[Part]:
        """Parts with a share that is open to the reader, the largest first."""
        return sorted((one for one in self.parts if one.share is not None), key=lambda one: one.share, reverse=True)

    @property
    def illustrative(self) -> bool:
        return any(one.illustrative for one in self.parts)


@dataclass(frozen=True, slots=True)
class Listed:
    name: str
    slug: str
    reports: tuple[str, ...]
    more: int


def said_now() -> Said:
    """What current editions say of companies: one row for each company in each report."""
    newest = Edition.objects.filter(report=OuterRef("report"), withdrawal__isnull=True).order_by("-number")
    rows: Said = EditionCompany.objects.annotate(
        current=Subquery(newest.values("number")[:1]), edition_id=Subquery(newest.values("pk")[:1])
    )
    still = Q(last_edition__isnull=True) | Q(last_edition__gte=F("current"))
    return rows.filter(still, first_edition__lte=F("current"))


_PLAYERS = """
WITH current AS MATERIALIZED (
    SELECT DISTINCT ON (edition.report_id) edition.report_id, edition.number FROM reports_edition edition
    WHERE NOT EXISTS (SELECT FROM reports_withdrawal gone WHERE gone.edition_id = edition.id)
      AND (%(slugs)s::text[] IS NULL OR edition.report_id IN (
          SELECT report_id FROM reports_editioncompany WHERE slug = ANY(%(slugs)s)))
    ORDER BY edition.report_id, edition.number DESC
)
SELECT said.slug, max(said.name), count(*) FROM reports_editioncompany said JOIN current USING (report_id)
WHERE said.is_player AND said.first_edition <= current.number
  AND (said.last_edition IS NULL OR said.last_edition >= current.number)
  AND (%(slugs)s::text[] IS NULL OR said.slug = ANY(%(slugs)s))
GROUP BY said.slug
"""
LATE = 50
"""Editions whose ids may come to be seen later than higher ones, from transactions that were open at once."""


@dataclass(frozen=True, slots=True)
class Players:
    """The players of current editions by name, when these were the newest edition and withdrawal. `folded` are their
    names in small letters, to look for words in."""

    edition: int
    withdrawal: int
    rows: list[dict[str, Any]]
    folded: list[str]


def _players_now(before: Players | None) -> Players:
    """All players, or those of before with what newer editions and withdrawals change. Four queries at most."""
    newest = Edition.objects.aggregate(edition=Max("pk"), withdrawal=Max("withdrawal__pk"))
    edition, withdrawal = newest["edition"] or 0, newest["withdrawal"] or 0
    if before is None or edition < before.edition or withdrawal < before.withdrawal:
        return _in_order(edition, withdrawal, _counted(None))
    changed = Q(pk__gt=before.edition - LATE) | Q(withdrawal__pk__gt=before.withdrawal - LATE)
    reports = Edition.objects.filter(changed).values("report")
    slugs = list(EditionCompany.objects.filter(report__in=reports).order_by().values_list("slug", flat=True).distinct())
    if not slugs:
        return before
    named = set(slugs)
    others = [row for row in before.rows if row["slug"] not in named]
    return _in_order(edition, withdrawal, [*others, *_counted(slugs)])


def _counted(slugs: list[str] | None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_PLAYERS, {"slugs": slugs})
        return [{"slug": slug, "shown": shown, "reports": reports} for slug, shown, reports in cursor.fetchall()]


def _in_order(edition: int, withdrawal: int, rows: list[dict[str, Any]]) -> Players:
    ordered = sorted(rows, key=lambda row: (row["shown"].casefold(), row["slug"]))
    return Players(edition, withdrawal, ordered, [row["shown"].casefold() for row in ordered])


_players = KeptWhileUnchanged(_players_now, editions_now)


def listed(words: str = "") -> list[dict[str, Any]]:
    """Players of current editions by name, one row a company: slug, name as `shown`, in how many `reports`."""
    wanted = words.casefold()
    known = _players()
    if not wanted:
        return known.rows
    return [row for row, name in zip(known.rows, known.folded, strict=True) if wanted in name]


def with_reports(rows: Sequence[dict[str, Any]], most: int = 3) -> list[Listed]:
    """These companies with the titles of the reports that list them. Two queries."""
    named: dict[str, list[str]] = {}
    places = said_now().filter(is_player=True, slug__in=[row["slug"] for row in rows])
    found = list(places.values_list("slug", "edition_id"))
    titles = dict(
        EditionSummary.objects.filter(edition__in={edition for _, edition in found}).values_list("edition", "title")
    )
    for slug, edition in found:
        named.setdefault(slug, []).append(titles.get(edition, ""))
    return [
        Listed(
            row["shown"], row["slug"], tuple(sorted(named.get(row["slug"], []))[:most]), max(row["reports"] - most, 0)
        )
        for row in rows
    ]


def read_companies(slugs: Sequence[str], reader: Reader, *, at: datetime) -> list[CompanyRead]:
    """These companies in this order, each as far as the reader may read. Four queries, whatever there is to read.

    A company that no current edition names is left out.
    """
    rows = list(said_now().filter(slug__in=slugs).select_related("report").order_by("report__title"))
    access = tiers(reader, {row.report for row in rows}, at=at)
    summaries = {
        one.edition_id: one for one in EditionSummary.objects.filter(edition__in={row.edition_id for row in rows})
    }
    found = {slug: CompanyRead("", slug) for slug in slugs}
    for row in rows:
        company, tier = found[row.slug], access[row.report_id]
        summary = summaries[row.edition_id]
        is_full = tier >= Tier.LICENSED
        company.name = company.name or row.name
        company.parts.append(
            Part(
                title=summary.title,
                slug=row.report.slug,
                role=_role(row),
                share=row.share if is_full else None,
                share_year=row.share_year if is_full else None,
                share_source=row.share_source if is_full else "",
                tier=tier,
                illustrative=summary.illustrative,
                has_profile=row.profile is not None,
            )
        )
        if row.profile is not None and is_full and company.profile is None:
            company.profile, company.profile_from = _profile(row.profile), summary.title
            company.profile_illustrative = summary.illustrative
        elif row.profile is not None and not is_full and not company.locked_in:
            company.locked_in = row.report.slug
    _tell(found, rows)
    return [one for one in found.values() if one.name]


def _role(row: EditionCompany) -> str:
    if not row.is_player:
        return "Named in a development"
    return "Major player" if row.is_major else "Key player" if row.is_key else "Player"


def _profile(stored: dict[str, Any]) -> Profile:
    headline = Headline("", "", "", 0, "", 0, "", None, 0, 0, 0, None, None, None, "", False)
    empty = Document("", "", "", "", "", "", "", headline).to_json()
    return Document.from_json(empty | {"profiles": [stored]}).profiles[0]


def _tell(found: dict[str, CompanyRead], rows: Iterable[Any]) -> None:
    """Add the developments that current editions tell of these companies, newest first, each once. They are public."""
    numbers = {row.report_id: row.current for row in rows}
    wanted = Q(pk__in=[])
    for slug, company in found.items():
        if company.name:
            wanted |= Q(companies__contains=[{"slug": slug}])
    told = EditionDevelopment.objects.filter(wanted, report_id__in=numbers).order_by("-date", "pk")
    for row in told:
        current = numbers[row.report_id]
        if row.first_edition > current or (row.last_edition is not None and row.last_edition < current):
            continue
        development = Development(
            row.date.isoformat(), row.precision, row.when, row.kind, row.text,
            tuple((one["name"], one["slug"]) for one in row.companies), row.source, row.source_url,
        )  # fmt: skip
        for _, slug in development.companies:
            told_of = found.get(slug)
            if told_of and (development.date, development.text) not in {(d.date, d.text) for d in told_of.developments}:
                told_of.developments.append(development)
