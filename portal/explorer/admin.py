"""The desk's view of charts on other sites: read only, for answering why one is, or is not, shown."""

from django.contrib import admin

from portal.access.request_admin import ReadOnly
from portal.explorer.models import Embed, EmbedSite


@admin.register(Embed)
class EmbedAdmin(ReadOnly):
    list_display = ["title", "organisation", "made_by", "made_at", "ended_at"]
    list_filter = ["organisation"]
    search_fields = ["title", "organisation__name"]
    list_select_related = ["organisation", "made_by"]


@admin.register(EmbedSite)
class EmbedSiteAdmin(ReadOnly):
    list_display = ["domain", "organisation", "added_by", "added_at"]
    search_fields = ["domain", "organisation__name"]
    list_select_related = ["organisation", "added_by"]
