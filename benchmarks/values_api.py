"""A page of 1,000 values through the whole of Django, against Django REST framework's ModelSerializer.

Run with ``make bench NAME=values_api``. Both answer the same rows with the same columns, the same key, the same gate
and the same middleware, on the same throwaway server; requests are WSGI calls in this process. Rounds alternate
between:

- ``drf``: a ListAPIView with a ModelSerializer and page-number pagination;
- ``first``: our endpoint, asked for the first time (what it remembers is thrown away before each request);
- ``again``: our endpoint, asked for a page that was asked before;
- ``bare``: a Django view without API framework, key or gate that sends stored bytes of that page: the limit.

Medians; rows a second. The last line printed is one JSON object: ``ratio`` is first against drf, ``ratio_again`` again
against drf.
"""

import json
import os
import statistics
import sys
import time
import types
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

ROUNDS, REQUESTS, ROWS = 7, 8, 1000


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    secret = publish()
    ask = asker(secret)
    from portal.api import remembered

    ours, peer, bare = f"/api/v1/values/?report=car-sunroof-market&page_size={ROWS}", "/peer/", "/bare/"
    same_rows(ask(ours), ask(peer))

    def forgetting() -> bytes:
        remembered.pages.clear()
        return ask(ours)

    ways: dict[str, Callable[[], bytes]] = {
        "drf": lambda: ask(peer), "first": forgetting, "again": lambda: ask(ours), "bare": lambda: ask(bare),
    }  # fmt: skip
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for number in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            for _ in range(REQUESTS):
                way()
            taken[name].append((time.perf_counter() - started) / REQUESTS)
        print(f"round {number + 1}: " + ", ".join(f"{n} {taken[n][-1] * 1000:.2f} ms" for n in ways), file=sys.stderr)
    seconds = {name: statistics.median(rounds) for name, rounds in taken.items()}
    print(
        json.dumps(
            {
                "rows": ROWS,
                "ratio": round(seconds["drf"] / seconds["first"], 2),
                "ratio_again": round(seconds["drf"] / seconds["again"], 2),
                **{f"{name}_rows_per_second": round(ROWS / one) for name, one in seconds.items()},
                **{f"{name}_ms": round(one * 1000, 2) for name, one in seconds.items()},
                "load_average": os.getloadavg()[0],
            }
        )
    )


def publish() -> str:
    """One edition of the sample report and a licensed organisation's key; returns the key."""
    from django.utils import timezone

    from portal.access.models import ApiKey, Licence, Organisation
    from reports.models import Edition
    from reports.projection import project
    from tests.documents import sample_document
    from tests.factories import ReportFactory, UserFactory

    document = sample_document()
    now = timezone.now()
    user = UserFactory.create()
    report = ReportFactory.create(title=document.title, slug=document.slug)
    edition = Edition.objects.create(
        report=report, number=1, schema=document.schema, document=document.to_json(), digest=document.digest(),
        published_at=now, published_by=user,
    )  # fmt: skip
    project(edition)
    buyer = Organisation.objects.create(name="Benchmark", slug="benchmark")
    Licence.objects.create(organisation=buyer, scope="report", report=report, starts=now)
    _, secret = ApiKey.objects.issue(buyer, name="benchmark", by=user, scopes=["read"])
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return secret


def asker(secret: str) -> Callable[[str], bytes]:
    """A function that asks our own WSGI application: the API's routes with the peer's beside them."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory
    from django.urls import include, path

    stored: list[bytes] = []

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse(stored[0], content_type="application/json")

    routes = types.ModuleType("routes")
    routes.urlpatterns = [  # type: ignore[attr-defined]
        path("api/v1/", include("portal.api.urls")), path("peer/", peer_view()), path("bare/", bare),
    ]  # fmt: skip
    settings.ROOT_URLCONF = routes
    handler = WSGIHandler()

    requests = RequestFactory(headers={"authorization": f"Bearer {secret}", "host": "localhost"})

    def ask(address: str) -> bytes:
        environ = requests.get(address).environ
        status = ""

        def start(given: str, headers: Any, problem: Any = None) -> Callable[[bytes], object]:
            nonlocal status
            status = given
            return lambda data: None

        answer = handler(environ, start)
        body = b"".join(answer)
        answer.close()
        if not status.startswith("200"):
            raise RuntimeError(f"{address} answered {status}: {body[:300]!r}")
        return body

    stored.append(ask(f"/api/v1/values/?report=car-sunroof-market&page_size={ROWS}"))
    return ask


def peer_view() -> Any:
    """The same rows by Django REST framework's own means, as its tutorial has it."""
    from django.db.models import F, QuerySet
    from django.utils import timezone
    from rest_framework import serializers
    from rest_framework.generics import ListAPIView
    from rest_framework.pagination import PageNumberPagination

    from portal.api.reading import Reading
    from reports.models import EditionValue

    class Serializer(serializers.ModelSerializer[EditionValue]):
        report = serializers.CharField(source="report.slug")
        edition = serializers.IntegerField()
        value, low80, high80, low95, high95 = (
            serializers.DecimalField(max_digits=None, decimal_places=None) for _ in range(5)
        )

        class Meta:
            model = EditionValue
            fields = [
                "report", "edition", "dimension", "path", "name", "level", "parent", "leaf", "adds_to", "year",
                "scenario", "value", "low80", "high80", "low95", "high95", "unit", "currency", "status", "source",
                "illustrative", "note",
            ]  # fmt: skip

    class Pages(PageNumberPagination):
        page_size = ROWS

    class Peer(ListAPIView[EditionValue]):
        serializer_class = Serializer
        pagination_class = Pages
        schema = None

        def get_queryset(self) -> QuerySet[EditionValue]:
            asked = {"report": ["car-sunroof-market"]}
            reading = Reading.of(self.request.auth, asked, at=timezone.now())  # type: ignore[arg-type]
            return (
                reading.readable(reading.values())
                .select_related("report")
                .annotate(edition=F("report__editions__number"))
                .order_by("report__slug", "path", "scenario", "year")
            )

    return Peer.as_view()


def same_rows(ours: bytes, peer: bytes) -> None:
    """Both send the same rows, or the comparison means nothing."""
    if json.loads(ours)["results"] != json.loads(peer)["results"]:
        raise RuntimeError("The two views do not send the same rows.")


if __name__ == "__main__":
    main()
