"""No message is lost, whatever dies and whichever broker carries it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import current_app

from tests.conftest import RABBITMQ_URL, REDIS_URL
from tests.processes import BASE_DIR, Child, child_environment, wait_until, wait_until_gone

pytestmark = pytest.mark.faults

PROBES = ("--include", "tests.operations.probes")
StartWorker = Callable[..., Child]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def publish(name: str, *arguments: object, **environment: str) -> None:
    """Publish from a process of its own, which knows only the environment."""
    script = (
        "import django, json, sys; django.setup()\n"
        "from portal.celery import app; app.send_task(sys.argv[1], json.loads(sys.argv[2]))\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, name, json.dumps([str(argument) for argument in arguments])],
        cwd=BASE_DIR,
        env=child_environment(**environment),
        check=True,
    )


def test_a_killed_pool_child_loses_no_message(start_celery_worker: StartWorker, tmp_path: Path) -> None:
    start_celery_worker(*PROBES)
    written = tmp_path / "written"

    current_app.send_task("probes.die_the_first_time", [str(written), "job"])

    wait_until(lambda: lines(written) == ["job died", "job done"], patience=20, what="the job was done after all")


def test_a_killed_worker_loses_no_message_and_leaves_no_child(start_celery_worker: StartWorker, tmp_path: Path) -> None:
    # The real timeout is 90 s; the promise is the same at 6.
    short = {"QUEUE_VISIBILITY_TIMEOUT": "6"}
    first = start_celery_worker(*PROBES, **short)
    written = tmp_path / "written"
    current_app.send_task("probes.note_slowly", [str(written), "job", 4.0])
    wait_until(lambda: lines(written) == ["job started"])
    family = first.family()

    first.send(signal.SIGKILL)
    first.process.wait()
    wait_until_gone(family)
    start_celery_worker(*PROBES, **short)

    done = ["job started", "job started", "job ended"]
    wait_until(lambda: lines(written) == done, patience=30, what="another worker did the job")


def test_an_idle_worker_takes_the_next_task_soon_after_its_connections_were_cut(
    start_celery_worker: StartWorker, tmp_path: Path
) -> None:
    from django.db import connection

    start_celery_worker(*PROBES)
    written = tmp_path / "written"
    publish("probes.note", written, "before")
    wait_until(lambda: "before" in lines(written))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] > 0

    publish("probes.note", written, "after")

    wait_until(lambda: "after" in lines(written), patience=5, what="the worker is back at work")


@pytest.mark.parametrize(
    "url",
    [pytest.param(REDIS_URL, marks=pytest.mark.redis), pytest.param(RABBITMQ_URL, marks=pytest.mark.rabbitmq)],
    ids=["Redis", "RabbitMQ"],
)
def test_other_brokers_work_by_setting_and_lose_nothing(
    url: str, start_celery_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_celery_worker(*PROBES, CELERY_BROKER_URL=url)
    written, other = tmp_path / "written", tmp_path / "other"

    publish("probes.note", written, "hello", CELERY_BROKER_URL=url)
    wait_until(lambda: lines(written) == ["hello"], what="the broker carried the message")
    publish("probes.die_the_first_time", other, "job", CELERY_BROKER_URL=url)
    wait_until(lambda: lines(other) == ["job died", "job done"], patience=20, what="the job was done after all")
    worker.end()

    assert worker.process.returncode == 0


@pytest.mark.redis
def test_another_checkout_on_the_same_redis_does_not_take_our_tasks(
    start_celery_worker: StartWorker, tmp_path: Path
) -> None:
    start_celery_worker(*PROBES, CELERY_BROKER_URL=REDIS_URL, QUEUE_PREFIX=f"plumbline-theirs-{os.getpid()}")
    written = tmp_path / "written"

    publish("probes.note", written, "ours", CELERY_BROKER_URL=REDIS_URL)
    time.sleep(2)
    assert not written.exists()

    start_celery_worker(*PROBES, CELERY_BROKER_URL=REDIS_URL)
    wait_until(lambda: lines(written) == ["ours"])


def test_children_of_a_stopped_worker_are_gone(start_celery_worker: StartWorker) -> None:
    worker = start_celery_worker(*PROBES)
    family = worker.family()
    assert len(family) >= 3

    worker.end()

    wait_until_gone(family)
