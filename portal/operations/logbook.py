"""One place for what every process says: each line carries the time and the speaker, on the terminal and in a file."""

import contextlib
import logging
import sys
import threading
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

MEGABYTE = 2**20
# Whoever watches the portal asks every few seconds; the answers would bury everything else.
NOT_WORTH_A_LINE = ("GET /readyz", "GET /livez", "HEAD /livez", "HEAD /readyz")


class _PatientFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not stop the portal, only its log; the terminal still shows the line."""


class Logbook:
    """Writes to ``path`` (rotated: five files of 10 MB) and to the terminal."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = _PatientFile(path, maxBytes=10 * MEGABYTE, backupCount=5, encoding="utf-8", delay=True)
        self._lock = threading.Lock()
        self._readers: list[threading.Thread] = []

    def line(self, speaker: str, text: str) -> None:
        """Write one line for ``speaker``."""
        now = datetime.now().astimezone()
        written = f"{now:%Y-%m-%d %H:%M:%S} {speaker:<10} | {text}"
        with self._lock:
            self._file.emit(logging.makeLogRecord({"msg": written}))
            self._say(written)

    def announce(self, text: str) -> None:
        """Show text meant for the person at the terminal, without a prefix and not in the file: it may hold secrets."""
        with self._lock:
            self._say(text)

    def _say(self, text: str) -> None:
        # The terminal may be gone (make was killed); the file still gets its lines.
        with contextlib.suppress(OSError, ValueError):
            print(text, file=sys.stdout, flush=True)

    def follow(self, speaker: str, stream: IO[bytes]) -> None:
        """Copy a child's output line by line, from a thread of its own, until the child closes it."""

        def copy() -> None:
            with stream, contextlib.suppress(ValueError):
                for raw in stream:
                    text = raw.decode(errors="replace").rstrip()
                    if text and not text.startswith(NOT_WORTH_A_LINE):
                        self.line(speaker, text)

        reader = threading.Thread(target=copy, name=f"log of {speaker}", daemon=True)
        reader.start()
        self._readers.append(reader)

    def close(self) -> None:
        """Wait briefly for the last lines and close the file."""
        for reader in self._readers:
            reader.join(timeout=0.3)
        self._file.close()
