"""Two to five markets or companies side by side, each number as far as the reader may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import Reader
from portal.access.mailing import absolute
from portal.explorer.answering import answer_of
from portal.explorer.asking import Question
from portal.explorer.choices import report_called, titles_offered
from portal.explorer.lines import Line
from portal.explorer.reading import Opened, open_reports
from portal.explorer.views import record_readings
from portal.pages.caching import for_this_reader, theme
from portal.pages.charts.lines import Course, LineChart, Spot, line_chart
from portal.pages.charts.scale import pc
from portal.pages.companies import CompanyRead, listed, read_companies
from reports.document import FinancialYear
from reports.figures import UNIT_WORDS, UnknownFigure, grouped, percent, share

LEAST, MOST = 2, 5
OFFERED = 60


@dataclass(frozen=True, slots=True)
class Chip:
    title: str
    slug: str
    without: str


@dataclass(frozen=True, slots=True)
class ShareCell:
    """A part's share of one market. `kind` is value, closed or none."""

    kind: str
    text: str = ""
    width: str = "0"


@dataclass(frozen=True, slots=True)
class ShareRow:
    name: str
    cells: tuple[ShareCell, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """How several markets are split in the same way, in the last year of each."""

    title: str
    rows: tuple[ShareRow, ...]
    by: str
    others: tuple[tuple[str, str], ...]


@require_safe
def compare(request: HttpRequest) -> HttpResponseBase:
    """The page: markets by `?market=…&market=…`, companies by `?company=…&company=…`."""
    of_companies = "company" in request.GET or request.GET.get("of") == "companies"
    name = "company" if of_companies else "market"
    slugs = tuple(dict.fromkeys(one[:200].replace("\0", "") for one in request.GET.getlist(name) if one))[:MOST]
    if typed := request.GET.get("add", "").strip()[:200].replace("\0", ""):
        return _added(request, name, slugs, typed)
    now = timezone.now()
    if of_companies:
        context = _companies(slugs, request.user, now)
    else:
        opened = open_reports(slugs, request.user, at=now)
        record_readings(request, tuple(opened), now)
        context = _markets(opened, request.GET.get("by", "")[:60])
    context |= {
        "of_companies": of_companies,
        "name": name,
        "least": LEAST,
        "most": MOST,
        "is_public": request.user.is_anonymous,
        "back": request.get_full_path(),
        "card": absolute(reverse("site_card")),
        "canonical": absolute(reverse("compare")),
        "noindex": bool(slugs) or request.user.is_authenticated,
        "section": "compare",
        "theme": theme(request),
    }
    response = render(request, "explorer/compare.html", context)
    if request.user.is_authenticated:
        response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)


def _added(request: HttpRequest, name: str, slugs: Sequence[str], typed: str) -> HttpResponseBase:
    if name == "company":
        row = next(iter(listed(typed)), None)
        found = row["slug"] if row else None
    else:
        found = report_called(typed)
    kept = list(slugs)
    if found is None:
        messages.info(request, f"Nothing is called “{typed}”. Choose one of the names that are offered.")
    elif found not in kept and len(kept) < MOST:
        kept.append(found)
    pairs = "&".join(f"{name}={slug}" for slug in kept) or ("of=companies" if name == "company" else "")
    return redirect(f"{reverse('compare')}?{pairs}")


def _markets(opened: Sequence[Opened], by: str) -> dict[str, object]:
    slugs = tuple(one.slug for one in opened)
    growth = answer_of(Question(report=slugs, show="index"), opened) if opened else None
    return {
        "chips": _chips("market", [(one.title, one.slug) for one in opened]),
        "offered": titles_offered(opened),
        "markets": opened,
        "answer": growth,
        "shares": _shares(opened, by) if len(opened) >= LEAST else None,
        "illustrative": any(one.headline.illustrative for one in opened),
        "closed": [one for one in opened if not one.is_full],
        "query": "&".join(f"report={slug}" for slug in slugs),
    }


def _shares(opened: Sequence[Opened], by: str) -> Shares | None:
    """The split by a dimension that at least two of the markets have: geography unless another is asked for."""
    known: dict[str, str] = {}
    counts: dict[str, int] = {}
    for one in opened:
        for code, dimension in one.dimensions.items():
            known[code] = dimension.name
            counts[code] = counts.get(code, 0) + 1
    common = {code: name for code, name in known.items() if counts[code] >= LEAST}
    if not common:
        return None
    chosen = by if by in common else "geography" if "geography" in common else next(iter(common))
    found = answer_of(Question(report=tuple(one.slug for one in opened), by=chosen, show="share"), opened)
    lines = {(line.row.opened.slug, line.row.node.name): line for line in found.lines}
    names = list(dict.fromkeys(line.row.node.name for line in found.lines))
    rows = [ShareRow(name, tuple(_share_cell(lines.get((one.slug, name)), one) for one in opened)) for name in names]
    others = tuple((code, name) for code, name in common.items() if code != chosen)
    return Shares(f"By {common[chosen].lower()}", tuple(rows), chosen, others)


def _share_cell(line: Line | None, one: Opened) -> ShareCell:
    if line is None:
        return ShareCell("none", "Not a part of it")
    point = line.by_year.get(one.headline.last_year)
    if point is not None:
        return ShareCell("value", f"{point.text} in {point.year}", pc(max(0.0, min(float(point.value) / 100, 1.0))))
    return ShareCell("closed") if line.locked else ShareCell("none", "Not estimated")


def _companies(slugs: Sequence[str], reader: Reader, now: datetime) -> dict[str, object]:
    found = read_companies(slugs, reader, at=now)
    markets = {part.slug: part.title for company in found for part in company.parts}
    rows = []
    for slug, title in sorted(markets.items(), key=lambda pair: pair[1]):
        parts = [next((part for part in company.parts if part.slug == slug), None) for company in found]
        largest = max((part.share for part in parts if part and part.share is not None), default=None)
        cells = []
        for part in parts:
            if part is None:
                cells.append(ShareCell("none", "Not named"))
            elif part.share is not None and largest:
                cells.append(
                    ShareCell("value", f"{percent(part.share)} in {part.share_year}", pc(float(part.share / largest)))
                )
            else:
                cells.append(ShareCell("none", part.role) if part.is_full else ShareCell("closed", part.role))
        rows.append((slug, title, cells))
    return {
        "chips": _chips("company", [(one.name, one.slug) for one in found]),
        "offered": [row["shown"] for row in listed()[:OFFERED] if row["slug"] not in slugs],
        "companies": [(one, _last_year(one)) for one in found],
        "company_rows": rows,
        "revenue": _revenue(found),
        "illustrative": any(one.illustrative for one in found),
        "closed": [one for one in found if one.profile is None and one.locked_in],
    }


def _last_year(company: CompanyRead) -> tuple[FinancialYear, str, str] | None:
    """The newest year with a revenue, the revenue in words, and the operating margin."""
    known = [one for one in (company.profile.financials if company.profile else ()) if one.revenue is not None]
    if not known:
        return None
    newest = max(known, key=lambda one: one.year)
    assert newest.revenue is not None
    margin = ""
    if newest.operating_income is not None:
        try:
            margin = percent(share(newest.operating_income, newest.revenue))
        except UnknownFigure:
            margin = ""
    words = (newest.currency, grouped(newest.revenue, 1), UNIT_WORDS.get(newest.unit_mult, ""))
    return newest, " ".join(filter(None, words)), margin


def _revenue(found: Sequence[CompanyRead]) -> LineChart | None:
    """Revenues with the first shared year as 100: companies report in different currencies."""
    series = {
        company.slug: {one.year: one.revenue for one in company.profile.financials if one.revenue}
        for company in found
        if company.profile
    }
    shared = set.intersection(*(set(one) for one in series.values())) if len(series) >= LEAST else set()
    if len(shared) < LEAST:
        return None
    base = min(shared)
    courses = []
    for company in found:
        years = {year: value for year, value in series.get(company.slug, {}).items() if year >= base}
        spots = []
        for year, revenue in sorted(years.items()):
            index: Decimal = revenue / years[base] * 100
            spots.append(Spot(year, index, grouped(index, 1), False))
        courses.append(Course(company.name, max(years, default=base), tuple(spots)))
    last = max(spot.year for course in courses for spot in course.spots)
    return line_chart(courses, (base, last), from_zero=False)


def _chips(name: str, chosen: Sequence[tuple[str, str]]) -> list[Chip]:
    made = []
    for title, slug in chosen:
        others = [f"{name}={other}" for _, other in chosen if other != slug]
        made.append(
            Chip(title, slug, "?" + ("&".join(others) or f"of={'companies' if name == 'company' else 'markets'}"))
        )
    return made
