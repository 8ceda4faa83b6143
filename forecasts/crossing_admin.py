"""The desk's screen for cross-tables: which two dimensions, which cells are known, and the table as it would print."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline

from forecasts.asking_on_save import StatusOnTop
from forecasts.crossing import Crossed, cross_tables
from forecasts.datagrid import shown
from forecasts.models import CrossCell, CrossTable, Dimension, ForecastValue, Market, Segment


class CrossTableInline(TabularInline):  # type: ignore[misc]
    model = CrossTable
    fk_name = "market"
    fields = ["rows", "row_detail", "columns", "column_detail", "position"]
    extra = 0
    show_change_link = True

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("rows", "columns"):
            kwargs["queryset"] = _crossable(market=_asked(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CrossCellInline(TabularInline):  # type: ignore[misc]
    model = CrossCell
    fields = ["row", "column", "year", "value", "source", "illustrative"]
    extra = 1
    verbose_name = "known cell"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        table = CrossTable.objects.filter(pk=_asked(request)).first()
        if table is not None and db_field.name in ("row", "column"):
            dimension = table.rows_id if db_field.name == "row" else table.columns_id
            kwargs["queryset"] = Segment.objects.filter(dimension=dimension).order_by("path")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CrossTableAdmin(StatusOnTop):
    list_display = ["title", "market", "row_detail", "column_detail"]
    list_filter = ["market"]
    list_select_related = ["market", "rows", "columns"]
    search_fields = ["market__name", "rows__name", "columns__name"]
    autocomplete_fields = ["market"]
    inlines = [CrossCellInline]
    change_form_after_template = "admin/forecasts/cross_table.html"

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Known cells are entered once it is stored which segments there are to choose from."""
        return self.inlines if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("rows", "columns"):
            table = CrossTable.objects.filter(pk=_asked(request)).first()
            kwargs["queryset"] = _crossable(market=table.market_id if table else 0)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        table = self.get_object(request, object_id)
        if isinstance(table, CrossTable):
            context["crossed"] = as_shown(table)
        return super().change_view(request, object_id, form_url, context)


def as_shown(table: CrossTable) -> dict[str, Any]:
    """The base year's and the last year's cells in the base scenario, as text; or the problem in words."""
    market = table.market
    places = Decimal(1).scaleb(-market.decimals)
    rows = ForecastValue.objects.filter(market=market, scenario="base").values_list("scenario", "path", "year", "value")
    values = {(scenario, path, year): value.quantize(places) for scenario, path, year, value in rows}
    crossed = next(one for one in cross_tables(market, values) if one.table.pk == table.pk)
    names = dict(Segment.objects.filter(dimension__market=market).values_list("path", "name"))
    return {
        "problem": crossed.problem,
        "columns": [names[path] for path in crossed.columns],
        "without": [names[path] for path in crossed.without],
        "years": [_year(crossed, year, names, market) for year in (market.base_year, market.last_year)],
    }


def _year(crossed: Crossed, year: int, names: dict[str, str], market: Market) -> dict[str, Any]:
    lines = []
    for row in crossed.rows:
        cells = [crossed.cells.get(("base", row, column, year)) for column in crossed.columns]
        if all(cells):
            lines.append((names[row], [(shown(one.value, market.decimals), one.modelled) for one in cells if one]))
    return {"year": year, "lines": lines}


def _crossable(market: int) -> Any:
    found = Dimension.objects.exclude(coverage=Dimension.Coverage.PARTIAL).select_related("market")
    return found.filter(market=market) if market else found


def _asked(request: HttpRequest) -> int:
    """The number of the row that the address is of; 0, which none has, where it is of none."""
    asked = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
    return int(asked) if asked and str(asked).isdigit() else 0
