"""Stores a manuscript as a draft: one transaction, all or nothing, and nothing that was there is overwritten."""

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from forecasts.models import Market
from forecasts.requesting import request_recompute
from reports.importing.drafting_companies import draft_developments, draft_players, suggest
from reports.importing.drafting_market import begin_market, draft_dimensions, enter_headline, market_name
from reports.importing.drafting_words import draft_words
from reports.importing.manuscript import Manuscript, parse
from reports.importing.manuscript.model import HeadlineClaim as ReadClaim
from reports.importing.markup import fitted
from reports.importing.reading import ManuscriptError, checked
from reports.importing.settling import in_unit, settle
from reports.models import HeadlineClaim, Industry, ManuscriptImport, Report, UnplacedLine

_KINDS = {
    "base-value": "base-value",
    "end-value": "end-value",
    "cagr": "cagr",
    "base-year": "base-year",
    "study-period": "span",
    "forecast-period": "span",
    "timeline": "span",
    "concentration": "concentration",
    "page-count": "pages",
}
_UNDECIDED_UNCLASSIFIED = {"name": "Not classified", "slug": "not-classified"}
_CONCENTRATION = (
    ("low", ("low", "fragment")),
    ("medium", ("medium", "moderate")),
    ("high", ("high", "consolidat", "concentrat")),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `created` is false when this very file had been imported into the report before."""

    report: Report
    record: ManuscriptImport
    manuscript: Manuscript
    created: bool
    message: str


def import_manuscript(
    text: str,
    *,
    filename: str,
    now: datetime,
    report: Report | None = None,
    industry: Industry | None = None,
    by: AbstractBaseUser | None = None,
) -> Imported:
    """Read a manuscript into a report's draft: the report given, the one on the same market, or a new one.

    A report that exists keeps what its editors wrote; only what it lacks is added. Importing the same text into it
    again changes nothing and says so. Raises ManuscriptError, with a sentence, for what is no manuscript.
    """
    checked(text, filename)
    manuscript = parse(text)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        with transaction.atomic():
            return _store(text, manuscript, digest, fitted(filename, 255), report, industry, by, now)
    except IntegrityError as error:
        raise ManuscriptError(
            f"{filename} could not be stored, and nothing was changed: "
            f"{str(error).splitlines()[0]}. If the same file is "
            "being imported elsewhere, wait for that to end."
        ) from error


def _store(
    text: str,
    manuscript: Manuscript,
    digest: str,
    filename: str,
    report: Report | None,
    industry: Industry | None,
    by: AbstractBaseUser | None,
    now: datetime,
) -> Imported:
    start = settle(manuscript, this_year=now.year)
    notes = [*manuscript.unsure, *start.notes]
    if report is None:
        report = Report.objects.filter(
            market__slug=slugify(market_name(manuscript, filename))[:200] or "market"
        ).first()
    if report is not None:
        report = Report.objects.select_for_update().get(pk=report.pk)
        earlier = ManuscriptImport.objects.filter(report=report, sha256=digest).first()
        if earlier is not None:
            day = f"{earlier.imported_at:%-d %B %Y}"
            message = f"{filename} was imported into “{report.title}” before, on {day}. Nothing was changed."
            return Imported(report, earlier, manuscript, False, message)
        new = False
    else:
        market = begin_market(manuscript, start, filename)
        report = _begin_report(manuscript, market, industry, by)
        new = True
    market = report.market
    record = ManuscriptImport.objects.create(
        report=report,
        filename=filename,
        sha256=digest,
        text=text,
        imported_at=now,
        imported_by=by,  # type: ignore[misc]
        placed_share=Decimal(str(manuscript.placed_share)).quantize(Decimal("0.0001")),
        counts=manuscript.counts,
        findings=[dataclasses.asdict(finding) for finding in manuscript.findings],
    )
    if new:
        enter_headline(market, start, filename)
    drafted = draft_dimensions(market, manuscript)
    left = draft_words(report, manuscript, drafted, notes)
    notes += [*drafted.notes, *draft_players(report, manuscript)]
    left += draft_developments(report, manuscript, filename)
    suggest(record, manuscript)
    _claims(report, record, manuscript, market.unit_mult)
    _unplaced(record, manuscript, left)
    used = ("segment", "region", "countr", "compan", "player", "industry", "data status")
    notes += [
        f"Line {f.line}: “{f.attribute}: {f.value}” is kept in the manuscript only."
        for f in manuscript.facts
        if f.value and not any(word in f.attribute.lower() for word in used)
    ]
    record.unsure = notes
    record.save(update_fields=["unsure"])
    request_recompute(market.pk, trigger="import", by=by.pk if by is not None else None)
    done = "A new report" if new else "The report"
    message = f"{done} “{report.title}” holds the draft; {manuscript.placed_share:.1%} of the manuscript was placed."
    return Imported(report, record, manuscript, True, message)


def _begin_report(
    manuscript: Manuscript, market: Market, industry: Industry | None, by: AbstractBaseUser | None
) -> Report:
    stated = {fact.attribute.lower().strip(): fact.value for fact in manuscript.facts}
    if industry is None:
        name = fitted(stated.get("industry", ""), 120)
        slug = slugify(name) or _UNDECIDED_UNCLASSIFIED["slug"]
        industry, _ = Industry.objects.get_or_create(
            slug=slug, defaults={"name": name or _UNDECIDED_UNCLASSIFIED["name"]}
        )
    level = next((c.value.lower() for c in manuscript.claims if c.kind == "concentration"), "")
    return Report.objects.create(
        market=market,
        title=fitted(manuscript.title or market.name, 200),
        slug=market.slug,
        industry=industry,
        summary=_summary(manuscript),
        concentration=next((code for code, words in _CONCENTRATION if any(word in level for word in words)), ""),
        illustrative=stated.get("data status", "").lower().startswith("illustrative"),
        kept_by_id=by.pk if by is not None else None,
    )


def _summary(manuscript: Manuscript) -> str:
    """The first paragraph without numbers, to stand in lists until an editor writes a better one."""
    paragraphs = [p for block in manuscript.overview for p in block.body.split("\n\n")]
    words = next((p for p in paragraphs if "[[" not in p and not any(map(str.isdigit, p)) and len(p) > 60), "")
    return fitted(words, 400)


def _claims(report: Report, record: ManuscriptImport, manuscript: Manuscript, unit_mult: int) -> None:
    others: set[str] = set()
    rows: list[HeadlineClaim] = []
    for claim in manuscript.claims:
        kind = _KINDS.get(claim.kind, "other") if claim.scope == "market" else "other"
        shown = _shown(claim)
        if kind == "other" and (claim.kind in ("currency", "unit") or shown in others):
            continue
        others.add(shown)
        rows.append(
            HeadlineClaim(
                report=report,
                manuscript=record,
                kind=kind,
                value=in_unit(claim, unit_mult) if kind in ("base-value", "end-value", "cagr") else None,
                shown=shown,
                year=claim.year or claim.year_from,
                end_year=claim.year_to,
                quote=claim.quote,
                line=claim.line,
            )
        )
    HeadlineClaim.objects.bulk_create(rows)


def _shown(claim: ReadClaim) -> str:
    if claim.kind == "cagr":
        return f"{claim.shown} %"
    if claim.year_from and claim.year_to and not claim.value:
        return f"{claim.year_from}–{claim.year_to}"
    if claim.kind in ("base-year", "estimated-year", "end-year") and claim.year:
        return str(claim.year)
    return fitted(" ".join(part for part in (claim.currency, claim.shown, claim.unit) if part), 120)


def _unplaced(record: ManuscriptImport, manuscript: Manuscript, left: list[tuple[int, str, str]]) -> None:
    rows = [(part.line, part.text, part.reason) for part in manuscript.unplaced]
    UnplacedLine.objects.bulk_create(
        UnplacedLine(manuscript=record, line=line, text=text, reason=fitted(reason, 300))
        for line, text, reason in [*rows, *left]
    )
