"""Messages through PostgreSQL, with a real worker."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection, transaction

from portal.operations.models import WorkerHeartbeat
from portal.operations.queue_schema import purge_queues
from portal.operations.queue_transport import django_conninfo
from tests.operations.probes import note
from tests.processes import BASE_DIR, Child, address_of_test_database, child_environment, wait_until

PROBES = ("--include", "tests.operations.probes")


def test_a_published_task_is_done_by_a_worker_within_moments(
    start_celery_worker: Callable[..., Child], tmp_path: Path
) -> None:
    start_celery_worker(*PROBES)
    written = tmp_path / "written"

    note.delay(str(written), "warm up")
    wait_until(written.exists)
    began = time.monotonic()
    note.delay(str(written), "again")
    wait_until(lambda: "again" in written.read_text())

    assert time.monotonic() - began < 0.5


@pytest.mark.django_db(transaction=True)
def test_the_queue_lives_in_the_database_that_django_uses() -> None:
    assert f"dbname={connection.settings_dict['NAME']}" in django_conninfo()

    purge_queues()
    note.delay("nowhere", "never")

    assert purge_queues() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_edit_publishes_nothing() -> None:
    purge_queues()
    with transaction.atomic():
        transaction.on_commit(lambda: note.delay("nowhere", "never"))
        transaction.set_rollback(True)

    assert purge_queues() == 0


def test_a_worker_reports_while_it_lives_and_signs_off(celery_worker_process: Child) -> None:
    wait_until(WorkerHeartbeat.objects.exists)

    celery_worker_process.end()

    assert not WorkerHeartbeat.objects.exists()
    assert celery_worker_process.process.returncode == 0


def test_a_worker_told_to_stop_finishes_the_task_in_hand(
    start_celery_worker: Callable[..., Child], tmp_path: Path
) -> None:
    worker = start_celery_worker(*PROBES)
    written = tmp_path / "written"
    current_app.send_task("probes.note_slowly", [str(written), "job", 1.5])
    wait_until(written.exists)

    worker.end()

    assert written.read_text().splitlines() == ["job started", "job ended"]


@pytest.mark.django_db(transaction=True)
def test_a_process_that_published_ends_at_once() -> None:
    script = (
        "import django; django.setup()\n"
        "from portal.celery import app\n"
        "app.send_task('probes.note', ['nowhere', 'never'])\n"
        "import time; print(time.monotonic(), flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=BASE_DIR,
        env=child_environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert time.monotonic() - float(done.stdout) < 5


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_holds_a_request_for_seconds_at_most() -> None:
    script = (
        "import django; django.setup()\n"
        "import time; from portal.celery import app; began = time.monotonic()\n"
        "try:\n"
        "    app.send_task('probes.note', ['nowhere', 'never'])\n"
        "except Exception as error: print(type(error).__name__, time.monotonic() - began)\n"
    )
    # Port 9 of this machine: nobody listens.
    environment = child_environment(CELERY_BROKER_URL="pgmq://ann:x@127.0.0.1:9/queue")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )

    error, seconds = done.stdout.split()
    assert error == "OperationalError"
    assert float(seconds) < 6
    assert "x@127" not in done.stderr


@pytest.mark.django_db(transaction=True)
def test_database_url_does_not_override_the_broker() -> None:
    purge_queues()
    script = (
        "import django; django.setup()\n"
        "from portal.celery import app\n"
        "try:\n"
        "    app.send_task('probes.note', ['nowhere', 'never'])\n"
        "except Exception as error: print(error)\n"
    )
    without_a_queue = address_of_test_database().rsplit("/", 1)[0].replace("postgresql", "pgmq") + "/postgres"
    environment = child_environment(CELERY_BROKER_URL=without_a_queue)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )

    assert "pgmq" in done.stdout
    assert "does not exist" in done.stdout
    assert purge_queues() == 0
