"""The accuracy record on the readers' pages: the house's for everyone, each report's as far as it is open."""

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import tier
from portal.access.mailing import absolute
from portal.pages.caching import for_this_reader, theme
from portal.pages.choosing import choose
from reports.document import Tier
from reports.record import FEW, house_record, readable_record, record_of


@require_safe
def house(request: HttpRequest) -> HttpResponseBase:
    """How the forecasts of every report did; the same for every reader."""
    context = {
        "record": house_record(),
        "few": FEW,
        "canonical": absolute(reverse("accuracy")),
        "card": absolute(reverse("site_card")),
        "section": "accuracy",
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/accuracy.html", context))


@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    """How the past editions of one report did: aggregates for everyone, every segment for licensed readers."""
    edition = choose(slug, QueryDict()).edition
    access = tier(request.user, edition.report, at=timezone.now())
    context = {
        "record": readable_record(record_of(edition.report), access),
        "edition": edition,
        "slug": slug,
        "back": request.get_full_path(),
        "is_public": access == Tier.PUBLIC,
        "is_full": access >= Tier.LICENSED,
        "few": FEW,
        "section": "accuracy",
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/report_accuracy.html", context))
