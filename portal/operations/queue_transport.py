"""Celery's messages through PostgreSQL, on exactly the connection that was asked for.

kombu's own pgmq transport rebuilds the connection string from host, port, database, user and password without quoting:
``sslmode`` and ``connect_timeout`` are lost, a space in a password injects parameters, and a ``DATABASE_URL`` in the
environment silently wins. This transport hands the whole string to the pool instead.
"""

from typing import Any

from kombu.transport import pgmq as kombu_pgmq
from pgmq import PGMQueue
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

LONGEST_WAIT = 0.5  # seconds; a message wakes the worker at once, this only bounds how late it sees a signal


def django_conninfo() -> str:
    """The libpq connection string of the database that Django uses now, the test database in tests."""
    from django.db import connections

    parameters = dict(connections["default"].get_connection_params())
    for not_libpq in ("context", "cursor_factory", "prepare_threshold", "row_factory"):
        parameters.pop(not_libpq, None)
    return make_conninfo("", **parameters)


class _Pool(ConnectionPool):
    """A pool that a process can leave behind quickly."""

    def close(self, timeout: float = 0.2) -> None:
        """Close without waiting long for the pool's threads: they are daemons, and waiting held up every exit."""
        super().close(timeout=timeout)


class Channel(kombu_pgmq.Channel):  # type: ignore[misc]
    """kombu's channel, which any number of processes may open at the same moment."""

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Have the queue's table notify listeners, once, whoever comes first.

        kombu has pgmq drop and make the trigger at each declaration: two processes that do so at once break each other,
        and a worker ends with "trigger already exists" because a web server published while it started.
        """
        if not self.use_notify:
            return
        name = queue_name or self._queue_name(queue)
        with self.pgmq.pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"notifications of {name}"])
            found = connection.execute(_HAS_TRIGGER, [name]).fetchone()
            if not (found and found[0]):
                interval = self.notify_throttle_interval_ms
                self.pgmq.enable_notify(name, throttle_interval_ms=interval, conn=connection)
        self.connection._register_notify_queue(name)


_HAS_TRIGGER = """
SELECT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'trigger_notify_queue_insert_listeners'
               AND tgrelid = to_regclass('pgmq.' || quote_ident(pgmq.format_table_name(%s, 'q'))))
"""


class Transport(kombu_pgmq.Transport):  # type: ignore[misc]
    """kombu's pgmq transport on a pool of our own."""

    Channel = Channel
    _notify_waiter: Any

    def _conninfo(self) -> str:
        return self.client.transport_options.get("conn_string") or django_conninfo()

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Wait for messages, but look up twice a second whether the worker was told to stop."""
        longest = LONGEST_WAIT if timeout is None else min(timeout, LONGEST_WAIT)
        super().drain_events(connection, timeout=longest)

    def _create_pgmq_client(self) -> PGMQueue:
        options: dict[str, Any] = self.client.transport_options
        pool = _Pool(
            self._conninfo(),
            min_size=0,  # a process that never publishes holds no connection
            max_size=options.get("pool_size", 4),
            timeout=float(options.get("pool_timeout", 2)),
            check=ConnectionPool.check_connection,  # after a database restart every pooled connection is dead
            num_workers=1,
            name="plumbline-queue",
            open=True,
        )
        # conn_string is given so that DATABASE_URL in the environment is not looked at; the pool is what is used.
        client = PGMQueue(
            conn_string="host=unused dbname=unused user=unused password=unused",
            pool=pool,
            init_extension=False,
            vt=int(options.get("visibility_timeout", 90)),
        )
        client._own_pool = True
        return client

    def _get_notify_waiter(self) -> kombu_pgmq._NotifyWaiter:
        if self._notify_waiter is None:
            self._notify_waiter = kombu_pgmq._NotifyWaiter(self._conninfo())
        return self._notify_waiter
