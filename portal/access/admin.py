"""The desk's screens for people and their roles."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

# Importing them registers the inbox, the organisations' screens and the log.
from portal.access import desk_log_admin, organisation_admin, request_admin  # noqa: F401
from portal.access.models import Seat, User
from portal.access.roles import ROLES

admin.site.unregister(Group)


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """The roles to tick, each with what it may do."""

    def __init__(self) -> None:
        roles = Group.objects.order_by("name")
        super().__init__(roles, label="Roles", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget)

    def label_from_instance(self, role: Any) -> str:
        return f"{role.name}. {ROLES[role.name]}" if role.name in ROLES else role.name


class WithRoles(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A person's form on which a role without the desk is refused: it would open nothing, and nothing would say why."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("groups") and given.get("is_staff") is False:
            self.add_error("is_staff", "A role is for people of the desk. Turn this on, or take the roles away.")
        return given


class PersonForm(WithRoles, UserChangeForm):
    groups = RolesField()

    class Meta:
        help_texts: ClassVar = {
            "is_active": "May sign in. Turn it off instead of deleting somebody who has edited anything.",
            "is_staff": "May open the editors’ desk, for what their roles allow.",
        }
        labels: ClassVar = {"is_staff": "Of the desk"}


class PersonCreationForm(WithRoles, UserCreationForm):
    groups = RolesField()

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "is_staff", "groups"]
        help_texts: ClassVar = {
            "email": "When they sign in first, a letter to this address has them confirm that it is theirs.",
            **PersonForm.Meta.help_texts,
        }
        labels = PersonForm.Meta.labels


class SeatOfPersonInline(TabularInline):
    """The organisations whose seat a person holds; seats are given on the organisation's page."""

    model = Seat
    verbose_name_plural = "seats"
    fields = ["organisation", "is_owner", "since"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    form = PersonForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ["email"]
    list_display = ["email", "name", "organisations", "roles", "is_active", "last_seen"]
    list_filter = ["is_active", "is_staff", "groups", "seats__organisation"]
    search_fields = ["email", "first_name", "last_name", "seats__organisation__name"]
    fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), "password"]}),
        ("Roles", {"fields": ["is_active", "is_staff", "groups", "is_superuser"]}),
        ("Dates", {"fields": [("last_login", "date_joined")]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), "password1", "password2"]}),
        ("Roles", {"fields": ["is_staff", "groups"]}),
    ]
    add_form_template = "admin/change_form.html"  # not Django's, which says that roles come later

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The roles as the form has them, ticked rather than moved between two lists."""
        return (
            RolesField()
            if db_field.name == "groups"
            else super().formfield_for_manytomany(db_field, request, **options)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people.prefetch_related("groups", "seats__organisation")

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        return [SeatOfPersonInline] if obj is not None else []

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Nobody but a superuser makes a superuser, or changes one: an administrator can't rise above the role."""
        fixed = ["last_login", "date_joined"]
        if request.user.is_superuser:
            return fixed
        if isinstance(obj, User) and obj.is_superuser:
            return [*fixed, "email", "is_active", "is_staff", "is_superuser", "groups"]
        return [*fixed, "is_superuser"]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """An administrator does not set a superuser's password: that would be a way to become one."""
        person = self.get_object(request, id)
        if isinstance(person, User) and person.is_superuser and not request.user.is_superuser:
            raise PermissionDenied("Only a superuser sets a superuser’s password.")
        return super().user_change_password(request, id, form_url)

    @display(description="Name")
    def name(self, person: User) -> str:
        return person.get_full_name() or "-"

    @display(description="Organisation")
    def organisations(self, person: User) -> str:
        return ", ".join(seat.organisation.name for seat in person.seats.all()) or "-"

    @display(description="Roles")
    def roles(self, person: User) -> str:
        roles = ["Superuser"] if person.is_superuser else []
        return ", ".join([*roles, *(group.name for group in person.groups.all())]) or "Reader"

    @display(description="Last signed in", ordering="last_login")
    def last_seen(self, person: User) -> str:
        return f"{person.last_login:%-d %B %Y}" if person.last_login else "never"


@admin.register(Group)
class RoleAdmin(ModelAdmin):
    search_fields = ["name"]
    filter_horizontal = ["permissions"]
