"""The desk's screens for organisations: their seats, licences, keys and what they read."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display

from portal.access import inviting
from portal.access.models import ApiKey, Licence, NoSeatLeft, Organisation, ReportReading, Seat, User
from portal.access.usage import usage, usage_csv, usage_table

ENDS_SOON = timedelta(days=60)
STANDINGS = {"In force": "success", "Ends soon": "warning", "Begins later": "info", "Ended": "danger"}
KEY_STANDINGS = {"Works": "success", "Expires soon": "warning", "Expired": "danger", "Revoked": "danger"}


def standing(licence: Licence, at: datetime) -> str:
    """How a licence stands, in the words of the list's labels."""
    if licence.starts > at:
        return "Begins later"
    if licence.until is None or licence.until > at + ENDS_SOON:
        return "In force"
    return "Ends soon" if licence.until > at else "Ended"


def key_standing(key: ApiKey, at: datetime) -> str:
    if key.revoked_at is not None:
        return "Revoked"
    if key.expires_at is None or key.expires_at > at + ENDS_SOON:
        return "Works"
    return "Expires soon" if key.expires_at > at else "Expired"


class StandingFilter(admin.SimpleListFilter):
    """Licences in force, those that end within sixty days, those that have ended, those that are still to begin."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("force", "In force"), ("soon", "Ends within 60 days"), ("ended", "Ended"), ("later", "Begins later")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Licence]) -> QuerySet[Licence]:
        now = timezone.now()
        conditions = {
            "force": Q(starts__lte=now) & (Q(until__isnull=True) | Q(until__gt=now)),
            "soon": Q(until__gt=now, until__lte=now + ENDS_SOON),
            "ended": Q(until__lte=now),
            "later": Q(starts__gt=now),
        }
        chosen = conditions.get(self.value() or "")
        return queryset.filter(chosen) if chosen is not None else queryset


class SeatForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses a seat beyond those bought, in a sentence."""

    class Meta:
        model = Seat
        fields = ["organisation", "user", "is_owner"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        organisation: Organisation | None = (cleaned or {}).get("organisation")
        if organisation is not None and self.instance.pk is None:
            taken = organisation.seats.count()
            if taken >= organisation.seats_bought:
                raise forms.ValidationError(
                    f"All {organisation.seats_bought} seats of {organisation} are taken. Free one or raise the number."
                )
        return cleaned


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Keeps the number of seats bought at or above those taken."""

    class Meta:
        model = Organisation
        fields = ["name", "slug", "seats_bought"]

    def clean_seats_bought(self) -> int:
        bought: int = self.cleaned_data["seats_bought"]
        taken = self.instance.seats.count() if self.instance.pk else 0
        if bought < taken:
            raise forms.ValidationError(f"{taken} seats are taken. Free some before you lower the number.")
        return bought


class SeatsFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Refuses more seats than were bought, counting those that the same save adds and frees."""

    def clean(self) -> None:
        super().clean()
        kept = [
            form for form in self.forms
            if form.cleaned_data.get("user") and not form.cleaned_data.get("DELETE")
        ]  # fmt: skip
        bought = self.instance.seats_bought
        if bought is not None and len(kept) > bought:
            raise forms.ValidationError(
                f"{len(kept)} seats would be taken, and {bought} were bought. Raise the number above, or free a seat."
            )


class SeatInline(TabularInline):
    model = Seat
    formset = SeatsFormSet
    fields = ["user", "is_owner", "since"]
    readonly_fields = ["since"]
    autocomplete_fields = ["user"]
    extra = 0


class LicenceInline(StackedInline):
    model = Licence
    fields = [("scope", "report", "industry"), ("starts", "until")]
    autocomplete_fields = ["report", "industry"]
    extra = 0


class KeyInline(TabularInline):
    """What keys there are. They are made on their own screen, where the secret is shown once."""

    model = ApiKey
    verbose_name_plural = "API keys"
    fields = ["name", "prefix", "stands", "expires_at", "last_used_at", "created_by"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    @display(description="Standing", label=KEY_STANDINGS)
    def stands(self, key: ApiKey) -> str:
        return key_standing(key, timezone.now())

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(ModelAdmin):
    form = OrganisationForm
    list_display = ["name", "seats", "licences_shown", "keys_shown", "read_lately"]
    search_fields = ["name", "seats__user__email"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SeatInline, LicenceInline, KeyInline]
    change_form_outer_before_template = "admin/access/organisation_bar.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        now = timezone.now()
        in_force = Q(licences__starts__lte=now) & (Q(licences__until__isnull=True) | Q(licences__until__gt=now))
        lately = ReportReading.objects.filter(organisation=OuterRef("pk"), day__gte=now.date() - timedelta(days=90))
        rows: QuerySet[Organisation] = super().get_queryset(request)
        return rows.annotate(
            taken=Count("seats", distinct=True),
            in_force=Count("licences", filter=in_force, distinct=True),
            working_keys=Count("api_keys", filter=Q(api_keys__revoked_at__isnull=True), distinct=True),
            reads=Exists(lately),
        )

    @display(description="Seats", ordering="taken")
    def seats(self, organisation: Any) -> str:
        return f"{organisation.taken} of {organisation.seats_bought} taken"

    @display(description="Licences in force", ordering="in_force")
    def licences_shown(self, organisation: Any) -> str:
        return str(organisation.in_force or "none")

    @display(description="Keys", ordering="working_keys")
    def keys_shown(self, organisation: Any) -> str:
        return str(organisation.working_keys or "none")

    @display(description="Read in 90 days", boolean=True, ordering="reads")
    def read_lately(self, organisation: Any) -> bool:
        return bool(organisation.reads)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/usage/", view(self.usage_view), name="access_organisation_usage"),
            path("<int:pk>/usage.csv", view(self.usage_file), name="access_organisation_usage_file"),
            path("<int:pk>/invite/", view(self.invite_view), name="access_organisation_invite"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        organisation = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if organisation is not None:
            context["organisation"] = organisation
            context["waiting"] = organisation.invitations.waiting().filter(expires_at__gt=timezone.now()).count()
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def usage_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who read what in the last months, person by person and report by report."""
        organisation = self._found(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{organisation}: usage",
            "opts": self.opts,
            "original": organisation,
            "organisation": organisation,
            "usage": usage_table(usage(organisation), today=timezone.now().date()),
        }
        return TemplateResponse(request, "admin/access/usage.html", context)

    def usage_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = self._found(request, pk)
        answer = HttpResponse(usage_csv(organisation, usage(organisation)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="usage-{organisation.slug}.csv"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Offer a seat to an address by mail, as the organisation's owners do on their own page."""
        organisation = self._found(request, pk)
        if not request.user.has_perm("access.add_seat"):
            raise PermissionDenied("Only administrators give seats.")
        email = request.POST.get("email", "").strip()
        problem = ""
        if request.method == "POST":
            assert isinstance(request.user, User)
            try:
                forms.EmailField().clean(email)
                sent = inviting.invite(organisation, email, by=request.user, at=timezone.now())
            except forms.ValidationError as invalid:
                problem = " ".join(invalid.messages)
            except (inviting.CannotInvite, NoSeatLeft) as refused:
                problem = str(refused)
            else:
                self.log_change(request, organisation, f"Invited {sent.email}.")
                messages.success(request, f"An invitation was sent to {sent.email}.")
                return redirect(reverse("admin:access_organisation_invite", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{organisation}: invite",
            "opts": self.opts,
            "original": organisation,
            "organisation": organisation,
            "email": email,
            "problem": problem,
            "invitations": organisation.invitations.select_related("invited_by").order_by("-invited_at")[:50],
        }
        return TemplateResponse(request, "admin/access/invite.html", context, status=422 if problem else 200)

    def _found(self, request: HttpRequest, pk: int) -> Organisation:
        organisation = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, organisation):
            raise PermissionDenied("Only administrators see organisations.")
        return organisation


@admin.register(Seat)
class SeatAdmin(ModelAdmin):
    form = SeatForm
    list_display = ["user", "organisation", "is_owner", "since"]
    list_filter = ["organisation"]
    search_fields = ["user__email"]
    autocomplete_fields = ["organisation", "user"]
    list_select_related = ["user", "organisation"]

    def save_model(self, request: HttpRequest, obj: Seat, form: Any, change: bool) -> None:
        """A new seat is claimed under the organisation's lock, so that two at once can't take the last one."""
        if change:
            super().save_model(request, obj, form, change)
            return
        claimed = Seat.objects.claim(obj.organisation, obj.user, owner=obj.is_owner)
        obj.pk, obj.since = claimed.pk, claimed.since


@admin.register(Licence)
class LicenceAdmin(ModelAdmin):
    list_display = ["organisation", "covers", "stands", "starts_on", "until_on"]
    list_filter = [StandingFilter, "scope", "organisation"]
    search_fields = ["organisation__name", "report__title", "industry__name"]
    autocomplete_fields = ["organisation", "report", "industry"]
    list_select_related = ["organisation", "report", "industry"]
    fieldsets = [
        (None, {"fields": ["organisation", "scope", "report", "industry"]}),
        ("Time", {"fields": ["starts", "until"], "description": "Until is exclusive; empty is for ever. UTC."}),
    ]
    actions = ["extend"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts": timezone.now(), **super().get_changeform_initial_data(request)}

    @display(description="Covers")
    def covers(self, licence: Licence) -> str:
        return str(licence.report or licence.industry or "All reports")

    @display(description="Standing", label=STANDINGS)
    def stands(self, licence: Licence) -> str:
        return standing(licence, timezone.now())

    @display(description="From", ordering="starts")
    def starts_on(self, licence: Licence) -> str:
        return f"{licence.starts:%-d %B %Y}"

    @display(description="Until", ordering="until")
    def until_on(self, licence: Licence) -> str:
        return f"{licence.until:%-d %B %Y}" if licence.until else "for ever"

    @admin.action(description="Extend the selected licences by a year", permissions=["change"])
    def extend(self, request: HttpRequest, queryset: QuerySet[Licence]) -> None:
        """A year from its end; one that has ended goes on from today. Licences for ever stay as they are."""
        now, extended = timezone.now(), 0
        for licence in queryset.filter(until__isnull=False).select_related("organisation"):
            assert licence.until is not None
            licence.until = max(licence.until, now) + timedelta(days=365)
            licence.save(update_fields=["until"])
            self.log_change(request, licence, f"Extended until {licence.until:%-d %B %Y}.")
            extended += 1
        messages.success(request, f"{extended} licence{'' if extended == 1 else 's'} extended by a year.")


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = ["name", "organisation", "prefix_shown", "stands", "expires_at", "last_used_at"]
    list_filter = ["organisation"]
    search_fields = ["name", "organisation__name", "prefix"]
    autocomplete_fields = ["organisation"]
    list_select_related = ["organisation"]
    actions = ["revoke"]

    @display(description="Begins with")
    def prefix_shown(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @display(description="Standing", label=KEY_STANDINGS)
    def stands(self, key: ApiKey) -> str:
        return key_standing(key, timezone.now())

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        made = ["organisation", "name", "expires_at"]
        return made if obj is None else [*made, "prefix", "stands", "created_by", "created_at", "last_used_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """A key belongs to its organisation for good: whoever holds it would else read what another licensed."""
        known = ["organisation", "prefix", "stands", "created_by", "created_at", "last_used_at"]
        return [] if obj is None else known

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """A new key's secret is shown once, in the message after saving; only its hash is stored."""
        if change:
            super().save_model(request, obj, form, change)
            return
        assert isinstance(request.user, User)
        key, secret = ApiKey.objects.issue(
            obj.organisation, name=obj.name, by=request.user, expires_at=obj.expires_at, scopes=["read"]
        )
        obj.pk, obj.prefix, obj.digest = key.pk, key.prefix, key.digest
        messages.warning(request, f"The key is {secret}. It is shown this once: copy it now.")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description="Revoke the selected keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        count = queryset.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
        messages.success(request, f"{count} key{'' if count == 1 else 's'} revoked; they stop working at once.")
