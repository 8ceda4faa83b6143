"""Where the database and the broker are, as the environment says it."""

import json
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from portal.operations.addresses import (
    broker_transport_options,
    celery_broker_url,
    database_settings,
    uses_database_as_broker,
)


def test_a_database_url_is_read_as_libpq_reads_it(tmp_path: Path) -> None:
    found = database_settings("postgresql://ann:p%40ss%20word@db.example:5433/reports?sslmode=require", tmp_path)

    assert (found["HOST"], found["PORT"], found["USER"]) == ("db.example", "5433", "ann")
    assert (found["PASSWORD"], found["NAME"]) == ("p@ss word", "reports")
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert found["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("url", ["postgresql://ann:x@%2Frun%2Fpg/reports", "postgresql://ann:x@/reports?host=/run/pg"])
def test_a_socket_folder_is_a_host(url: str, tmp_path: Path) -> None:
    assert database_settings(url, tmp_path)["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://ann@host/db", "host=db.example"])
def test_other_databases_are_refused_by_name(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PostgreSQL only"):
        database_settings(url, tmp_path)


def test_an_unreadable_url_is_refused_without_repeating_the_password(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="can't be read") as caught:
        database_settings("postgresql://ann:se%zzcret@host:5432/name", tmp_path)

    assert "cret" not in str(caught.value)


def test_without_a_url_the_embedded_server_says_where_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    known = {"host": "/somewhere/cluster", "port": 5432, "user": "u", "password": "p", "dbname": "d"}
    (folder / "connection.json").write_text(json.dumps(known))

    found = database_settings("", tmp_path)

    assert (found["HOST"], found["NAME"], found["PASSWORD"]) == ("/somewhere/cluster", "d", "p")


def test_commands_that_need_no_database_work_before_there_is_one(tmp_path: Path) -> None:
    assert database_settings("", tmp_path)["HOST"] == str(tmp_path / "postgres" / "cluster")


def test_messages_travel_in_djangos_own_database_by_default() -> None:
    options = broker_transport_options("pgmq://", "prefix")

    assert uses_database_as_broker("pgmq://")
    assert "conn_string" not in options
    assert options["use_notify"] is True
    assert options["wait_time_seconds"] == 0
    assert 60 <= options["visibility_timeout"] <= 120
    assert options["pool_timeout"] == 2


def test_another_queue_database_keeps_every_parameter_of_its_url() -> None:
    url = "pgmq://ann:a%20b%27c@db.example/queue?sslmode=require&connect_timeout=3"

    parameters = conninfo_to_dict(broker_transport_options(url, "prefix")["conn_string"])

    assert parameters["password"] == "a b'c"
    assert (parameters["sslmode"], str(parameters["connect_timeout"])) == ("require", "3")


def test_celery_is_never_told_the_queues_password() -> None:
    assert celery_broker_url("pgmq://ann:secret@db.example/queue") == "pgmq://database"
    assert celery_broker_url("redis://127.0.0.1/0") == "redis://127.0.0.1/0"


def test_two_deployments_on_one_redis_keep_apart() -> None:
    assert broker_transport_options("redis://h/0", "mine")["global_keyprefix"] == "mine:"
