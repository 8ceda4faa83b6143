"""Two editors in one draft: the second save is refused, with theirs beside what was typed; nothing is lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model

from reports.models import Report


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """The report's form, which knows from which version of the draft it was loaded.

    When somebody saved since, it is not valid, says so, and takes on the new version: saving again keeps what is typed.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others_saved = False
        if self.instance.pk:
            self.initial["version"] = self.instance.updated_at.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        loaded = cleaned.get("version")
        if self.instance.pk and loaded:
            # The admin saves within a transaction, so the lock holds until the save is done.
            now = Report.objects.select_for_update(no_key=True).only("updated_at").get(pk=self.instance.pk)
            if now.updated_at.isoformat() != loaded:
                self.others_saved = True
                typed: Any = self.data
                typed = typed.copy()  # a request's form can't be changed in place
                typed[self.add_prefix("version")] = now.updated_at.isoformat()
                self.data = typed
                self.add_error(
                    None,
                    "Somebody saved this report while you were typing, so nothing was saved. What you typed is still "
                    "here. Compare it below, then save again.",
                )
        return cleaned


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which what was typed differs from what is stored now. `raw` is theirs as an input holds it."""

    label: str
    field_id: str
    theirs: str
    mine: str
    raw: str


def differences(form: forms.ModelForm, formsets: Iterable[Any]) -> list[Difference]:  # type: ignore[type-arg]
    """Every field in which the form, or a row of its formsets, differs from what the other editor stored."""
    found = list(_of_form(form, ""))
    for formset in formsets:
        for number, row in enumerate(formset.forms, start=1):
            if row.instance.pk:
                found += _of_form(row, f"{formset.model._meta.verbose_name} {number}: ")
    return found


def _of_form(form: Any, before: str) -> Iterator[Difference]:
    for name in form.changed_data:
        if name in ("version", "DELETE"):
            continue
        field, theirs, mine = form.fields[name], form.initial.get(name), form[name].value()
        yield Difference(
            f"{before}{form[name].label}", form[name].auto_id, _shown(field, theirs), _shown(field, mine), _raw(theirs)
        )


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(field, one) for one in value)
    if isinstance(value, Model):
        return str(value)
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None and str(value or "").isdecimal():
        return str(field.queryset.filter(pk=value).first() or value)
    return "" if value is None else str(value)


def _raw(value: Any) -> str:
    """A single value as its input holds it; empty for a list, which can't be taken over with one click."""
    return "" if value is None or isinstance(value, (list, tuple)) else str(value)
