"""The editors' desk: Django's admin with unfold's look, our sign-in and a content security policy of its own."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite


class Desk(UnfoldAdminSite):
    """The admin site. People sign in by the portal's own page, so rate limits and second factors hold here too."""

    site_title = "Plumbline"
    site_header = "Plumbline"
    index_title = "Editors’ desk"

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().login(request, extra_context)

    def get_urls(self) -> list[Any]:
        """The desk's screens, with those that show readers' pages: a draft's preview, an edition read as a tier."""
        from portal.preview import preview, read_as  # needs models, which are not loaded when this file is

        return [
            path("reports/report/<int:pk>/preview/", self.admin_view(preview), name="reports_report_preview"),
            path("reports/edition/<int:pk>/read/", self.admin_view(read_as), name="reports_edition_read"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Every screen of the desk, under the policy that unfold's scripts need; no other page gets it."""
        return csp_override(settings.DESK_CSP)(super().admin_view(view, cacheable))
