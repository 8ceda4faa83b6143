"""The desk's own views of a report: what the checker says and what was decided; and publishing."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from forecasts.status import forecast_status
from reports import checks
from reports.admin.review import editor, next_edition, step_taken
from reports.checking import check_draft
from reports.checks.mending import mend
from reports.checks.words import listed
from reports.deciding import decide_alias, decide_claim, place_line
from reports.models import AliasSuggestion, Finding, HeadlineClaim, Report, UnplacedLine, Waiver
from reports.publishing import NotPublishable, publish
from reports.workflow import workflow_of

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin


def findings_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Findings with their waivers, the manuscript's claims to decide, aliases to settle, lines without a place.

    Whoever may see the report may read all of it; deciding is for its editors.
    """
    report = get_object_or_404(Report.objects.select_related("market__state"), pk=pk)
    may_change = desk.has_change_permission(request, report)
    if not (may_change or (request.method == "GET" and desk.has_view_permission(request, report))):
        raise PermissionDenied
    if request.method == "POST":
        try:
            messages.success(request, _act(desk, request, report))
        except ValueError as problem:
            messages.error(request, str(problem))
        return HttpResponseRedirect(request.get_full_path())
    checked = check_draft(report, now=timezone.now())
    waivers = {waiver.fingerprint: waiver for waiver in report.waivers.select_related("waived_by")}
    findings = [(finding, waivers.get(finding.fingerprint)) for finding in report.findings.all()]
    rank = {"error": 0, "warning": 1, "note": 2}
    findings.sort(key=lambda pair: (pair[1] is not None, rank[pair[0].severity], pair[0].code))
    context = {
        **desk.admin_site.each_context(request),
        "title": f"{report.title}: findings",
        "opts": desk.opts,
        "original": report,
        "report": report,
        "market": report.market,
        "forecast_status": forecast_status(report.market),
        "may_change": may_change,
        "findings": findings,
        "checked": checked,
        "open_errors": sum(waiver is None and finding.severity == "error" for finding, waiver in findings),
        "others": _others(findings),
        "mendable": may_change and any(finding.fix and waiver is None for finding, waiver in findings),
        "claims": report.claims.select_related("decided_by").order_by("kind", "line"),
        "aliases": AliasSuggestion.objects.filter(manuscript__report=report).select_related("company"),
        "unplaced": UnplacedLine.objects.filter(manuscript__report=report, handled=False),
        "imports": report.imports.all(),
    }
    return TemplateResponse(request, "admin/reports/findings.html", context)


def _others(findings: list[tuple[Finding, Waiver | None]]) -> str:
    """What else was found, as a sentence: "There are 12 warnings and 1 note, and 2 findings are waived."."""
    waived = sum(waiver is not None for _, waiver in findings)
    counts = [
        (sum(waiver is None and finding.severity == severity for finding, waiver in findings), severity)
        for severity in ("warning", "note")
    ]
    found = [f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in counts if count]
    said = f"{'There is' if counts[0][0] == 1 else 'There are'} {listed(found)}" if found else ""
    letting = f"{waived} finding{' is' if waived == 1 else 's are'} waived" if waived else ""
    return f"{', and '.join(filter(None, (said, letting)))}." if said or letting else ""


def _act(desk: "ReportAdmin", request: HttpRequest, report: Report) -> str:
    """Carry out one decision of the findings screen and say what was done. Raises ValueError with a sentence."""
    form, now = request.POST, timezone.now()
    reason = form.get("reason", "")
    if "waive" in form:
        finding = get_object_or_404(Finding, report=report, fingerprint=form["waive"])
        checks.waive(finding, by=editor(request), reason=reason, now=now)
        return "The finding may stand, with your reason. It comes back when the facts change."
    if "mend" in form:
        done = mend(report, form["mend"], by=editor(request), now=now)
        desk.log_change(request, report, f"Mended a finding: {done}"[:1000])
        return done
    if "claim" in form:
        claim = get_object_or_404(HeadlineClaim, report=report, pk=form["claim"])
        decide_claim(claim, form.get("decision", ""), by=editor(request), reason=reason, now=now)
        return f"{claim} was {claim.get_decision_display().lower()}."
    if "alias" in form:
        suggestion = get_object_or_404(AliasSuggestion, manuscript__report=report, pk=form["alias"])
        return decide_alias(suggestion, form.get("decision", ""))
    if "line" in form:
        line = get_object_or_404(UnplacedLine, manuscript__report=report, pk=form["line"])
        place_line(line)
        return f"Line {line.line} is dealt with."
    raise ValueError("Nothing was chosen. Press one of the buttons on the page.")


def publish_view(desk: "ReportAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would change, what stands in its way, and the button."""
    report = get_object_or_404(Report.objects.select_related("market__state", "industry"), pk=pk)
    if not request.user.has_perm("reports.publish_report"):
        raise PermissionDenied("Only publishers may publish.")
    if request.method == "POST" and "step" in request.POST:
        if step_taken(desk, request, report):
            return HttpResponseRedirect(reverse("admin:reports_report_publish", args=[pk]))
    elif request.method == "POST":
        before = report.current_edition
        try:
            edition = publish(report, by=editor(request), now=timezone.now())
        except NotPublishable as refused:
            for sentence in refused.sentences:
                messages.error(request, sentence)
        else:
            if before is not None and edition.pk == before.pk:
                messages.info(
                    request, f"Nothing has changed since edition {edition.number}, so it stays the current one."
                )
            else:
                desk.log_change(request, report, f"Published edition {edition.number}.")
                messages.success(request, f"Edition {edition.number} is published.")
        return HttpResponseRedirect(reverse("admin:reports_report_publish", args=[pk]))
    check_draft(report, now=timezone.now())
    state, upcoming = workflow_of(report), next_edition(report)
    context = {
        **desk.admin_site.each_context(request),
        "title": f"{report.title}: publish",
        "opts": desk.opts,
        "original": report,
        "report": report,
        "market": report.market,
        "forecast_status": forecast_status(report.market),
        "workflow": state,
        "approved": state.is_approved(upcoming["digest"]),
        **upcoming,
        "errors": checks.open_errors(report),
        "typed": request.POST,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/reports/publish.html", context, status=status)
