"""Writing our own files safely, and saying in words what the file system refused."""

import errno
import os
from pathlib import Path

from portal.operations.refusal import CannotStartError


class explained:
    """Turns the operating system's refusals about ``folder`` into sentences."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and (sentence := refusal_for(error, self.folder)):
            raise CannotStartError(sentence) from error


def refusal_for(error: OSError, folder: Path) -> str | None:
    """What to tell the operator about an error of the file system, or None when it is none of the known ones."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk that holds {folder} is full. Free some space, then run this again; nothing was lost."
        case errno.ENAMETOOLONG:
            return "The path of the data folder is too long for this system. Set DATA_DIR to a shorter one."
        case errno.EACCES | errno.EPERM | errno.EROFS | errno.ENOENT:
            return f"The data folder {folder} can't be written by this user. Fix its owner, or set DATA_DIR to another."
        case errno.ENOTDIR | errno.EEXIST:
            return f"{folder} can't be a data folder: a file is in the way. Remove it, or set DATA_DIR to another."
        case _:
            return None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    making = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        making.replace(path)
    except BaseException:
        making.unlink(missing_ok=True)
        raise
