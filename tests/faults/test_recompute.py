"""A recompute survives what happens to messages and workers, the same on every broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import psutil
import pytest
from django.db import connection, transaction

from forecasts import engine
from forecasts.loading import load_inputs
from forecasts.models import Dimension, ForecastRun, ForecastState, ForecastValue, Market, Observation, Pin, Segment
from forecasts.recompute import recompute
from forecasts.requesting import broker as own_broker
from forecasts.requesting import request_recompute
from portal.operations.models import WorkerHeartbeat
from tests.factories import sunroof_draft
from tests.faults.brokers import EVERY_BROKER, Broker, publishing_to
from tests.faults.poison.apps import HOLD
from tests.processes import Child, child_environment, crowding, title, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

StartWorker = Callable[..., Child]
POISONED = {"DJANGO_SETTINGS_MODULE": "tests.faults.poison.settings"}


@pytest.fixture(params=EVERY_BROKER)
def broker(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Broker]:
    own_broker.forget_failure()
    with publishing_to(request.param, f"fault-{os.getpid()}-{time.monotonic_ns()}") as used:
        yield used


@pytest.fixture
def worker(broker: Broker, start_celery_worker: StartWorker) -> Child:
    return start_celery_worker(**broker.environment)


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    path = tmp_path / "hold"
    path.touch()
    return path


@pytest.fixture
def market(transactional_db: None) -> Market:
    """A market whose forecast is current."""
    made = sunroof_draft().market
    recompute(made.pk, trigger="set up")
    return made


def runs(market: Market) -> list[ForecastRun]:
    return list(ForecastRun.objects.filter(market=market).exclude(trigger="set up"))


def edit(market: Market, value: int = 2300) -> None:
    """What an editor's save does: a transaction, and a request."""
    with transaction.atomic():
        Pin.objects.filter(market=market).delete()
        Observation.objects.filter(market=market, segment=None).update(value=Decimal(value))
        request_recompute(market.pk, trigger="edit")


def split(market: Market, code: str) -> None:
    """Give the market a dimension that the poisoned engine knows."""
    dimension = Dimension.objects.create(market=market, name=code, code=code, position=9)
    Segment.objects.create(dimension=dimension, name="Only")


def is_current(market: Market) -> bool:
    return ForecastState.objects.get(pk=market.pk).is_current


def base_value(market: Market, year: int = 2024) -> Decimal:
    return ForecastValue.objects.get(market=market, scenario="base", path="total", year=year).value


def agrees(market: Market) -> bool:
    """Whether what is stored is what the inputs demand."""
    cells = engine.compute(load_inputs(market)).cells
    stored = ForecastValue.objects.filter(market=market).values_list(
        "scenario", "path", "year", "value", "low80", "high80", "low95", "high95", "status"
    )
    return {row[:3]: row[3:] for row in stored} == {
        key: (one.value, one.low80, one.high80, one.low95, one.high95, one.status) for key, one in cells.items()
    }


def becomes_current(market: Market, patience: float = 10.0) -> None:
    wait_until(lambda: is_current(market), patience * crowding(), "the forecast is current")


def test_an_edit_is_computed_by_the_worker(worker: Child, market: Market) -> None:
    for value in (2300, 2400, 2500):
        time.sleep(1)
        edit(market, value)
        becomes_current(market)
        assert agrees(market)
    done = runs(market)
    assert [run.outcome for run in done] == ["done"] * 3
    # Now and then the sweep's round comes in between.
    assert "edit" in {run.trigger for run in done}


def test_a_rolled_back_edit_is_not_computed(worker: Child, market: Market) -> None:
    edit(market)
    becomes_current(market)
    with transaction.atomic():
        edit(market, 1)
        transaction.set_rollback(True)
    time.sleep(4)
    assert len(runs(market)) == 1
    assert base_value(market) == 2300


def test_a_burst_of_a_hundred_edits_takes_five_runs_at_most(worker: Child, market: Market) -> None:
    edit(market)
    becomes_current(market)
    time.sleep(1)
    before = len(runs(market))
    began = time.monotonic()
    for number in range(100):
        edit(market, 1000 + number)
        time.sleep(0.01)
    if time.monotonic() - began > 8:
        pytest.skip("This machine is too busy to make a hundred edits in a few seconds.")
    becomes_current(market)
    assert 1 <= len(runs(market)) - before <= 5
    assert base_value(market) == 1099
    assert agrees(market)


def test_the_same_message_five_times_gives_one_result(
    broker: Broker, start_celery_worker: StartWorker, market: Market
) -> None:
    Pin.objects.filter(market=market).delete()
    for _ in range(5):
        request_recompute(market.pk, trigger="edit")
    start_celery_worker(**broker.environment)
    becomes_current(market)
    time.sleep(1)
    (run,) = runs(market)
    assert run.values_digest == engine.compute(load_inputs(market)).digest


def test_a_message_that_was_never_published_is_swept_up(worker: Child, market: Market) -> None:
    Observation.objects.filter(market=market, segment__path="material/glass-material").update(value=Decimal(1650))
    becomes_current(market, 10)
    assert [run.trigger for run in runs(market)] == ["sweep"]


# Port 9 of this machine: nobody listens.
@pytest.mark.parametrize(
    "url", ["pgmq://ann:x@127.0.0.1:9/queue", "redis://127.0.0.1:9/0", "amqp://ann:x@127.0.0.1:9//"]
)
def test_an_edit_while_the_broker_is_down_saves_at_once_and_is_swept_up(
    celery_worker_process: Child, market: Market, url: str
) -> None:
    own_broker.forget_failure()
    with publishing_to(url, "nowhere", reachable=False):
        began = time.monotonic()
        edit(market)
        first = time.monotonic() - began
        edit(market, 2400)
        second = time.monotonic() - began - first
    own_broker.forget_failure()
    assert first < 5 * crowding()
    assert second < 0.3 * crowding()
    becomes_current(market, 10)
    assert base_value(market) == 2400


def test_a_poison_market_is_given_up_after_three_tries_and_others_go_on(
    broker: Broker, start_celery_worker: StartWorker, market: Market
) -> None:
    split(market, "poison")
    harmless = Market.objects.create(name="Harmless", slug="harmless", first_year=2021, base_year=2024, last_year=2031)
    Observation.objects.create(market=harmless, year=2024, value=100, source="test")
    start_celery_worker(**broker.environment, **POISONED)
    edit(market)
    edit(harmless)
    becomes_current(harmless)
    wait_until(
        lambda: ForecastState.objects.get(pk=market.pk).has_failed, 40 * crowding(), "the poison market is given up"
    )
    state = ForecastState.objects.get(pk=market.pk)
    assert state.attempts == 3
    assert "stopped its process 3 times" in state.problem
    assert ForecastRun.objects.filter(market=market, outcome="failed").count() == 1
    edit(harmless, 200)
    becomes_current(harmless)
    Dimension.objects.get(code="poison").delete()
    becomes_current(market)


def test_the_command_gives_a_poison_market_up_and_recomputes_the_others(market: Market) -> None:
    others = [
        Market.objects.create(
            name=f"Other {number}", slug=f"other-{number}", first_year=2021, base_year=2024, last_year=2031
        )
        for number in range(8)
    ]
    Observation.objects.bulk_create(Observation(market=other, year=2024, value=100, source="test") for other in others)
    split(market, "poison")
    ended = subprocess.run(
        [sys.executable, "-m", "django", "recompute", "--processes", "2"],
        env=child_environment(**POISONED),
        capture_output=True,
        text=True,
        timeout=60 * crowding(),
    )
    assert ended.returncode == 1
    assert "8 recomputed, 0 needed nothing, 1 failed" in ended.stdout
    assert "stopped its process 3 times" in ended.stderr
    assert [is_current(other) for other in others] == [True] * 8
    assert ForecastState.objects.get(pk=market.pk).has_failed


def test_a_worker_killed_in_mid_run_leaves_a_market_that_is_fresh_within_ten_seconds(
    broker: Broker, start_celery_worker: StartWorker, market: Market, hold: Path
) -> None:
    split(market, "held")
    # Its message stays hidden far longer than anybody would wait: the sweep must not need it.
    setting = {**broker.environment, **POISONED, HOLD: str(hold), "QUEUE_VISIBILITY_TIMEOUT": "600"}
    worker = start_celery_worker(**setting)
    edit(market)
    wait_until(hold.with_suffix(".began").exists, 15 * crowding(), "the computation began")
    worker.send(signal.SIGKILL)
    worker.process.wait()
    hold.unlink()
    began = time.monotonic()
    start_celery_worker(**setting)
    # Ten seconds from the start of the next worker, its own start included.
    wait_until(lambda: is_current(market), 10 * crowding() - (time.monotonic() - began), "the forecast is current")
    assert base_value(market) == 2300


def test_an_older_run_that_ends_after_a_newer_one_changes_nothing(
    broker: Broker, start_celery_worker: StartWorker, market: Market, hold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split(market, "held")
    worker = start_celery_worker(**broker.environment, **POISONED, **{HOLD: str(hold)})
    edit(market, 2300)
    wait_until(hold.with_suffix(".began").exists, 15 * crowding(), "the computation began")
    edit(market, 2400)
    # As if the older run's lock were lost: else the newer one would wait for it, and there were nothing to test.
    monkeypatch.setattr("forecasts.recompute.market_lock", lambda *_, **__: nullcontext(True))
    newer = recompute(market.pk, trigger="the newer run")
    assert newer is not None
    hold.unlink()
    time.sleep(2)
    worker.send(signal.SIGTERM)
    assert worker.process.wait(20 * crowding()) == 0
    assert base_value(market) == 2400
    assert agrees(market)
    last = ForecastRun.objects.filter(market=market, outcome="done").order_by("-inputs_version").first()
    assert last == newer
    assert [run.trigger for run in runs(market)] == ["the newer run"]


def test_a_pool_child_killed_in_mid_run_does_not_delay_its_market(
    broker: Broker, start_celery_worker: StartWorker, market: Market, hold: Path
) -> None:
    split(market, "held")
    worker = start_celery_worker(**broker.environment, **POISONED, **{HOLD: str(hold)})
    edit(market)
    wait_until(hold.with_suffix(".began").exists, 15 * crowding(), "the computation began")
    for child in psutil.Process(worker.process.pid).children():
        if "sweep" not in title(child):
            child.kill()
    hold.unlink()
    becomes_current(market, 10)


def test_a_worker_told_to_stop_finishes_the_run_in_hand(
    broker: Broker, start_celery_worker: StartWorker, market: Market, hold: Path
) -> None:
    split(market, "held")
    worker = start_celery_worker(**broker.environment, **POISONED, **{HOLD: str(hold)})
    edit(market)
    wait_until(hold.with_suffix(".began").exists, 15 * crowding(), "the computation began")
    worker.send(signal.SIGTERM)
    time.sleep(1)
    assert worker.process.poll() is None
    hold.unlink()
    assert worker.process.wait(10 * crowding()) == 0
    assert is_current(market)
    assert not WorkerHeartbeat.objects.exists()


def test_edits_wait_for_no_computation(
    broker: Broker, start_celery_worker: StartWorker, market: Market, hold: Path
) -> None:
    split(market, "held")
    start_celery_worker(**broker.environment, **POISONED, **{HOLD: str(hold)})
    edit(market)
    wait_until(hold.with_suffix(".began").exists, 15 * crowding(), "the computation began")
    began = time.monotonic()
    edit(market, 2500)
    assert time.monotonic() - began < 0.5 * crowding()
    hold.unlink()
    becomes_current(market)
    assert base_value(market) == 2500


def test_no_sweeper_outlives_its_worker(worker: Child) -> None:
    wait_until(lambda: [one for one in worker.family() if "sweep" in title(one)], 30, "a sweeper runs")
    family = worker.family()
    worker.send(signal.SIGKILL)
    worker.process.wait()
    _, alive = psutil.wait_procs(family[1:], timeout=8 * crowding())
    assert not alive


def test_a_killed_sweeper_is_replaced(worker: Child, market: Market) -> None:
    def sweepers() -> list[psutil.Process]:
        return [one for one in worker.family() if "sweep" in title(one)]

    wait_until(sweepers, 30, "a sweeper runs")
    for one in sweepers():
        one.kill()
    Observation.objects.filter(market=market, segment__path="material/glass-material").update(value=Decimal(1650))
    becomes_current(market, 15)


def test_an_open_transaction_of_an_editor_holds_up_no_other_market(worker: Child, market: Market) -> None:
    other = Market.objects.create(name="Other", slug="other", first_year=2021, base_year=2024, last_year=2031)
    edit(market)
    becomes_current(market)
    with transaction.atomic():
        Observation.objects.filter(market=market, segment=None).update(value=Decimal(2222))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        wait_until(lambda: is_current(other), 15 * crowding(), "the other market is computed")
        request_recompute(market.pk, trigger="edit")
    becomes_current(market)
    assert base_value(market) == 2222
