"""The explorer's page, and its chart and table as files."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access.mailing import absolute
from portal.access.recording import record_reading
from portal.explorer.answering import Answer, answer, starting_point
from portal.explorer.asking import MOST_REPORTS, Question, asked
from portal.explorer.choices import choices, report_called
from portal.explorer.exporting import chart_table
from portal.explorer.reading import Opened, reports_in_region, reports_naming
from portal.exports.csv_file import csv_bytes
from portal.exports.pictures import picture_png, picture_svg
from portal.exports.tables import ExportTable
from portal.exports.workbook import workbook_bytes
from portal.pages.caching import for_this_reader, theme
from reports.document import Tier

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: dict[str, tuple[str, Callable[[ExportTable], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_bytes),
    "xlsx": (XLSX, workbook_bytes),
    "svg": ("image/svg+xml", lambda table: picture_svg(table).encode()),
    "png": ("image/png", picture_png),
}


@require_safe
def explorer(request: HttpRequest) -> HttpResponseBase:
    """A chart and a table of whatever the address asks for, as far as this reader may read it."""
    question = asked(request.GET)
    now = timezone.now()
    if typed := request.GET.get("add", "").strip()[:200].replace("\0", ""):
        return _added(request, question, typed)
    if not question.report:
        question = _started(request, question, now)
    found = answer(question, request.user, at=now)
    record_readings(request, found.opened, now)
    shown = {line.row.node.path for line in found.lines}
    context = {
        "answer": found,
        "question": question,
        "choices": choices(question, found.opened, shown, found.years),
        "address": absolute(f"{reverse('explorer')}?{question.query}"),
        "query": question.query,
        "most": MOST_REPORTS,
        "room_left": len(found.opened) < MOST_REPORTS,
        "is_public": request.user.is_anonymous,
        "back": f"{reverse('explorer')}?{question.query}",
        "card": absolute(reverse("site_card")),
        "canonical": absolute(reverse("explorer")),
        "noindex": question.any or request.user.is_authenticated,
        "section": "explorer",
        "theme": theme(request),
    }
    response = render(request, "explorer/explorer.html", context)
    if request.user.is_authenticated:
        response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """What the explorer shows as a file: the same numbers through the same gate."""
    question = asked(request.GET)
    now = timezone.now()
    found = answer(question, request.user, at=now)
    if not any(line.points for line in found.lines):
        raise Http404("There is no number to download here that is open to you. The explorer says what is closed.")
    record_readings(request, found.opened, now)
    kind, write = FORMS[form]
    response = HttpResponse(write(chart_table(found)), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{file_name(found)}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return for_this_reader(request, response)


def file_name(found: Answer) -> str:
    """A name that says which report and edition, or how many reports."""
    if len(found.opened) == 1:
        one = found.opened[0]
        return f"{one.slug}-edition-{one.edition.number}-{found.question.by or 'total'}-{found.question.show}"
    return f"{len(found.opened)}-markets-{found.question.region or found.question.by or 'total'}-{found.question.show}"


def record_readings(request: HttpRequest, opened: tuple[Opened, ...], at: datetime) -> None:
    """Count a reading of each report that a licence opened."""
    for one in opened:
        if one.tier == Tier.LICENSED:
            record_reading(request.user, one.edition.report_id, at)


def _started(request: HttpRequest, question: Question, now: datetime) -> Question:
    """Reports for somebody who named none: those of the company or the region asked for, or the newest."""
    if question.company:
        return question.but(report=tuple(reports_naming(question.company)))
    if question.region:
        return question.but(report=tuple(reports_in_region(question.region)))
    if question.any:
        return question
    return starting_point(request.user, at=now)


def _added(request: HttpRequest, question: Question, typed: str) -> HttpResponseBase:
    """The same question with one more report, by its title as typed."""
    slug = report_called(typed)
    if slug is None:
        messages.info(request, f"No report is called “{typed}”. Choose one of the titles that are offered.")
    elif slug in question.report:
        messages.info(request, f"“{typed}” is shown already.")
    elif len(question.report) >= MOST_REPORTS:
        messages.info(request, f"{MOST_REPORTS} reports are as many as can be read side by side. Take one away first.")
    else:
        question = question.but(report=(*question.report, slug))
    return redirect(f"{reverse('explorer')}?{question.query}")
