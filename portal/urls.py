"""Every route of the portal, room by room."""

from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("", include("portal.operations.urls")),
    path("", include("portal.access.urls")),
    path("", include("portal.alerts.urls")),
    path("", include("portal.exports.urls")),
    path("", include("portal.search.urls")),
    path("", include("portal.explorer.urls")),
    path("", include("portal.pages.urls")),
]

handler400 = "portal.pages.errors.bad_request"
