"""The report's draft: one place for its words, with the desk's other views of it a click away."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import action

from forecasts.parts import InParts, Part
from forecasts.status import forecast_status
from reports.admin.concurrent import Comparison, ReportForm, chosen, compare, same, version_of
from reports.admin.desk import findings_view, publish_view
from reports.admin.figures import figures_view
from reports.admin.history import compare_view, editions_view, here_view, history_view, restore_view
from reports.admin.manuscript import import_view
from reports.admin.places import place_view
from reports.admin.prose import PROSE_WIDGETS
from reports.admin.review import review_view
from reports.models import (
    Abbreviation,
    Industry,
    MarketForce,
    MatrixArea,
    MatrixCell,
    PestItem,
    Player,
    PorterForce,
    Report,
    Section,
    SegmentNarrative,
    Takeaway,
)
from reports.models.report import ReportQuerySet


@admin.register(Industry)
class IndustryAdmin(ModelAdmin):
    list_display = ["name", "isic", "naics"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


class SectionInline(StackedInline):
    model = Section
    formfield_overrides = PROSE_WIDGETS
    fields = [("kind", "heading", "position"), "body"]
    extra = 0


class TakeawayInline(StackedInline):
    model = Takeaway
    formfield_overrides = PROSE_WIDGETS
    fields = ["body", "position"]
    extra = 0


class NarrativeInline(StackedInline):
    model = SegmentNarrative
    formfield_overrides = PROSE_WIDGETS
    verbose_name_plural = "segments"
    fields = [("dimension", "segment"), "body"]
    autocomplete_fields = ["dimension", "segment"]
    extra = 0
    per_page = 20


class ForceInline(StackedInline):
    model = MarketForce
    formfield_overrides = PROSE_WIDGETS
    verbose_name_plural = "forces"
    fields = [("kind", "title", "driver", "position"), "body"]
    extra = 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "driver" and request.resolver_match:
            report = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(market__report=report)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class MatrixCellInline(StackedInline):
    model = MatrixCell
    formfield_overrides = PROSE_WIDGETS
    extra = 0


class MatrixAreaInline(TabularInline):
    model = MatrixArea
    verbose_name_plural = "matrix"
    fields = ["name", "position"]
    extra = 0
    show_change_link = True


@admin.register(MatrixArea)
class MatrixAreaAdmin(ModelAdmin):
    list_display = ["name", "report", "position"]
    list_filter = ["report"]
    inlines = [MatrixCellInline]
    change_form_before_template = "admin/reports/figures_of.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


class PestInline(StackedInline):
    model = PestItem
    formfield_overrides = PROSE_WIDGETS
    verbose_name_plural = "PEST"
    extra = 0


class PorterInline(StackedInline):
    model = PorterForce
    formfield_overrides = PROSE_WIDGETS
    verbose_name_plural = "Porter"
    fields = [("force", "rating"), "body"]
    extra = 0


class PlayerInline(TabularInline):
    model = Player
    fields = ["company", "is_key", "is_major", "share", "share_year", "share_source", "position"]
    autocomplete_fields = ["company"]
    extra = 0
    per_page = 50


class AbbreviationInline(TabularInline):
    model = Abbreviation
    extra = 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


@admin.register(Report)
class ReportAdmin(InParts):
    form = ReportForm
    parts = {
        "change": Part("Headline", inlines=(TakeawayInline,)),
        "sections": Part("Sections", inlines=(SectionInline, AbbreviationInline)),
        "segments": Part("Segments", inlines=(NarrativeInline,)),
        "forces": Part("Forces", inlines=(ForceInline, MatrixAreaInline)),
        "analysis": Part("PEST and Porter", inlines=(PestInline, PorterInline)),
        "players": Part("Players and profiles", inlines=(PlayerInline,)),
        "developments": Part("Developments", ("developments",)),
    }

    class Media:
        js = [Script("js/desk-drafts.js", type="module")]

    change_form_before_template = "admin/reports/version.html"
    list_display = ["title", "industry", "edition", "forecast", "open_findings"]
    list_filter = [
        "industry",
        "workflow__state",
        ("kept_by", admin.RelatedOnlyFieldListFilter),
        ("featured", admin.EmptyFieldListFilter),
    ]
    search_fields = ["title", "slug"]
    list_select_related = ["industry", "market__state"]
    autocomplete_fields = ["market", "industry", "developments"]
    prepopulated_fields = {"slug": ["title"]}
    change_form_outer_before_template = "admin/forecasts/status.html"
    actions_list = ["import_manuscript"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("title", "slug"),
                    ("market", "industry"),
                    "summary",
                    ("concentration", "illustrative"),
                    ("kept_by", "featured"),
                ]
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> ReportQuerySet:
        return Report.objects.with_standing()

    @admin.display(description="Edition")
    def edition(self, report: Any) -> str:
        return f"{report.current_number}, {report.current_at:%-d %B %Y}" if report.current_number else "not published"

    @admin.display(description="Forecast")
    def forecast(self, report: Report) -> str:
        state = report.market.state
        return "failed" if state.has_failed else "current" if state.is_current else "being recomputed"

    @admin.display(description="Findings")
    def open_findings(self, report: Any) -> str:
        if not (report.open_errors or report.other_findings):
            return "none"
        return f"{_counted(report.open_errors, 'error')}, {_counted(report.other_findings, 'other')}"

    @action(description="Import a manuscript", url_path="import")
    def import_manuscript(self, request: HttpRequest) -> HttpResponse:
        return import_view(self, request)

    def get_urls(self) -> list[URLPattern]:
        def wrap(view: Any) -> Any:
            return self.admin_site.admin_view(lambda request, pk: view(self, request, pk))

        return [
            path("<int:pk>/findings/", wrap(findings_view), name="reports_report_findings"),
            path("<int:pk>/place/", wrap(place_view), name="reports_report_place"),
            path("<int:pk>/figures/", wrap(figures_view), name="reports_report_figures"),
            path("<int:pk>/review/", wrap(review_view), name="reports_report_review"),
            path("<int:pk>/here/", wrap(here_view), name="reports_report_here"),
            path("<int:pk>/history/", wrap(history_view), name="reports_report_history"),
            path("<int:pk>/editions/", wrap(editions_view), name="reports_report_editions"),
            path("<int:pk>/compare/", wrap(compare_view), name="reports_report_compare"),
            path("<int:pk>/restore/", wrap(restore_view), name="reports_report_restore"),
            path("<int:pk>/publish/", wrap(publish_view), name="reports_report_publish"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.rows = tuple(inline.model for inline in self.get_inlines(request, obj))
        form.others_saved = hasattr(request, "comparison")
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        report = self.get_object(request, object_id) if object_id and request.method == "POST" else None
        if isinstance(report, Report) and self.has_change_permission(request, report):
            extra_context = {**(extra_context or {}), "comparison": self._compare(request, report)}
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _compare(self, request: HttpRequest, report: Report) -> Comparison | None:
        """What somebody else saved since the form was opened, taken into what is sent; None when nobody did."""
        request.POST = chosen(request.POST)  # type: ignore[assignment]
        form = self.get_form(request, report, change=True)(request.POST, instance=report)
        loaded = request.POST.get("version", "")
        if not loaded or same(loaded, version_of(report, form.fields, form.rows)):
            return None
        formsets, _ = self._create_formsets(request, report, change=True)
        comparison = compare(report, form, formsets, request.POST, loaded)
        request.POST = comparison.data  # type: ignore[assignment]
        request.comparison = comparison  # type: ignore[attr-defined]
        return comparison

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if report is not None:
            context["market"] = report.market
            context["forecast_status"] = forecast_status(report.market)
        return super().change_view(request, object_id, form_url, context)
