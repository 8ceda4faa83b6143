"""Reading as another: a draft, or an edition, as the page would be for a tier. Staff only; the way in is on the desk.

Lives beside the readers' pages and not in them: they read editions only, and this shows what is not published.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from portal.access.models import User
from portal.pages.caching import theme
from portal.pages.rendering import render_body, safe_parts
from reports.compiling import compile_document
from reports.document import Tier
from reports.figures import UnknownFigure
from reports.models import Edition, Report

TIERS = {"public": Tier.PUBLIC, "registered": Tier.REGISTERED, "licensed": Tier.LICENSED}


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as its next edition would be read by a tier (`?as=licensed`). Nothing is stored."""
    _must_see_drafts(request)
    assert isinstance(request.user, User)
    report = get_object_or_404(Report.objects.select_related("market", "industry"), pk=pk)
    try:
        document = compile_document(report)
    except UnknownFigure as problem:
        return _page(request, report, None, {"problem": str(problem)})
    edition = Edition(
        report=report,
        number=(report.editions.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        schema=document.schema,
        document=document.to_json(),
        digest=document.digest(),
        published_at=timezone.now(),
        published_by=request.user,
    )
    return _page(request, report, edition, {"draft": True})


def read_as(request: HttpRequest, pk: int) -> HttpResponse:
    """An edition as a tier reads it; that it was looked at so is written into the desk's log."""
    _must_see_drafts(request)
    assert isinstance(request.user, User)
    edition = get_object_or_404(Edition.objects.select_related("report__industry"), pk=pk)
    chosen = request.GET.get("as", "public")
    LogEntry.objects.log_actions(
        request.user.pk,
        [edition],
        CHANGE,
        f"Read as {chosen}.",
        single_object=True,
    )
    return _page(request, edition.report, edition, {})


def _page(request: HttpRequest, report: Report, edition: Edition | None, more: dict[str, Any]) -> HttpResponse:
    chosen = request.GET.get("as", "licensed" if more else "public")
    if chosen not in TIERS:
        raise BadRequest("Read as one of public, registered or licensed, such as ?as=public.")
    scenario = request.GET.get("scenario", "base")
    parts: dict[str, str] = {}
    if edition is not None:
        try:
            parts = safe_parts(render_body(edition, TIERS[chosen], scenario))
        except KeyError:
            raise BadRequest("This report has no such scenario, or it is not open to this tier.") from None
    context = {"report": report, "edition": edition, "tiers": list(TIERS), "chosen": chosen, "theme": theme(request)}
    response = TemplateResponse(request, "pages/preview.html", {**context, **parts, **more})
    response["Cache-Control"] = "private, no-store"
    return response


def _must_see_drafts(request: HttpRequest) -> None:
    if not (admin.site.has_permission(request) and request.user.has_perm("reports.view_report")):
        raise PermissionDenied("Only people of the desk may see drafts.")
