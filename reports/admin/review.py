"""The review of a draft on the desk: who has it, what was said of it, what publishing it would change, and approval."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from forecasts.status import forecast_status
from reports import checks, workflow
from reports.compiling import compile_document
from reports.document import Headline, prose_runs
from reports.figures import UnknownFigure
from reports.history import edited_since
from reports.house_style import amount
from reports.impact import compare
from reports.models import Report, ReviewComment

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin

SHOWN_CHANGES = 200


def editor(request: HttpRequest) -> AbstractUser:
    """Who is at the desk. The admin lets nobody else in."""
    assert isinstance(request.user, AbstractUser)
    return request.user


def next_edition(report: Report) -> dict[str, Any]:
    """What publishing now would give readers, for templates: document, digest, impact, or the problem in words."""
    current = report.current_edition
    try:
        document = compile_document(report)
    except UnknownFigure as unknown:
        return {"current": current, "document": None, "digest": "", "impact": None, "problem": str(unknown)}
    impact = compare(current.contents if current else None, document)
    return {
        "current": current,
        "document": document,
        "base_value": _worth(document.headline, document.headline.base_value),
        "end_value": _worth(document.headline, document.headline.end_value),
        "digest": document.digest(),
        "impact": impact,
        "numbers": impact.numbers[:SHOWN_CHANGES],
        "numbers_hidden": max(0, len(impact.numbers) - SHOWN_CHANGES),
        "problem": "",
        "edited": edited_since(report, current.published_at) if current else [],
    }


def _worth(headline: Headline, value: Decimal | None) -> str:
    """A headline value as readers get it: "USD 2,274.97 million"."""
    if value is None:
        return "not estimated"
    return amount(value, headline.currency, headline.unit_mult, headline.decimals)


def review_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """The state of the review with its comments and what the draft changes; a POST takes one step."""
    report = get_object_or_404(Report.objects.select_related("market__state", "industry"), pk=pk)
    if not desk.has_view_permission(request, report):
        raise PermissionDenied
    if request.method == "POST":
        if step_taken(desk, request, report):
            return HttpResponseRedirect(request.get_full_path())
        report.refresh_from_db()
    state = workflow.workflow_of(report)
    upcoming = next_edition(report)
    document = upcoming["document"]
    context = {
        **desk.admin_site.each_context(request),
        "title": f"{report.title}: review",
        "opts": desk.opts,
        "original": report,
        "report": report,
        "market": report.market,
        "forecast_status": forecast_status(report.market),
        "workflow": state,
        "approved": state.is_approved(upcoming["digest"]),
        "two_persons": settings.TWO_PERSON_RULE,
        "may_submit": request.user.has_perm("reports.change_report"),
        "may_approve": request.user.has_perm("reports.approve_report"),
        "reviewers": get_user_model().objects.with_perm("reports.approve_report", backend=BACKEND),
        "comments": [
            (one, place_address(report, one.place)) for one in report.review_comments.select_related("by", "settled_by")
        ],
        "places": sorted({place for place, _ in prose_runs(document)}) if document else [],
        "errors": checks.open_errors(report),
        "typed": request.POST,
        **upcoming,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/reports/review.html", context, status=status)


def step_taken(desk: "ReportAdmin", request: HttpRequest, report: Report) -> bool:
    """Take the step that a form asks for and say what was done. False where it was refused, with the sentence said:
    the page is then shown again with what was typed."""
    try:
        done = take_step(request, report)
    except (ValueError, PermissionDenied) as problem:
        messages.error(request, str(problem))
        return False
    desk.log_change(request, report, done)
    messages.success(request, done)
    return True


_PARTS = {
    "title": "change", "summary": "change", "headline": "change", "takeaways": "change", "takeaway": "change",
    "overview": "sections", "competitive": "sections", "analyst": "sections", "outlook": "sections",
    "methodology": "sections", "definition": "sections", "scope": "sections", "introduction": "sections",
    "executive": "sections", "abbreviations": "sections", "dimension": "segments", "force": "forces",
    "driver": "forces", "restraint": "forces", "opportunity": "forces", "matrix": "forces", "pest": "analysis",
    "porter": "analysis", "player": "players", "players": "players", "profiles": "players",
    "developments": "developments",
}  # fmt: skip


def place_address(report: Report, place: str) -> str:
    """The part of the report where a comment's place is written; "" for a place that no part is known for."""
    first = re.split(r"[\s_/:-]+", place.strip().lower(), maxsplit=1)[0]
    part = _PARTS.get(first) or ("segments" if "/" in place else "")
    return reverse(f"admin:reports_report_{part}", args=[report.pk]) if part else ""


BACKEND = "django.contrib.auth.backends.ModelBackend"


def take_step(request: HttpRequest, report: Report) -> str:
    """Take the step that a form asks for and say what was done. Raises ValueError or PermissionDenied in words."""
    form, by, now = request.POST, editor(request), timezone.now()
    two = settings.TWO_PERSON_RULE
    match form.get("step"):
        case "submit":
            asked = form.get("reviewer", "")
            if asked and not asked.isdecimal():
                raise ValueError("Choose a reviewer from the list.")
            reviewer = get_user_model().objects.filter(pk=asked).first() if asked else None
            due = _day(form.get("due", ""))
            workflow.submit(report, by=by, now=now, reviewer=reviewer, due=due)
            return "The draft is in review."
        case "claim":
            workflow.claim(report, by=by, now=now)
            return "The review is yours."
        case "comment":
            workflow.comment(report, place=form.get("place", ""), body=form.get("body", ""), by=by, now=now)
            return "The comment is there for everybody on the desk."
        case "settle":
            one = get_object_or_404(ReviewComment, report=report, pk=form.get("comment"))
            workflow.settle(one, by=by, now=now)
            return "The comment is settled."
        case "request_changes":
            workflow.request_changes(report, reason=form.get("reason", ""), by=by, now=now)
            return "The draft is with its editors again, with what must change."
        case "approve":
            workflow.approve(report, digest=form.get("digest", ""), by=by, now=now, two_persons=two)
            return f"Approved: exactly the document {form.get('digest', '')[:12]}."
        case "schedule":
            at = _moment(form.get("at", ""))
            if at is None:
                raise ValueError("Say when it should be published.")
            workflow.schedule(report, at=at, digest=form.get("digest", ""), by=by, now=now, two_persons=two)
            return f"It will be published on {at:%-d %B %Y, %H:%M} UTC."
        case "unschedule":
            workflow.unschedule(report, by=by, now=now)
            return "The publication is called off."
        case "embargo":
            until = _moment(form.get("at", ""))
            workflow.hold_until(report, until=until, by=by, now=now)
            return f"Under embargo until {until:%-d %B %Y, %H:%M} UTC." if until else "There is no embargo."
    raise ValueError("Nothing was chosen. Press one of the buttons on the page.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("Choose the day from the calendar, or write it as 2026-12-01.") from None


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("Give the time as day and hour, such as 2026-12-01 09:00.") from None
