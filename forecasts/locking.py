"""One recompute of a market at a time, across all processes and hosts."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

# Keeps our advisory locks apart from those of others in the same database.
_LOCKS_OF_RECOMPUTES = 0x706C756D << 32


@contextmanager
def market_lock(market_id: int, *, patience: float = 0.0) -> Iterator[bool]:
    """Hold the market's recompute lock; yields False when another process kept it for `patience` seconds.

    A session-level advisory lock: it is held across several transactions, blocks no edit, and PostgreSQL releases it
    the moment its holder dies. So the connection must be a session of its own (no transaction-mode pooler).
    """
    key = _LOCKS_OF_RECOMPUTES + market_id
    deadline = time.monotonic() + patience
    while not (held := _ask("SELECT pg_try_advisory_lock(%s)", key)) and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield held
    finally:
        if held:
            _release(key)


def _ask(question: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [key])
        return bool(cursor.fetchone()[0])


def _release(key: int) -> None:
    try:
        _ask("SELECT pg_advisory_unlock(%s)", key)
    except DatabaseError:
        # The connection died, and the lock with it; or its transaction did, and then closing it frees the lock.
        logger.warning("The connection was lost during a recompute; its lock went with it.")
        if not connection.in_atomic_block:
            connection.close()
