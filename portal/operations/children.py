"""Starting child processes so that none outlives the supervisor, whatever ends it."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """The system user a child runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of_uid(cls, uid: int) -> Self:
        """The user with that number. Raises KeyError when the system has no name for it."""
        entry = pwd.getpwuid(uid)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def named(cls, name: str) -> Self:
        """The user with that name. Raises KeyError when there is none."""
        entry = pwd.getpwnam(name)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)


def signal_self_when_parent_dies(number: signal.Signals) -> None:
    """Ask the kernel to send this process ``number`` when the thread that started it ends (Linux only)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _tied_to(parent: int, number: signal.Signals) -> Callable[[], None]:
    def tie() -> None:
        signal_self_when_parent_dies(number)
        # The parent may have died between fork and prctl; then nobody would send the signal.
        if os.getppid() != parent:
            os._exit(1)

    return tie


def start_child(
    command: Sequence[str],
    *,
    ends_with: signal.Signals,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    identity: Identity | None = None,
    pass_fds: Sequence[int] = (),
    stdout: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a process group of its own, tied to this process.

    The child gets ``ends_with`` from the kernel when this process dies, even by ``kill -9``. With ``identity`` it runs
    as that user, without supplementary groups. Standard error joins standard output. Call from the main thread: the
    kernel watches the thread, not the process. Raises OSError when the program can't be started.
    """
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        process_group=0,
        pass_fds=pass_fds,
        user=identity.uid if identity else None,
        group=identity.gid if identity else None,
        extra_groups=[] if identity else None,
        preexec_fn=_tied_to(os.getpid(), ends_with),
    )
