"""The sweep: recompute every stale market that is due, whatever became of its message.

A process of its own beside each worker. It needs no broker; it hears of waiting markets from the database at once and
looks for itself every few seconds; and a market that kills its process takes down a sweeper, which is replaced, and no
worker.
"""

import gc
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from forecasts.pacing import CHANNEL, stale_markets
from forecasts.recompute import SWEEP, recompute
from forecasts.requesting import mark_made_by_another_engine

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3.0
BATCH = 100
LONGEST_RUN_SECONDS = 60


def sweep_once(stopping: Callable[[], bool] = lambda: False) -> float:
    """Recompute what is due; returns the seconds after which to look again, at most ROUND_SECONDS.

    Raises DatabaseError when the database goes away.
    """
    wait = ROUND_SECONDS
    known = stale_markets(BATCH)
    for market in known:
        if stopping():
            return 0.0
        seconds = market.seconds_until_due()
        if seconds > 0:
            wait = min(wait, seconds)
        elif recompute(market.market_id, trigger=SWEEP, patience=0.0) and len(known) == BATCH:
            wait = 0.0  # there may be more than one batch
    return wait


class Sweeper:
    """Sweeps until it is told to stop, or until the process that started it is gone."""

    def __init__(self, *, with_parent: bool) -> None:
        self._parent = os.getppid() if with_parent else None
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self) -> None:
        """Sweep; returns after SIGTERM or SIGINT, having finished the market in hand. Call from the main thread."""
        signal.set_wakeup_fd(self._wake_write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.collect()
        gc.freeze()  # a collection that went through the whole program would hold up a recompute for 50 ms
        engine_checked = False
        while not self._should_stop():
            try:
                close_old_connections()
                self._listen()
                if not engine_checked:
                    self._note_engine_upgrade()
                    engine_checked = True
                wait = sweep_once(self._stop_before_a_market)
                signal.alarm(0)
                self._sleep(wait)
            except (DatabaseError, InterfaceError) as error:
                signal.alarm(0)
                logger.warning("The database does not answer; the sweep tries again. (%s)", _first_line(error))
                connection.close()
                self._sleep(1.0)
            except Exception:
                signal.alarm(0)
                logger.exception("A sweep failed; the next one follows.")
                self._sleep(ROUND_SECONDS)

    def _note_engine_upgrade(self) -> None:
        marked = mark_made_by_another_engine()
        if marked:
            logger.info("%s forecasts were made by another version of the engine and are made anew.", marked)

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def _sleep(self, seconds: float) -> None:
        """Wait until it is time, somebody tells of a waiting market, a signal comes or the parent is gone."""
        database = connection.connection
        if database is not None and any(True for _ in database.notifies(timeout=0)):
            return
        watched = [self._wake_read]
        if self._parent is not None:
            watched.append(sys.stdin.fileno())  # ends when the parent does
        if database is not None:
            watched.append(database.fileno())
        ready, _, _ = select.select(watched, [], [], max(seconds, 0.0))
        if self._parent is not None and sys.stdin.fileno() in ready:
            self._stopping = True  # the parent may have gone before we could learn its number

    def _should_stop(self) -> bool:
        return self._stopping or (self._parent is not None and os.getppid() != self._parent)

    def _stop_before_a_market(self) -> bool:
        # A computation that never ends takes this process with it, and so counts as a try.
        signal.alarm(LONGEST_RUN_SECONDS)
        return self._should_stop()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


_minder: threading.Thread | None = None


def keep_a_sweeper(now: datetime) -> None:
    """See to it that a sweeper process runs beside this one. The worker calls this every few seconds.

    One that is killed is replaced after a second. It ends with this process, even by `kill -9`: it reads from a pipe
    that nobody else writes to.
    """
    global _minder
    if _minder is None or not _minder.is_alive():
        _minder = threading.Thread(target=_mind_a_sweeper, name="sweeper", daemon=True)
        _minder.start()


def _mind_a_sweeper() -> None:
    while True:
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "sweep", "--with-parent"],
            cwd=settings.BASE_DIR,
            env=os.environ,
            stdin=subprocess.PIPE,
        )
        status = process.wait()
        if status == 0:
            return  # told to stop, as this process will be in a moment
        logger.warning("The sweeper ended with status %s and is started again.", status)
        time.sleep(1.0)
