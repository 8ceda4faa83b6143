"""A page with every component on it, for whoever builds pages. Shown in development and to staff."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.pages.caching import for_this_reader, theme
from portal.pages.figure_page import Asking
from portal.pages.library import listed_reports, report_cards
from portal.pages.report_page import report_page
from reports.document import Tier
from reports.gating import readable

COLOURS = (
    "ink", "ink-2", "ink-3", "paper", "sunk", "rule", "accent", "brass-fill", "observed", "projected", "band-80",
    "band-95", "against", "note", "alarm",
)  # fmt: skip


@require_safe
def components(request: HttpRequest) -> HttpResponseBase:
    """The components, drawn from the newest edition. To anyone but staff the page does not exist."""
    staff = request.user.is_authenticated and request.user.is_staff
    if not (settings.DEBUG or staff):
        raise Http404("There is no page at this address.")
    editions = listed_reports(3)
    if not editions:
        raise Http404("The components are drawn from the newest edition, and none has been published yet.")
    edition = editions[0]
    document = edition.contents
    tiers = dict.fromkeys((one.report_id for one in editions), Tier.LICENSED)
    context = {
        "colours": COLOURS,
        "document": document,
        "edition": edition,
        "page": report_page(document, asking=Asking(edition.report.slug, edition.number)),
        "cards": report_cards(editions, tiers),
        "locked_parts": readable(document, Tier.PUBLIC).locked[:4],
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/design.html", context))
