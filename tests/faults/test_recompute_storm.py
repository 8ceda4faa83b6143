"""Edits stream in while workers are killed and the database stopped at once: nothing may be lost, stale or doubled."""

import faulthandler
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F
from pytest_django.plugin import DjangoDbBlocker

from forecasts import engine
from forecasts.loading import load_inputs
from forecasts.models import ForecastRun, ForecastState, ForecastValue, Market, Observation, Pin
from forecasts.requesting import broker as own_broker
from forecasts.requesting import request_recompute
from portal.operations.embedded_postgres import EmbeddedPostgres
from portal.operations.queue_schema import install_queue
from tests.factories import sunroof_draft
from tests.faults.brokers import EVERY_BROKER, Broker, publishing_to
from tests.processes import Child, crowding, start_worker, wait_until

pytestmark = pytest.mark.faults

KILLS = 20
STOPS = 5
MARKETS = 6
LONGEST = 900  # s


class Server:
    """A PostgreSQL server of this test's own, as careful about its data as in production."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o711)
        self.log = folder / "server.log"
        self.postgres = EmbeddedPostgres(folder / "postgres")
        self.postgres.prepare()
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.postgres.start(stdout=log)
        self.connection = self.postgres.wait_ready(patience=60)

    def stop_at_once(self) -> None:
        """PostgreSQL's immediate shutdown: as if the power failed, but for what the system had still to write."""
        process = self.postgres.process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


@pytest.fixture
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Django works in the database of a fresh server while the test lasts."""
    faulthandler.dump_traceback_later(LONGEST, exit=True)  # a server and many workers take longer than a test may hang
    folder = Path(f"/tmp/plumbline-storm-{os.getpid()}-{time.monotonic_ns()}")
    folder.mkdir()
    own = Server(folder)
    with django_db_blocker.unblock():
        usual = dict(connection.settings_dict)
        connection.close()
        found = own.connection
        connection.settings_dict.update(
            HOST=found.host, PORT=str(found.port), USER=found.user, PASSWORD=found.password, NAME=found.dbname
        )
        try:
            call_command("migrate", verbosity=0)
            install_queue()
            yield own
        finally:
            connections.close_all()
            connection.settings_dict.update(usual)
            own.postgres.stop()
            shutil.rmtree(folder, ignore_errors=True)


class Editor(threading.Thread):
    """Saves edits of random markets, several a second, until told to stop; goes on when the database goes away."""

    def __init__(self, markets: list[Market], broker: Broker) -> None:
        super().__init__(daemon=True)
        self.broker = broker
        self.markets = markets
        self.stopping = threading.Event()
        self.saved: dict[int, Decimal] = {}  # market -> the last value whose commit was confirmed
        self.edits = 0
        self.refused = 0

    def run(self) -> None:
        self.broker.use()
        chance = random.Random(20261123)
        while not self.stopping.wait(chance.uniform(0.02, 0.2)):
            market = chance.choice(self.markets)
            value = Decimal(chance.randrange(100_000, 400_000)) / 100
            try:
                with transaction.atomic():
                    Observation.objects.filter(market=market, segment=None).update(value=value)
                    request_recompute(market.pk, trigger="edit")
            except DatabaseError:
                self.refused += 1
                self.saved.pop(market.pk, None)  # whether it was committed is not known
                connection.close()
            else:
                self.edits += 1
                self.saved[market.pk] = value
        connections.close_all()


def make_markets() -> list[Market]:
    draft = sunroof_draft().market
    markets = [draft]
    for number in range(MARKETS - 1):
        market = Market.objects.create(
            name=f"Storm {number}", slug=f"storm-{number}", first_year=2021, base_year=2024, last_year=2031
        )
        Observation.objects.create(market=market, year=2024, value=100, source="test")
        markets.append(market)
    Pin.objects.filter(market=draft).delete()
    return markets


def stored(market: Market) -> dict[tuple[str, str, int], tuple[object, ...]]:
    rows = ForecastValue.objects.filter(market=market).values_list(
        "scenario", "path", "year", "value", "low80", "high80", "low95", "high95", "status"
    )
    found = list(rows)
    cells: dict[tuple[str, str, int], tuple[object, ...]] = {row[:3]: row[3:] for row in found}
    assert len(cells) == len(found), "a value is stored twice"
    return cells


def demanded(market: Market) -> dict[tuple[str, str, int], tuple[object, ...]]:
    cells = engine.compute(load_inputs(market)).cells
    return {key: (c.value, c.low80, c.high80, c.low95, c.high95, c.status) for key, c in cells.items()}


def all_current(markets: list[Market]) -> bool:
    states = ForecastState.objects.filter(pk__in=[market.pk for market in markets])
    return not states.exclude(forecast_version=F("inputs_version")).exists()


@pytest.mark.parametrize("url", EVERY_BROKER)
def test_every_forecast_is_what_its_inputs_demand_after_kills_and_stops_under_edits(
    server: Server, url: str, tmp_path: Path
) -> None:
    own_broker.forget_failure()
    markets = make_markets()
    with publishing_to(url, f"storm-{os.getpid()}-{time.monotonic_ns()}") as broker:
        editor = Editor(markets, broker)
        editor.start()
        worker = run_the_storm(server, broker, tmp_path)
        editor.stopping.set()
        editor.join(30)
        connection.close()  # it died with the server
        try:
            wait_until(lambda: all_current(markets), 30, "every market is current")
        finally:
            worker.end()
    assert editor.edits > 50
    for market in markets:
        assert stored(market) == demanded(market), market
        entered = Observation.objects.get(market=market, segment=None).value
        assert entered == editor.saved.get(market.pk, entered), "a confirmed edit is lost"
        runs = ForecastRun.objects.filter(market=market, outcome="done").order_by("pk")
        versions = list(runs.values_list("inputs_version", flat=True))
        assert versions == sorted(set(versions)), "an older result was stored after a newer one, or one twice"


def start_patiently(log: Path, broker: Broker) -> Child:
    """A worker that is ready; a busy machine may need longer than a single start is given."""
    for _ in range(3):
        try:
            return start_worker(log, **broker.environment)
        except AssertionError as error:
            late = error
    raise late


def run_the_storm(server: Server, broker: Broker, folder: Path) -> Child:
    """Kill and start workers, stop and start the database; returns the last worker, which lives."""
    worker = start_patiently(folder / "worker-0.log", broker)
    chance = random.Random(7)
    for kill in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.2))
        if kill % (KILLS // STOPS) == 2:
            server.stop_at_once()
            time.sleep(chance.uniform(0.1, 1.0))
            server.start()
            time.sleep(chance.uniform(0.2, 1.5))
        worker.send(signal.SIGKILL)
        worker.process.wait()
        worker = start_patiently(folder / f"worker-{kill + 1}.log", broker)
    return worker


@pytest.mark.parametrize("url", EVERY_BROKER)
def test_an_idle_worker_computes_the_next_edit_soon_after_the_database_was_restarted(
    server: Server, url: str, tmp_path: Path
) -> None:
    own_broker.forget_failure()
    market = sunroof_draft().market
    Pin.objects.filter(market=market).delete()

    def edit(value: int) -> None:
        with transaction.atomic():
            Observation.objects.filter(market=market, segment=None).update(value=Decimal(value))
            request_recompute(market.pk, trigger="edit")

    with publishing_to(url, f"restart-{os.getpid()}-{time.monotonic_ns()}") as broker:
        worker = start_patiently(tmp_path / "worker.log", broker)
        try:
            edit(2300)
            wait_until(lambda: all_current([market]), 15 * crowding(), "the first edit is computed")
            server.stop_at_once()
            server.start()
            connection.close()  # it died with the server
            edit(2400)
            wait_until(lambda: all_current([market]), 5 * crowding(), "the next edit is computed")
        finally:
            worker.end()
    assert stored(market) == demanded(market)
