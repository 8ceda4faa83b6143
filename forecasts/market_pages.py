"""The desk's pages about how forecasts are made: why a number is what it is, and recomputing every market."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from forecasts.datagrid import shown
from forecasts.engine.explain import EXTRA_DIGITS
from forecasts.explaining import CannotExplain, explain
from forecasts.models import Dimension, ForecastState, Market, Segment
from forecasts.requesting import mark_stale, try_again
from forecasts.status import forecast_status, recompute_progress

FAILED_SHOWN = 50
STATUS = {"A": "actual", "E": "estimated", "F": "forecast"}


class MarketPages(ModelAdmin):  # type: ignore[misc]
    """Adds both pages to the admin of markets."""

    list_before_template = "admin/forecasts/recompute_link.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/why/", wrap(self.why_view), name="forecasts_market_why"),
            path("recompute/", wrap(self.recompute_view), name="forecasts_market_recompute"),
            path("recompute/progress/", wrap(self.progress_view), name="forecasts_market_recompute_progress"),
            *super().get_urls(),
        ]

    def why_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How one computed value came about: `?path=…&year=…&scenario=…`, the market's last year where not said."""
        market = get_object_or_404(Market.objects.select_related("state"), pk=pk)
        if not self.has_view_permission(request, market):
            return TemplateResponse(request, "403.html", status=403)
        nodes = _nodes(market)
        asked = request.GET.get("path", "total")
        scenario = request.GET.get("scenario", "base")
        year, problem, trace = _year(market, request.GET.get("year", "")), "", None
        try:
            trace = explain(market, scenario, asked, year)
        except CannotExplain as refused:
            problem = str(refused)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{market.name}: why this number",
            "opts": self.opts,
            "market": market,
            "forecast_status": forecast_status(market),
            "nodes": nodes,
            "scenarios": market.scenarios.all(),
            "asked": {"path": asked, "year": year, "scenario": scenario, "name": dict(nodes).get(asked, asked)},
            "problem": problem,
            "trace": trace,
            "rows": _rows(trace, market) if trace else [],
            "observations": _observations(trace, market) if trace else [],
            "value": shown(trace["value"], market.decimals) if trace else "",
            "whole": shown(trace["value"], _places(market)) if trace else "",
            "pin": shown(trace["pin"], market.decimals) if trace and trace["pin"] is not None else "",
            "status_words": STATUS[trace["status"]] if trace else "",
        }
        return TemplateResponse(request, "admin/forecasts/why.html", context)

    def recompute_view(self, request: HttpRequest) -> HttpResponse:
        """How far all forecasts have come; a POST has every market, or those that failed, computed again."""
        if not self.has_view_permission(request):
            return TemplateResponse(request, "403.html", status=403)
        may_change = self.has_change_permission(request)
        if request.method == "POST":
            if not may_change:
                return TemplateResponse(request, "403.html", status=403)
            messages.success(request, self._asked_for(request))
            return HttpResponseRedirect(reverse("admin:forecasts_market_recompute"))
        failed = _failed().select_related("market").order_by("market__name")
        context = {
            **self.admin_site.each_context(request),
            "title": "Recompute all",
            "opts": self.opts,
            "progress": _progress(),
            "failed": failed[:FAILED_SHOWN],
            "may_change": may_change,
        }
        return TemplateResponse(request, "admin/forecasts/recompute.html", context)

    def _asked_for(self, request: HttpRequest) -> str:
        if "everything" in request.POST:
            return f"{_markets(mark_stale())} will be computed anew. Readers see nothing of it until you publish."
        chosen = request.POST.get("market", "")
        tried = try_again([int(chosen)] if chosen.isdecimal() else None)
        return f"{_markets(tried)} will be tried again." if tried else "No forecast is given up on any more."

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        """The counts of the page as JSON."""
        if not self.has_view_permission(request):
            return JsonResponse({"sentence": "You may not see forecasts."}, status=403)
        return JsonResponse(_progress())


def _failed() -> Any:
    return ForecastState.objects.filter(failed_version=F("inputs_version")).exclude(
        forecast_version=F("inputs_version")
    )


def _progress() -> dict[str, Any]:
    progress = recompute_progress()
    done = Q(forecast_version=F("inputs_version")) | Q(failed_version=F("inputs_version"))
    running = min(ForecastState.objects.filter(attempts__gt=0).exclude(done).count(), progress.waiting)
    settled = progress.current + progress.failed
    if not progress.markets:
        sentence = "There is no market yet."
    elif progress.waiting:
        sentence = f"{settled:,} of {progress.markets:,} forecasts are settled; {progress.waiting:,} to go."
    elif progress.failed:
        sentence = f"Nothing is waiting. {progress.failed:,} of {progress.markets:,} could not be computed."
    else:
        sentence = "Every forecast is current."
    return {
        "markets": progress.markets,
        "current": progress.current,
        "waiting": progress.waiting - running,
        "running": running,
        "failed": progress.failed,
        "settled": settled,
        "sentence": sentence,
    }


def _markets(count: int) -> str:
    return "1 market" if count == 1 else f"{count:,} markets"


def _year(market: Market, text: str) -> int:
    return int(text) if text.isdecimal() and len(text) == 4 else market.last_year


def _nodes(market: Market) -> list[tuple[str, str]]:
    """(path, name) of everything that can have a value, in the order of the grid."""
    nodes = [("total", market.name)]
    for dimension in market.dimensions.all():
        if dimension.coverage == Dimension.Coverage.PARTIAL:
            nodes.append((dimension.code, f"{dimension.name}, all"))
        segments = Segment.objects.filter(dimension=dimension).order_by("path")
        nodes += [(one.path, f"{dimension.name}: {one.name}") for one in segments]
    return nodes


def _rows(trace: dict[str, Any], market: Market) -> list[tuple[str, str]]:
    """The table that adds up: each part in words, and its amount."""
    method = trace["method"]
    first = method.capitalize() if method in ("observed", "pinned", "observed values only") else f"Base value: {method}"
    return [
        (first, shown(trace["base_value"], _places(market))),
        ("Changed so that the parts sum to the whole", _signed(trace["reconciliation_adjustment"], market)),
        ("Rounded so that the printed parts sum to the printed whole", _signed(trace["rounding"], market)),
    ]


def _places(market: Market) -> int:
    """As many places as the trace is exact to, so that the column adds up on screen."""
    return market.decimals + EXTRA_DIGITS


def _signed(amount: Decimal, market: Market) -> str:
    sign = "−" if amount < 0 else "+" if amount > 0 else ""
    return sign + shown(abs(amount), _places(market))


def _observations(trace: dict[str, Any], market: Market) -> list[dict[str, Any]]:
    return [
        one | {"value": shown(one["value"], market.decimals), "status": STATUS[one["status"]]}
        for one in trace["observations"]
    ]
