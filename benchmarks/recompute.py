"""Recomputing, load to stored, beside PostgreSQL's own COPY of the same rows: what could not be faster.

Run with ``make bench NAME=recompute``, or ``make bench NAME=recompute ARGS=10000`` for as many markets. It starts a
server of its own in a folder of its own, as durable as in production. A market is a total, 6 regions and 45 countries,
in three scenarios and eleven years: 1,716 values with their intervals.

- One market, already stored, is edited and recomputed in this process: ``p50_ms``, ``p95_ms``, and its phases.
- Many markets that have no forecast yet are recomputed by ``manage.py recompute`` with two processes, and all their
  rows are copied into a table of the same columns, indexes, checks and foreign key: ``ratio`` is the first time by the
  second.

Rounds alternate and their median counts. The last line printed is one JSON object; milliseconds unless the key says
seconds. ``load_average`` says how busy the machine was.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.edit import default_server, make_market, quantile

if TYPE_CHECKING:
    from forecasts.models import Market

BASE_DIR = Path(__file__).resolve().parent.parent
EDITS = 60
WARM_UP = 5
COPIES = 20
ROUNDS = 3
PROCESSES = 2

COLUMNS = "market_id, scenario, path, year, value, low80, high80, low95, high95, status"
COPIED = """
DROP TABLE IF EXISTS copied;
CREATE TABLE copied (LIKE forecasts_forecastvalue INCLUDING ALL);
ALTER TABLE copied ADD FOREIGN KEY (market_id) REFERENCES forecasts_market (id) DEFERRABLE INITIALLY DEFERRED;
"""


def edit_and_recompute(market: "Market") -> tuple[list[float], list[dict[str, float]]]:
    """Milliseconds of each recompute, and its phases. Every edit changes values of every node and scenario."""
    from forecasts.models import Observation
    from forecasts.recompute import recompute

    taken, phases = [], []
    for number in range(WARM_UP + EDITS):
        Observation.objects.filter(market=market, segment__path="geography/region-0/country-0", year=2024).update(
            value=Decimal(100 + number)
        )
        began = time.perf_counter()
        run = recompute(market.pk, trigger="benchmark")
        spent = (time.perf_counter() - began) * 1000
        assert run is not None
        assert run.outcome == "done"
        if number >= WARM_UP:
            taken.append(spent)
            phases.append(run.timings | {"values_changed": float(run.values_changed)})
    return taken, phases


def rows_as_text(where: str = "true") -> bytes:
    """The stored values in COPY's own text form."""
    from django.db import connection

    question = f"COPY (SELECT {COLUMNS} FROM forecasts_forecastvalue WHERE {where} ORDER BY id) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(question) as out:
        return b"".join(bytes(part) for part in out)


def copy_in(rows: bytes) -> float:
    """Seconds that COPY takes for them, into an empty table, committed."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(COPIED)
        began = time.perf_counter()
        with transaction.atomic(), cursor.copy(f"COPY copied ({COLUMNS}) FROM STDIN") as into:
            for start in range(0, len(rows), 1 << 20):
                into.write(rows[start : start + (1 << 20)])
        return time.perf_counter() - began


def make_markets(count: int) -> None:
    """Copies of the benchmark's market, by SQL: through the models it would take longer than what is measured.

    Without the triggers that note each row's history and raise versions, for the same reason; a new market is stale
    from the start. The statistics are taken anew, as the server would on its own in a while.
    """
    from django.db import connection, transaction

    if not count:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for table in QUIETED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(COPY_MARKETS, {"count": count})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in QUIETED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


QUIETED = (
    "forecasts_dimension",
    "forecasts_segment",
    "forecasts_driver",
    "forecasts_assumption",
    "forecasts_observation",
)
COPY_MARKETS = """
CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
SELECT number, nextval(pg_get_serial_sequence('forecasts_market', 'id')) AS id
FROM generate_series(1, %(count)s) number;

INSERT INTO forecasts_market (id, name, slug, measure, currency, unit_mult, decimals, price_basis, price_year,
                              first_year, base_year, last_year, reconciliation)
SELECT copies.id, name || ' ' || number, slug || '-' || number, measure, currency, unit_mult, decimals, price_basis,
       price_year, first_year, base_year, last_year, reconciliation
FROM copies, forecasts_market WHERE slug = 'benchmark';

CREATE TEMPORARY TABLE dimensions ON COMMIT DROP AS
SELECT one.id AS old_id, copies.id AS market_id, nextval(pg_get_serial_sequence('forecasts_dimension', 'id')) AS id
FROM copies, forecasts_dimension one JOIN forecasts_market base ON base.id = one.market_id WHERE slug = 'benchmark';
ANALYZE dimensions;

INSERT INTO forecasts_dimension (id, market_id, name, code, coverage, is_geography, position)
SELECT dimensions.id, dimensions.market_id, name, code, coverage, is_geography, position
FROM dimensions JOIN forecasts_dimension one ON one.id = old_id;

CREATE TEMPORARY TABLE segments ON COMMIT DROP AS
SELECT one.id AS old_id, dimensions.id AS dimension_id, market_id,
       nextval(pg_get_serial_sequence('forecasts_segment', 'id')) AS id
FROM dimensions JOIN forecasts_segment one ON one.dimension_id = dimensions.old_id;
ANALYZE segments;

INSERT INTO forecasts_segment (id, dimension_id, parent_id, name, code, path, kind, iso_code, position)
SELECT segments.id, segments.dimension_id, above.id, name, code, path, kind, iso_code, position
FROM segments JOIN forecasts_segment one ON one.id = segments.old_id
LEFT JOIN segments above ON above.old_id = one.parent_id AND above.dimension_id = segments.dimension_id;

INSERT INTO forecasts_driver (market_id, name, code, effect, position)
SELECT copies.id, one.name, code, effect, position
FROM copies, forecasts_driver one JOIN forecasts_market base ON base.id = one.market_id WHERE slug = 'benchmark';

INSERT INTO forecasts_assumption (market_id, method, rate, share, drift, backcast, note)
SELECT copies.id, method, rate, share, drift, backcast, note
FROM copies, forecasts_assumption one JOIN forecasts_market base ON base.id = one.market_id WHERE slug = 'benchmark';

INSERT INTO forecasts_observation (market_id, segment_id, year, value, status, source, illustrative, note)
SELECT segments.market_id, segments.id, year, value, status, source, illustrative, note
FROM segments JOIN forecasts_observation ON segment_id = old_id ORDER BY segments.id, year;
"""


def recompute_many() -> float:
    """Seconds that the command takes for every market that is stale, its start included."""
    from forecasts.models import Market

    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "manage.py", "recompute", "--processes", str(PROCESSES)],
        cwd=BASE_DIR,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    taken = time.perf_counter() - began
    assert not Market.objects.stale().exists()
    return taken


def forget_forecasts() -> None:
    """Every market as if it had never been computed."""
    from django.db import connection

    from forecasts.models import ForecastRun, ForecastState

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE forecasts_forecastvalue")
    ForecastRun.objects.all().delete()
    ForecastState.objects.update(forecast_version=0, inputs_digest="")


def rounds(markets: int) -> Iterator[tuple[float, float]]:
    """Seconds of recomputing every market, and of copying their rows, by turns."""
    for _ in range(ROUNDS if markets <= 2000 else 1):
        forget_forecasts()
        computed = recompute_many()
        copied = copy_in(rows_as_text())
        yield computed, copied


def run(markets: int) -> dict[str, Any]:
    """Both measurements, on a server that is up."""
    from forecasts.models import ForecastValue

    market = make_market()
    taken, phases = edit_and_recompute(market)
    rows = rows_as_text(f"market_id = {market.pk}")
    copy_one = statistics.median(copy_in(rows) for _ in range(COPIES)) * 1000
    make_markets(markets - 1)
    pairs = list(rounds(markets))
    computed = statistics.median(pair[0] for pair in pairs)
    copied = statistics.median(pair[1] for pair in pairs)
    return {
        "p50_ms": quantile(taken, 0.5),
        "p95_ms": quantile(taken, 0.95),
        **{f"{name}_ms": quantile([one[name] for one in phases], 0.5) for name in ("load", "compute", "store")},
        "values": ForecastValue.objects.filter(market=market).count(),
        "values_changed": int(quantile([one["values_changed"] for one in phases], 0.5)),
        "copy_ms": round(copy_one, 1),
        "ratio_one": round(quantile(taken, 0.5) / copy_one, 2),
        "markets": markets,
        "rows": ForecastValue.objects.count(),
        "processes": PROCESSES,
        "recompute_seconds": round(computed, 2),
        "copy_seconds": round(copied, 2),
        "ratio": round(statistics.median(one / other for one, other in pairs), 2),
        "load_average": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("markets", nargs="?", type=int, default=1000, help="How many markets; 1000 where not said.")
    markets = parser.parse_args().markets
    folder = Path(tempfile.mkdtemp(prefix="plumbline-bench-", dir="/tmp"))
    try:
        with default_server(folder):
            result = run(markets)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"One market of {result['values']:,} values is recomputed in {result['p50_ms']} ms (p95 {result['p95_ms']} ms)."
    )
    print(
        f"{markets:,} markets took {result['recompute_seconds']} s with {PROCESSES} processes; copying their "
        f"{result['rows']:,} rows took {result['copy_seconds']} s: {result['ratio']} times as long."
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
