"""Files of a report."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.exports import views


class TableForm(StringConverter):
    regex = "|".join(views.TABLES)


class PictureForm(StringConverter):
    regex = "|".join(views.PICTURES)


class CitationForm(StringConverter):
    regex = "|".join(views.CITATIONS)


register_converter(TableForm, "table_form")
register_converter(PictureForm, "picture_form")
register_converter(CitationForm, "citation_form")

urlpatterns = [
    path("reports/<slug:slug>/tables/<slug:code>.<table_form:form>", views.table, name="export_table"),
    path("reports/<slug:slug>/charts/<slug:code>.<picture_form:form>", views.picture, name="export_picture"),
    path("reports/<slug:slug>/report.json", views.whole_report, name="export_report"),
    path("reports/<slug:slug>/citation.<citation_form:form>", views.citation, name="citation"),
]
