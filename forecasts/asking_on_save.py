"""What the desk's screens for a market's inputs share: a save asks for a recompute, and the screen shows it arrive."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from forecasts.models import Market
from forecasts.requesting import request_recompute
from forecasts.status import forecast_status


class RecomputesOnSave(ModelAdmin):  # type: ignore[misc]
    """An admin whose saves and deletions change a market's inputs. `market_of` names the market of an object."""

    def market_of(self, obj: Any) -> Market:
        market = obj.market
        assert isinstance(market, Market)
        return market

    def ask(self, request: HttpRequest, *markets: int) -> None:
        for market_id in set(markets):
            request_recompute(market_id, trigger="edit", by=request.user.pk)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.ask(request, self.market_of(form.instance).pk)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.ask(request, self.market_of(obj).pk)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        market_id = self.market_of(obj).pk
        super().delete_model(request, obj)
        self.ask(request, market_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        markets = {self.market_of(obj).pk for obj in queryset}
        super().delete_queryset(request, queryset)
        self.ask(request, *markets)


class StatusOnTop(RecomputesOnSave):
    """Shows the state of the market's forecast above the form, and keeps it up to date without a reload."""

    change_form_outer_before_template = "admin/forecasts/status.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if obj is not None:
            context["market"] = self.market_of(obj)
            context["forecast_status"] = forecast_status(context["market"])
        page: HttpResponse = super().change_view(request, object_id, form_url, context)
        return page
