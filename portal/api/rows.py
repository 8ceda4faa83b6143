"""Lists as pages of rows that PostgreSQL writes as JSON: one statement a page, whatever its size.

The serializer of a list declares its columns: a field's `source` is the path in the database, decimals go out as
strings with the places they were printed with, and the OpenAPI document describes the same fields.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from portal.api.errors import BadQuestion
from portal.api.filters import DEFAULT_SIZE, MOST_ROWS
from portal.api.remembered import Page

COUNTED = 100_000
SALT = "portal.api.cursor"


BETWEEN = ", \n "  # what json_agg writes between rows; rows themselves never hold a line break


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column of a row is read; `printed` decimals go out as text, with the places they were stored with."""

    read: Expression | F
    printed: bool = False

    @property
    def path(self) -> str:
        """The path in the database; empty for what is computed."""
        return getattr(self.read, "name", "")


@cache
def columns(serializer: type[serializers.Serializer[Any]]) -> Mapping[str, Column]:
    """Name -> column of every field of a row, in the order they are written."""
    return {
        name: Column(F((field.source or name).replace(".", "__")), isinstance(field, serializers.DecimalField))
        for name, field in serializer().get_fields().items()
    }


def page(rows: QuerySet[Any], shown: Mapping[str, Column], order: Sequence[str], size: int) -> Page:
    """The first `size` of `rows` in that order, with the columns `shown`. One statement."""
    # A plain column is selected as it is: to annotate all would cost Django more than the query costs PostgreSQL.
    plain = {field.name: field.column for field in rows.model._meta.concrete_fields}
    chosen: list[str] = []
    annotations: dict[str, Expression | F] = {}
    written: list[str] = []
    for name, column in shown.items():
        field = column.path
        if field in plain:
            chosen.append(field)
            at = plain[field]
        elif field in rows.query.annotations:
            chosen.append(field)
            at = field
        else:
            at = f"x_{name}"
            chosen.append(at)
            annotations[at] = column.read
        written.append(f'"{at}"{"::text" if column.printed else ""} AS "{name}"')
    inner = rows.annotate(**annotations).order_by(*order).values_list(*chosen)[: size + 1]
    row = f"SELECT {', '.join(written)} FROM"
    return _fetched(inner, f"SELECT count(*), coalesce(json_agg(r)::text, '[]') FROM ({row} ({{}}) s) r", size)


def written_page(rows: QuerySet[Any], parts: Sequence[Expression | F], order: Sequence[str], size: int) -> Page:
    """The same from rows that hold their JSON already: `parts` of each are joined to its text."""
    named = {f"part_{n}": part for n, part in enumerate(parts)}
    inner = rows.annotate(**named).order_by(*order).values_list(*named)[: size + 1]
    row = " || ".join(named)
    return _fetched(
        inner, f"SELECT count(*), '[' || coalesce(string_agg({row}, E', \\n '), '') || ']' FROM ({{}}) s", size
    )


def _fetched(inner: QuerySet[Any], statement: str, size: int) -> Page:
    """The page that `statement` makes of `inner`, whose one row too many says whether more follow."""
    try:
        selected, parameters = inner.query.sql_with_params()
    except EmptyResultSet:
        return Page(b"", False, {}, hashlib.sha256(b"").hexdigest())
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{}", selected), parameters)
        count, text = cursor.fetchone()
    text = text[1:-1]
    more = count > size
    if more:
        text = text[: text.rindex(BETWEEN)]
    last = json.loads(text[text.rfind("\n") + 1 :]) if more else {}
    found = text.encode()
    return Page(found, more, last, hashlib.sha256(found).hexdigest())


def counted(*questions: QuerySet[Any]) -> list[int | None]:
    """How many rows each has, None beyond COUNTED: to count millions costs more than to read a page. One statement."""
    parts: list[str] = []
    parameters: list[Any] = []
    for rows in questions:
        try:
            statement, given = rows.order_by().values_list("pk")[: COUNTED + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0::bigint")
            continue
        parts.append(f"(SELECT count(*) FROM ({statement}) q)")
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        found = cursor.fetchone()
    return [None if n > COUNTED else n for n in found]


def after(key: Mapping[str, Any], order: Mapping[str, str]) -> Q:
    """A condition that a row comes after the one with this key. `order` maps columns to lookups, "-" for descending."""
    condition = Q()
    equal_so_far: dict[str, Any] = {}
    for column, lookup in order.items():
        name, beyond = lookup.removeprefix("-"), "lt" if lookup.startswith("-") else "gt"
        condition |= Q(**equal_so_far, **{f"{name}__{beyond}": key[column]})
        equal_so_far[name] = key[column]
    column, lookup = next(iter(order.items()))
    name, bound = lookup.removeprefix("-"), "lte" if lookup.startswith("-") else "gte"
    # Implied by the rest, but it lets an index on the first column begin the scan where this page begins.
    return Q(**{f"{name}__{bound}": key[column]}) & condition


def page_size(asked: Mapping[str, str]) -> int:
    """The page size asked for. Raises BadQuestion when it is none."""
    text = asked.get("page_size", str(DEFAULT_SIZE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_ROWS):
        raise BadQuestion(page_size=f"“page_size” is a whole number from 1 to {MOST_ROWS:,}.")
    return int(text)


def read_cursor(text: str | None, question: str) -> dict[str, Any]:
    """What `write_cursor` wrote. Raises BadQuestion when it was not ours, or belongs to another question."""
    if text is None:
        return {}
    try:
        found: dict[str, Any] = signing.Signer(salt=SALT).unsign_object(text)
    except signing.BadSignature:
        raise BadQuestion(cursor="This cursor was not made here. Follow `next` of the page before as it is.") from None
    if found["q"] != question:
        raise BadQuestion(cursor="This cursor belongs to another question. Follow `next` of the page before as it is.")
    return found


def next_link(request: Request, state: Mapping[str, Any]) -> str:
    """The address of the page after this one. What the walk has found out so far travels in the cursor, signed."""
    cursor = signing.Signer(salt=SALT).sign_object(state, compress=True)
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def answer(request: HttpRequest, head: Mapping[str, Any], found: Page) -> HttpResponse:
    """The envelope around rows that are JSON already."""
    written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(
        b"".join((written[:-1], b',"results":[', found.rows, b"]}\n")), content_type="application/json"
    )
    response["ETag"] = f'"{hashlib.sha256(written + found.digest.encode()).hexdigest()[:32]}"'
    return response
