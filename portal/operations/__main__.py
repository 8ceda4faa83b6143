"""The commands behind ``make run``, ``make stop`` and ``make reset``: ``python -m portal.operations COMMAND``."""

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from portal.operations.children import signal_self_when_parent_dies
from portal.operations.environment import data_folder, ensure_environment
from portal.operations.files import explained
from portal.operations.lock import FolderLock
from portal.operations.refusal import CannotStartError
from portal.operations.supervisor import Supervisor

OURS = ("postgres", "static", "logs", "media", "demo.json", "prepared.json", "supervisor.lock")
"""What we put into a data folder; a reset removes this and nothing else."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status. Refusals are printed as a sentence, without a traceback."""
    parser = argparse.ArgumentParser(prog="python -m portal.operations", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start everything and stay in the foreground")
    run.add_argument("--with-parent", action="store_true", help="stop when the process that started this one ends")
    commands.add_parser("stop", help="stop the copy that runs from this data folder")
    reset = commands.add_parser("reset", help="delete this data folder's data, after asking")
    reset.add_argument("--yes", action="store_true", help="don't ask")
    commands.add_parser("environment", help="write .env with random secrets if there is none")
    chosen = parser.parse_args(arguments)
    try:
        ensure_environment()
        data_dir = data_folder()
        match chosen.command:
            case "run":
                if chosen.with_parent:
                    signal_self_when_parent_dies(signal.SIGTERM)
                Supervisor(data_dir, host=os.environ.get("HOST", "127.0.0.1"), port=_port()).run()
            case "stop":
                stop(data_dir)
            case "reset":
                reset_data(data_dir, ask=not chosen.yes)
    except CannotStartError as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _port() -> int:
    written = os.environ.get("PORT") or "8000"
    if not written.isdigit() or not 0 < int(written) < 65536:
        raise CannotStartError(f"PORT={written} is not a port. Choose a number from 1024 to 65535.")
    return int(written)


def stop(data_dir: Path, patience: float = 15.0) -> None:
    """Stop the copy that runs from ``data_dir`` and wait until it has. Raises CannotStartError when it doesn't stop."""
    lock = FolderLock(data_dir)
    holder = lock.holder()
    if holder is None:
        print("Plumbline is not running. Start it with `make run`.")
        return
    try:
        os.kill(holder.pid, signal.SIGTERM)
    except PermissionError:
        raise CannotStartError(f"Process {holder.pid} belongs to another user. Stop it as that user.") from None
    deadline = time.monotonic() + patience
    while lock.is_held():
        if time.monotonic() > deadline:
            raise CannotStartError(f"Process {holder.pid} did not stop within {patience:.0f} seconds.")
        time.sleep(0.1)
    print("Plumbline has stopped and its data is kept. Start it again with `make run`.")


def reset_data(data_dir: Path, *, ask: bool) -> None:
    """Delete what Plumbline keeps in ``data_dir``, after the operator typed "yes". Refuses while a copy runs."""
    lock = FolderLock(data_dir)
    if lock.is_held():
        raise CannotStartError("Plumbline is running. Stop it first with `make stop`.")
    present = [data_dir / name for name in OURS if (data_dir / name).exists() or (data_dir / name).is_symlink()]
    if not present:
        print("There is no data to delete. Start with `make run`.")
        return
    if ask:
        print(f"This deletes the database and every report in {data_dir}. It can't be undone.")
        try:
            answer = input('Type "yes" to delete: ')
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            raise CannotStartError("Nothing was deleted.")
    with explained(data_dir):
        for path in present:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    print("The data is gone. `make run` starts afresh with the demo.")


if __name__ == "__main__":
    sys.exit(main())
