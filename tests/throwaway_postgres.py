"""One fast, forgetful PostgreSQL server for a run of pytest, shared by its worker processes.

The process that imports the settings first (the controller of pytest-xdist) starts it; the workers inherit its address
in the environment. The kernel stops it when that process dies, whatever way.

The server's folder is copied from one that was migrated before, where the migrations are still the same: running all
of them takes half a minute of every run otherwise. Test databases are then made from ``MIGRATED`` as their template.
"""

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.operations.embedded_postgres import Connection, EmbeddedPostgres

_ADDRESS = "PLUMBLINE_THROWAWAY_DATABASE_URL"
MIGRATED = "plumbline_migrated"
ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".tools" / "migrated"


def database_url() -> str:
    """The address of the test server: ``TEST_DATABASE_URL`` when set, else one that this run starts."""
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get(_ADDRESS)
    if given:
        return given
    os.environ[_ADDRESS] = _start()
    return os.environ[_ADDRESS]


def template() -> str | None:
    """The database that tests' databases are copied from; None on a server of somebody else's."""
    return None if os.environ.get("TEST_DATABASE_URL") else MIGRATED


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

    def stop() -> None:
        if os.getpid() == owner:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    kept = KEPT / f"{_migrations()}.tar"
    if not kept.exists():
        _migrate(_run(server))
        server.stop()
        _keep(folder, kept)
    else:
        with tarfile.open(kept) as packed:
            packed.extractall(folder, filter="tar")  # which keeps the folders private
    return url_of(_run(server))


def _run(server: EmbeddedPostgres) -> Connection:
    server.prepare()
    log_file = server.folder / "server.log"
    with log_file.open("ab") as log:
        server.start(stdout=log)
    try:
        return server.wait_ready(patience=120)
    except BaseException as error:
        raise RuntimeError(f"The test database did not start:\n{log_file.read_text()}") from error


def _migrate(connection: Connection) -> None:
    """Make the template: every migration and the queue, by the commands that a real start uses."""
    with psycopg.connect(url_of(connection), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(MIGRATED)))
    environment = os.environ | {
        "DATABASE_URL": url_of(replace(connection, dbname=MIGRATED)),
        "SECRET_KEY": "only-for-tests",
        "CELERY_BROKER_URL": "pgmq://",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    queue = "import django; django.setup(); from portal.operations.queue_schema import install_queue; install_queue()"
    for command in (["manage.py", "migrate", "--verbosity", "0"], ["-c", queue]):
        subprocess.run([sys.executable, *command], check=True, cwd=ROOT, env=environment)


def _keep(folder: Path, kept: Path) -> None:
    """Pack the stopped server's folder; the newest three are kept. Two runs that pack at once each write the same."""
    KEPT.mkdir(parents=True, exist_ok=True)
    packing = kept.with_name(f"{kept.name}.{os.getpid()}")
    with tarfile.open(packing, "w") as packed:
        for name in ("cluster", "secrets.json"):
            packed.add(folder / name, name)
    packing.chmod(0o600)
    packing.rename(kept)
    for old in sorted(KEPT.glob("*.tar"), key=lambda one: one.stat().st_mtime)[:-3]:
        old.unlink(missing_ok=True)


def _migrations() -> str:
    """A name for everything that the migrated database follows from."""
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("portal/*/migrations/*.py"), Path(__file__)]
    files += [ROOT / "uv.lock", ROOT / "portal" / "operations" / "queue_schema.py"]
    files += ROOT.glob("portal/operations/postgres_*.py")
    made = hashlib.sha256(str(os.geteuid()).encode())
    for file in sorted(files):
        made.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return made.hexdigest()[:20]
