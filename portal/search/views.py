"""The search page, and suggestions while typing."""

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import tiers
from portal.pages.caching import for_this_reader, theme
from portal.pages.library import editions_of, report_cards
from portal.search.asking import ask
from portal.search.facets import Facets, range_words, select, shelf
from portal.search.finding import find, suggest

LONGEST = 200
MOST_CARDS = 12


@require_safe
def search(request: HttpRequest) -> HttpResponseBase:
    """Places in current editions for some words; reports for limits on growth, size and region in the same line."""
    line = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    now = timezone.now()
    shelved = shelf(request.user, at=now)
    names = {name: slug for slug, name in shelved.regions.items()}
    question = ask(line, names)
    found, by_likeness = find(question.text, request.user, at=now)
    facets = Facets(region=question.region, size=question.size, cagr=question.cagr, sort="newest")
    matching = select(shelved, facets) if question.has_limits else []
    editions = editions_of([one.edition_id for one in matching[:MOST_CARDS]])
    access = tiers(request.user, [edition.report for edition in editions], at=now)
    region_name = next((name for name, slug in names.items() if slug == question.region), "")
    understood = [
        *([f"growth {range_words(question.cagr, 'cagr')}"] if question.cagr else []),
        *([f"size {range_words(question.size, 'size')}"] if question.size else []),
        *([f"region {region_name}"] if region_name else []),
    ]
    context = {
        "q": line,
        "question": question,
        "found": found,
        "by_likeness": by_likeness,
        "cards": report_cards(editions, access),
        "matching": len(matching),
        "more": f"?{facets.query()}",
        "understood": understood,
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
