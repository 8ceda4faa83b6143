"""Runs the whole portal as one foreground command: database, web server, worker.

One supervisor owns the data folder (by a lock), starts each process in a group of its own, restarts what dies, writes
down what every process says, and takes all of it down in order, the database last.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.operations.children import start_child
from portal.operations.embedded_postgres import EmbeddedPostgres
from portal.operations.environment import BASE_DIR
from portal.operations.files import explained
from portal.operations.lock import FolderLock
from portal.operations.logbook import Logbook
from portal.operations.refusal import CannotStartError

SMALLEST_FREE_SPACE = 150 * 2**20  # bytes; a first start writes about 100 MB
LONGEST_DATA_DIR = 900  # bytes; PostgreSQL keeps paths in 1024
RESTARTS_BEFORE_GIVING_UP = 5
RESTART_WINDOW = 60.0  # seconds


class StopRequested(BaseException):
    """Somebody wants the portal to stop: Ctrl-C, SIGTERM, or a terminal that went away."""


@dataclass
class Service:
    """A process that is kept running."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signals: Sequence[tuple[signal.Signals, float]]
    """What is sent to stop it and how many seconds each has to work; then it is killed."""
    process: subprocess.Popen[bytes] | None = None
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS_BEFORE_GIVING_UP))


class Supervisor:
    """One running portal: ``data_dir`` holds everything it keeps, ``port`` is where people reach it."""

    def __init__(self, data_dir: Path, *, host: str, port: int) -> None:
        self.data_dir = data_dir
        self.host = host
        self.port = port
        self.url = f"http://localhost:{port}"
        self.lock = FolderLock(data_dir)
        self.services: list[Service] = []
        self.postgres: EmbeddedPostgres | None = None
        self._listener: socket.socket | None = None
        self._stopping = False
        self._log: Logbook | None = None

    @property
    def log(self) -> Logbook:
        """The log, once the data folder is ours."""
        if self._log is None:
            raise RuntimeError("the log opens with the data folder")
        return self._log

    def run(self) -> None:
        """Start everything, keep it running, and return when asked to stop. Raises CannotStartError with a sentence."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)
        try:
            try:
                self._take_folder()
                self._start_everything()
                self._keep_running()
            finally:
                self._stopping = True
                self._stop_everything()
        except StopRequested:
            return

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise StopRequested

    # -- starting

    def _take_folder(self) -> None:
        if len(os.fsencode(self.data_dir)) > LONGEST_DATA_DIR:
            raise CannotStartError("The path of the data folder is too long. Set DATA_DIR to a shorter one.")
        with explained(self.data_dir):
            self.data_dir.mkdir(parents=True, exist_ok=True)
            # Before the lock, because the sentence about a second copy would hide the one about the disk.
            space = os.statvfs(self.data_dir)
            if space.f_bavail * space.f_frsize < SMALLEST_FREE_SPACE:
                raise CannotStartError(
                    f"The disk that holds {self.data_dir} is full: under {SMALLEST_FREE_SPACE // 2**20} MB are left. "
                    "Free some space, then run this again; nothing was lost."
                )
            self.lock.acquire(self.url)
            self._log = Logbook(self.data_dir / "logs" / "plumbline.log")
        self._listener = self._listen()

    def _listen(self) -> socket.socket:
        """Open the port ourselves and hand it to the web server: known at once when taken, and kept across restarts."""
        listener = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
            listener.listen(128)
        except OSError as error:
            listener.close()
            raise CannotStartError(_why_no_port(error, self.host, self.port)) from error
        return listener

    def _start_everything(self) -> None:
        if not os.environ.get("DATABASE_URL"):
            self._start_postgres()
        self._prepare()
        self._start_service(
            Service("web", self._web, [(signal.SIGTERM, 2.0)]),
        )
        self._start_service(
            # SIGTERM lets running tasks finish; SIGQUIT gives them up, and their messages come again.
            Service("worker", self._worker, [(signal.SIGTERM, 3.5), (signal.SIGQUIT, 0.7)]),
        )
        self._wait_until_ready()
        self._introduce()

    def _start_postgres(self) -> None:
        postgres = self.postgres = EmbeddedPostgres(self.data_dir / "postgres")
        first = not (postgres.cluster / "PG_VERSION").exists()
        self.log.line("plumbline", "Making the database, once." if first else "Starting the database.")

        def start() -> subprocess.Popen[bytes]:
            postgres.prepare()
            return self._followed("postgres", lambda: postgres.start(stdout=subprocess.PIPE))

        self._start_service(
            # SIGINT cuts clients off and keeps all data; SIGQUIT leaves the rest to recovery at the next start.
            Service("postgres", start, [(signal.SIGINT, 2.5), (signal.SIGQUIT, 0.5)]),
        )
        postgres.wait_ready()

    def _start_service(self, service: Service) -> None:
        self.services.append(service)
        service.process = service.start()

    def _followed(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        process = start()
        if process.stdout:
            self.log.follow(name, process.stdout)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _python(
        self, *arguments: str, ends_with: signal.Signals, pass_fds: Sequence[int] = ()
    ) -> Callable[[], subprocess.Popen[bytes]]:
        return lambda: start_child(
            [sys.executable, *arguments],
            ends_with=ends_with,
            cwd=BASE_DIR,
            env=self._environment(),
            pass_fds=pass_fds,
            stdout=subprocess.PIPE,
        )

    def _prepare(self) -> None:
        """Migrate, install the queue, gather static files and load the demo, in one process to spare its start-up."""
        start = self._python("manage.py", "prepare", "--url", self.url, ends_with=signal.SIGTERM)
        service = Service("prepare", lambda: self._followed("prepare", start), [(signal.SIGTERM, 2.0)])
        self._start_service(service)
        assert service.process is not None
        while (status := service.process.poll()) is None:
            self._restart_the_dead(only=("postgres",))
            time.sleep(0.02)
        self.services.remove(service)
        if status != 0:
            raise CannotStartError("Preparing the database failed. The last lines of the log above say why.")

    def _web(self) -> subprocess.Popen[bytes]:
        assert self._listener is not None
        descriptor = self._listener.fileno()
        command = [
            *("-m", "gunicorn", "portal.wsgi:application"),
            *("--bind", f"fd://{descriptor}"),
            *("--worker-class", "gthread", "--workers", os.environ.get("WEB_WORKERS", "2"), "--threads", "4"),
            *("--graceful-timeout", "2", "--timeout", "60", "--preload", "--no-control-socket"),
            # No query strings: they may carry tokens.
            *("--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(M)s ms"),
            *("--log-level", "warning"),
        ]
        return self._followed("web", self._python(*command, ends_with=signal.SIGTERM, pass_fds=[descriptor]))

    def _worker(self) -> subprocess.Popen[bytes]:
        command = [
            *("-m", "celery", "--quiet", "--app", "portal.celery", "worker"),
            # A long host name overflows the names of pgmq's queues; what other workers say is of no use to us.
            *("--hostname", "worker@plumbline", "--without-gossip", "--without-mingle", "--without-heartbeat"),
            *("--optimization", "fair", "--loglevel", "INFO"),
        ]
        # SIGKILL, because a worker whose database has gone may wait for it for ever before it looks at other signals.
        return self._followed("worker", self._python(*command, ends_with=signal.SIGKILL))

    def _wait_until_ready(self, patience: float = 120.0) -> None:
        deadline = time.monotonic() + patience
        answer = ""
        while time.monotonic() < deadline:
            self._restart_the_dead()
            try:
                with urllib.request.urlopen(f"http://{self._own_host()}:{self.port}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                answer = error.read(2000).decode(errors="replace")
            except OSError as error:
                answer = str(error)
            time.sleep(0.1)
        raise CannotStartError(
            f"The portal did not become ready within {patience:.0f} seconds. Its last answer was: {answer}"
        )

    def _own_host(self) -> str:
        if self.host in ("0.0.0.0", ""):
            return "127.0.0.1"
        return f"[{'::1' if self.host == '::' else self.host}]" if ":" in self.host else self.host

    def _introduce(self) -> None:
        say = self.log.announce
        say("")
        say(f"Plumbline is ready: {self.url}/")
        for what, where in (("Reports", "/reports/"), ("Admin", "/admin/"), ("API", "/api/v1/")):
            say(f"  {what:<12} {self.url}{where}")
        with suppress(OSError, ValueError):
            known = json.loads((self.data_dir / "demo.json").read_text())
            for role in ("editor", "reviewer", "subscriber", "registered"):
                if role not in known:  # a demo that was loaded before there was such a person
                    continue
                say(f"  {role:<12} {known[role]['email']}  {known[role]['password']}")
            say(f"  {'API key':<12} {known['api_key']}")
            say(f"  These are also in {self.data_dir / 'demo.json'}.")
        say("Stop it with Ctrl-C, or `make stop` from another terminal.")
        say("")

    # -- running

    def _keep_running(self) -> None:
        while True:
            self._restart_the_dead()
            time.sleep(0.2)

    def _restart_the_dead(self, only: Sequence[str] | None = None) -> None:
        for service in list(self.services):
            process = service.process
            if process is None or process.poll() is None or (only and service.name not in only):
                continue
            if service.name == "prepare":
                continue
            now = time.monotonic()
            if len(service.restarts) == service.restarts.maxlen and now - service.restarts[0] < RESTART_WINDOW:
                raise CannotStartError(
                    f"{service.name} ended {RESTARTS_BEFORE_GIVING_UP + 1} times within a minute. "
                    f"Its last lines in {self.data_dir / 'logs' / 'plumbline.log'} say why."
                )
            self.log.line("plumbline", f"{service.name} ended with status {process.returncode}; starting it again.")
            if service.restarts:
                time.sleep(min(2.0, 0.25 * len(service.restarts)))
            service.restarts.append(now)
            _kill_group(process)
            service.process = service.start()
            if service.name == "postgres" and self.postgres:
                with suppress(CannotStartError):
                    self.postgres.wait_ready()

    # -- stopping

    def _stop_everything(self) -> None:
        if self._log:
            self._log.line("plumbline", "Stopping.")
        order = [service for service in self.services if service.name != "postgres"]
        order += [service for service in self.services if service.name == "postgres"]
        for service in order:
            _stop(service)
        if self._listener:
            self._listener.close()
        if self._log:
            self._log.line("plumbline", "Stopped.")
            self._log.close()
        self.lock.release()


def _stop(service: Service) -> None:
    process = service.process
    if process is None:
        return
    for number, patience in service.stop_signals:
        if process.poll() is not None:
            break
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
    _kill_group(process)
    process.wait(timeout=5)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process and of its own children."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _why_no_port(error: OSError, host: str, port: int) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} is reserved for root. Choose one above 1023, such as `make run PORT=8000`."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for every network."
    return (
        f"Port {port} is already in use by another program. "
        f"Stop that program, or choose another port: `make run PORT={port + 1}`."
    )
