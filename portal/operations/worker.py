"""What our Celery worker does beside tasks: it reports that it is alive, and it sweeps up what no message asked for.

The sweep is what makes lost, doubled and late messages harmless: every few seconds, and at the worker's start, each
registered sweep looks at the rows themselves and does or queues what is due. It runs in a thread of its own, so it
works while the broker is down.
"""

import gc
import logging
import os
import platform
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from celery import bootsteps
from celery.signals import worker_process_init
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.operations.children import signal_self_when_parent_dies
from portal.operations.models import WorkerHeartbeat

logger = logging.getLogger(__name__)

Sweep = Callable[[datetime], object]

BEAT_SECONDS = 5.0


class HeartbeatAndSweep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Starts the thread with the worker and ends it with the worker."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, parent: Any) -> None:
        """Begin to report and sweep."""
        name = f"{platform.node()}-{os.getpid()}"
        # Here and not in the thread: a sweep that can't be imported must stop the worker, not only its heartbeat.
        sweeps: list[Sweep] = [import_string(path) for path in settings.SWEEPS]
        arguments = (name, sweeps, self._stop)
        self._thread = threading.Thread(target=keep_watch, args=arguments, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self, parent: Any) -> None:
        """Stop reporting; the row of a worker that left in order goes with it."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=1)

    terminate = stop


def keep_watch(name: str, sweeps: Sequence[Sweep], stop: threading.Event) -> None:
    """Report and sweep every few seconds until told to stop. Outlives a database that is down."""
    started_at = timezone.now()
    while True:
        try:
            close_old_connections()
            WorkerHeartbeat.beat(name, started_at=started_at, now=timezone.now())
            for sweep in sweeps:
                sweep(timezone.now())
        except DatabaseError as error:
            logger.warning("The database does not answer; the sweep tries again. (%s)", str(error).splitlines()[0])
            connections.close_all()
        except Exception:
            logger.exception("A sweep failed; the others go on.")
        if stop.wait(BEAT_SECONDS):
            break
    try:
        WorkerHeartbeat.objects.filter(name=name).delete()
    except DatabaseError:
        logger.info("The database was gone before the worker could say goodbye.")
    finally:
        connections.close_all()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def die_with_the_worker(**_: Any) -> None:
    """A killed worker must leave no pool child behind: it would go on computing beside the worker's successor."""
    signal_self_when_parent_dies(signal.SIGKILL)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def leave_the_program_to_itself(**_: Any) -> None:
    """What is loaded now stays for ever: a collection that went through all of it would hold up a task for 50 ms."""
    gc.collect()
    gc.freeze()
