"""What /livez and /readyz answer."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from portal.operations import health
from portal.operations.models import WorkerHeartbeat

NOW = timezone.now()


@pytest.fixture
def worker() -> None:
    WorkerHeartbeat.beat("worker-1", started_at=timezone.now(), now=timezone.now())


@pytest.mark.django_db
def test_ready_with_a_database_its_schema_and_a_worker(client: Client, worker: None) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "problems": {}})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_a_worker(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert list(answer.json()["problems"]) == ["worker"]


@pytest.mark.django_db
def test_a_worker_that_stopped_reporting_is_gone(worker: None) -> None:
    assert health.check_health(timezone.now()).ready
    assert list(health.check_health(timezone.now() + timedelta(seconds=30)).problems) == ["worker"]


@pytest.mark.django_db
def test_not_ready_with_tables_older_than_the_program(
    client: Client, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_schema_is_current", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operations'")

    answer = client.get("/readyz")

    assert (answer.status_code, list(answer.json()["problems"])) == (503, ["migrations"])


def test_a_dead_database_is_an_answer_not_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> bool:
        raise OperationalError("connection refused, password=hush")

    monkeypatch.setattr(health, "_pending_migrations", refuse)

    answer = client.get("/readyz")

    assert (answer.status_code, list(answer.json()["problems"])) == (503, ["database"])
    assert "hush" not in answer.content.decode()


def test_alive_without_asking_the_database(client: Client) -> None:
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_workers_gone_for_a_day_are_forgotten() -> None:
    WorkerHeartbeat.beat("old", started_at=NOW - timedelta(days=3), now=NOW - timedelta(days=2))
    WorkerHeartbeat.beat("new", started_at=NOW, now=NOW)

    assert list(WorkerHeartbeat.objects.values_list("name", flat=True)) == ["new"]
