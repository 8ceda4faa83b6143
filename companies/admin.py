"""The desk's screens for the company register. What reports add to them is in `reports.admin.register`."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from companies.completeness import ASPECTS, with_completeness
from companies.models import Company, CompanyAlias, Development, FinancialYear, Product, Strategy, SwotItem


class AliasInline(TabularInline):
    model = CompanyAlias
    fields = ["name"]
    extra = 0


class ProductInline(TabularInline):
    model = Product
    extra = 0


class FinancialYearInline(TabularInline):
    model = FinancialYear
    extra = 0


class StrategyInline(StackedInline):
    model = Strategy
    extra = 0


class SwotInline(TabularInline):
    model = SwotItem
    extra = 0


class ProfileFilter(admin.SimpleListFilter):
    """Companies whose profile is whole, begun or empty."""

    title = "profile"
    parameter_name = "profile"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("whole", "whole"), ("begun", "begun"), ("empty", "empty")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        whole = len(ASPECTS)
        match self.value():
            case "whole":
                return queryset.filter(aspects_there=whole)
            case "begun":
                return queryset.filter(aspects_there__gt=0, aspects_there__lt=whole)
            case "empty":
                return queryset.filter(aspects_there=0)
        return queryset


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    list_display = ["name", "country", "founded_year", "profile", "updated_at"]
    list_filter = [ProfileFilter, "country"]
    search_fields = ["name", "aliases__name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AliasInline, ProductInline, FinancialYearInline, StrategyInline, SwotInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_completeness(super().get_queryset(request))

    @admin.display(description="Profile", ordering="aspects_there")
    def profile(self, company: Any) -> str:
        return f"{company.aspects_there} of {len(ASPECTS)}"


@admin.register(Development)
class DevelopmentAdmin(ModelAdmin):
    list_display = ["when", "kind", "text"]
    list_filter = ["kind"]
    search_fields = ["text", "companies__name"]
    autocomplete_fields = ["companies"]
    date_hierarchy = "date"
