"""A desk form in parts: one address, one save and one short page for each, instead of everything in one long form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a form holds: rows that belong to the row, and some of its own fields.

    The part named `change` has the fields of the admin's `fieldsets`.
    """

    title: str
    fields: tuple[Any, ...] = ()
    inlines: tuple[Any, ...] = ()


class InParts(ModelAdmin):  # type: ignore[misc]
    """An admin whose form is split into `parts`. The part named `change` is what the usual address shows.

    Saving stays on the page: an editor goes on where they were.
    """

    parts: Mapping[str, Part] = {}

    def part_name(self, request: HttpRequest) -> str:
        """Which part the address asks for."""
        match = request.resolver_match
        before = f"{self.opts.app_label}_{self.opts.model_name}_"
        name = (match.url_name or "").removeprefix(before) if match else ""
        return name if name in self.parts else "change"

    def get_urls(self) -> list[URLPattern]:
        before = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(f"<int:object_id>/{name}/", self.admin_site.admin_view(self.part_view), name=f"{before}_{name}")
            for name in self.parts
            if name != "change"
        ]
        return [*own, *super().get_urls()]

    def part_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """One part of the form; the same view as `change`, at an address of its own."""
        page: HttpResponse = self.change_view(request, str(object_id))
        return page

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        name = self.part_name(request)
        if obj is None or name == "change":
            return super().get_fieldsets(request, obj)
        fields = self.parts[name].fields
        return [(None, {"fields": list(fields)})] if fields else []

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        return list(self.parts[self.part_name(request)].inlines) if obj is not None else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict[str, Any]:
        return {} if obj is not None else dict(super().get_prepopulated_fields(request, obj))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if object_id is not None:
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
            # Beside the rows of one part, a button that deletes the whole would be pressed for another.
            context["show_delete"] = self.part_name(request) == "change"
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return answer

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return HttpResponseRedirect(request.get_full_path())
