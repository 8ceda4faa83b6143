"""The readers' pages."""

from django.urls import path

from portal.pages import accuracy, cards, design, edition_pages, machines, views

urlpatterns = [
    path("", views.home, name="home"),
    path("reports/", views.reports, name="reports"),
    path("reports/<slug:slug>/", views.report, name="report"),
    path("reports/<slug:slug>/figures/<path:address>/", edition_pages.figure, name="figure"),
    path("reports/<slug:slug>/changes/", edition_pages.changes, name="changes"),
    path("reports/<slug:slug>/editions/", edition_pages.editions, name="editions"),
    path("reports/<slug:slug>/card.png", cards.report_card, name="report_card"),
    path("companies/<slug:slug>/card.png", cards.company_card, name="company_card"),
    path("card.png", cards.site_card, name="site_card"),
    path("companies/", views.companies, name="companies"),
    path("companies/<slug:slug>/", views.company, name="company"),
    path("accuracy/", accuracy.house, name="accuracy"),
    path("accuracy/<slug:slug>/", accuracy.report, name="report_accuracy"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("design/", design.components, name="design"),
]
