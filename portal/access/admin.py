"""The desk's screens for people, organisations, licences and keys."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from portal.access import request_admin  # noqa: F401  (registers the inbox)
from portal.access.models import ApiKey, Licence, Organisation, Seat, User

admin.site.unregister(Group)


class PersonCreationForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["email"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    form = UserChangeForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "first_name", "last_name"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Name", {"fields": ["first_name", "last_name"]}),
        ("Roles", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "password1", "password2"]})]
    readonly_fields = ["last_login", "date_joined"]


@admin.register(Group)
class RoleAdmin(ModelAdmin):
    search_fields = ["name"]
    filter_horizontal = ["permissions"]


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


class LicenceInline(TabularInline):
    model = Licence
    extra = 0
    autocomplete_fields = ["report", "industry"]


@admin.register(Organisation)
class OrganisationAdmin(ModelAdmin):
    list_display = ["name", "seats_bought", "seats_taken"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [LicenceInline]

    @admin.display(description="Seats taken")
    def seats_taken(self, organisation: Organisation) -> int:
        return organisation.seats.count()


@admin.register(Seat)
class SeatAdmin(ModelAdmin):
    form = SeatForm
    list_display = ["user", "organisation", "is_owner", "since"]
    list_filter = ["organisation"]
    search_fields = ["user__email"]
    autocomplete_fields = ["organisation", "user"]

    def save_model(self, request: HttpRequest, obj: Seat, form: Any, change: bool) -> None:
        """A new seat is claimed under the organisation's lock, so that two at once can't take the last one."""
        if change:
            super().save_model(request, obj, form, change)
            return
        claimed = Seat.objects.claim(obj.organisation, obj.user, owner=obj.is_owner)
        obj.pk, obj.since = claimed.pk, claimed.since


@admin.register(Licence)
class LicenceAdmin(ModelAdmin):
    list_display = ["organisation", "scope", "report", "industry", "starts", "until"]
    list_filter = ["scope", "organisation"]
    search_fields = ["organisation__name"]
    autocomplete_fields = ["organisation", "report", "industry"]


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = ["name", "organisation", "prefix", "expires_at", "revoked_at", "last_used_at"]
    list_filter = ["organisation"]
    search_fields = ["name", "organisation__name", "prefix"]
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "name", "expires_at"]
    actions = ["revoke"]

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

    @admin.action(description="Revoke the selected keys")
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        count = queryset.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
        messages.success(request, f"{count} key{'' if count == 1 else 's'} revoked; they stop working at once.")
