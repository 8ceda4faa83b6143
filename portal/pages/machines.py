"""What machines that read the web are told: a map of public pages, rules for robots, and each report's public facts."""

import json
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from portal.exports.citing import PUBLISHER, permalink
from portal.pages.caching import for_this_reader
from reports.document import Document, Tier
from reports.gating import readable
from reports.models import Edition, EditionCompany

CLOSED = (
    "/admin/", "/accounts/", "/account/", "/organisation/", "/following/", "/search/", "/requests/", "/embed/",
    "/explorer/saved/", "/explorer/embeds/", "/explorer/chart.",
)  # fmt: skip
_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def absolute(path: str) -> str:
    """The one address of a page, whichever host it was asked from."""
    return f"{settings.PUBLIC_URL}{path}"


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every page that anybody may read and that should be found: lists, current reports, and their companies."""
    editions = Edition.objects.current().order_by("report__slug").values_list("report__slug", "published_at")
    current = Edition.objects.current().values("report_id", "number")
    numbers = {one["report_id"]: one["number"] for one in current}
    companies = {
        slug
        for slug, report, first, last in EditionCompany.objects.values_list(
            "slug", "report_id", "first_edition", "last_edition"
        )
        if report in numbers and first <= numbers[report] and (last is None or last >= numbers[report])
    }
    lines = [_url(reverse(name)) for name in ("home", "reports", "companies", "explorer", "compare", "accuracy")]
    lines += [_url(reverse("report", args=[slug]), at.date().isoformat()) for slug, at in editions]
    lines += [_url(reverse("company", args=[slug])) for slug in sorted(companies)]
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(lines)
        + "\n</urlset>\n"
    )
    return for_this_reader(request, HttpResponse(body, content_type="application/xml; charset=utf-8"))


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """What robots may ask for: public pages, and neither accounts nor searches."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {absolute(reverse('sitemap'))}"]
    return for_this_reader(request, HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Where browsers look for an icon without reading the page."""
    return for_this_reader(request, redirect(static("favicon.svg")))


def linked_data(document: Document, edition: Edition) -> SafeString:
    """A report as schema.org says it, in JSON safe to stand in a script element. Public facts only, whoever reads.

    Such a block is data: it is never run, so the content security policy needs no exception for it.
    """
    public = readable(document, Tier.PUBLIC)
    headline = public.headline
    address = absolute(reverse("report", args=[edition.report.slug]))
    publisher = {"@type": "Organization", "name": PUBLISHER, "url": absolute("/")}
    measured = [
        {"@type": "PropertyValue", "name": name, "value": str(value), "unitText": unit}
        for name, value, unit in (
            (f"Market size {headline.base_year}", headline.base_value, headline.unit),
            (f"Market size {headline.last_year}, projected", headline.end_value, headline.unit),
            (f"CAGR {headline.base_year}-{headline.last_year}", headline.cagr, "% a year"),
        )
        if value is not None
    ]
    label = "Illustrative, not market data. " if headline.illustrative else ""
    shared: dict[str, Any] = {
        "name": public.title,
        "description": f"{label}{public.summary or public.title}",
        "url": address,
        "version": str(edition.number),
        "datePublished": edition.published_at.isoformat(),
        "inLanguage": "en-GB",
        "publisher": publisher,
        "identifier": permalink(edition.report.slug, edition.number),
        "isAccessibleForFree": False,
    }
    dataset = {
        "@type": "Dataset",
        "@id": f"{address}#dataset",
        **shared,
        "creator": publisher,
        "temporalCoverage": f"{headline.first_year}/{headline.last_year}",
        "variableMeasured": measured,
        "spatialCoverage": [
            node.name for one in public.dimensions if one.is_geography for node in one.nodes if node.level == 1
        ],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "text/csv", "description": "The public headline figures",
             "contentUrl": absolute(reverse("export_table", args=[edition.report.slug, "total", "csv"]))}
        ],
    }  # fmt: skip
    report = {
        "@type": "Report",
        "@id": f"{address}#report",
        **shared,
        "headline": public.title,
        "reportNumber": f"Edition {edition.number}",
        "about": {"@type": "Thing", "name": headline.market},
        "genre": public.industry,
        "image": picture_address(edition),
        "mainEntity": {"@id": dataset["@id"]},
    }
    if public.pages:
        report["pagination"] = f"1-{public.pages}"
    graph = {"@context": "https://schema.org", "@graph": [report, dataset]}
    return mark_safe(json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE))


def picture_address(edition: Edition) -> str:
    """The picture shown where the report is linked: its public facts, drawn from the edition's own numbers."""
    return absolute(f"{reverse('report_card', args=[edition.report.slug])}?edition={edition.number}")


def _url(path: str, changed: str = "") -> str:
    stamp = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(absolute(path))}</loc>{stamp}</url>"
