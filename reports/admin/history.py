"""The desk's views of what was: the draft's history with undo, its editions, any two of them compared, one restored."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from forecasts.status import forecast_status
from reports.admin.review import SHOWN_CHANGES, editor
from reports.compiling import compile_document
from reports.document import Document
from reports.figures import UnknownFigure
from reports.history import OWNED, SHARED, events, saves
from reports.impact import compare
from reports.models import Edition, Report
from reports.presence import be_here, sentence
from reports.undoing import CannotUndo, history_begins, restore, undo_change, undo_save

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin

EVENTS_A_PAGE = 400
PLACES = {
    "words": ("Words", [label for label in OWNED if label.startswith("reports.") and label != "reports.Player"]),
    "numbers": ("Numbers", [label for label in OWNED if label.startswith("forecasts.")]),
    "companies": ("Players, companies and developments", ["reports.Player", "reports.ReportDevelopment", *SHARED]),
}


def history_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed which value when, the newest first; a POST takes a change or a whole save back."""
    report = _found(desk, request, pk)
    if request.method == "POST":
        try:
            messages.success(request, _undo(request, report))
        except (CannotUndo, PermissionDenied) as problem:
            messages.error(request, str(problem))
        return HttpResponseRedirect(request.get_full_path())
    place, current = request.GET.get("place", ""), report.current_edition
    since = current.published_at if current and request.GET.get("since") == "edition" else None
    user, before = request.GET.get("by", ""), _moment(request.GET.get("before", ""))
    found = events(
        report,
        since=since,
        before=before,
        user=int(user) if user.isdecimal() else None,
        labels=PLACES[place][1] if place in PLACES else None,
        most=EVENTS_A_PAGE,
    )
    query = request.GET.copy()
    if len(found) == EVENTS_A_PAGE:
        query["before"] = found[-1].at.isoformat()
    context = _context(desk, request, report, "history") | {
        "saves": saves(found),
        "places": [(code, name) for code, (name, _) in PLACES.items()],
        "place": place,
        "since_edition": since is not None,
        "current": current,
        "older": query.urlencode() if len(found) == EVENTS_A_PAGE else "",
        "begins": history_begins(timezone.now()),
        "may_undo": desk.has_change_permission(request, report),
    }
    return TemplateResponse(request, "admin/reports/history.html", context)


def _undo(request: HttpRequest, report: Report) -> str:
    by, now = editor(request), timezone.now()
    if "change" in request.POST:
        undo_change(report, request.POST["change"], by=by, now=now)
        return "The change is taken back. Undoing it is in the history too."
    try:
        save = UUID(request.POST.get("save", ""))
    except ValueError:
        raise CannotUndo("Nothing was chosen. Press one of the buttons on the page.") from None
    rows = undo_save(report, save, by=by, now=now)
    return f"The save is taken back: {rows} change{'' if rows == 1 else 's'}. Undoing it is in the history too."


def editions_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Every edition of the report: read it, compare two, withdraw one, restore one as the draft."""
    report = _found(desk, request, pk)
    editions = list(report.editions.select_related("published_by", "withdrawal").defer("document"))
    context = _context(desk, request, report, "editions") | {
        "editions": editions,
        "current": report.current_edition,
        "begins": history_begins(timezone.now()),
        "may_change": desk.has_change_permission(request, report),
    }
    return TemplateResponse(request, "admin/reports/editions.html", context)


def compare_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Two editions, or an edition and the draft, compared: `?old=1&new=2`, `?old=2&new=draft`."""
    report = _found(desk, request, pk)
    old_name, old = _document(report, request.GET.get("old", ""))
    try:
        new_name, new = _document(report, request.GET.get("new", "draft"))
        problem = ""
    except UnknownFigure as unknown:
        new_name, new, problem = "the draft", old, str(unknown)
    impact = compare(old, new)
    context = _context(desk, request, report, "compare") | {
        "impact": impact,
        "old_name": old_name,
        "new_name": new_name,
        "problem": problem,
        "numbers": impact.numbers[:SHOWN_CHANGES],
        "numbers_hidden": max(0, len(impact.numbers) - SHOWN_CHANGES),
    }
    return TemplateResponse(request, "admin/reports/compare.html", context)


def restore_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then bring the draft back to what it was when an edition was published (`?edition=1`)."""
    report = _found(desk, request, pk)
    edition = _edition(report, request.GET.get("edition", ""))
    if request.method == "POST":
        try:
            rows = restore(edition, by=editor(request), now=timezone.now())
        except (CannotUndo, PermissionDenied) as problem:
            messages.error(request, str(problem))
            return HttpResponseRedirect(reverse("admin:reports_report_editions", args=[pk]))
        messages.success(
            request,
            f"The draft is what it was at edition {edition.number}: {rows} change{'' if rows == 1 else 's'}. "
            "Once the forecast is computed, this page shows what still differs."
            if rows
            else f"The draft is what it was at edition {edition.number} already.",
        )
        there = reverse("admin:reports_report_compare", args=[pk])
        return HttpResponseRedirect(f"{there}?old={edition.number}&new=draft")
    context = _context(desk, request, report, "restore") | {"edition": edition}
    return TemplateResponse(request, "admin/reports/restore.html", context)


def here_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """A page says by POST every few seconds that it is open, and is told who else has one of this report open."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    report = _found(desk, request, pk)
    others = be_here(report, editor(request), place=request.POST.get("place", ""), now=timezone.now())
    return JsonResponse({"sentence": sentence(others)})


def _found(desk: "ReportAdmin", request: HttpRequest, pk: int) -> Report:
    report = get_object_or_404(Report.objects.select_related("market__state", "industry"), pk=pk)
    if not desk.has_view_permission(request, report):
        raise PermissionDenied
    return report


def _context(desk: "ReportAdmin", request: HttpRequest, report: Report, page: str) -> dict[str, Any]:
    return {
        **desk.admin_site.each_context(request),
        "title": f"{report.title}: {page}",
        "opts": desk.opts,
        "original": report,
        "report": report,
        "market": report.market,
        "forecast_status": forecast_status(report.market),
    }


def _edition(report: Report, asked: str) -> Edition:
    if not asked.isdecimal():
        raise BadRequest("Name an edition by its number, such as 2.")
    return get_object_or_404(Edition.objects.select_related("report"), report=report, number=int(asked))


def _document(report: Report, asked: str) -> tuple[str, Document]:
    if asked == "draft":
        return "the draft", compile_document(report)
    edition = _edition(report, asked)
    return f"edition {edition.number}", edition.contents


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise BadRequest("That is not a moment of the history.") from None
