"""Editions on the desk: read and withdraw. Nothing here can change one."""

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from reports.admin.review import editor
from reports.models import Edition
from reports.publishing import withdraw


@admin.register(Edition)
class EditionAdmin(ModelAdmin):
    list_display = ["report", "number", "published_at", "published_by", "standing", "digest_shown"]
    list_filter = ["report"]
    list_select_related = ["report", "published_by", "withdrawal"]
    search_fields = ["report__title"]
    readonly_fields = ["report", "number", "schema", "digest", "published_at", "published_by", "standing"]
    fields = readonly_fields
    change_form_outer_before_template = "admin/reports/edition_bar.html"

    @admin.display(description="Standing")
    def standing(self, edition: Edition) -> str:
        if hasattr(edition, "withdrawal"):
            return f"withdrawn on {edition.withdrawal.withdrawn_at:%-d %B %Y}: {edition.withdrawal.reason}"
        return "published"

    @admin.display(description="Digest")
    def digest_shown(self, edition: Edition) -> str:
        return edition.digest[:12]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/withdraw/", self.admin_site.admin_view(self.withdraw_view), name="reports_edition_withdraw"),
            *super().get_urls(),
        ]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = get_object_or_404(Edition.objects.select_related("report"), pk=pk)
        if request.method == "POST":
            try:
                withdraw(edition, by=editor(request), reason=request.POST.get("reason", ""), now=timezone.now())
            except ValueError as problem:
                messages.error(request, str(problem))
            else:
                messages.success(request, f"{edition} is withdrawn. Readers get the edition before it.")
                return HttpResponseRedirect(reverse("admin:reports_edition_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Withdraw {edition}",
            "opts": self.opts,
            "original": edition,
            "edition": edition,
        }
        return TemplateResponse(request, "admin/reports/withdraw.html", context)
