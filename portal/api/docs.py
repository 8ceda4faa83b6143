"""The page that describes the API: Swagger UI from our own files, under a policy without inline scripts."""

from typing import Any

from django.conf import settings
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override
from django.views.generic import TemplateView

# Swagger UI draws its arrows and logo from data: addresses inside its style sheet.
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


@method_decorator(csp_override(POLICY), name="dispatch")
class DocsView(TemplateView):
    template_name = "api/docs.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(version=settings.SPECTACULAR_SETTINGS["VERSION"], **context)
