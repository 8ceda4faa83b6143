"""Search over 10,000 reports of 3,000 words: the first 20 places with snippets, as a licensed reader finds them.

Run with ``make bench NAME=search`` (``ARGS=2000`` for fewer reports). All ways answer the same questions on the same
throwaway server, rounds in turn:

- ``ours``: `portal.search.finding.find`, gate included; ``titles``: suggestions for a name with a typing error;
- ``headline``: PostgreSQL's own way, ts_headline over whole texts of one row a report, without a gate;
- pages through the whole of Django, views and templates, each with an address of `PAGES`;
- ``after_publication``: what the first reader after a publication waits for in a process, besides their page: the
  catalogue, the players and the names, each made with what one more edition changes; ``at_start``: made from nothing.

The last line printed is one JSON object: p50 and p95 in milliseconds at all reports and at 100, ``ratio`` (headline's
p50 to ours), ``flat`` (p50 at all reports to that at 100) and, for the pages, ``flat_p95`` and the number of queries
at 100 and at all. The database is the tests' server, with 64 MB of buffers; a table of the same goes to stderr.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

FEW, ROUNDS = 100, 3
PAGES = {
    "home": "/", "library": "/reports/", "library_facets": "/reports/?cagr=8..12&region=europe&sort=growth",
    "library_industry": "/reports/?industry=industry-3", "library_page_3": "/reports/?page=3",
    "search_page": "/search/?q=valve", "search_page_facets": "/search/?q=valve+cagr+over+7+%25",
    "companies": "/companies/", "companies_named": "/companies/?q=magna", "company": "/companies/webasto-group-1/",
    "compare_markets": "/compare/?market=r3&market=r7",
    "compare_companies": "/compare/?company=webasto-group-1&company=inalfa-roof-systems-1",
    "explorer": "/explorer/", "explorer_reports": "/explorer/?report=r3&report=r7",
    "explorer_region": "/explorer/?region=europe", "explorer_company": "/explorer/?company=webasto-group-1",
}  # fmt: skip
"""Every list, facet, company and compare page. There is no page of an industry but the library narrowed to it."""
type Times = dict[str, list[float]]


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    call_command("migrate", verbosity=0)
    from benchmarks import many_reports

    results: dict[int, tuple[Times, dict[str, int]]] = {}
    start = 0
    for size in (FEW, many):
        began = time.perf_counter()
        many_reports.publish(start, size)
        whole_texts()
        start = size
        print(f"{size} reports after {time.perf_counter() - began:.0f} s more", file=sys.stderr)
        results[size] = measured(size)
    times, queries = results[many]
    before, queries_before = results[FEW]
    told: dict[str, Any] = {"reports": many}
    for name, taken in times.items():
        told[name] = {
            "p50": middle(taken),
            "p95": high(taken),
            "p50_at_100": middle(before[name]),
            "p95_at_100": high(before[name]),
            "flat": round(middle(taken) / middle(before[name]), 2),
            "flat_p95": round(high(taken) / high(before[name]), 2),
        }
        if name in PAGES:
            told[name] |= {"queries": queries[name], "queries_at_100": queries_before[name]}
        print(f"{name:20}", *(f"{key} {value:8.2f}" for key, value in told[name].items()), file=sys.stderr)
    told |= {
        "ratio": round(statistics.median(times["headline"]) / statistics.median(times["ours"]), 2),
        "same_queries": queries == queries_before,
        "load_average": os.getloadavg()[0],
    }
    print(json.dumps(told))


def middle(taken: list[float]) -> float:
    return round(statistics.median(taken) * 1000, 2)


def high(taken: list[float]) -> float:
    return round(statistics.quantiles(taken, n=20)[-1] * 1000, 2)


def questions(size: int) -> list[str]:
    """Forty lines: frequent and rare words, pairs, names of reports."""
    from benchmarks.many_reports import title, vocabulary_once

    dice = random.Random(3)
    words = vocabulary_once()
    made = [words[n] for n in (2, 5, 9, 20, 60, 150, 400, 900, 2000, 4000)]
    made += [f"{words[dice.randrange(50)]} {words[dice.randrange(1500)]}" for _ in range(20)]
    return made + [title(dice.randrange(size)) for _ in range(10)]


def mistyped(size: int) -> list[str]:
    """Names of reports with two letters swapped."""
    from benchmarks.many_reports import title

    dice = random.Random(5)
    made = []
    for _ in range(20):
        name = title(dice.randrange(size)).removesuffix(" Market")
        at = dice.randrange(1, len(name) - 2)
        made.append(name[:at] + name[at + 1] + name[at] + name[at + 2 :])
    return made


def whole_texts() -> None:
    """The peer's table: one row a report with its whole text and vector."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS bench_texts; "
            "CREATE TABLE bench_texts AS SELECT e.edition_id AS id, string_agg(e.title || ' ' || e.body, ' ') AS body, "
            "to_tsvector('english', string_agg(e.title || ' ' || e.body, ' ')) AS vector "
            "FROM search_searchentry e GROUP BY 1; "
            "CREATE INDEX ON bench_texts USING gin (vector); ANALYZE bench_texts"
        )


def headline(text: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ts_headline('english', body, q), ts_rank(vector, q) AS rank FROM bench_texts, "
            "websearch_to_tsquery('english', %s) q WHERE vector @@ q ORDER BY rank DESC LIMIT 20",
            [text],
        )
        cursor.fetchall()


def measured(size: int) -> tuple[Times, dict[str, int]]:
    """Seconds of every way for every question; queries of the pages."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from portal.search.finding import find, suggest

    reader = licensed_reader()
    client = Client()
    client.force_login(reader)

    def page(path: str) -> Callable[[str], object]:
        def fetch(_: str) -> object:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            return answer

        return fetch

    ways: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "ours": (lambda text: find(text, reader, at=timezone.now()), questions(size)),
        "titles": (lambda text: suggest(text, reader, at=timezone.now()), mistyped(size)),
        "headline": (headline, questions(size)),
        **{name: (page(path), [""] * 10) for name, path in PAGES.items()},
        **{name: (make, [""] * 2) for name, make in made_anew().items()},
    }
    taken: Times = {name: [] for name in ways}
    for way, asked in ways.values():
        way(asked[0])
    for _ in range(ROUNDS):
        for name, (way, asked) in ways.items():
            for text in asked:
                began = time.perf_counter()
                way(text)
                taken[name].append(time.perf_counter() - began)
    queries = {}
    for name, path in PAGES.items():
        client.get(path)  # what is kept for a minute is made anew here, if its minute is over
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        queries[name] = len(captured)
    return taken, queries


def made_anew() -> dict[str, Callable[[str], object]]:
    """What is kept in memory, made from nothing and made after one more edition."""
    from portal.pages import companies
    from portal.search import catalogue, names

    def at_start(_: str) -> tuple[Any, ...]:
        return catalogue._made(None), companies._players_now(None), names._read(None)

    known, players, named = at_start("")
    last = max(row.edition_id for row in known.rows)
    before = catalogue.arranged(row for row in known.rows if row.edition_id != last)

    def after_publication(_: str) -> tuple[Any, ...]:
        return catalogue._made(before), companies._players_now(players), names._read(named)

    return {"at_start": at_start, "after_publication": after_publication}


def licensed_reader() -> Any:
    """Somebody whose organisation licensed a third of the industries."""
    from django.utils import timezone

    from portal.access.models import Licence, Organisation, Seat
    from reports.models import Industry
    from tests.factories import UserFactory

    reader = UserFactory.create()
    buyer = Organisation.objects.create(name=f"Buyer {reader.pk}", slug=f"buyer-{reader.pk}")
    Seat.objects.create(organisation=buyer, user=reader)
    for industry in Industry.objects.order_by("pk")[:10]:
        Licence.objects.create(organisation=buyer, scope="industry", industry=industry, starts=timezone.now())
    return reader


if __name__ == "__main__":
    main()
