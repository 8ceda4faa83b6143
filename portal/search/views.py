"""The search page, and suggestions while typing."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import tiers
from portal.pages.caching import for_this_reader, theme
from portal.pages.library import editions_of, report_cards
from portal.search.asking import ask
from portal.search.facets import Facets, chosen, counted, range_words, select, shelf
from portal.search.finding import KINDS, find, kinds_of, suggest

LONGEST = 200
MOST_CARDS = 12
FACETS = ("industry", "region", "size", "cagr")


@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """Places in current editions for some words; reports for limits on growth, size and region in the same line."""
    line = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    now = timezone.now()
    shelved = shelf(request.user, at=now)
    names = {name: slug for slug, name in shelved.regions.items()}
    question = ask(line, names)
    picked = chosen(request.GET)
    facets = Facets(
        industry=picked.industry, region=question.region or picked.region, size=question.size or picked.size,
        cagr=question.cagr or picked.cagr, sort="newest",
    )  # fmt: skip
    limited = facets.any
    matching = select(shelved, facets) if limited else []
    reports = {one.report_id for one in matching} if limited else None
    counts, capped = kinds_of(question.text, request.user, at=now, reports=reports)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found, by_likeness = find(question.text, request.user, at=now, kind=kind, reports=reports)
    editions = editions_of([one.edition_id for one in matching[:MOST_CARDS]])
    access = tiers(request.user, [edition.report for edition in editions], at=now)
    region_name = next((name for name, slug in names.items() if slug == facets.region), "")
    industry = shelved.catalogue.values["industry"].labels.get(facets.industry, "")
    understood = [
        *([f"growth {range_words(facets.cagr, 'cagr')}"] if facets.cagr else []),
        *([f"size {range_words(facets.size, 'size')}"] if facets.size else []),
        *([f"region {region_name}"] if region_name else []),
        *([f"industry {industry}"] if industry else []),
    ]
    kept = {"q": line} | {name: request.GET[name] for name in FACETS if request.GET.get(name)}
    context = {
        "q": line,
        "question": question,
        "found": found,
        "by_likeness": by_likeness,
        "cards": report_cards(editions, access),
        "matching": len(matching),
        "more": f"?{facets.query()}",
        "understood": understood,
        "facet_list": [one for one in counted(shelved, facets) if one.name in FACETS] if line else [],
        "kinds": [
            (KINDS[one][0], count, f"?{urlencode(kept | {'kind': one})}", one == kind) for one, count in counts.items()
        ],
        "kind": kind,
        "every_kind": f"?{urlencode(kept)}",
        "all_found": sum(counts.values()),
        "capped": capped,
        "of_all": counts.get(kind, 0) if kind else sum(counts.values()),
        "section": "search",
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/search.html", context))


@require_safe
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """Names that what was typed so far may become, as JSON: title, place, report and address of each."""
    typed = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    found = suggest(typed, request.user, at=timezone.now())
    body = {
        "suggestions": [
            {"title": one.title, "place": one.place, "report": one.report, "address": one.address} for one in found
        ]
    }
    return for_this_reader(request, JsonResponse(body))
