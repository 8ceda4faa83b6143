"""Answers kept in this process for as long as nothing comes or goes that they are made from."""

import threading
import time
from collections.abc import Callable

from django.db import connection

RENAMED_AFTER = 60.0
"""Seconds after which an answer is made anew all the same: what it was made from may have been rebuilt or renamed."""


class KeptWhileUnchanged[Answer]:
    """Calls `make` once for each `state`, with the answer before, of which it may take over what still holds.

    What it makes must be the same for all readers: they share it.
    """

    def __init__(self, make: Callable[[Answer | None], Answer], state: Callable[[], tuple[object, ...]]) -> None:
        self._make, self._state = make, state
        self._kept: tuple[tuple[object, ...], float, Answer] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Answer:
        """The answer for how things are now. One small query, and those of `make` where something changed."""
        state = self._state()
        now = time.monotonic()
        kept = self._kept
        if kept is not None and kept[0] == state and now - kept[1] < RENAMED_AFTER:
            return kept[2]
        made = self._make(kept[2] if kept else None)
        with self._lock:
            self._kept = (state, now, made)
        return made


def editions_now() -> tuple[object, ...]:
    """What changes whenever an edition comes or goes. One small query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT max(id) FROM reports_edition), (SELECT max(id) FROM reports_withdrawal)")
        return tuple(cursor.fetchone() or ())
