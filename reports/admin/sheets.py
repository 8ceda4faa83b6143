"""Spreadsheets on the desk: templates and exports to fetch, files to upload, and what became of each row."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget

from companies.models import Company
from reports.admin.review import editor
from reports.importing.opening import CannotOpen
from reports.importing.sheets import deciding, files, working
from reports.importing.sheets.judging import Verdict
from reports.importing.sheets.mapping import MANUSCRIPTS, TARGETS, guess
from reports.importing.sheets.parts import PARTS
from reports.importing.sheets.receiving import header_of, parts_of, receive
from reports.models import ColumnMapping, Report, SheetImport, SheetRow

PER_PAGE = 50
PREVIEWED = 5
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class UploadForm(forms.Form):
    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx,.csv"}),
        help_text="An Excel workbook (.xlsx) or a csv file, up to 10 MB and 50,000 rows.",
    )


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ModelAdmin):
    """Mappings are made with an uploaded sheet before one's eyes; here they are renamed and removed."""

    list_display = ["name", "created_by", "updated_at"]
    fields = ["name", "meaning"]
    readonly_fields = ["meaning"]

    @admin.display(description="Columns")
    def meaning(self, mapping: ColumnMapping) -> str:
        return "; ".join(f"{header}: {TARGETS.get(to, 'left out')}" for header, to in mapping.columns.items())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(SheetImport)
class SheetImportAdmin(ModelAdmin):
    list_display = ["filename", "state", "uploaded_by", "uploaded_at", "rows_counted"]
    list_filter = ["state"]
    list_select_related = ["uploaded_by"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(row_count=Count("rows"))

    @admin.display(description="Rows")
    def rows_counted(self, upload: Any) -> str:
        return f"{upload.row_count:,}"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("template/<slug:name>.<slug:kind>", wrap(self.template_file), name="reports_sheetimport_template"),
            path("export/<slug:name>.<slug:kind>", wrap(self.export_file), name="reports_sheetimport_export"),
            path("<int:pk>/progress/", wrap(self.progress_view), name="reports_sheetimport_progress"),
            path("<int:pk>/refused/<slug:part>.csv", wrap(self.refused_file), name="reports_sheetimport_refused"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Everything about spreadsheets in one place: upload, templates, exports, earlier uploads. Who may not import
        finds the rest of it."""
        may_import = self.has_add_permission(request)
        if not (may_import or (request.method == "GET" and self.has_view_permission(request))):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            chosen = form.cleaned_data["file"]
            try:
                upload = receive(chosen.read(), chosen.name, by=editor(request), now=timezone.now())
            except CannotOpen as refused:
                form.add_error("file", str(refused))
            else:
                if refused_for := deciding.may_import(editor(request), parts_of(upload)):
                    upload.delete()
                    form.add_error("file", f"{refused_for} Nothing was kept of it.")
                else:
                    working.ask(upload.pk)
                    return HttpResponseRedirect(reverse("admin:reports_sheetimport_change", args=[upload.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": "Import and export",
            "opts": self.opts,
            "form": form if may_import else None,
            "workbooks": [
                {"code": code, "title": title, "parts": [PARTS[one] for one in parts]}
                for code, (title, parts) in files.WORKBOOKS.items()
            ],
            "reports": Report.objects.order_by("title").values_list("slug", "title"),
            "recent": self.get_queryset(request).select_related("uploaded_by")[:8],
            "mappings": ColumnMapping.objects.count(),
        }
        return TemplateResponse(request, "admin/reports/sheets.html", context, status=422 if form.errors else 200)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What was found of each row, what to decide, and the button; a POST takes one decision."""
        upload = get_object_or_404(SheetImport.objects.select_related("mapping", "uploaded_by"), pk=object_id)
        if not self.has_view_permission(request, upload):
            raise PermissionDenied
        if request.method == "POST":
            if not self.has_change_permission(request, upload):
                raise PermissionDenied
            try:
                messages.success(request, self._act(request, upload))
            except ValueError as refused:
                messages.error(request, str(refused))
            return HttpResponseRedirect(request.get_full_path())
        progress = _progress(upload)
        verdict = request.GET.get("verdict", "")
        if verdict not in Verdict.values:
            order = (Verdict.DOUBTFUL, Verdict.REFUSED, Verdict.CHANGED, Verdict.NEW, Verdict.UNCHANGED)
            verdict = next((one for one in order if progress["counts"][one]), Verdict.NEW)
        page = Paginator(upload.rows.filter(verdict=verdict).select_related("upload"), PER_PAGE).get_page(
            request.GET.get("page")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"Import of {upload.filename}",
            "opts": self.opts,
            "original": upload,
            "upload": upload,
            "progress": progress,
            "tabs": [(one, Verdict(one).label, count) for one, count in progress["counts"].items() if count],
            "verdict": verdict,
            "page": page,
            "rows": [_shown(row) for row in page],
            "to_store": working.waiting_rows(SheetImport(pk=upload.pk, state=SheetImport.State.IMPORTING)).count()
            if upload.state in ("checked", "done")
            else 0,
            "stored": upload.rows.filter(stored=True).count(),
            "parts": [PARTS[code] for code in parts_of(upload) if code in PARTS],
            "may_change": self.has_change_permission(request, upload),
            **_mapping(upload),
        }
        return TemplateResponse(request, "admin/reports/sheet.html", context)

    def _act(self, request: HttpRequest, upload: SheetImport) -> str:
        """Take the step that a form asks for and say what was done. Raises ValueError with a sentence."""
        form, by, now = request.POST, editor(request), timezone.now()
        step = form.get("step", "")
        if step == "import":
            deciding.begin(upload, by=by, now=now)
            self.log_change(request, upload, "Began to store its rows.")
            return "The rows are being stored. You may leave this page."
        if step == "check":
            deciding.check_again(upload, now=now)
            return "All rows that are not stored are compared anew."
        if step == "map":
            columns = {header: form.get(f"column-{at}", "") for at, header in enumerate(header_of(upload))}
            saved = deciding.map_columns(upload, name=form.get("name", ""), columns=columns, by=by, now=now)
            return f"The columns are saved as “{saved}”. The next file with the same columns is read by them at once."
        row = get_object_or_404(SheetRow, upload=upload, pk=form.get("row", "0") or "0")
        if step == "accept":
            deciding.accept(row)
            return f"{row} passes as it is: {row.get_verdict_display().lower()}."
        if step == "drop":
            deciding.drop(row)
            return f"{row} is left out."
        if step == "whole":
            note = next((note for note in row.notes if note.get("mend")), None)
            if note is None:
                raise ValueError("There is no such proposal any more.")
            deciding.mend(row, note["mend"])
            return f"{row} is mended: {row.get_verdict_display().lower()}."
        if step == "mend":
            deciding.mend(row, {name: form.get(f"cell-{at}", text) for at, (name, text) in enumerate(_cells(row))})
            return f"{row} is mended: {row.get_verdict_display().lower()}."
        if step == "same":
            company = get_object_or_404(Company, pk=form.get("company", "0") or "0")
            deciding.same_company(row, company, form.get("name", ""))
            return f"“{form.get('name', '')}” is now an alias of {company}; {row}: {row.get_verdict_display().lower()}."
        raise ValueError("Nothing was chosen. Press one of the buttons on the page.")

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the upload has come, as JSON."""
        upload = get_object_or_404(SheetImport, pk=pk)
        if not self.has_view_permission(request, upload):
            return JsonResponse({"sentence": "You may not see imports."}, status=403)
        return JsonResponse(_progress(upload))

    def template_file(self, request: HttpRequest, name: str, kind: str) -> HttpResponse:
        """An empty template: a workbook, or the csv of one part."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind == "xlsx" and name in files.WORKBOOKS:
            return _file(files.template_xlsx(files.WORKBOOKS[name][1]), f"{name}-template.xlsx")
        if kind == "csv" and name in PARTS:
            return _file(files.template_csv(name), f"{name}-template.csv")
        raise Http404

    def export_file(self, request: HttpRequest, name: str, kind: str) -> HttpResponse:
        """What is stored, of one report or of everything, in the form of the templates."""
        parts = files.WORKBOOKS[name][1] if kind == "xlsx" and name in files.WORKBOOKS else (name,)
        if kind not in TYPES or not set(parts) <= set(PARTS):
            raise Http404
        for part in parts:
            model = PARTS[part].model
            if not request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
                raise PermissionDenied
        chosen = request.GET.get("report", "")
        report = get_object_or_404(Report.objects.select_related("market"), slug=chosen) if chosen else None
        markets = [report.market] if report is not None else None
        filename = f"{report.slug}-{name}.{kind}" if report is not None else f"{name}.{kind}"
        try:
            content = files.export_xlsx(parts, markets) if kind == "xlsx" else files.export_csv(name, markets)
        except files.TooLongForACell as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:reports_sheetimport_add"))
        return _file(content, filename)

    def refused_file(self, request: HttpRequest, pk: int, part: str) -> HttpResponse:
        """Refused and doubtful rows with what is wrong with each, to be mended and uploaded again."""
        upload = get_object_or_404(SheetImport, pk=pk)
        if not self.has_view_permission(request, upload):
            raise PermissionDenied
        if part not in PARTS and part != MANUSCRIPTS:
            raise Http404
        return _file(files.refused_csv(upload, part), f"{part}-to-mend.csv")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=TYPES[name.rsplit(".", 1)[1]], headers=headers)


def _progress(upload: SheetImport) -> dict[str, Any]:
    found = (
        upload.rows.order_by().values("verdict").annotate(all=Count("pk"), stored=Count("pk", filter=Q(stored=True)))
    )
    counts = dict.fromkeys(Verdict.values, 0) | {one["verdict"]: one["all"] for one in found}
    stored = sum(one["stored"] for one in found)
    total = sum(counts.values())
    if upload.state == SheetImport.State.IMPORTING:
        whole, done = counts[Verdict.NEW] + counts[Verdict.CHANGED], stored
        sentence = f"{done:,} of {whole:,} rows are stored."
    else:
        whole, done = total, total - counts[Verdict.WAITING]
        sentence = {
            "mapping": "Say what its columns mean.",
            "checking": f"{done:,} of {whole:,} rows are checked.",
            "checked": f"All {whole:,} rows are checked. Nothing is stored yet.",
            "done": f"{stored:,} rows are stored.",
            "failed": upload.problem,
        }[upload.state]
    return {"state": upload.state, "done": done, "whole": whole, "sentence": sentence, "counts": counts}


def _shown(row: SheetRow) -> dict[str, Any]:
    was, becomes = row.stored_was or {}, row.becomes or {}
    return {
        "row": row,
        "key": [row.cells.get(name, "") for name in (PARTS[row.part].key if row.part in PARTS else row.columns[:1])],
        "changes": [(name, was.get(name, ""), text) for name, text in becomes.items()],
        "cells": [(at, name, text, len(text) > 80) for at, (name, text) in enumerate(_cells(row))],
        "whole": [
            note["mend"][name] for note in row.notes[:1] if "mend" in note for name in row.columns if note["mend"][name]
        ],
        "alike": [note for note in row.notes if note.get("company")],
        "accept": row.verdict == Verdict.DOUBTFUL and not row.extra,
    }


def _cells(row: SheetRow) -> list[tuple[str, str]]:
    return [(name, row.cells[name]) for name in row.columns]


def _mapping(upload: SheetImport) -> dict[str, Any]:
    if upload.state != SheetImport.State.MAPPING:
        return {}
    guessed = guess(header_of(upload))
    first = list(upload.rows.all()[:PREVIEWED])
    return {
        "targets": TARGETS,
        "columns": [
            {
                "at": at,
                "header": header,
                "target": guessed.get(header, ""),
                "samples": [row.cells[header] for row in first],
            }
            for at, header in enumerate(header_of(upload))
        ],
        "proposed_name": upload.filename.rsplit(".", 1)[0],
    }
