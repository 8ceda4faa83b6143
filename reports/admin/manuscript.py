"""Importing a manuscript on the desk: a dry run first if wanted, then the draft and what was found on the way."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from reports.admin.review import editor
from reports.importing.manuscript import parse
from reports.importing.reading import ManuscriptError, read_bytes
from reports.importing.store import import_manuscript
from reports.models import Industry

if TYPE_CHECKING:
    from reports.admin.report import ReportAdmin


# What the importer counts, in an editor's words where its own name for it is not one.
COUNTED = {
    "force_bodies": "Forces with a text",
    "matrix_cells": "Cells of the impact matrix",
    "competitive_sections": "Sections on competition",
    "major_players": "Major players",
    "overview_blocks": "Pieces of the overview",
    "unplaced_lines": "Lines without a place",
}


class ManuscriptForm(forms.Form):
    file = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="Plain text, Markdown, Word (.docx) or HTML: the page as it was, or will be, published.",
    )
    text = forms.CharField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text="Or paste the text of the page here.",
    )
    industry = forms.ModelChoiceField(
        Industry.objects.all(),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Empty: the one the manuscript names, if it names one.",
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not str(cleaned.get("text") or "").strip():
            raise forms.ValidationError("Choose a file or paste the text of a manuscript.")
        return cleaned


def import_view(desk: "ReportAdmin", request: HttpRequest) -> HttpResponse:
    """The upload form; a POST with `check` only shows what would be placed where, any other imports."""
    if not desk.has_add_permission(request):
        raise PermissionDenied
    form = ManuscriptForm(request.POST or None, request.FILES or None)
    manuscript = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        filename = upload.name if upload else "pasted.txt"
        try:
            text = read_bytes(upload.read(), filename) if upload else form.cleaned_data["text"]
            if "check" in request.POST:
                manuscript = parse(text)
            else:
                imported = import_manuscript(
                    text,
                    filename=filename,
                    industry=form.cleaned_data["industry"],
                    by=editor(request),
                    now=timezone.now(),
                )
                if imported.created:
                    desk.log_change(request, imported.report, f"Imported {filename}.")
                messages.success(request, imported.message)
                return HttpResponseRedirect(reverse("admin:reports_report_findings", args=[imported.report.pk]))
        except ManuscriptError as refused:
            form.add_error(None, str(refused))
    context = {
        **desk.admin_site.each_context(request),
        "title": "Import a manuscript",
        "opts": desk.opts,
        "form": form,
        "manuscript": manuscript,
        "counted": [(COUNTED.get(name, name.capitalize()), count) for name, count in manuscript.counts.items() if count]
        if manuscript
        else [],
    }
    return TemplateResponse(request, "admin/reports/import.html", context, status=422 if form.errors else 200)
