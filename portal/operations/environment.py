"""The local ``.env``: written once with random secrets, read by everything afterwards."""

import os
import secrets
from pathlib import Path

import environ

from portal.operations.files import explained, write_private

BASE_DIR = Path(__file__).resolve().parent.parent.parent

_FIRST = """\
# Written on the first start. Keep it out of version control; every setting is described in docs/operators.md.
SECRET_KEY={secret_key}
"""


def ensure_environment(base_dir: Path = BASE_DIR) -> bool:
    """Load ``.env`` into the environment, making it first when there is none; returns whether it was made.

    What the environment already says wins over the file. Nothing is written when the environment brings its own
    SECRET_KEY. Losing the file loses sign-ins, never data: the database's passwords live with the data.
    """
    path = base_dir / ".env"
    made = False
    if not path.exists() and not os.environ.get("SECRET_KEY"):
        with explained(base_dir):
            write_private(path, _FIRST.format(secret_key=secrets.token_urlsafe(50)))
        made = True
    if path.exists():
        environ.Env.read_env(path)
    return made


def data_folder(base_dir: Path = BASE_DIR) -> Path:
    """The absolute DATA_DIR; a relative one is meant from the project's folder."""
    return (base_dir / os.environ.get("DATA_DIR", "var")).absolute()
