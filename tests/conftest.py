"""What every test may ask for: the database, a real worker, a whole running portal, a browser."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from tests.processes import Child, LivePortal, free_port, read_demo, start_portal, start_worker

REDIS_URL = os.environ.get("PLUMBLINE_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
RABBITMQ_URL = os.environ.get("PLUMBLINE_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests that need something from outside say so when it is missing; in CI that is a failure."""
    if item.get_closest_marker("redis") and not _listens(REDIS_URL):
        _missing(f"No Redis server answers at {REDIS_URL}; set PLUMBLINE_TEST_REDIS_URL.")
    if item.get_closest_marker("rabbitmq") and not _listens(RABBITMQ_URL):
        _missing("No RabbitMQ server answers; set PLUMBLINE_TEST_RABBITMQ_URL.")
    if item.get_closest_marker("browser") and _chromium() is None:
        _missing("Chromium is not installed; run `make browser`.")


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def _chromium() -> str | None:
    return next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's test database, with the message queue installed in it."""
    from portal.celery import let_go_of_the_broker
    from portal.operations.queue_schema import install_queue

    with django_db_blocker.unblock():
        install_queue()
    yield
    # What tests published keeps connections open, and a database in use can't be dropped.
    let_go_of_the_broker()


@pytest.fixture
def start_celery_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Starts real workers on this test's database: ``start_celery_worker("--concurrency", "1", SOME_SETTING="x")``."""
    from portal.operations.queue_schema import purge_queues

    purge_queues()
    started: list[Child] = []

    def start(*options: str, **environment: str) -> Child:
        started.append(start_worker(tmp_path / f"worker-{len(started)}.log", *options, **environment))
        return started[-1]

    yield start
    for worker in started:
        worker.end()


@pytest.fixture
def celery_worker_process(start_celery_worker: Callable[..., Child]) -> Child:
    """One real worker on this test's database; what the test commits and publishes reaches it."""
    return start_celery_worker()


@pytest.fixture(scope="session")
def live_portal(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    """A whole portal with the demo, on a fresh database of the test server, under the real supervisor."""
    from tests.throwaway_postgres import database_url

    server = database_url()
    name = f"plumbline_live_{os.getpid()}"
    address = server.rsplit("/", 1)[0] + f"/{name}"
    folder = tmp_path_factory.mktemp("portal")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    port = free_port()
    portal = start_portal(folder / "data", folder / "portal.log", DATABASE_URL=address, PORT=str(port))
    try:
        portal.wait_for("Plumbline is ready", patience=180)
        yield LivePortal(f"http://localhost:{port}", read_demo(folder / "data"), folder / "data", address, portal)
    finally:
        portal.end()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, without everything that would call home."""
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    return {
        **browser_type_launch_args,
        "executable_path": _chromium(),
        "args": [*quiet.split(), "--disable-component-update", "--disable-sync"],
    }
