"""Answers kept in this process for as long as no edition comes or goes."""

import threading
import time
from collections.abc import Callable

from django.db import connection

RENAMED_AFTER = 60.0
"""Seconds after which an answer is made anew all the same: what it was made from may have been rebuilt or renamed."""

_STATE = "SELECT (SELECT max(id) FROM reports_edition), (SELECT max(id) FROM reports_withdrawal)"


class KeptWhileNothingIsPublished[Answer]:
    """Calls `make` once for each state of the editions. What it makes must be public: all readers share it."""

    def __init__(self, make: Callable[[], Answer]) -> None:
        self._make = make
        self._kept: tuple[tuple[object, ...], float, Answer] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Answer:
        """The answer for the editions there are now. One small query, and those of `make` where something changed."""
        with connection.cursor() as cursor:
            cursor.execute(_STATE)
            state = tuple(cursor.fetchone() or ())
        now = time.monotonic()
        kept = self._kept
        if kept is not None and kept[0] == state and now - kept[1] < RENAMED_AFTER:
            return kept[2]
        made = self._make()
        with self._lock:
            self._kept = (state, now, made)
        return made
