"""What can be asked about an edition besides reading it: one number, what changed, and which editions there are."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.entitlement import tier
from portal.access.recording import record_reading
from portal.exports.citing import cite
from portal.pages.caching import for_this_reader, theme
from portal.pages.changes import edition_changes, previous
from portal.pages.choosing import choose
from portal.pages.figure_page import Asking, NoSuchFigure, answer, figure_reference
from portal.pages.prose import described
from reports.document import Tier
from reports.figures import TOTAL, Reference
from reports.gating import readable, tier_of_figure
from reports.models import Edition, EditionValue


@require_safe
def figure(request: HttpRequest, slug: str, address: str) -> HttpResponseBase:
    """Where one number of an edition comes from: its source, its method, the run that made it, the edition."""
    chosen = choose(slug, request.GET)
    edition, now = chosen.edition, timezone.now()
    access = tier(request.user, edition.report, at=now)
    whole = edition.contents
    document = readable(whole, access)
    context: dict[str, Any] = {
        "slug": slug,
        "chosen": chosen,
        "edition": edition,
        "document": document,
        "back": request.get_full_path(),
        "is_public": access == Tier.PUBLIC,
        "is_full": access >= Tier.LICENSED,
        "section": "reports",
        "theme": theme(request),
    }
    try:
        reference = figure_reference(whole, address)
        context["name"] = described(reference.address, whole)
        if tier_of_figure(whole, address) > access:
            # Whether there is such a value is not told either: a year beyond the study gets the same answer.
            return for_this_reader(request, render(request, "pages/figure_closed.html", context, status=403))
        asking = Asking(slug, edition.number)
        context["answer"] = answer(document, address, asking, whole=whole)
    except NoSuchFigure as problem:
        raise Http404(str(problem)) from None
    if access == Tier.LICENSED:
        record_reading(request.user, edition.report_id, now)
    context |= {
        "citation": cite(edition, part=context["name"], path=asking.of(reference.address)),
        "editions": _in_each_edition(edition, reference, access),
    }
    return for_this_reader(request, render(request, "pages/figure.html", context))


@dataclass(frozen=True, slots=True)
class Held:
    """A number as the editions from the first to the last have it; the last is None where later ones may too."""

    first_edition: int
    last_edition: int | None
    value: Decimal | None


def _in_each_edition(edition: Edition, reference: Reference, access: Tier) -> list[Held]:
    """The same number in every edition of the report that holds it, oldest first; a row for each time it changed.
    A row is stored anew for another interval or source too: editions that print the same value are one row here.

    Empty where it never changed, and for numbers that are computed from others. One query.
    """
    if reference.kind not in (TOTAL, "segment"):
        return []
    found = EditionValue.objects.filter(
        report=edition.report_id,
        path=reference.path,
        year=reference.first,
        scenario=reference.scenario,
        tier__lte=access,
        value__isnull=False,
    )
    held: list[Held] = []
    for first, last, value in found.order_by("first_edition").values_list("first_edition", "last_edition", "value"):
        if held and held[-1].value == value and held[-1].last_edition == first - 1:
            held[-1] = replace(held[-1], last_edition=last)
        else:
            held.append(Held(first, last, value))
    return held if len(held) > 1 else []


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every number and word that an edition changed against the one before it, as far as the reader may read both."""
    chosen = choose(slug, request.GET)
    access = tier(request.user, chosen.edition.report, at=timezone.now())
    context = {
        "slug": slug,
        "chosen": chosen,
        "edition": chosen.edition,
        "document": readable(chosen.edition.contents, access),
        "changes": edition_changes(chosen.edition, previous(chosen.edition), access),
        "back": request.get_full_path(),
        "is_public": access == Tier.PUBLIC,
        "is_full": access >= Tier.LICENSED,
        "section": "reports",
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/changes.html", context))


@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every edition of a report, withdrawn ones with the reason, and the way to the one that stood on a day.

    A day is asked for with `?as_of=` and leads to the report as it stood then. That a report has editions is public.
    """
    day = request.GET.get("as_of")
    if day:
        try:
            date.fromisoformat(day)
        except ValueError:
            raise BadRequest("Give the day as year, month and day, such as ?as_of=2026-11-30.") from None
        return for_this_reader(request, redirect(f"{reverse('report', args=[slug])}?as_of={day}"))
    listed = list(
        Edition.objects.filter(report__slug=slug)
        .select_related("report", "withdrawal", "summary")
        .defer("document")
        .order_by("-number")
    )
    if not listed:
        raise Http404("There is no report at this address.")
    current = next((one.number for one in listed if not hasattr(one, "withdrawal")), None)
    context = {
        "slug": slug,
        "title": listed[0].summary.title if hasattr(listed[0], "summary") else listed[0].contents.title,
        "editions": listed,
        "current": current,
        "today": timezone.now().date(),
        "section": "reports",
        "theme": theme(request),
    }
    return for_this_reader(request, render(request, "pages/editions.html", context))
