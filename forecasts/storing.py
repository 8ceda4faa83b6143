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
# value that stays keeps its row. On 1,716 rows, of which none and all changed, the alternatives took longer: deleting
# and COPY at least 3.5 and 2.1 times, INSERT ... ON CONFLICT 5 and 1.6 times (it locks, and so writes, every row), a
# join for each of the three changes 1.4 and 1.2 times. Where rows are changed the market is named again, or the planner
# may read the whole table. Joined texts rather than arrays of parameters, which cost the client more than the server's
# work.
_STORE = """
WITH new AS MATERIALIZED (
    SELECT scenario, path, year, value * %(unit)s::numeric AS value,
        low80 * %(unit)s::numeric AS low80, high80 * %(unit)s::numeric AS high80,
        low95 * %(unit)s::numeric AS low95, high95 * %(unit)s::numeric AS high95, status
    FROM unnest(
        string_to_array(%(scenario)s, ','), string_to_array(%(path)s, ','), string_to_array(%(year)s, ',')::smallint[],
        string_to_array(%(value)s, ',')::bigint[],
        string_to_array(%(low80)s, ',', '-1')::bigint[], string_to_array(%(high80)s, ',', '-1')::bigint[],
        string_to_array(%(low95)s, ',', '-1')::bigint[], string_to_array(%(high95)s, ',', '-1')::bigint[],
        string_to_array(%(status)s, ',')
    ) AS new (scenario, path, year, value, low80, high80, low95, high95, status)
), differing AS MATERIALIZED (
    SELECT old.id, new.*
    FROM (SELECT * FROM forecasts_forecastvalue WHERE market_id = %(market)s) AS old
    FULL JOIN new ON (new.scenario, new.path, new.year) = (old.scenario, old.path, old.year)
    WHERE (old.value, old.low80, old.high80, old.low95, old.high95, old.status) IS DISTINCT FROM
          (new.value, new.low80, new.high80, new.low95, new.high95, new.status)
), removed AS (
    DELETE FROM forecasts_forecastvalue AS stored
    USING differing
    WHERE stored.market_id = %(market)s AND stored.id = differing.id AND differing.year IS NULL
    RETURNING 1
), changed AS (
    UPDATE forecasts_forecastvalue AS stored
    SET value = new.value, low80 = new.low80, high80 = new.high80, low95 = new.low95, high95 = new.high95,
        status = new.status
    FROM differing AS new
    WHERE stored.market_id = %(market)s AND stored.id = new.id AND new.year IS NOT NULL
    RETURNING 1
), added AS (
    INSERT INTO forecasts_forecastvalue
        (market_id, scenario, path, year, value, low80, high80, low95, high95, status)
    SELECT %(market)s, scenario, path, year, value, low80, high80, low95, high95, status
    FROM differing WHERE id IS NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)
"""


_COPY = """
COPY forecasts_forecastvalue (market_id, scenario, path, year, value, low80, high80, low95, high95, status)
FROM STDIN WITH (NULL '-1e-{decimals}')
"""


NUMBERS = ("value", "low80", "high80", "low95", "high95")
COLUMNS = ("scenario", "path", "year", *NUMBERS, "status")


def store_values(market_id: int, forecast: MarketForecast, *, is_first: bool = False) -> int:
    """Make the stored values of a market those of `forecast`; returns how many rows were added, changed or removed.

    `is_first` says that the market has no values yet. Call inside a transaction, holding the market's lock
    (`forecasts.locking`).
    """
    if is_first:
        return _copy_values(market_id, forecast)
    columns = forecast.cells.columns
    parameters: dict[str, Any] = {name: ",".join(map(str, getattr(columns, name))) for name in COLUMNS}
    parameters |= {"market": market_id, "unit": Decimal(1).scaleb(-columns.decimals)}
    with connection.cursor() as cursor:
        cursor.execute(_STORE, parameters)
        return int(cursor.fetchone()[0])


def _copy_values(market_id: int, forecast: MarketForecast) -> int:
    """COPY, the quickest way in. Codes hold no tab and no backslash, so nothing needs escaping.

    Whole units go in as "12345e-2", which PostgreSQL reads as 123.45: to place the point here took longer than all else
    of this function. No number is -1 unit, and the server takes that for none.
    """
    columns = forecast.cells.columns
    e = f"e-{columns.decimals}"
    lines = [
        f"{market_id}\t{scenario}\t{path}\t{year}\t{value}{e}\t{low80}{e}\t{high80}{e}\t{low95}{e}\t{high95}{e}\t{status}\n"
        for scenario, path, year, value, low80, high80, low95, high95, status in zip(
            *(getattr(columns, name) for name in COLUMNS), strict=True
        )
    ]
    with connection.cursor() as cursor, cursor.copy(_COPY.format(decimals=columns.decimals)) as into:
        into.write("".join(lines))
    return len(lines)


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
