"""The editors' desk: Django's admin with unfold's look, our sign-in and a content security policy of its own."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
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
        return csp_override(desk_policy())(super().admin_view(view, cacheable))


@cache
def desk_policy() -> dict[str, Any]:
    """The desk's policy with the one inline script it has: the map by which the prose editor's modules find each other.

    It is allowed by its hash, so any other inline script stays forbidden.
    """
    from django_prose_editor.widgets import importmap  # needs the settings, which may not be loaded when this file is

    inline = re.sub(r"</?script[^>]*>", "", importmap.render())
    digest = b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    return settings.DESK_CSP | {"script-src": [*settings.DESK_CSP["script-src"], f"'sha256-{digest}'"]}
