"""Installs pgmq's tables and functions in the database, as plain SQL: no server extension and no superuser needed."""

from django.db import connections, transaction
from pgmq.install import get_embedded_install_sql

_LOCK = 7_586_254_683  # any fixed number: two processes that install at once take turns


def install_queue(using: str = "default") -> bool:
    """Make sure pgmq is there; returns whether it had to be installed. Safe to repeat, and from many processes."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        (installed,) = cursor.fetchone()
        if not installed:
            cursor.execute(get_embedded_install_sql())
    return not installed


def purge_queues(using: str = "default") -> int:
    """Throw away every queued message and return how many. For after a restore: a dump carries old messages along."""
    connection = connections[using]
    removed = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT queue_name FROM pgmq.meta")
        for (name,) in cursor.fetchall():
            cursor.execute("SELECT pgmq.purge_queue(%s)", [name])
            removed += cursor.fetchone()[0]
    return removed
