"""The desk's log: who did what here and when, readings as another tier among it. Read only, for administrators."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from portal.access.request_admin import ReadOnly


class KindFilter(admin.SimpleListFilter):
    """Readings as another tier, apart from what was changed."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("read-as", "Read as another"), ("mended", "Findings mended with one click"), ("other", "Other")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        starts = {"read-as": "Read ", "mended": "Mended a finding"}
        if self.value() in starts:
            return queryset.filter(change_message__startswith=starts[self.value() or ""])
        if self.value() == "other":
            return queryset.exclude(change_message__startswith="Read ").exclude(change_message__startswith="Mended")
        return queryset


@admin.register(LogEntry)
class DeskLogAdmin(ReadOnly, ModelAdmin):
    list_display = ["action_time", "user", "did", "what"]
    list_filter = [KindFilter, "user", "content_type"]
    list_display_links = None
    search_fields = ["object_repr", "change_message", "user__email"]
    date_hierarchy = "action_time"
    list_select_related = ["user", "content_type"]

    @display(description="Did")
    def did(self, entry: LogEntry) -> str:
        return entry.get_change_message() or entry.get_action_flag_display()

    @display(description="To what")
    def what(self, entry: LogEntry) -> str:
        kind = entry.content_type.name if entry.content_type else ""
        address = None if entry.is_deletion() else entry.get_admin_url()
        if address is None:
            return f"{kind}: {entry.object_repr}"
        return format_html('{}: <a class="desk-link" href="{}">{}</a>', kind, address, entry.object_repr)
