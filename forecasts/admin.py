"""The desk's screens for markets and their numbers. Every save asks for a recompute; every screen shows it arrive."""

import json
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin, TabularInline

from forecasts.asking_on_save import StatusOnTop
from forecasts.crossing_admin import CrossTableAdmin, CrossTableInline
from forecasts.datagrid import GridRefused, computed_cells
from forecasts.grid_page import GridForm, receipt, refusal
from forecasts.market_pages import MarketPages
from forecasts.models import (
    Assumption,
    CrossTable,
    Dimension,
    Driver,
    ForecastRun,
    GrowthStep,
    Market,
    Observation,
    Pin,
    Scenario,
    ScenarioWeight,
    Segment,
)
from forecasts.parts import InParts, Part
from forecasts.requesting import request_recompute
from forecasts.status import forecast_status


def _plain(value: Decimal | None, unit: str = "", *, decimals: int = 0) -> str:
    """A stored decimal without the zeros that only its column has: "71.73", not "71.730000"."""
    if value is None:
        return ""
    own = value.normalize().as_tuple().exponent
    assert isinstance(own, int)  # the database keeps no infinities
    return f"{value:,.{max(decimals, -own)}f}{unit}"


class DimensionInline(TabularInline):
    model = Dimension
    fields = ["name", "code", "coverage", "breaks_down", "is_geography", "position"]
    autocomplete_fields = ["breaks_down"]
    extra = 0
    show_change_link = True


class PinInline(TabularInline):
    model = Pin
    fields = ["segment", "dimension", "year", "value", "reason"]
    autocomplete_fields = ["segment", "dimension"]
    extra = 0


class DriverInline(TabularInline):
    model = Driver
    fields = ["name", "code", "effect", "position"]
    prepopulated_fields = {"code": ["name"]}
    extra = 0


class ScenarioInline(TabularInline):
    model = Scenario
    fields = ["name", "code", "position"]
    extra = 0
    show_change_link = True


@admin.register(Market)
class MarketAdmin(MarketPages, StatusOnTop, InParts):
    list_display = ["name", "unit_label", "span", "forecast"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    list_select_related = ["state"]
    parts = {
        "change": Part("Market", inlines=(DimensionInline, PinInline)),
        "drivers": Part("Drivers and scenarios", inlines=(DriverInline, ScenarioInline)),
        "crossing": Part("Cross-tables", inlines=(CrossTableInline,)),
    }
    fieldsets = [
        (None, {"fields": ["name", "slug", "measure"]}),
        ("Unit", {"fields": [("currency", "unit_mult", "decimals"), ("price_basis", "price_year")]}),
        ("Years", {"fields": [("first_year", "base_year", "last_year")]}),
        ("Method", {"fields": ["reconciliation"]}),
    ]

    def market_of(self, obj: Any) -> Market:
        assert isinstance(obj, Market)
        return obj

    @admin.display(description="Years")
    def span(self, market: Market) -> str:
        return f"{market.first_year}–{market.last_year}, base {market.base_year}"

    @admin.display(description="Forecast")
    def forecast(self, market: Market) -> str:
        if market.state.has_failed:
            return "failed"
        return "current" if market.state.is_current else "being recomputed"

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.delete()

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/data/", self.admin_site.admin_view(self.data_view), name="forecasts_market_data"),
            path("<int:pk>/status/", self.admin_site.admin_view(self.status_view), name="forecasts_market_status"),
            *super().get_urls(),
        ]

    def status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The forecast's state as JSON; with `?since=VERSION`, the computed cells too once they are newer than that."""
        market = get_object_or_404(Market.objects.select_related("state"), pk=pk)
        if not self.has_view_permission(request, market):
            return JsonResponse({"sentence": "You may not see this market."}, status=403)
        status = forecast_status(market)
        answer: dict[str, Any] = {
            "state": status.stage,
            "sentence": status.sentence,
            "forecast_version": market.state.forecast_version,
            "inputs_version": market.state.inputs_version,
        }
        if "since" in request.GET and str(market.state.forecast_version) != request.GET["since"]:
            answer["cells"] = computed_cells(market)
        return JsonResponse(answer)

    def data_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The data grid, to be read by whoever may see the market. A POST saves it; sent by script it answers in JSON,
        otherwise with the plain form."""
        market = get_object_or_404(Market.objects.select_related("state"), pk=pk)
        may_change = self.has_change_permission(request, market)
        if not (may_change or (request.method == "GET" and self.has_view_permission(request, market))):
            return TemplateResponse(request, "403.html", status=403)
        form = GridForm(market, request)
        if request.method == "POST":
            try:
                done = form.save()
            except GridRefused as refused:
                if form.by_script:
                    return refusal(refused)
                form.errors = refused.cells
                messages.error(request, str(refused))
            else:
                if not done.nothing:
                    request_recompute(market.pk, trigger="edit", by=request.user.pk)
                    self.log_change(request, market, f"Data grid: {done}.")
                market.state.refresh_from_db()
                if form.by_script:
                    return receipt(market, done)
                messages.success(request, f"Saved: {done}.")
                return HttpResponseRedirect(request.get_full_path())
        return TemplateResponse(
            request,
            "admin/forecasts/data.html",
            {
                **self.admin_site.each_context(request),
                **form.context(),
                "title": f"{market.name}: data",
                "opts": self.opts,
                "original": market,
                "market": market,
                "forecast_status": forecast_status(market),
                "may_change": may_change,
                "is_fullwidth": "1",
            },
            status=422 if form.errors else 200,
        )


admin.site.register(CrossTable, CrossTableAdmin)


class SegmentInline(TabularInline):
    model = Segment
    fields = ["name", "code", "parent", "kind", "iso_code", "position"]
    autocomplete_fields = ["parent"]
    extra = 0
    per_page = 50


@admin.register(Dimension)
class DimensionAdmin(StatusOnTop):
    list_display = ["name", "market", "coverage", "is_geography"]
    list_filter = ["market"]
    search_fields = ["name", "market__name"]
    inlines = [SegmentInline]
    autocomplete_fields = ["market", "breaks_down"]


@admin.register(Segment)
class SegmentAdmin(StatusOnTop):
    list_display = ["name", "path", "kind", "iso_code"]
    list_filter = ["dimension__market", "kind"]
    search_fields = ["name", "path", "dimension__market__name"]
    autocomplete_fields = ["dimension", "parent"]
    list_select_related = ["dimension"]
    readonly_fields = ["path"]

    def market_of(self, obj: Any) -> Market:
        market = obj.dimension.market
        assert isinstance(market, Market)
        return market


@admin.register(Observation)
class ObservationAdmin(StatusOnTop):
    list_display = ["node", "year", "amount", "status", "source", "illustrative"]
    list_filter = ["market", "status", "year", "illustrative"]
    search_fields = ["segment__name", "segment__path", "market__name", "source"]
    autocomplete_fields = ["market", "dimension", "segment"]
    list_select_related = ["market", "segment", "dimension"]
    list_per_page = 60

    @admin.display(description="Node", ordering="segment__path")
    def node(self, observation: Observation) -> str:
        return f"{observation.market}: {observation.path}"

    @admin.display(description="Value", ordering="value")
    def amount(self, observation: Observation) -> str:
        return _plain(observation.value, decimals=observation.market.decimals)


class GrowthStepInline(TabularInline):
    model = GrowthStep
    extra = 0


@admin.register(Assumption)
class AssumptionAdmin(StatusOnTop):
    list_display = ["node", "method", "rate_in_words", "share_in_words", "drift_in_words"]
    list_filter = ["market", "method"]
    search_fields = ["segment__name", "segment__path", "market__name"]
    autocomplete_fields = ["market", "dimension", "segment"]
    list_select_related = ["market", "segment", "dimension"]
    inlines = [GrowthStepInline]

    @admin.display(description="Node", ordering="segment__path")
    def node(self, assumption: Assumption) -> str:
        return f"{assumption.market}: {assumption.path}"

    @admin.display(description="Rate", ordering="rate", empty_value="-")
    def rate_in_words(self, assumption: Assumption) -> str:
        return _plain(assumption.rate, " % a year")

    @admin.display(description="Share", ordering="share", empty_value="-")
    def share_in_words(self, assumption: Assumption) -> str:
        return _plain(assumption.share, " %")

    @admin.display(description="Drift", ordering="drift", empty_value="-")
    def drift_in_words(self, assumption: Assumption) -> str:
        return _plain(assumption.drift, " pp a year")


class ScenarioWeightInline(TabularInline):
    model = ScenarioWeight
    extra = 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        scenario = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        if db_field.name == "driver" and scenario:
            kwargs["queryset"] = Driver.objects.filter(market__scenarios=scenario)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Scenario)
class ScenarioAdmin(StatusOnTop):
    list_display = ["name", "market", "code"]
    list_filter = ["market"]
    search_fields = ["name", "market__name"]
    autocomplete_fields = ["market"]
    inlines = [ScenarioWeightInline]


@admin.register(ForecastRun)
class ForecastRunAdmin(ModelAdmin):
    """A record: nobody adds, changes or deletes a run by hand."""

    list_display = ["market", "outcome", "trigger", "triggered_by", "finished_at", "values_changed", "took"]
    list_filter = ["outcome", "trigger", "market"]
    list_select_related = ["market", "triggered_by"]
    date_hierarchy = "finished_at"

    @admin.display(description="Took")
    def took(self, run: ForecastRun) -> str:
        return f"{(run.finished_at - run.started_at).total_seconds() * 1000:.0f} ms"

    @admin.display(description="Timings")
    def timings_shown(self, run: ForecastRun) -> str:
        return json.dumps(run.timings)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
