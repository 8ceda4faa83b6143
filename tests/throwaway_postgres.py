"""One fast, forgetful PostgreSQL server for a run of pytest, shared by its worker processes.

The process that imports the settings first (the controller of pytest-xdist) starts it; the workers inherit its address
in the environment. The kernel stops it when that process dies, whatever way.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from portal.operations.embedded_postgres import Connection, EmbeddedPostgres

_ADDRESS = "PLUMBLINE_THROWAWAY_DATABASE_URL"


def database_url() -> str:
    """The address of the test server: ``TEST_DATABASE_URL`` when set, else one that this run starts."""
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get(_ADDRESS)
    if given:
        return given
    os.environ[_ADDRESS] = _start()
    return os.environ[_ADDRESS]


def url_of(connection: Connection) -> str:
    """The address as a URL, the way an operator would write it in ``DATABASE_URL``."""
    socket_folder = quote(connection.host, safe="")
    return f"postgresql://{connection.user}:{quote(connection.password)}@{socket_folder}/{connection.dbname}"


def _start() -> str:
    folder = Path(tempfile.mkdtemp(prefix="plumbline-tests-", dir="/tmp"))
    # As root the server runs as another user, who must be able to enter the folder.
    folder.chmod(0o711)
    owner = os.getpid()
    server = EmbeddedPostgres(folder, throwaway=True)
    server.prepare()
    with (folder / "server.log").open("ab") as log:
        server.start(stdout=log)

    def stop() -> None:
        if os.getpid() == owner:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    try:
        return url_of(server.wait_ready(patience=60))
    except BaseException as error:
        raise RuntimeError(f"The test database did not start:\n{(folder / 'server.log').read_text()}") from error
