"""One PostgreSQL 18 server in one folder: made, started, watched and stopped by us alone.

The wheel's own ``get_server()`` is not used: it trusts a stale process number, refuses an empty ``postmaster.pid``,
loosens the permissions of folders that are not its own and lets the last client stop the server under the others.

Layout of the folder (``DATA_DIR/postgres``): ``cluster/`` is PostgreSQL's data, mode 0700; ``secrets.json`` holds the
two passwords, so that they are lost and kept together with the data; ``connection.json`` says how to reach the server
that ran last. The server listens on no TCP port, only on a socket inside ``cluster/``: nothing to collide with, and the
folder's own mode keeps other users out before any password is asked for.
"""

import errno
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psutil
import psycopg
from psycopg import sql

from portal.operations.children import Identity, start_child
from portal.operations.files import explained, write_private
from portal.operations.postgres_binaries import Binaries, binaries_for
from portal.operations.postgres_config import HBA, server_settings
from portal.operations.refusal import CannotStartError

SUPERUSER = "postgres"
APP_ROLE = "plumbline"
DATABASE = "plumbline"
PORT = 5432  # names the socket file; no TCP port is opened
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes; PostgreSQL adds a suffix for its lock
# As root, the server runs as the first of these that exists, unless the data already belongs to somebody.
UNPRIVILEGED_USERS = ("plumbline", "postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Connection:
    """How a client reaches the server; the fields are libpq's."""

    host: str
    port: int
    user: str
    password: str
    dbname: str


class EmbeddedPostgres:
    """The server in ``folder``. The caller holds a lock that keeps a second copy out of the folder.

    ``throwaway`` trades durability for speed, for tests: a crash of the machine may lose the data.
    """

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self.throwaway = throwaway
        self.process: subprocess.Popen[bytes] | None = None
        self._binaries: Binaries | None = None
        self._identity: Identity | None = None

    # -- making

    def prepare(self) -> None:
        """Leave the folder ready to start: cluster made, settings written, remains of an earlier run cleared.

        Raises CannotStartError in words when the disk is full, the folder can't be written or the cluster was made by
        another major version.
        """
        with explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._identity = self._server_identity()
            who = self._identity or Identity.of_uid(os.geteuid())
            self._binaries = binaries_for(who.uid, who.gid, self.folder)
            self._passwords()
            if not (self.cluster / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            self._write_configuration()
            self._clear_remains()

    def _server_identity(self) -> Identity | None:
        """None when we are an ordinary user; else the unprivileged user that PostgreSQL insists on."""
        if os.geteuid() != 0:
            return None
        if self.cluster.is_dir():
            try:
                owner = Identity.of_uid(self.cluster.stat().st_uid)
            except KeyError:
                owner = None
            if owner and owner.uid != 0:
                return owner
        for name in UNPRIVILEGED_USERS:
            try:
                return Identity.named(name)
            except KeyError:
                continue
        raise CannotStartError(
            "PostgreSQL refuses to run as root and this system has no unprivileged user to run it as. "
            "Add one (`useradd --system plumbline`), or set DATABASE_URL to a server that runs elsewhere."
        )

    def _passwords(self) -> dict[str, str]:
        path = self.folder / "secrets.json"
        if not path.exists():
            write_private(path, json.dumps({role: secrets.token_urlsafe(32) for role in (SUPERUSER, APP_ROLE)}))
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords

    def _make_cluster(self) -> None:
        """Run initdb in a folder aside and rename it when complete, so that a killed one leaves nothing in the way."""
        making = self.folder / "cluster.new"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self._give_to_server(making)
        password = os.memfd_create("superuser-password")
        try:
            os.write(password, self._passwords()[SUPERUSER].encode() + b"\n")
            if self._identity:
                os.fchown(password, self._identity.uid, self._identity.gid)
            command = [
                self._program("initdb"),
                "--pgdata=/proc/self/cwd",
                f"--username={SUPERUSER}",
                f"--pwfile=/proc/self/fd/{password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *(["--no-sync"] if self.throwaway else []),
            ]
            child = start_child(
                command,
                ends_with=signal.SIGKILL,
                cwd=making,
                env=self._environment(),
                identity=self._identity,
                pass_fds=[password],
                stdout=subprocess.PIPE,
            )
            output = child.communicate()[0].decode(errors="replace")
        finally:
            os.close(password)
        if child.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            if "No space left" in output:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise CannotStartError(f"PostgreSQL could not make its data folder {self.cluster}. It said:\n{output}")
        making.rename(self.cluster)

    def _check_version(self) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        if made_by != "18":
            raise CannotStartError(
                f"The data in {self.cluster} was made by PostgreSQL {made_by}, and this version runs PostgreSQL 18. "
                "Move it over with pg_upgrade or a dump, or choose another DATA_DIR."
            )

    def _write_configuration(self) -> None:
        for name, text in (("postgresql.conf", server_settings(throwaway=self.throwaway)), ("pg_hba.conf", HBA)):
            path = self.cluster / name
            if not path.exists() or path.read_text() != text:
                write_private(path, text)
        self._give_to_server(self.cluster)

    def _give_to_server(self, folder: Path) -> None:
        """Make the server's user the owner of everything in ``folder``; nothing above it is touched."""
        if self._identity is None:
            return
        for path in (folder, *folder.rglob("*")):
            try:
                if path.lstat().st_uid != self._identity.uid:
                    os.chown(path, self._identity.uid, self._identity.gid, follow_symlinks=False)
            except FileNotFoundError:  # an orphan backend is still tidying up
                continue

    def _clear_remains(self) -> None:
        """Stop servers that outlived their supervisor and remove a ``postmaster.pid`` that names no server of ours.

        PostgreSQL itself refuses an empty ``postmaster.pid``, and one whose number now belongs to another process of
        the same user. We hold the folder's lock, so whatever still works in it is a remnant.
        """
        remains = self._processes_in_cluster()
        for number, patience in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 2.0)):
            if not remains:
                break
            for process in remains:
                try:
                    process.send_signal(number)
                except psutil.NoSuchProcess:
                    continue
            _, remains = psutil.wait_procs(remains, timeout=patience)
            remains = self._processes_in_cluster()
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for socket_file in self.cluster.glob(".s.PGSQL.*"):
            socket_file.unlink(missing_ok=True)

    def _processes_in_cluster(self) -> list[psutil.Process]:
        """Processes named postgres whose working folder is the cluster, by inode: paths may be written in many ways."""
        home = self.cluster.stat()
        found = []
        for process in psutil.process_iter(["name"]):
            if process.info["name"] != "postgres":
                continue
            try:
                there = os.stat(f"/proc/{process.pid}/cwd")
            except OSError:
                continue
            if (there.st_dev, there.st_ino) == (home.st_dev, home.st_ino) and process.pid != os.getpid():
                found.append(process)
        return found

    # -- running

    def start(self, stdout: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start the server in the foreground of its own process group. Call ``prepare`` first, ``wait_ready`` next.

        The working folder is the cluster and every path given is relative to it: so it starts even where the server's
        user may not enter the folders above (a clone under /root), and however long their names are.
        """
        # SIGINT is PostgreSQL's fast shutdown: clients are cut off, data is safe.
        self.process = start_child(
            [self._program("postgres"), "-D", "/proc/self/cwd"],
            ends_with=signal.SIGINT,
            cwd=self.cluster,
            env=self._environment(),
            identity=self._identity,
            stdout=stdout,
        )
        return self.process

    def wait_ready(self, patience: float = 300.0) -> Connection:
        """Wait until the server takes connections, then make sure of our role and database.

        Patience is in seconds and long, because the server may be recovering from a crash. Raises CannotStartError
        when the server ends or the time is over.
        """
        deadline = time.monotonic() + patience
        host = self._socket_folder()
        while not self._answers(host):
            if self.process is None or self.process.poll() is not None:
                raise CannotStartError("PostgreSQL ended while starting. Its last words are in the log above.")
            if time.monotonic() > deadline:
                raise CannotStartError(f"PostgreSQL did not take connections within {patience:.0f} seconds.")
            time.sleep(0.03)
        self._ensure_role_and_database(host)
        connection = Connection(host, PORT, APP_ROLE, self._passwords()[APP_ROLE], DATABASE)
        write_private(self.folder / "connection.json", json.dumps(asdict(connection)))
        return connection

    def _answers(self, host: str) -> bool:
        command = [self._program("pg_isready"), "--quiet", f"--host={host}", f"--port={PORT}", "--timeout=3"]
        return subprocess.run(command, env=self._environment(), check=False).returncode == 0

    def _socket_folder(self) -> str:
        """The cluster itself; when its path is too long for a socket, a link to it in a private folder of our own."""
        if len(os.fsencode(self.cluster / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return str(self.cluster)
        note = self.folder / "socket-folder"
        if note.exists():
            private = Path(note.read_text())
            if private.is_dir() and private.stat().st_uid == os.geteuid() and private.stat().st_mode & 0o077 == 0:
                link = private / "c"
                link.unlink(missing_ok=True)
                link.symlink_to(self.cluster)
                return str(link)
        # Not TMPDIR: that may be as long as the path that is too long already.
        private = Path(tempfile.mkdtemp(prefix="plumbline-", dir="/tmp"))
        (private / "c").symlink_to(self.cluster)
        note.write_text(str(private))
        return str(private / "c")

    def superuser(self, dbname: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection with all rights, for making databases in tests and for repairs; autocommit."""
        return psycopg.connect(
            host=self._socket_folder(),
            port=PORT,
            user=SUPERUSER,
            password=self._passwords()[SUPERUSER],
            dbname=dbname,
            autocommit=True,
        )

    def _ensure_role_and_database(self, host: str) -> None:
        with self.superuser() as connection:
            role, database = sql.Identifier(APP_ROLE), sql.Identifier(DATABASE)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
                password = sql.Literal(self._passwords()[APP_ROLE])
                rights = sql.SQL("LOGIN CREATEDB" if self.throwaway else "LOGIN")
                connection.execute(sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(role, rights, password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))

    def stop(self, patience: float = 6.0) -> None:
        """Stop the server: fast, then at once (crash recovery follows), then by force. Patience is in seconds."""
        process = self.process
        if process is None:
            return
        for number, share in ((signal.SIGINT, 0.6), (signal.SIGQUIT, 0.3), (signal.SIGKILL, 0.1)):
            if process.poll() is not None:
                break
            process.send_signal(number)
            try:
                process.wait(timeout=patience * share)
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def _program(self, name: str) -> str:
        if self._binaries is None:
            raise RuntimeError("prepare() comes before running PostgreSQL's programs")
        return self._binaries.program(name)

    def _environment(self) -> Mapping[str, str]:
        # A PGDATA or PGHOST of the operator's own shell must not lead these programs to another server.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        for secret in ("SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL"):
            kept.pop(secret, None)
        return {**kept, "LC_ALL": "C", "TZ": "UTC"}
