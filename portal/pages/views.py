"""The readers' pages. Each view finds an edition, asks what its reader may read, and renders that much and no more."""

from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import tier, tiers
from portal.access.recording import record_reading
from portal.pages.caching import for_this_reader, theme
from portal.pages.choosing import choose
from portal.pages.library import (
    company_cards,
    company_page,
    editions_naming,
    editions_of,
    industries_of,
    listed_companies,
    listed_reports,
    report_cards,
)
from portal.pages.machines import absolute
from portal.pages.rendering import rendered, safe_parts, templates_version
from portal.search import facets as library
from reports.document import Tier

NEWEST = 6
A_PAGE = 24


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The newest editions and the industries they belong to."""
    editions = listed_reports()
    access = tiers(request.user, [edition.report for edition in editions[:NEWEST]], at=timezone.now())
    cards = report_cards(editions[:NEWEST], access)
    context = {"cards": cards, "industries": industries_of(editions), "count": len(editions)}
    return _page(request, "pages/home.html", context)


@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """The library: every report that has a current edition, narrowed by facets, a page at a time."""
    facets = library.chosen(request.GET)
    now = timezone.now()
    shelved = library.shelf(lambda all_reports: tiers(request.user, all_reports, at=now))
    matching = library.select(shelved, facets)
    page = Paginator(matching, A_PAGE).get_page(request.GET.get("page"))
    editions = editions_of([one.edition_id for one in page])
    access = {one.report_id: Tier.LICENSED for one in page if one.is_open}
    others = [edition.report for edition in editions if edition.report_id not in access]
    cards = report_cards(editions, tiers(request.user, others, at=now) | access)
    context = {
        "cards": cards,
        "count": len(matching),
        "page": page,
        "facets": facets,
        "facet_list": library.counted(shelved, facets),
        "sorts": [(value, label, value == facets.sort) for value, label in library.SORTS.items()],
        "query": facets.query(),
        "industry_name": next((one.industry_name for one in matching if facets.industry), ""),
        "section": "reports",
    }
    return _page(request, "pages/reports.html", context)


@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One report, as far as this reader may read it."""
    chosen = choose(slug, request.GET)
    now = timezone.now()
    access = tier(request.user, chosen.edition.report, at=now)
    scenario = request.GET.get("scenario", "base")
    try:
        page = rendered(chosen.edition, access, scenario)
    except KeyError:
        raise BadRequest("This report has no such scenario, or it is not open to you.") from None
    if access == Tier.LICENSED:
        record_reading(request.user, chosen.edition.report, now)
    context = {
        **safe_parts(page),
        "slug": slug,
        "section": "reports",
        "chosen": chosen,
        "edition": chosen.edition,
        "is_public": access == Tier.PUBLIC,
    }
    asked = f"{chosen.asked_as_of or ''}-{chosen.current_number or ''}-{bool(chosen.withdrawal):d}"
    etag = f"{chosen.edition.digest[:20]}-{chosen.edition.number}-{access:d}-{scenario}-{asked}-{templates_version()}"
    return _page(request, "pages/report.html", context, etag=etag)


@require_safe
def companies(request: HttpRequest) -> HttpResponseBase:
    """Every company named in a current edition."""
    context = {"cards": company_cards(listed_companies()), "section": "companies"}
    return _page(request, "pages/companies.html", context)


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One company as the current editions speak of it; its profile where the reader holds a licence."""
    editions = editions_naming(slug)
    access = tiers(request.user, [edition.report for edition in editions], at=timezone.now())
    page = company_page(slug, editions, access)
    if page is None:
        raise Http404("No current report names this company.")
    context = {"page": page, "is_public": request.user.is_anonymous, "section": "companies"}
    return _page(request, "pages/company.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any], etag: str = "") -> HttpResponseBase:
    chosen = theme(request)
    response = render(request, template, context | {"theme": chosen, "canonical": absolute(request.path)})
    if request.user.is_authenticated:
        response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response, f"{etag}-{chosen}" if etag else "")
