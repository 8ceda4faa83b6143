"""A page with every component on it, for whoever builds pages. Shown in development and to staff."""

from decimal import Decimal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.exports.citing import cite
from portal.pages.caching import for_this_reader, theme
from portal.pages.changes import EditionChanges, NumberLine, TextLine
from portal.pages.figure_page import Asking, answer
from portal.pages.library import listed_reports, report_cards
from portal.pages.report_page import report_page
from portal.search.catalogue import catalogue
from reports.document import Tier
from reports.gating import readable

COLOURS = (
    "ink", "ink-2", "ink-3", "paper", "sunk", "rule", "accent", "brass-fill", "observed", "projected", "band-80",
    "band-95", "against", "note", "alarm", "map-1", "map-2", "map-3", "map-4", "map-5", "map-none",
)  # fmt: skip
EXAMPLE = EditionChanges(
    number=2,
    before=1,
    before_published="1 March 2026",
    numbers=(NumberLine("A segment", 2030, "", "100.00", "103.10", Decimal("3.1"), ""),),
    texts=(TextLine("Overview", "Words that stayed, went", "Words that stayed, came"),),
    other=("The players changed: 3 before, 4 now.",),
    more_numbers=12,
    more_texts=0,
)


@require_safe
def components(request: HttpRequest) -> HttpResponseBase:
    """The components, drawn from the newest edition. To anyone but staff the page does not exist."""
    staff = request.user.is_authenticated and request.user.is_staff
    if not (settings.DEBUG or staff):
        raise Http404("There is no page at this address.")
    editions = listed_reports(catalogue(), 3)
    if not editions:
        raise Http404("The components are drawn from the newest edition, and none has been published yet.")
    edition = editions[0]
    document = edition.contents
    asking = Asking(edition.report.slug, edition.number)
    public = readable(document, Tier.PUBLIC)
    tiers = dict.fromkeys((one.report_id for one in editions), Tier.LICENSED)
    context = {
        "colours": COLOURS,
        "document": document,
        "edition": edition,
        "page": report_page(document, asking=asking),
        "answer": answer(document, f"total/{document.headline.last_year}", asking),
        "citation": cite(edition),
        "changes": EXAMPLE,
        "locked_split": next((one for one in report_page(public).splits if one.shape), None),
        "cards": report_cards(editions, tiers),
        "locked_parts": public.locked[:4],
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/design.html", context))
