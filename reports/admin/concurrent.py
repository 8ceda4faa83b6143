"""Two editors in one part of a draft: the second save is refused, with theirs beside what was typed; nothing is lost.

The form carries a digest of the part as it was loaded. When that is not what is stored at the save, three states are
compared field by field: as it was when the form was opened (from the draft's history), theirs, and what was typed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db import connection, models
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from reports.history import events, readable
from reports.models import Report, ReportDevelopment

REFUSED = (
    "Somebody saved this part of the report while you were typing, so nothing was saved. What you typed is still here. "
    "Choose below, then save."
)


def version_of(report: Report, fields: Iterable[str], rows: Iterable[type[models.Model]]) -> str:
    """A digest of what one part of the form shows, and when it was taken: "f3a1…|2026-11-27T09:00:00+00:00".

    Equal digests mean that nobody changed anything of the part, whatever door they came in by.
    """
    own = [one for one in fields if one not in ("version", "developments")]
    held = Report.objects.filter(pk=report.pk).values_list(*own).get() if own else ()
    digest = hashlib.sha256(repr(held).encode())
    tables = [model._meta.db_table for model in rows]
    if "developments" in fields:
        tables.append(ReportDevelopment._meta.db_table)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t WHERE t.report_id = %s", [report.pk]
            )
            digest.update(str(cursor.fetchone()).encode())
    return f"{digest.hexdigest()[:24]}|{timezone.now().isoformat()}"


def same(version: str, other: str) -> bool:
    return version.partition("|")[0] == other.partition("|")[0]


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """One part of a report, which knows from which version of it the form was loaded.

    `rows` are the models of the rows that belong to the part; `others_saved` when a comparison is being shown. The
    admin sets both on the class it makes for a request.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    rows: tuple[type[models.Model], ...] = ()
    others_saved = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.initial["version"] = version_of(self.instance, self.fields, self.rows)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        loaded = cleaned.get("version")
        if self.instance.pk and loaded:
            # The admin saves within a transaction, so the lock holds until the save is done.
            Report.objects.select_for_update(no_key=True).only("pk").get(pk=self.instance.pk)
            now = version_of(self.instance, self.fields, self.rows)
            if self.others_saved or not same(now, loaded):
                self.add_error(None, REFUSED)
        return cleaned


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that they changed: as it was, theirs, and mine. `to_choose` when I changed it too, to something else.

    `raw` is theirs as the form sends it.
    """

    label: str
    name: str
    field_id: str
    base: str
    theirs: str
    mine: str
    raw: str
    to_choose: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that somebody else did to a part since it was opened, and the form's data with it taken in."""

    choices: tuple[Difference, ...]
    taken: tuple[Difference, ...]
    news: tuple[str, ...]
    who: str
    data: QueryDict


def chosen(data: QueryDict) -> QueryDict:
    """What was typed, with theirs wherever the editor chose theirs."""
    theirs = [key.removeprefix("theirs:") for key in data if key.startswith("theirs:")]
    if not theirs:
        return data
    settled = data.copy()
    for name in theirs:
        if (data.get("choose-all") or data.get(f"choose:{name}", "mine")) == "theirs":
            _put(settled, name, str(data[f"theirs:{name}"]))
    return settled


def compare(report: Report, form: Any, formsets: Iterable[Any], data: QueryDict, loaded: str) -> Comparison:
    """Three states of every field, and the data in which each field that only they changed is theirs already."""
    moment = parse_datetime(loaded.partition("|")[2]) or timezone.now()
    labels = [_label(Report), *(_label(one.model) for one in formsets), "reports.ReportDevelopment"]
    since = events(report, since=moment, labels=labels)
    before: dict[tuple[str, int], dict[str, Any] | None] = {}
    for event in reversed(since):
        before.setdefault((event.label, event.pk), event.before)
    merged = data.copy()
    merged["version"] = version_of(report, form.fields, form.rows)
    found = _of_form(form, "", before.get((_label(Report), report.pk)), merged)
    if "developments" in form.fields:
        _merge_developments(report, data, merged, moment)
    news: list[str] = []
    for formset in formsets:
        for number, row in enumerate(formset.forms, start=1):
            if row.instance.pk:
                was = before.get((_label(formset.model), row.instance.pk))
                found += _of_form(row, f"{formset.model._meta.verbose_name} {number}: ", was, merged)
            elif number <= formset.initial_form_count():
                news += _removed_by_them(formset, number - 1, row, before, merged)
    added = [one for one in readable(since) if one.verb == "added" and one.event.label != "reports.ReportDevelopment"]
    news += [f"They added the {one.kind} “{one.what[:80]}”. It is there once you have saved." for one in added]
    return Comparison(
        tuple(one for one in found if one.to_choose),
        tuple(one for one in found if not one.to_choose),
        tuple(news),
        _who(since),
        merged,
    )


def _label(model: type[models.Model]) -> str:
    return model._meta.label


def _who(since: list[Any]) -> str:
    from django.contrib.auth import get_user_model

    people = get_user_model().objects.in_bulk({one.user_id for one in since if one.user_id})
    return " and ".join(sorted(str(one) for one in people.values())) or "Somebody else"


def _of_form(form: Any, before: str, was: Mapping[str, Any] | None, merged: QueryDict) -> list[Difference]:
    found = []
    for name in form.changed_data:
        if name in ("version", "DELETE", "developments", "id"):
            continue
        field, bound = form.fields[name], form[name]
        theirs, mine = form.initial.get(name), bound.value()
        if was is None:
            continue  # they did not touch this row: what was typed simply stays
        column = form._meta.model._meta.get_field(name).attname
        base = was.get(column)
        untouched = not field.has_changed(base, bound.data)
        if not untouched and not field.has_changed(base, _raw(field, theirs)):
            continue  # only I changed it
        if untouched:
            _put(merged, bound.html_name, _raw(field, theirs))
        was_shown, theirs_shown, mine_shown = (_shown(field, one) for one in (base, theirs, mine))
        found.append(
            Difference(
                label=f"{before}{bound.label}",
                name=bound.html_name,
                field_id=bound.auto_id,
                base=was_shown,
                theirs=theirs_shown,
                mine=mine_shown,
                raw=_raw(field, theirs),
                to_choose=not untouched,
            )
        )
    return found


def _removed_by_them(
    formset: Any, index: int, row: Any, before: Mapping[tuple[str, int], dict[str, Any] | None], merged: QueryDict
) -> list[str]:
    """A row I have on the screen and they removed: gone where I left it alone, a new row where I changed it."""
    start = f"{formset.prefix}-{index}-"
    pk = merged.get(f"{start}id", "")
    was = before.get((_label(formset.model), int(pk))) if pk.isdecimal() else None
    merged[f"{start}DELETE"] = "on"
    touched = was is not None and any(
        field.has_changed(was.get(formset.model._meta.get_field(name).attname), row[name].data)
        for name, field in row.fields.items()
        if name not in ("id", "DELETE", formset.fk.name)
    )
    name = formset.model._meta.verbose_name
    if not touched:
        return [f"They removed {name} {index + 1}, which you had not changed."]
    total = int(str(merged[f"{formset.prefix}-TOTAL_FORMS"]))
    for key in [one for one in merged if one.startswith(start)]:
        if key not in (f"{start}id", f"{start}DELETE"):
            merged.setlist(f"{formset.prefix}-{total}-{key.removeprefix(start)}", merged.getlist(key))
    merged[f"{formset.prefix}-TOTAL_FORMS"] = str(total + 1)
    return [
        f"They removed {name} {index + 1}, which you had changed. Saving keeps yours as a new one; delete it below if "
        "they are right."
    ]


def _merge_developments(report: Report, data: QueryDict, merged: QueryDict, moment: datetime) -> None:
    """Developments are a set, so both editors' additions and removals hold."""
    theirs = {str(pk) for pk in report.developments.values_list("pk", flat=True)}
    base = set(theirs)
    for event in events(report, since=moment, labels=["reports.ReportDevelopment"]):
        state = event.before or event.after or {}
        (base.discard if event.before is None else base.add)(str(state.get("development_id")))
    mine = set(data.getlist("developments"))
    merged.setlist("developments", sorted((theirs | (mine - base)) - (base - mine), key=int))


def _put(data: QueryDict, name: str, raw: str) -> None:
    if raw == "False":
        data.pop(name, None)
    else:
        data[name] = "on" if raw == "True" else raw


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None and value not in (None, ""):
        return str(field.queryset.filter(pk=value).first() or value)
    if isinstance(field, forms.BooleanField):
        return "yes" if value and value != "False" else "no"
    choices = dict(getattr(field, "choices", None) or ())
    return str(choices.get(value, "" if value is None else value))


def _raw(field: Any, value: Any) -> str:
    """A value as its input holds it."""
    prepared = field.prepare_value(value)
    return "" if prepared is None else str(prepared)
