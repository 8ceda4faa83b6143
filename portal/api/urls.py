"""Every route under /api/v1/. A test fails on one that it doesn't know."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from portal.api import accuracy, crossing, details, lists
from portal.api.docs import DocsView
from portal.api.root import RootView

app_name = "api"

urlpatterns = [
    path("", RootView.as_view(), name="root"),
    path("reports/", lists.ReportsView.as_view(), name="reports"),
    path("reports/<slug:report>/", details.ReportView.as_view(), name="report"),
    path("reports/<slug:report>/cross-tables/", crossing.CrossTablesView.as_view(), name="cross_tables"),
    path("reports/<slug:report>/explain/", accuracy.ExplainView.as_view(), name="explain"),
    path("editions/", lists.EditionsView.as_view(), name="editions"),
    path("editions/<slug:report>/<int:number>/", details.EditionView.as_view(), name="edition"),
    path("segments/", lists.SegmentsView.as_view(), name="segments"),
    path("values/", lists.ValuesView.as_view(), name="values"),
    path("companies/", lists.CompaniesView.as_view(), name="companies"),
    path("companies/<slug:company>/", details.CompanyView.as_view(), name="company"),
    path("developments/", lists.DevelopmentsView.as_view(), name="developments"),
    path("accuracy/", accuracy.AccuracyView.as_view(), name="accuracy"),
    path("access/", details.AccessView.as_view(), name="access"),
    path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
]
