"""From an edit's commit to its new numbers, on the default stack: PostgreSQL 18, Celery over pgmq, the sweeper.

Run with ``make bench NAME=edit``. It starts a stack of its own in a folder of its own. One market of 52 nodes, three
scenarios and eleven years is edited as the desk does it: a transaction, then ``request_recompute``. The clock starts as
the commit returns and stops when another connection reads the new value and the market is current. Three ways:

- paced: an editor who saves once a second (``p50_ms``, ``p95_ms``, the ones with targets);
- hurried: a program that saves again the moment it sees the answer (``hurried_p50_ms``, ``hurried_p95_ms``);
- burst: a hundred saves as fast as they go (``burst_runs`` is how many recomputes that took).

The last line printed is one JSON object; milliseconds throughout. ``load_average`` says how busy the machine was.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg

if TYPE_CHECKING:
    from forecasts.models import Market

BASE_DIR = Path(__file__).resolve().parent.parent
PACED, HURRIED, BURST = 60, 40, 100
REGIONS, COUNTRIES = 6, 45


@contextmanager
def default_server(folder: Path) -> Iterator[str]:
    """The embedded server, migrated, with Django working in it; yields its address."""
    from portal.operations.embedded_postgres import EmbeddedPostgres

    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres")
    server.prepare()
    with (folder / "postgres.log").open("ab") as log:
        server.start(stdout=log)
    try:
        found = server.wait_ready(patience=60)
        address = f"postgresql://{found.user}:{quote(found.password)}@{quote(found.host, safe='')}/{found.dbname}"
        os.environ.update(
            DATABASE_URL=address, SECRET_KEY="only-for-a-benchmark", DJANGO_SETTINGS_MODULE="portal.settings"
        )
        os.environ.pop("CELERY_BROKER_URL", None)
        _migrate()
        yield address
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()


@contextmanager
def default_stack(folder: Path) -> Iterator[str]:
    """The embedded server and one worker with two children; yields the database's address."""
    with default_server(folder) as address:
        worker = _start_worker(folder / "worker.log")
        try:
            yield address
        finally:
            worker.terminate()
            worker.wait(20)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from portal.operations.queue_schema import install_queue

    install_queue()


def _start_worker(log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "portal.celery", "worker", "--loglevel", "INFO"]
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [*command, "--hostname", "worker@bench", "--concurrency", "2"], cwd=BASE_DIR, stdout=output, stderr=output
        )
    deadline = time.monotonic() + 120
    while b" ready." not in log.read_bytes():
        if worker.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The worker did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)
    return worker


def make_market() -> "Market":
    """A total, 6 regions and 45 countries, each with four years of history, and four drivers."""
    from forecasts.models import Assumption, Dimension, Driver, Market, Observation, Segment

    market = Market.objects.create(name="Benchmark", slug="benchmark", first_year=2021, base_year=2024, last_year=2031)
    Assumption.objects.create(market=market, method="growth-rate", rate=Decimal("7.2"))
    geography = Dimension.objects.create(market=market, name="Geography", code="geography", is_geography=True)
    regions = [
        Segment.objects.create(dimension=geography, name=f"Region {number}", kind="region") for number in range(REGIONS)
    ]
    for number in range(COUNTRIES):
        country = Segment.objects.create(
            dimension=geography, parent=regions[number % REGIONS], name=f"Country {number}", kind="segment"
        )
        for year in range(2021, 2025):
            value = Decimal(20 + number + (year - 2021) * (number % 5))
            Observation.objects.create(market=market, segment=country, year=year, value=value, source="benchmark")
    for number in range(4):
        Driver.objects.create(market=market, name=f"Driver {number}", code=f"driver-{number}", effect=number - 1)
    return market


class Screen:
    """Another connection, which sees what is committed."""

    def __init__(self, address: str, market_id: int) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._market_id = market_id

    def wait_for(self, value: Decimal, patience: float = 30.0) -> None:
        """Return when the value is stored and the market is current."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            row = self._connection.execute(
                "SELECT v.value FROM forecasts_forecaststate s JOIN forecasts_forecastvalue v USING (market_id)"
                " WHERE s.market_id = %s AND s.forecast_version = s.inputs_version"
                " AND v.scenario = 'base' AND v.path = 'geography/region-0/country-0' AND v.year = 2024",
                [self._market_id],
            ).fetchone()
            if row is not None and row[0] == value:
                return
            time.sleep(0.004)
        raise SystemExit("The new value did not arrive within 30 seconds.")

    def close(self) -> None:
        self._connection.close()


def save(market: "Market", value: Decimal) -> float:
    """Edit one observation as the desk does; returns when the commit was done."""
    from django.db import transaction

    from forecasts.models import Observation
    from forecasts.requesting import request_recompute

    committed = 0.0

    def note_the_moment() -> None:
        nonlocal committed
        committed = time.perf_counter()

    with transaction.atomic():
        Observation.objects.filter(market=market, segment__path="geography/region-0/country-0", year=2024).update(
            value=value
        )
        transaction.on_commit(note_the_moment)
        request_recompute(market.pk, trigger="edit")
    return committed


def measure(market: "Market", screen: Screen, times: int, pause: float, first: int) -> list[float]:
    """Milliseconds from commit to seen, for each edit."""
    taken = []
    for number in range(times):
        value = Decimal(first + number)
        began = save(market, value)
        screen.wait_for(value)
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(pause)
    return taken


def quantile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1)


def run(address: str) -> dict[str, Any]:
    """All three ways, on a stack that is up."""
    from forecasts.models import ForecastRun
    from forecasts.requesting import request_recompute

    market = make_market()
    screen = Screen(address, market.pk)
    request_recompute(market.pk, trigger="edit")
    measure(market, screen, 5, 1.0, first=100)  # warm up
    paced = measure(market, screen, PACED, 1.0, first=1000)
    runs = list(ForecastRun.objects.filter(market=market, outcome="done").order_by("-pk")[:40])
    hurried = measure(market, screen, HURRIED, 0.0, first=2000)
    time.sleep(2)
    last_before = ForecastRun.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for number in range(BURST):
        save(market, Decimal(3000 + number))
    screen.wait_for(Decimal(3000 + BURST - 1))
    burst_runs = ForecastRun.objects.filter(pk__gt=last_before).count()
    screen.close()
    phases = {
        f"{phase}_ms": quantile([run.timings[phase] for run in runs], 0.5) for phase in ("load", "compute", "store")
    }
    return {
        "p50_ms": quantile(paced, 0.5),
        "p95_ms": quantile(paced, 0.95),
        "hurried_p50_ms": quantile(hurried, 0.5),
        "hurried_p95_ms": quantile(hurried, 0.95),
        "recompute_p50_ms": round(statistics.median(sum(run.timings.values()) for run in runs), 1),
        **phases,
        "burst_edits": BURST,
        "burst_runs": burst_runs,
        "load_average": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="plumbline-bench-", dir="/tmp"))
    try:
        with default_stack(folder) as address:
            result = run(address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"An editor who saves once a second sees new numbers after {result['p50_ms']} ms (p95 {result['p95_ms']} ms)."
    )
    print(
        f"A recompute takes {result['recompute_p50_ms']} ms. {BURST} edits in a burst took {result['burst_runs']} runs."
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
