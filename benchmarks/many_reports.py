"""Thousands of published reports for benchmarks: one small edition each, every sentence of invented words.

Made in the database from one real edition, since what is measured is finding and listing them, not publishing them.
"""

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

ENTRIES, WORDS = 40, 75
"""Places in a report and words in each: 3,000 words a report."""
KINDS = ("Smart", "Flexible", "Industrial", "Medical", "Marine", "Portable", "Thermal", "Digital", "Organic", "Hybrid")
THINGS = ("Valve", "Pump", "Sensor", "Coating", "Filter", "Battery", "Turbine", "Adhesive", "Bearing", "Display",
          "Compressor", "Membrane", "Antenna", "Catalyst", "Actuator")  # fmt: skip
USES = ("Aviation", "Railway", "Dairy", "Textile", "Mining", "Hospital", "Vineyard", "Harbour", "Stadium", "Bakery")


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
    """Reports number `first` to `last - 1`, each with an edition, its summary, its regions and entries for search."""
    from django.db import connection
    from django.utils import timezone

    from forecasts.models import Market
    from reports.models import Edition, Industry, Report
    from reports.models.projections import EditionSegment, EditionSummary
    from tests.documents import small_document
    from tests.factories import UserFactory

    document = small_document()
    now = timezone.now()
    by = UserFactory.create()
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
    text = json.dumps(document.to_json())
    editions = Edition.objects.bulk_create(
        [
            Edition(
                report=report, number=1, schema=document.schema, digest=f"{report.pk:064x}", published_at=now,
                document=json.loads(text) | {"title": report.title, "slug": report.slug}, published_by=by,
            ) for report in reports
        ], batch_size=200,
    )  # fmt: skip
    dice = random.Random(first)
    headline = document.headline
    EditionSummary.objects.bulk_create(
        [
            EditionSummary(
                edition=edition, title=edition.report.title, summary=document.summary,
                industry=edition.report.industry.name, industry_slug=edition.report.industry.slug,
                market=headline.market, measure=headline.measure,
                currency=headline.currency, unit=headline.unit, first_year=headline.first_year,
                base_year=headline.base_year, last_year=headline.last_year, concentration=dice.choice(("low", "high")),
                base_value=Decimal(dice.randrange(10_000, 5_000_000)) / 100, cagr=Decimal(dice.randrange(5, 190)) / 10,
            ) for edition in editions
        ], batch_size=1000,
    )  # fmt: skip
    regions = [node for node in document.dimensions[-1].nodes if node.kind == "region"]
    EditionSegment.objects.bulk_create(
        [
            EditionSegment(
                report=report, first_edition=1, path=node.path, name=node.name, kind="region", dimension="geography",
                dimension_name="Geography", coverage="complete", level=1, leaf=False, adds_to="total", estimated=True,
            ) for report in reports for node in regions if dice.random() < 0.6
        ], batch_size=2000,
    )  # fmt: skip
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY search_searchentry (edition_id, report_id, tier, place, anchor, title, body) FROM STDIN"
        ) as copy,
    ):
        for edition, number in zip(editions, numbers, strict=True):
            for row in entries(number):
                copy.write_row((edition.pk, edition.report_id, *row))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_searchname SELECT DISTINCT title FROM search_searchentry "
            "WHERE place IN ('Report', 'Segment', 'Company') ON CONFLICT DO NOTHING"
        )
        cursor.execute("ANALYZE")


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
