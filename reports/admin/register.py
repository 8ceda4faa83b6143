"""What reports add to the register's screens: where a company is used, merging with a preview, the feed, duplicates."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from unfold.decorators import action

from companies.admin import (
    AliasInline,
    CompanyAdmin,
    DevelopmentAdmin,
    FinancialYearInline,
    ProductInline,
    StrategyInline,
    SwotInline,
)
from companies.alike import alike_names
from companies.completeness import ASPECTS, missing
from companies.duplicates import possible_duplicates
from companies.merging import plan
from companies.models import Company, Development
from forecasts.parts import InParts, Part
from reports.merging import join_developments, keep_apart, merge_companies, plan_players
from reports.models import EditionCompany, Player

admin.site.unregister(Company)
admin.site.unregister(Development)


@admin.register(Company)
class CompanyOfReports(InParts, CompanyAdmin):
    """The register, with what reports make of each company."""

    parts = {
        "change": Part("Company", inlines=(AliasInline,)),
        "products": Part("Products", inlines=(ProductInline,)),
        "financials": Part("Financial years", inlines=(FinancialYearInline,)),
        "plans": Part("Strategies and SWOT", inlines=(StrategyInline, SwotInline)),
    }

    class Media:
        css = {"all": ["css/desk-import.css"]}

    list_display = ["name", "country", "profile", "used_in", "updated_at"]
    change_form_outer_before_template = "admin/reports/company_bar.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(report_count=Count("plays", distinct=True))

    @admin.display(description="Reports", ordering="report_count")
    def used_in(self, company: Any) -> str:
        return str(company.report_count) if company.report_count else "none"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/used/", wrap(self.used_view), name="companies_company_used"),
            path("<int:pk>/merge/", wrap(self.merge_view), name="companies_company_merge"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        company = Company.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = dict(extra_context or {}) | (self._bar(company) if company is not None else {})
        return super().change_view(request, object_id, form_url, context)

    def used_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every report, development and edition that names the company."""
        company = get_object_or_404(Company, pk=pk)
        if not self.has_view_permission(request, company):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            **self._bar(company),
            "title": f"{company}: where it is used",
            "opts": self.opts,
            "original": company,
            "players": Player.objects.filter(company=company).select_related("report").order_by("report__title"),
            "developments": company.developments.prefetch_related("reports", "companies"),
            "editions": EditionCompany.objects.filter(slug=company.slug).select_related("report"),
        }
        return TemplateResponse(request, "admin/reports/company_used.html", context)

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose the other record, see what merging would do, decide the conflicts, and merge."""
        duplicate = get_object_or_404(Company, pk=pk)
        if not (self.has_change_permission(request, duplicate) and self.has_delete_permission(request, duplicate)):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        into, found, problem = self._chosen(duplicate, asked.get("into", ""), asked.get("name", ""))
        if request.method == "POST" and into is not None:
            named = str(duplicate)
            theirs = {name for name, whose in request.POST.items() if whose == "theirs"}
            merge_companies(duplicate, into=into, theirs=theirs)
            self.log_change(request, into, f"Merged {named} into it.")
            messages.success(request, f"{named} was merged into {into}. Its names now lead there.")
            return HttpResponseRedirect(reverse("admin:companies_company_change", args=[into.pk]))
        moves = plan_players(duplicate, into) if into is not None else []
        planned = plan(duplicate, into) if into is not None else None
        facts = [*planned.facts, *(move.share for move in moves)] if planned is not None else []
        context = {
            **self.admin_site.each_context(request),
            **self._bar(duplicate),
            "title": f"Merge {duplicate}",
            "opts": self.opts,
            "original": duplicate,
            "typed": asked.get("name", ""),
            "problem": problem,
            "into": into,
            "plan": planned,
            "moves": moves,
            "conflicts": [fact for fact in facts if fact.conflicts],
            "found": found,
        }
        return TemplateResponse(request, "admin/reports/company_merge.html", context)

    @staticmethod
    def _chosen(duplicate: Company, pk: str, name: str) -> tuple[Company | None, list[Company], str]:
        """The record chosen, else records that may be meant and a sentence on what is wrong with what was typed."""
        others = Company.objects.exclude(pk=duplicate.pk)
        if pk.isdecimal() and int(pk) == duplicate.pk:
            return None, [], "This is the same record. Choose the other one."
        if pk.isdecimal() and (chosen := others.filter(pk=pk).first()):
            return chosen, [], ""
        if name.strip() and (chosen := others.named(name).first()):
            return chosen, [], ""
        names = [name] if name.strip() else [alias.name for alias in duplicate.aliases.all()]
        near = {pk for pairs in alike_names(names, at_most=6).values() for pk, _ in pairs}
        found = others.filter(
            Q(pk__in=near) | (Q(aliases__name__icontains=name.strip()) if name.strip() else Q(pk=None))
        )
        problem = f"No other company is called “{name.strip()}”." if name.strip() else ""
        return None, list(found.distinct()[:10]), problem

    @staticmethod
    def _bar(company: Company) -> dict[str, Any]:
        lacks = missing(company)
        return {"company": company, "lacks": lacks, "has": len(ASPECTS) - len(lacks), "aspects": len(ASPECTS)}


@admin.register(Development)
class DevelopmentFeed(DevelopmentAdmin):
    """The feed of developments, with the companies and reports that each belongs to."""

    list_display = ["when", "kind", "text", "named_companies", "told_in"]
    list_filter = ["kind", "reports"]
    actions_list = ["duplicates"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("companies", "reports")

    @admin.display(description="Companies")
    def named_companies(self, development: Development) -> str:
        return _links("admin:companies_company_change", development.companies.all())

    @admin.display(description="Reports")
    def told_in(self, development: Any) -> str:
        return _links("admin:reports_report_change", development.reports.all())

    @action(description="Possible duplicates", url_path="duplicates")
    def duplicates(self, request: HttpRequest) -> HttpResponse:
        """Pairs that may tell one thing; a POST keeps one of them, or notes that they are two."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            if not (self.has_change_permission(request) and self.has_delete_permission(request)):
                raise PermissionDenied
            one = get_object_or_404(Development, pk=request.POST.get("one", "0") or "0")
            other = get_object_or_404(Development, pk=request.POST.get("other", "0") or "0")
            messages.success(request, self._decide(request, one, other))
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": "Developments that may be told twice",
            "opts": self.opts,
            "pairs": possible_duplicates(),
            "may_change": self.has_change_permission(request) and self.has_delete_permission(request),
        }
        return TemplateResponse(request, "admin/reports/duplicates.html", context)

    def _decide(self, request: HttpRequest, one: Development, other: Development) -> str:
        if request.POST.get("keep") not in (str(one.pk), str(other.pk)):
            keep_apart(one, other)
            return "They stay two, and you are not asked again."
        kept, gone = (one, other) if request.POST["keep"] == str(one.pk) else (other, one)
        words = str(gone)
        join_developments(gone, into=kept)
        self.log_change(request, kept, f"Joined with: {words}"[:200])
        return "One of them is kept, with the companies and reports of both."


def _links(url: str, things: Any) -> str:
    rows = ((reverse(url, args=[one.pk]), str(one)) for one in things)
    return format_html_join(", ", '<a href="{}">{}</a>', rows) or "none"
