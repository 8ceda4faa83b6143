"""A manuscript's players and developments as draft rows. Names that may be one company are only suggested as such."""

from datetime import date

from django.utils.text import slugify

from companies.models import Company, Development
from companies.models import name_key as company_name_key
from reports.importing.manuscript.developments import without_date
from reports.importing.manuscript.model import Manuscript
from reports.importing.manuscript.places import place_of
from reports.importing.markup import fitted
from reports.models import AliasSuggestion, ManuscriptImport, Report
from reports.models import Player as DraftPlayer

_KINDS = {"merger": "acquisition", "approval": "regulation", "contract": "other", "divestment": "other"}


def company_named(name: str, country: str = "") -> Company | None:
    """The company registered under the name or an alias, or a new one; None for a name without letters or digits."""
    name = fitted(name, 200)
    if not company_name_key(name):
        return None
    found = Company.objects.named(name).first()
    if found is not None:
        return found
    place = place_of(country) if country else None
    slug = _free_slug(name)
    return Company.objects.create(name=name, slug=slug, country=place.iso if place and place.kind == "country" else "")


def _free_slug(name: str) -> str:
    slug = slugify(name)[:190] or "company"
    number = 2
    free = slug
    while Company.objects.filter(slug=free).exists():
        free, number = f"{slug}-{number}", number + 1
    return free


def draft_players(report: Report, manuscript: Manuscript) -> list[str]:
    """Key and major players the report does not have yet. Returns sentences on what was left out."""
    notes: list[str] = []
    position = report.players.count()
    for player, is_key, is_major in [
        *((p, True, False) for p in manuscript.players),
        *((p, False, True) for p in manuscript.major_players),
    ]:
        company = company_named(player.name, player.country)
        if company is None:
            notes.append(f"Line {player.line}: “{player.name}” is no name a company could be registered under.")
            continue
        row, created = DraftPlayer.objects.get_or_create(
            report=report, company=company, defaults={"is_key": is_key, "is_major": is_major, "position": position}
        )
        position += created
        if is_major and not row.is_major:
            row.is_major = True
            row.save(update_fields=["is_major"])
        if player.share:
            notes.append(
                f"Line {player.line}: the page gives {player.name} a share of {player.share}, without "
                f"a year or a source; enter it with both."
            )
    return notes


def draft_developments(report: Report, manuscript: Manuscript, filename: str) -> list[tuple[int, str, str]]:
    """Developments with their companies. Returns what found no place: line, text and the reason."""
    left: list[tuple[int, str, str]] = []
    for read in manuscript.developments:
        when, text = _first_day(read.date), without_date(read.text)
        if when is None:
            left.append((read.line, read.text, "It names no month or year, and a development needs one."))
            continue
        kind = _KINDS.get(read.type, read.type)
        row = (
            report.developments.filter(date=when, text=text).first()
            or Development.objects.filter(date=when, text=text).first()
        )
        if row is None:
            row = Development.objects.create(
                date=when,
                precision=read.precision,
                kind=kind if kind in Development.Kind.values else "other",
                text=text,
                source=fitted(f"{filename}, line {read.line}", 300),
            )
            row.companies.set([c for c in (company_named(name) for name in read.companies) if c is not None])
        report.developments.add(row)
    return left


def suggest(record: ManuscriptImport, manuscript: Manuscript) -> int:
    """Store the alias suggestions between companies that are registered apart. Returns how many."""
    count = 0
    for alias in manuscript.aliases:
        company, other = Company.objects.named(alias.name).first(), Company.objects.named(alias.alias).first()
        if company is None or (other is not None and other.pk == company.pk):
            continue
        _, created = AliasSuggestion.objects.get_or_create(
            manuscript=record,
            name=fitted(alias.alias, 200),
            company=company,
            defaults={"reason": fitted(alias.reason, 300)},
        )
        count += created
    return count


def _first_day(text: str) -> date | None:
    parts = [int(part) for part in text.split("-")] if text else []
    if not parts:
        return None
    try:
        return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
    except ValueError:
        return date(parts[0], parts[1], 1) if len(parts) > 1 and 1 <= parts[1] <= 12 else None
