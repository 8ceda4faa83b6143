"""Tasks for tests of the queue; workers of those tests load them with ``--include tests.operations.probes``."""

import os
import signal
import time
from pathlib import Path

from celery import shared_task


@shared_task(name="probes.note")  # type: ignore[untyped-decorator]
def note(path: str, word: str) -> None:
    """Append a word to a file."""
    with Path(path).open("a") as file:
        file.write(f"{word}\n")


@shared_task(name="probes.note_slowly")  # type: ignore[untyped-decorator]
def note_slowly(path: str, word: str, seconds: float) -> None:
    """Say that it started, take a while, say that it ended."""
    note(path, f"{word} started")
    time.sleep(seconds)
    note(path, f"{word} ended")


@shared_task(name="probes.die_the_first_time")  # type: ignore[untyped-decorator]
def die_the_first_time(path: str, word: str) -> None:
    """Kill the pool child it runs in, as running out of memory would; do the work when it comes again."""
    if not Path(path).exists():
        note(path, f"{word} died")
        os.kill(os.getpid(), signal.SIGKILL)
    note(path, f"{word} done")
