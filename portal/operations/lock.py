"""Keeps a second copy out of a data folder that is in use."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from portal.operations.refusal import CannotStartError


@dataclass(frozen=True)
class Holder:
    """Who works in the data folder."""

    pid: int
    url: str


class FolderLock:
    """A lock that the kernel lets go of when its process ends, in whatever way."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / "supervisor.lock"
        self._descriptor: int | None = None

    def acquire(self, url: str) -> Self:
        """Take the lock and note who we are. Raises CannotStartError naming the copy that holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            holder = self.holder()
            who = f" (process {holder.pid}, {holder.url})" if holder else ""
            raise CannotStartError(
                f"Plumbline is already running from {self.data_dir}{who}. "
                "Stop it with `make stop`, or start this copy with another DATA_DIR and PORT."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        """Let go; the file stays, because removing it would let two copies lock two different files."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def is_held(self) -> bool:
        """Whether some process holds the lock now."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def holder(self) -> Holder | None:
        """Who holds the lock, as far as that is written down; None when nobody does."""
        if not self.is_held():
            return None
        try:
            known = json.loads(self.path.read_text())
            return Holder(int(known["pid"]), str(known["url"]))
        except (OSError, ValueError, KeyError):
            return None
