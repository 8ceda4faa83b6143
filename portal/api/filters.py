"""The API's query parameters: declared once, checked strictly, described in the OpenAPI document.

An unknown parameter, one given twice or a value that is none is refused with a sentence: an answer that silently
ignored a filter would look like an answer to another question.
"""

import difflib
from datetime import UTC, date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from portal.api.errors import BadQuestion

MANY = 100
DEFAULT_SIZE, MOST_ROWS = 1000, 5000
PAGING: dict[str, tuple[dict[str, Any], str]] = {
    "page_size": (
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": DEFAULT_SIZE},
        "Rows of a page at most.",
    ),
    "cursor": ({"type": "string"}, "Where the page begins: taken from `next` of the page before, as it is."),
}
"""Every list's own parameters: their JSON Schema and what they are for."""


class ListField(forms.Field):
    """Values divided by commas, each cleaned by `item`. An empty or doubtful one is an error."""

    def __init__(self, *, item: forms.Field, **options: Any) -> None:
        super().__init__(**options)
        self.item = item

    def clean(self, value: Any) -> list[Any] | None:
        if value in (None, ""):
            return None
        parts = [part.strip() for part in str(value).split(",")]
        if "" in parts:
            raise forms.ValidationError("Divide values by single commas, without empty ones.")
        if len(parts) > MANY:
            raise forms.ValidationError(f"Give at most {MANY} values.")
        return [self.item.clean(part) for part in parts]


class MomentField(forms.Field):
    """A day, meaning its end in UTC, or a moment with its offset."""

    def clean(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        try:
            day = date.fromisoformat(str(value))
            return datetime.combine(day, time.max, tzinfo=UTC)
        except ValueError:
            pass
        try:
            moment = parse_datetime(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError(
                "Give a day such as 2026-11-30, which means its end in UTC, or a moment such as 2026-11-30T12:00:00Z."
            )
        return moment


class WholeField(forms.IntegerField):
    """A whole number that PostgreSQL can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 2**31 - 1, **options})


class Parameter(django_filters.Filter):  # type: ignore[misc]
    """One query parameter. `schema` is its JSON Schema; `label` describes it in the OpenAPI document.

    `structural` says that what it picks by is open to every reader, so that it may narrow the count of what is
    withheld.
    """

    def __init__(self, *args: Any, schema: dict[str, Any], structural: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.schema = schema
        self.structural = structural


class Text(Parameter):
    field_class = forms.CharField

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 400)
        super().__init__(*args, schema={"type": "string", "maxLength": options["max_length"]}, **options)


class Texts(Parameter):
    """Any of several values, divided by commas."""

    field_class = ListField

    def __init__(self, *args: Any, allowed: tuple[str, ...] = (), **options: Any) -> None:
        item: forms.Field = forms.CharField(max_length=400)
        of: dict[str, Any] = {"type": "string"}
        if allowed:
            item = OneOf(allowed)
            of["enum"] = list(allowed)
        super().__init__(
            *args, lookup_expr="in", item=item, schema={"type": "array", "items": of, "maxItems": MANY}, **options
        )


class OneOf(forms.ChoiceField):
    def __init__(self, allowed: tuple[str, ...]) -> None:
        message = f"“%(value)s” is not one of {', '.join(allowed)}."
        super().__init__(choices=[(one, one) for one in allowed], error_messages={"invalid_choice": message})


class Whole(Parameter):
    field_class = WholeField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, schema={"type": "integer", "minimum": options.get("min_value", 0)}, **options)


class Wholes(Parameter):
    field_class = ListField

    def __init__(self, *args: Any, **options: Any) -> None:
        schema = {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": MANY}
        super().__init__(*args, lookup_expr="in", item=WholeField(), schema=schema, **options)


class Number(Parameter):
    field_class = forms.DecimalField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, schema={"type": "string", "format": "decimal"}, max_digits=30, **options)


class Yes(Parameter):
    """true or false, and nothing else."""

    field_class = forms.TypedChoiceField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(
            *args,
            schema={"type": "boolean"},
            choices=[("true", "true"), ("false", "false")],
            coerce=lambda text: text == "true",
            empty_value=None,
            error_messages={"invalid_choice": "Write true or false."},
            **options,
        )


class Day(Parameter):
    field_class = forms.DateField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(
            *args, schema={"type": "string", "format": "date"}, input_formats=["%Y-%m-%d"],
            error_messages={"invalid": "Give a day as year, month and day, such as 2023-11-01."}, **options,
        )  # fmt: skip


class Moment(Parameter):
    field_class = MomentField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, schema={"type": "string"}, **options)


class Parameters(django_filters.FilterSet):  # type: ignore[misc]
    """A set of query parameters that refuses what it does not know.

    Declared as a FilterSet; but a request cleans only the parameters it gives, for to build a form of twenty fields
    each time costs more than to read a thousand rows.
    """

    def __init__(self, given: QueryDict) -> None:
        """Raises BadQuestion with a sentence for each parameter that can't be understood."""
        self.cleaned: dict[str, Any] = {}
        errors = {}
        for name in given:
            try:
                self.cleaned |= self._clean(name, given.getlist(name))
            except forms.ValidationError as problem:
                errors[name] = " ".join(problem.messages)
        if errors:
            raise BadQuestion(**errors)

    def _clean(self, name: str, values: list[str]) -> dict[str, Any]:
        known = [*self.base_filters, *PAGING]
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean “{close[0]}”?" if close else ""
            raise forms.ValidationError(
                f"There is no parameter “{name[:60]}” here.{hint} There are: {', '.join(known)}."
            )
        if len(values) > 1:
            raise forms.ValidationError(
                f"“{name}” is given more than once. Give it once; where it takes several, use commas."
            )
        if not values[0].strip():
            raise forms.ValidationError(f"“{name}” is empty. Give it a value or leave it out.")
        if name in PAGING:
            return {}
        try:
            return {name: self.base_filters[name].field.clean(values[0])}
        except forms.ValidationError as problem:
            raise forms.ValidationError(f"“{name}”: {' '.join(problem.messages)}") from None

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the parameters name."""
        for name, value in self.cleaned.items():
            rows = self.base_filters[name].filter(rows, value)
        return rows

    def structural(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """`rows` narrowed only by what every reader may know."""
        for name, value in self.cleaned.items():
            if self.base_filters[name].structural:
                rows = self.base_filters[name].filter(rows, value)
        return rows


def left_to_the_reading(rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
    """For parameters that choose editions: `portal.api.reading` has applied them."""
    return rows


def node_and_below(rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    return rows.filter(Q(path=value) | Q(path__startswith=f"{value}/"))


class OfReports(Parameters):
    """Which reports, and which of their editions: the same on every list."""

    report = Texts(method=left_to_the_reading, label="Only these reports, by slug; several divided by commas.")
    edition = Whole(
        method=left_to_the_reading,
        min_value=1,
        label="The edition of this number instead of the current one. Needs exactly one report.",
    )
    as_of = Moment(
        method=left_to_the_reading,
        label="The editions that were current at that time: a day (its end, in UTC) or a moment with its offset.",
    )
