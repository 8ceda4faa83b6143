"""The desk's screens for the company register."""

from django.contrib import admin
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from companies.models import Company, CompanyAlias, Development, FinancialYear, Product, Strategy, SwotItem


class AliasInline(TabularInline):
    model = CompanyAlias
    fields = ["name"]
    extra = 0
    tab = True


class ProductInline(TabularInline):
    model = Product
    extra = 0
    tab = True


class FinancialYearInline(TabularInline):
    model = FinancialYear
    extra = 0
    tab = True


class StrategyInline(StackedInline):
    model = Strategy
    extra = 0
    tab = True


class SwotInline(TabularInline):
    model = SwotItem
    extra = 0
    tab = True


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    list_display = ["name", "country", "founded_year", "updated_at"]
    search_fields = ["name", "aliases__name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AliasInline, ProductInline, FinancialYearInline, StrategyInline, SwotInline]


@admin.register(Development)
class DevelopmentAdmin(ModelAdmin):
    list_display = ["when", "kind", "text"]
    list_filter = ["kind"]
    search_fields = ["text", "companies__name"]
    autocomplete_fields = ["companies"]
    date_hierarchy = "date"
