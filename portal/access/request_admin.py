"""The desk's inbox of requests, and the screens for what organisations do: invitations and readings."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from portal.access import asking
from portal.access.inviting import CannotInvite
from portal.access.models import AccessRequest, Invitation, NoSeatLeft, ReportReading, User

STATES = {"Open": "warning", "Answered": "info", "Granted": "success", "Declined": "danger"}


@admin.register(AccessRequest)
class AccessRequestAdmin(ModelAdmin):
    """Write the answer, then press what to do with the request; each of the buttons sends one mail."""

    empty_says = "Readers ask for a seat, a sample, a licence or an answer on the pages of reports. It comes here."
    list_display = ["created_at", "kind", "email", "organisation_shown", "report", "state_shown", "handled_by"]
    list_filter = ["state", "kind"]
    list_display_links = ["created_at", "kind", "email"]
    search_fields = ["email", "organisation_name", "message", "report__title"]
    list_select_related = ["organisation", "report", "handled_by"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["organisation"]
    fields = [
        "kind", "state", "email", "organisation_name", "organisation", "report", "message", "created_at", "answer",
        "handled_by", "handled_at",
    ]  # fmt: skip
    actions_submit_line = ["answer_by_mail", "grant", "decline"]

    @display(description="State", label=STATES, ordering="state")
    def state_shown(self, asked: AccessRequest) -> str:
        return asked.get_state_display()

    @display(description="Organisation")
    def organisation_shown(self, asked: AccessRequest) -> str:
        return str(asked.organisation or asked.organisation_name or "-")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Everything but the organisation and the answer, and those too once it is handled."""
        still_open = isinstance(obj, AccessRequest) and obj.state == AccessRequest.State.OPEN
        return [name for name in self.fields if not (still_open and name in ("organisation", "answer"))]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @action(description="Answer by mail")
    def answer_by_mail(self, request: HttpRequest, asked: AccessRequest) -> None:
        self._do(request, asked, lambda who: asking.answer(asked, asked.answer, by=who, at=timezone.now()))

    @action(description="Decline by mail")
    def decline(self, request: HttpRequest, asked: AccessRequest) -> None:
        self._do(request, asked, lambda who: asking.decline(asked, asked.answer, by=who, at=timezone.now()))

    @action(description="Grant")
    def grant(self, request: HttpRequest, asked: AccessRequest) -> None:
        now = timezone.now()
        if asked.kind == AccessRequest.Kind.LICENCE:
            if not request.user.has_perm("access.add_licence"):
                messages.error(request, "Only administrators give licences. Ask one.")
            elif asked.organisation is None:
                messages.error(request, "Choose the organisation first; if it has none here yet, make it.")
            elif asking.covering_licence(asked, at=now) is None:
                request.licence_form = asking.licence_form_values(asked)  # type: ignore[attr-defined]
                messages.info(
                    request, "Save this licence, then grant the request: the mail is sent with the second step."
                )
            else:
                self._do(request, asked, lambda who: asking.grant_licence(asked, by=who, at=now, words=asked.answer))
        elif asked.kind == AccessRequest.Kind.SEAT:
            organisation = asked.organisation
            if not request.user.has_perm("access.add_seat"):
                messages.error(request, "Only administrators and the organisation’s owners give seats. Ask one.")
            elif organisation is None:
                messages.error(request, "Choose the organisation whose seat it is first.")
            else:
                self._do(
                    request, asked,
                    lambda who: asking.grant_seat(asked, organisation, by=who, at=now, words=asked.answer),
                )  # fmt: skip
        else:
            messages.error(request, "A sample or a question is answered: write the answer, then “Answer by mail”.")

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """A licence that is still to be made opens its form, filled in as far as the request says."""
        values = getattr(request, "licence_form", None)
        if values is not None:
            return redirect(f"{reverse('admin:access_licence_add')}?{urlencode(values)}")
        if {f"access_accessrequest_{name}" for name in self.actions_submit_line} & request.POST.keys():
            return redirect(reverse("admin:access_accessrequest_change", args=[obj.pk]))
        return super().response_change(request, obj)

    def _do(self, request: HttpRequest, asked: AccessRequest, verb: Callable[[User], AccessRequest]) -> None:
        assert isinstance(request.user, User)
        try:
            handled = verb(request.user)
        except (asking.AlreadyHandled, asking.NothingToTell, CannotInvite, NoSeatLeft) as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"{handled.get_state_display()}: {handled.email} is told by mail.")


class ReadOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["email", "organisation", "invited_by", "invited_at", "expires_at", "accepted_at", "withdrawn_at"]
    list_filter = ["organisation"]
    search_fields = ["email", "organisation__name"]


@admin.register(ReportReading)
class ReportReadingAdmin(ReadOnly):
    """Usage: who read which licensed report on which day."""

    empty_says = "Nobody has read a licensed report yet. Each reading by a person or a key is counted here."
    list_display = ["day", "organisation", "user", "api_key", "report", "count"]
    list_filter = ["organisation", "report"]
    search_fields = ["user__email", "api_key__name", "report__title"]
    date_hierarchy = "day"
    list_select_related = ["organisation", "user", "api_key", "report"]
