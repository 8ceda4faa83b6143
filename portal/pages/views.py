"""The readers' pages. Each view finds an edition, asks what its reader may read, and renders that much and no more."""

from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from portal.access.entitlement import tier, tiers
from portal.access.recording import record_reading
from portal.access.staff_mfa import asks_for_second_factor, away
from portal.pages import opening
from portal.pages.caching import for_this_reader, theme
from portal.pages.charts.bars import ranked_bars
from portal.pages.charts.financials import financial_chart
from portal.pages.choosing import choose
from portal.pages.companies import listed, read_companies, with_reports
from portal.pages.library import editions_of, industries, listed_reports, report_cards
from portal.pages.machines import absolute
from portal.pages.models import RenderedPage
from portal.pages.rendering import rendered, safe_parts, templates_version
from portal.search import facets as library
from portal.search.catalogue import catalogue
from reports.document import Tier
from reports.figures import percent
from reports.models import Edition

NEWEST = 7
A_PAGE = 24
COMPANIES_A_PAGE = 120


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """What editors feature, the newest editions, and the industries they belong to."""
    known = catalogue()
    editions = listed_reports(known, NEWEST)
    access = tiers(request.user, [edition.report for edition in editions], at=timezone.now())
    named = industries(known)
    cards = report_cards(editions, access)
    featured = [card for card in cards if card.featured]
    latest = [card for card in cards if not card.featured]
    context = {
        # Where nothing is featured, the newest edition stands in the first place.
        "first": cards[0] if cards else None,
        "featured": featured[1:],
        "latest": latest if featured else latest[1:],
        "industries": named,
        "count": sum(one.count for one in named),
    }
    return _page(request, "pages/home.html", context)


@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """The library: every report that has a current edition, narrowed by facets, a page at a time."""
    facets = library.chosen(request.GET)
    now = timezone.now()
    shelved = library.shelf(request.user, at=now)
    matching = library.select(shelved, facets)
    page = Paginator(matching, A_PAGE).get_page(request.GET.get("page"))
    editions = editions_of([one.edition_id for one in page])
    access = tiers(request.user, [edition.report for edition in editions], at=now)
    cards = report_cards(editions, access)
    context = {
        "cards": cards,
        "count": len(matching),
        "page": page,
        "facets": facets,
        "facet_list": library.counted(shelved, facets),
        "sorts": [(value, label, value == facets.sort) for value, label in library.SORTS.items()],
        "query": facets.query(),
        "industry_name": matching[0].industry_name if facets.industry and matching else "",
        "section": "reports",
    }
    return _page(request, "pages/reports.html", context)


@asks_for_second_factor
@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One report, as far as this reader may read it."""
    now = timezone.now()
    scenario = request.GET.get("scenario", "base")
    if elsewhere := away(request):
        return elsewhere
    chosen = choose(slug, request.GET)
    access = tier(request.user, chosen.edition.report, at=now)
    try:
        page = rendered(chosen.edition, access, scenario)
    except KeyError:
        raise BadRequest("This report has no such scenario, or it is not open to you.") from None
    if access == Tier.LICENSED:
        record_reading(request.user, chosen.edition.report_id, now)
    context = {
        **safe_parts(page),
        "slug": slug,
        "section": "reports",
        "chosen": chosen,
        "edition": chosen.edition,
        "is_public": access == Tier.PUBLIC,
    }
    if asking := opening.asking(request):
        found, question = asking
        # The gate was asked twice; where a licence came or ended between, nothing is kept.
        if (found.edition, found.tier) == (page.edition_id, access) and page.version:
            _keep(request, page, found, question, context)
    asked = f"{chosen.asked_as_of or ''}-{chosen.current_number or ''}-{bool(chosen.withdrawal):d}"
    return _page(request, "pages/report.html", context, etag=_etag(chosen.edition, access, scenario, asked))


def _etag(edition: Edition, access: Tier, scenario: str, asked: str) -> str:
    return f"{edition.digest[:20]}-{edition.number}-{access:d}-{scenario}-{asked}-{templates_version()}"


def _keep(
    request: HttpRequest,
    page: RenderedPage,
    found: opening.Opened,
    question: opening.Question,
    context: dict[str, Any],
) -> None:
    """Keep this page, with a shell for whoever reads it next in the same way."""
    kept = opening.pages.put(found, page.scenario, page.body)
    somebody = opening.Somebody() if request.user.is_authenticated else request.user
    around = context | {"body": opening.BODY, "user": somebody, "messages": (), "theme": theme(request)}
    around["canonical"] = absolute(request.path)
    kept.keep_shell(question.kind, render_to_string("pages/report.html", around, request))


@require_safe
def companies(request: HttpRequest) -> HttpResponseBase:
    """Every company that plays a part in a current edition, a page at a time."""
    words = request.GET.get("q", "").strip()[:100].replace("\0", "")
    page = Paginator(listed(words), COMPANIES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "cards": with_reports(list(page)),
        "page": page,
        "q": words,
        "query": urlencode({"q": words}) if words else "",
        "section": "companies",
    }
    return _page(request, "pages/companies.html", context)


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One company as the current editions speak of it; its profile and shares where the reader holds a licence."""
    found = read_companies([slug], request.user, at=timezone.now())
    if not found:
        raise Http404("No current report names this company.")
    one = found[0]
    context = {
        "page": one,
        "shares": ranked_bars(
            [(f"{part.title}, {part.share_year}", part.share, percent(part.share), 1, False, None, None)
             for part in one.shares]
        ),
        "chart": financial_chart(one.profile.financials) if one.profile else None,
        "is_public": request.user.is_anonymous,
        "card": absolute(reverse("company_card", args=[slug])),
        "social_title": one.name,
        "section": "companies",
    }  # fmt: skip
    return _page(request, "pages/company.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any], etag: str = "") -> HttpResponseBase:
    chosen = theme(request)
    usual = {"theme": chosen, "canonical": absolute(request.path), "card": absolute(reverse("site_card"))}
    response = render(request, template, usual | context)
    return _finished(request, response, etag)


def _finished(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponseBase:
    if request.user.is_authenticated:
        response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response, f"{etag}-{theme(request)}" if etag else "")
