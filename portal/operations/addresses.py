"""Where the database and the broker are, worked out from the environment. No Django here: the settings read this."""

import json
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ENGINE = "django.db.backends.postgresql"
VISIBILITY_TIMEOUT = 90
"""Seconds until a message of a worker that was killed is given to another; longer than any task may run."""


def database_settings(url: str | None, data_dir: Path) -> dict[str, Any]:
    """Django's settings for the database.

    ``url`` is ``DATABASE_URL``; without it the embedded server of ``data_dir`` is meant, wherever it said that it can
    be reached. When that has never run, the settings point at where it will be, so that commands which need no
    database work and the others fail on connecting. Raises ValueError when the URL is not one of PostgreSQL.
    """
    found = _from_url(url) if url else _embedded(data_dir / "postgres")
    # Every request after a database restart would else fail once for each connection that died with it.
    return {"ENGINE": ENGINE, **found, "CONN_HEALTH_CHECKS": True}


def _from_url(url: str) -> dict[str, Any]:
    """Read as libpq reads it: with sockets, several hosts and every libpq parameter."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("DATABASE_URL must start with postgresql://, because Plumbline runs on PostgreSQL only.")
    try:
        parameters = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ValueError(
            "DATABASE_URL can't be read. Write postgresql://user:password@host:5432/name, with special characters of "
            f"the password in percent form. ({str(error).splitlines()[0].split('"')[0].strip()})"
        ) from None
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    found: dict[str, Any] = {ours: str(parameters.pop(theirs, None) or "") for ours, theirs in names.items()}
    return {**found, "OPTIONS": parameters}


def _embedded(folder: Path) -> dict[str, Any]:
    try:
        known = json.loads((folder / "connection.json").read_text())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        known = {"host": str(folder / "cluster"), "port": 5432, "user": "plumbline", "dbname": "plumbline"}
    return {
        "HOST": known["host"],
        "PORT": str(known["port"]),
        "USER": known["user"],
        "PASSWORD": known.get("password", ""),
        "NAME": known["dbname"],
    }


def uses_database_as_broker(broker_url: str) -> bool:
    """Whether messages travel through PostgreSQL (``pgmq://``), so that its schema must be installed there."""
    return broker_url.split("://")[0] == "pgmq"


def celery_broker_url(broker_url: str) -> str:
    """What Celery is told and prints: for PostgreSQL only the scheme, as the connection string goes another way."""
    return "pgmq://database" if uses_database_as_broker(broker_url) else broker_url


def broker_transport_options(
    broker_url: str, prefix: str, *, visibility_timeout: int = VISIBILITY_TIMEOUT
) -> dict[str, Any]:
    """Celery's transport options for a broker, keeping to what each transport was seen to need.

    ``pgmq://`` alone means the database that Django uses; ``pgmq://user:password@host/name?sslmode=require`` means
    another one, and its part after the scheme is read exactly as libpq reads a URI.
    """
    scheme, _, rest = broker_url.partition("://")
    if scheme == "pgmq":
        options: dict[str, Any] = {
            "visibility_timeout": visibility_timeout,
            "use_notify": True,
            "wait_time_seconds": 0,  # long polling costs 55 ms a message; the notification makes it needless
            "notify_throttle_interval_ms": 0,
            "init_extension": False,  # the schema is installed as plain SQL, see queue_schema
            "pool_size": 4,
            "pool_timeout": 2,  # publishing to a dead database must not hold a request for 30 s
        }
        if rest:
            options["conn_string"] = make_conninfo(f"postgresql://{rest}")
        return options
    if scheme.startswith(("redis", "valkey")):
        return {
            "visibility_timeout": visibility_timeout,
            "global_keyprefix": f"{prefix}:",
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "max_retries": 1,
        }
    return {"confirm_publish": True, "max_retries": 1, "connect_timeout": 2, "read_timeout": 5, "write_timeout": 5}
