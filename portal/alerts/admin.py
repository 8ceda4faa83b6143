"""The desk's view of letters to followers: read only, for answering “why did I get, or not get, that mail?”."""

from django.contrib import admin
from unfold.admin import TabularInline

from portal.access.request_admin import ReadOnly
from portal.alerts.models import Letter, Notice, Watch


class NoticeInline(TabularInline):
    model = Notice
    fields = ["watch", "kind", "edition", "before"]
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(Letter)
class LetterAdmin(ReadOnly):
    empty_says = "No letter yet. They go to readers who follow a report, when an edition comes out."
    list_display = ["made_at", "user", "state", "tries", "sent_at", "problem"]
    list_filter = ["state"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
    inlines = [NoticeInline]


@admin.register(Watch)
class WatchAdmin(ReadOnly):
    list_display = ["user", "kind", "subject", "pace", "since"]
    list_filter = ["pace"]
    search_fields = ["user__email", "company_name", "report__title", "search", "chart__name"]
    list_select_related = ["user", "report", "chart"]
