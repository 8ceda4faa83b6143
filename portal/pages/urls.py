"""The readers' pages."""

from django.urls import path

from portal.pages import accuracy, design, machines, views

urlpatterns = [
    path("", views.home, name="home"),
    path("reports/", views.reports, name="reports"),
    path("reports/<slug:slug>/", views.report, name="report"),
    path("companies/", views.companies, name="companies"),
    path("companies/<slug:slug>/", views.company, name="company"),
    path("accuracy/", accuracy.house, name="accuracy"),
    path("accuracy/<slug:slug>/", accuracy.report, name="report_accuracy"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("design/", design.components, name="design"),
]
