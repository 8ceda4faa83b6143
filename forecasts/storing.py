"""From the engine's answer to the tables: the values that changed, and the record of the run."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import connection

from forecasts.engine import Ledger, MarketForecast
from forecasts.models import ForecastRun

RUNS_KEPT = 50

# One statement that touches only the rows that differ: a burst of edits must not rewrite the table each time, and a
# value that stays keeps its row. Arrays rather than COPY into a temporary table, whose making costs more than it saves.
_UPSERT = """
INSERT INTO forecasts_forecastvalue AS old
    (market_id, scenario, path, year, value, low80, high80, low95, high95, status)
SELECT %(market)s, new.*
FROM unnest(%(scenario)s::text[], %(path)s::text[], %(year)s::smallint[], %(value)s::numeric[], %(low80)s::numeric[],
            %(high80)s::numeric[], %(low95)s::numeric[], %(high95)s::numeric[], %(status)s::text[]) AS new
ON CONFLICT (market_id, scenario, path, year) DO UPDATE
SET value = EXCLUDED.value, low80 = EXCLUDED.low80, high80 = EXCLUDED.high80, low95 = EXCLUDED.low95,
    high95 = EXCLUDED.high95, status = EXCLUDED.status
WHERE (old.value, old.low80, old.high80, old.low95, old.high95, old.status) IS DISTINCT FROM
      (EXCLUDED.value, EXCLUDED.low80, EXCLUDED.high80, EXCLUDED.low95, EXCLUDED.high95, EXCLUDED.status)
"""
_DELETE = """
DELETE FROM forecasts_forecastvalue AS old
WHERE market_id = %(market)s AND NOT EXISTS (
    SELECT FROM unnest(%(scenario)s::text[], %(path)s::text[], %(year)s::smallint[]) AS new (scenario, path, year)
    WHERE (new.scenario, new.path, new.year) = (old.scenario, old.path, old.year))
"""


def store_values(market_id: int, forecast: MarketForecast) -> int:
    """Make the stored values of a market those of `forecast`; returns how many rows were added, changed or removed.

    Call inside a transaction, holding the market's lock (`forecasts.locking`).
    """
    parameters: dict[str, Any] = {"market": market_id}
    keys = list(forecast.cells)
    for place, name in enumerate(("scenario", "path", "year")):
        parameters[name] = [key[place] for key in keys]
    cells = list(forecast.cells.values())
    parameters["status"] = [cell.status for cell in cells]
    for name in ("value", "low80", "high80", "low95", "high95"):
        numbers: list[Decimal | None] = [getattr(cell, name) for cell in cells]
        parameters[name] = [None if number is None else str(number) for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, parameters)
        removed = int(cursor.rowcount)
        cursor.execute(_UPSERT, parameters)
        return removed + int(cursor.rowcount)


def ledger_document(ledger: Mapping[str, Ledger]) -> dict[str, Any]:
    """The driver ledger as JSON, with decimals as strings: scenario -> entries, residual and cagr."""
    return {scenario: _texts(asdict(book)) for scenario, book in ledger.items()}


def _texts(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(one) for one in value]
    return value


def forget_old_runs(market_id: int) -> None:
    """Keep a market's last runs, the one its stored values came from, and whatever other tables refer to."""
    runs = ForecastRun.objects.filter(market_id=market_id)
    oldest_kept = runs.values_list("pk", flat=True)[RUNS_KEPT - 1 : RUNS_KEPT].first()
    if oldest_kept is None:
        return
    made_the_values = runs.filter(outcome=ForecastRun.Outcome.DONE).values("pk")[:1]
    forgotten = runs.filter(pk__lt=oldest_kept).exclude(pk__in=made_the_values)
    for relation in ForecastRun._meta.related_objects:
        forgotten = forgotten.exclude(**{f"{relation.name}__isnull": False})
    forgotten.delete()
