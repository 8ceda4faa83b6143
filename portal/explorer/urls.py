"""The explorer, what is kept of it, and comparing."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.explorer import comparing, embedding, saving, views


class ChartForm(StringConverter):
    regex = "|".join(views.FORMS)


register_converter(ChartForm, "chart_form")

urlpatterns = [
    path("explorer/", views.explorer, name="explorer"),
    path("explorer/chart.<chart_form:form>", views.export, name="export_chart"),
    path("explorer/saved/", saving.saved, name="saved_charts"),
    path("explorer/saved/<int:pk>/delete/", saving.delete, name="delete_chart"),
    path("explorer/embeds/", embedding.embeds, name="embeds"),
    path("explorer/embeds/sites/", embedding.change_sites, name="embed_sites"),
    path("explorer/embeds/<int:pk>/end/", embedding.end, name="end_embed"),
    path("embed/<str:key>/", embedding.show, name="embed"),
    path("compare/", comparing.compare, name="compare"),
]
