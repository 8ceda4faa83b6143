"""Thousands of published reports for benchmarks: one small edition each, every sentence of invented words.

Made in the database, since what is measured is finding and listing them, not publishing them. What varies from report
to report: title, industry, size, growth and concentration; which three in five of the regions it has; its players, who
are in five reports each; and the 3,000 words that can be found, drawn from 5,000 invented ones, few of them often as in
a language, in three tiers. The same in all: the document of 95 KB and more, but for title and address, and the
projected values and segments of one real edition; values below the first level are left out.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

ENTRIES, WORDS = 40, 75
"""Places in a report and words in each: 3,000 words a report."""
KINDS = ("Smart", "Flexible", "Industrial", "Medical", "Marine", "Portable", "Thermal", "Digital", "Organic", "Hybrid")
THINGS = ("Valve", "Pump", "Sensor", "Coating", "Filter", "Battery", "Turbine", "Adhesive", "Bearing", "Display",
          "Compressor", "Membrane", "Antenna", "Catalyst", "Actuator")  # fmt: skip
USES = ("Aviation", "Railway", "Dairy", "Textile", "Mining", "Hospital", "Vineyard", "Harbour", "Stadium", "Bakery")

REGIONS = ("North America", "Europe", "Asia Pacific", "Middle East & Africa", "Latin America")


def vocabulary() -> list[str]:
    """5,000 invented words, the frequent ones first."""
    dice = random.Random(7)
    parts = ["ba", "co", "di", "fe", "gu", "ha", "ki", "lo", "mu", "ne", "pa", "ro", "si", "ta", "ve", "zu"]
    return sorted({"".join(dice.choices(parts, k=dice.randint(2, 4))) for _ in range(9000)})[:5000]


def title(number: int) -> str:
    kind, rest = KINDS[number % 10], number // 10
    use, thing = USES[rest % 10], THINGS[rest // 10 % 15]
    series = number // 1500
    return f"{kind} {use} {thing}{f' Type {series}' if series else ''} Market"


def publish(first: int, last: int) -> None:
    """Reports number `first` to `last - 1`, each with an edition, what is projected of it, and entries for search."""
    from django.db import connection

    from forecasts.models import Market
    from reports.models import Edition, Industry, Report
    from reports.models.projections import EditionSummary
    from reports.projection import project
    from tests.documents import sample_document, small_document
    from tests.factories import UserFactory

    industries = [
        Industry.objects.get_or_create(slug=f"industry-{n}", defaults={"name": f"Industry {n}"})[0] for n in range(30)
    ]
    numbers = range(first, last)
    markets = Market.objects.bulk_create(
        [
            Market(
                name=title(n), slug=f"m{n}", measure="Revenue", currency="USD", first_year=2021,
                base_year=2024, last_year=2031,
            ) for n in numbers
        ], batch_size=1000,
    )  # fmt: skip
    reports = Report.objects.bulk_create(
        [
            Report(title=title(n), slug=f"r{n}", market=market, industry=industries[n % 30])
            for n, market in zip(numbers, markets, strict=True)
        ],
        batch_size=1000,
    )
    large = sample_document()
    document = replace(
        small_document(), players=large.players, profiles=large.profiles, developments=large.developments
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_edition (report_id, number, schema, document, digest, published_at, published_by_id) "
            "SELECT id, 1, %(schema)s, %(document)s::jsonb || jsonb_build_object('title', title, 'slug', slug), "
            "lpad(id::text, 64, '0'), now(), %(by)s FROM reports_report WHERE id >= %(from)s ORDER BY id",
            {"schema": document.schema, "document": json.dumps(document.to_json()), "by": UserFactory.create().pk,
             "from": reports[0].pk},
        )  # fmt: skip
    editions = list(Edition.objects.filter(report__in=reports).defer("document").order_by("report_id"))
    rest = list(zip(numbers, reports, editions, strict=True))
    if first == 0:
        project(editions[0])
        rest = rest[1:]
    dice = random.Random(first)
    headline = document.headline
    EditionSummary.objects.bulk_create(
        [
            EditionSummary(
                edition=edition, title=report.title, summary=document.summary,
                industry=industries[n % 30].name, industry_slug=industries[n % 30].slug,
                market=headline.market, measure=headline.measure,
                currency=headline.currency, unit=headline.unit, first_year=headline.first_year,
                base_year=headline.base_year, last_year=headline.last_year, concentration=dice.choice(("low", "high")),
                base_value=Decimal(dice.randrange(10_000, 5_000_000)) / 100, cagr=Decimal(dice.randrange(5, 190)) / 10,
            ) for n, report, edition in rest
        ], batch_size=1000,
    )  # fmt: skip
    _project_alike(rest[0][1].pk)
    with connection.cursor() as cursor:
        # Written with their indexes built once at the end, which is several times faster than row by row.
        indexes = _dropped(cursor, "search_entry_words", "search_entry_sample", "search_entry_names")
        with cursor.copy(
            "COPY search_searchentry (edition_id, report_id, tier, place, anchor, title, body) FROM STDIN"
        ) as copy:
            for number, report, edition in zip(numbers, reports, editions, strict=True):
                for row in entries(number):
                    copy.write_row((edition.pk, report.pk, *row))
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for index in indexes:
            cursor.execute(index)
        cursor.execute(
            "INSERT INTO search_searchname SELECT DISTINCT title FROM search_searchentry "
            "WHERE place IN ('Report', 'Segment', 'Company') ON CONFLICT DO NOTHING"
        )
        cursor.execute("VACUUM ANALYZE")


def _dropped(cursor: Any, *names: str) -> list[str]:
    """Drop these indexes; returns the statements that make them again."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(names)])
    made = [row[0] for row in cursor.fetchall()]
    for name in names:
        cursor.execute(f"DROP INDEX {name}")
    return made


def _project_alike(after: int) -> None:
    """Rows like those projected of report 0 for every report from the id `after` on, made within the database."""
    from django.db import connection

    tables = {
        "reports_editionvalue": "AND one.level <= 1",
        "reports_editionsegment": "",
        "reports_editioncompany": "",
        "reports_editiondevelopment": "",
    }
    number = "(substr(other.slug, 2)::int)"
    with connection.cursor() as cursor:
        for table, only in tables.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
                [table],
            )
            columns = [row[0] for row in cursor.fetchall()]
            value = {name: f'one."{name}"' for name in columns} | {"report_id": "other.id"}
            if table == "reports_editionvalue":
                value |= {"written": "''", "written_intervals": "''"}
            if table == "reports_editioncompany":
                value |= {"name": f"one.name || ' ' || {number} / 5", "slug": f"one.slug || '-' || {number} / 5"}
            if table == "reports_editiondevelopment":
                value["companies"] = (
                    "(SELECT jsonb_agg(said || jsonb_build_object('slug', (said ->> 'slug') || '-' || "
                    f"{number} / 5)) FROM jsonb_array_elements(one.companies) said)"
                )
            if "path" in columns:
                # Two regions in five are missing, others in every report.
                only += (
                    " AND (one.dimension <> 'geography' "
                    "OR abs(hashtext(other.id || split_part(one.path, '/', 2))::bigint) % 5 > 1)"
                )
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(value[name] for name in columns)} "
                f"FROM {table} one CROSS JOIN reports_report other WHERE other.id >= {after:d} {only} "
                "AND one.report_id = (SELECT id FROM reports_report WHERE slug = 'r0')"
            )


def entries(number: int) -> Iterator[tuple[Any, ...]]:
    """The places of one report: its title, segments and companies by name, and sections of words."""
    dice = random.Random(number)
    words = vocabulary_once()
    weights = _WEIGHTS
    yield (0, "Report", "", title(number), "A study of what is sold, by kind and region.")
    for place in range(ENTRIES):
        body = " ".join(dice.choices(words, cum_weights=weights, k=WORDS))
        kind = ("Segment", "Company profile", "Development", "Overview")[place % 4]
        name = f"{dice.choice(THINGS)} {words[dice.randrange(5000)].capitalize()}"
        if kind == "Segment" and place % 3 == 0:
            name = dice.choice(REGIONS)
        yield (place % 3, kind, f"place-{place}", name, body)


_WORDS: list[str] = []
_WEIGHTS: list[float] = []


def vocabulary_once() -> list[str]:
    if not _WORDS:
        _WORDS.extend(vocabulary())
        total = 0.0
        for rank in range(len(_WORDS)):
            total += 1 / (rank + 3)  # as words are used: few of them often
            _WEIGHTS.append(total)
    return _WORDS
