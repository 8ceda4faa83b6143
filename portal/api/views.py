"""What every endpoint of the API has in common: who asks, how it is answered, what may be kept of the answer."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.access.entitlement import Reader
from portal.access.models import ApiKey
from portal.api import remembered
from portal.api.filters import Parameters
from portal.api.reading import WORDS, Reading
from portal.api.rows import Column, after, answer, columns, counted, next_link, page, page_size, read_cursor
from reports.models import Edition


class ApiView(APIView):
    """A read-only endpoint. `filterset_class` holds its parameters; `summary` is its line in the OpenAPI document."""

    filterset_class: ClassVar[type[Parameters]] = Parameters
    serializer_class: ClassVar[type[serializers.Serializer[Any]]]
    tag: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    paged: ClassVar[bool] = False
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now = timezone.now()
        super().initial(request, *args, **kwargs)

    @property
    def reader(self) -> Reader:
        key = self.request.auth
        return key if isinstance(key, ApiKey) else cast(Reader, self.request.user)

    def asked(self) -> Parameters:
        """The request's parameters. Raises BadQuestion with sentences."""
        return self.filterset_class(self.request.query_params)

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Nothing that a key or a person was given may be kept by anyone; what is public, for a minute."""
        final = cast(HttpResponseBase, super().finalize_response(request, cast(Response, response), *args, **kwargs))
        patch_vary_headers(final, ["Authorization", "X-Api-Key", "Cookie", "Accept"])
        known = getattr(request, "auth", None) or getattr(request.user, "is_authenticated", False)
        if final.status_code == 200 and not known:
            final["Cache-Control"] = "public, max-age=60"
        else:
            final["Cache-Control"] = "private, no-store"
        if final.status_code == 200 and isinstance(final, HttpResponse) and final.has_header("ETag"):
            return get_conditional_response(request._request, etag=final["ETag"], response=final) or final
        return final

    def answer_with(self, body: Mapping[str, Any]) -> HttpResponse:
        """One JSON object with an ETag."""
        written = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"
        response = HttpResponse(written, content_type="application/json")
        response["ETag"] = f'"{hashlib.sha256(written).hexdigest()[:32]}"'
        return response


class RowsView(ApiView):
    """A list of rows of a projection, in pages."""

    order: ClassVar[Mapping[str, str]] = {}
    """Column -> lookup of the columns that order the rows; together they name one row."""
    paged = True
    of_unchanging: ClassVar[bool] = True
    """Whether the rows follow from the editions alone, so that a page may be remembered and a walk keep to them."""

    counts_across_reports: ClassVar[bool] = True
    """Whether rows are counted where no report is named."""

    def rows(self, reading: Reading) -> QuerySet[Any]:
        """The rows of the editions asked for, of every tier."""
        raise NotImplementedError

    def readable(self, reading: Reading, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that the reader may have."""
        return rows

    def withheld(self, reading: Reading, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        """Those that the reader may not have; None where every row is public."""
        return None

    def closed_columns(self) -> tuple[str, ...]:
        """Columns that are null for a reader without a licence."""
        return ()

    def shown(self, reading: Reading) -> Mapping[str, Column]:
        """The columns of a row, as this reader may have them."""
        return {
            name: replace(column, read=reading.known(column.path))
            for name, column in columns(self.serializer_class).items()
        }

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        parameters = self.asked()
        asked = dict(parameters.cleaned)
        size = page_size(request.query_params)
        question = _question(request)
        cursor = read_cursor(request.query_params.get("cursor"), question)
        # A walk of many pages keeps to the editions that it began with.
        pinned = cursor.get("editions") if self.of_unchanging else None
        if cursor.get("at") and self.of_unchanging and not asked.keys() & {"as_of", "edition"}:
            asked["as_of"] = datetime.fromisoformat(cursor["at"])
        reading = Reading.of(self.reader, asked, at=self.now, pinned=pinned)
        found = self.remembered_page(reading, parameters, cursor, size, question)
        onward = None
        if found.more:
            state = {"q": question, "key": [found.last[column] for column in self.order], "count": found.counts}
            if reading.named is not None:
                state["editions"] = [edition.pk for edition in reading.named]
            else:
                state["at"] = cursor.get("at") or self.now.isoformat()
            onward = next_link(request, state)
        count, withheld = found.counts
        head = {
            "count": count,
            "next": onward,
            "editions": None if reading.named is None else [edition_fields(e, reading) for e in reading.named],
            "withheld": self.withheld_fields(reading, withheld),
        }
        return answer(request._request, head, found)

    def withheld_fields(self, reading: Reading, closed: int | None) -> dict[str, Any] | None:
        reason = reading.reason()
        if reason is None or (closed == 0 and not self.closed_columns()):
            return None
        return {"rows": closed, "columns": list(self.closed_columns()), "reason": reason}

    def remembered_page(
        self, reading: Reading, parameters: Parameters, cursor: Mapping[str, Any], size: int, question: str
    ) -> remembered.Page:
        """The page, from memory where these editions were asked the same by a reader of the same tiers."""
        if not self.of_unchanging or reading.named is None:
            return self.page(reading, parameters, cursor, size)
        editions = tuple((edition.pk, reading.tiers[edition.report_id]) for edition in reading.named)
        key = (type(self).__name__, editions, question, tuple(cursor.get("key", ())), size)
        found = remembered.pages.get(key)
        if found is None:
            found = self.page(reading, parameters, cursor, size)
            remembered.pages.put(key, found)
        return found

    def page(self, reading: Reading, parameters: Parameters, cursor: Mapping[str, Any], size: int) -> remembered.Page:
        """The page from the database. The first page of a walk also counts; later ones are told by the cursor."""
        rows = self.rows(reading)
        order = dict(self.order)
        if reading.named is not None and len(reading.named) == 1 and len(order) > 1:
            # Of one report only: without it an index gives the rows in order, and nothing needs sorting.
            order.pop("report", None)
        wanted = parameters.narrow(self.readable(reading, rows))
        following = wanted
        if cursor:
            key = dict(zip(self.order, cursor["key"], strict=True))
            following = wanted.filter(after({column: key[column] for column in order}, order))
        found = self.fetch(following, reading, list(order.values()), size)
        return replace(found, counts=self.counts(reading, parameters, wanted, rows, cursor))

    def fetch(self, rows: QuerySet[Any], reading: Reading, order: Sequence[str], size: int) -> remembered.Page:
        """The first `size` of `rows` as JSON."""
        return page(rows, self.shown(reading), order, size)

    def counts(
        self,
        reading: Reading,
        parameters: Parameters,
        wanted: QuerySet[Any],
        rows: QuerySet[Any],
        cursor: Mapping[str, Any],
    ) -> tuple[int | None, int | None]:
        """How many rows answer the question, and how many of the same places are withheld."""
        if cursor:
            known, closed = cursor["count"]
            return known, closed
        if reading.named is None and not self.counts_across_reports:
            return None, None
        withheld = self.withheld(reading, rows) if reading.reason() else None
        if withheld is None:
            return counted(wanted)[0], 0
        readable, closed = counted(wanted, parameters.structural(withheld))
        return readable, closed


def edition_fields(edition: Edition, reading: Reading) -> dict[str, Any]:
    """What is said of an edition that an answer was read from."""
    withdrawal = getattr(edition, "withdrawal", None)
    return {
        "report": edition.report.slug,
        "edition": edition.number,
        "digest": edition.digest,
        "published_at": edition.published_at.isoformat(),
        "withdrawn": withdrawal and {"at": withdrawal.withdrawn_at.isoformat(), "reason": withdrawal.reason},
        "access": WORDS[reading.tiers[edition.report_id]],
    }


def _question(request: Request) -> str:
    """A digest of the parameters that choose rows: the same whatever their order."""
    chosen = sorted((k, v) for k, v in request.query_params.items() if k not in ("cursor", "page_size"))
    return hashlib.sha256(repr((request.path, chosen)).encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
