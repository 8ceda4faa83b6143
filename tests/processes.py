"""Real processes for tests: a Celery worker, and a whole portal under its supervisor."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
from django.db import connection

from portal.operations.children import start_child

BASE_DIR = Path(__file__).resolve().parent.parent


def address_of_test_database() -> str:
    """The address of the database that this test works in, for a child process."""
    found = connection.settings_dict
    port = f":{found['PORT']}" if found["PORT"] else ""
    return (
        f"postgresql://{quote(found['USER'])}:{quote(found['PASSWORD'])}@{quote(found['HOST'], safe='')}{port}"
        f"/{found['NAME']}"
    )


def child_environment(**changes: str) -> dict[str, str]:
    """The environment of a child that works in this test's database with the portal's own settings."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": address_of_test_database(),
        "PYTHONUNBUFFERED": "1",
        **changes,
    }


def crowding() -> float:
    """How many processes share a core. Promises in seconds are for a machine that has its cores to itself."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_until(answer: Callable[[], Any], patience: float = 15.0, what: str = "it") -> Any:
    """Ask again until the answer is true, and return it. Fails the test when ``patience`` seconds are over."""
    deadline = time.monotonic() + patience
    while not (found := answer()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {patience:g} seconds in vain until {what}.")
        time.sleep(0.02)
    return found


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie that nobody has collected yet is gone."""
    found = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def title(process: psutil.Process) -> list[str]:
    """The words of its command; none when it ended between two looks."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


def wait_until_gone(processes: list[psutil.Process], patience: float = 30.0) -> None:
    """Wait until none of them runs; fails naming those that stayed."""
    titles = {process.pid: " ".join(title(process)) for process in alive(processes)}
    try:
        wait_until(lambda: not alive(processes), patience)
    except AssertionError:
        left = [titles.get(process.pid, str(process.pid)) for process in alive(processes)]
        raise AssertionError(f"After {patience:g} seconds these still run: {left}") from None


def free_port() -> int:
    """A TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Child:
    """A process of a test, with what it has said so far."""

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, command: list[str], log: Path, environment: Mapping[str, str], cwd: Path = BASE_DIR) -> Self:
        """Start ``command`` in a process group of its own; it is told to stop when the test run is killed."""
        with log.open("ab") as output:
            process = start_child(command, ends_with=signal.SIGTERM, cwd=cwd, env=environment, stdout=output)
        return cls(process, log)

    @property
    def said(self) -> str:
        """Everything it has written."""
        return self.log.read_text(errors="replace")

    def wait_for(self, words: str, patience: float = 30.0) -> None:
        """Wait until it has said ``words``. Fails with all it said when it ends before."""

        def heard() -> bool:
            if words in self.said:
                return True
            assert self.process.poll() is None, f"It ended with {self.process.returncode} and said:\n{self.said}"
            return False

        try:
            wait_until(heard, patience)
        except AssertionError as error:
            raise AssertionError(f"{error} It never said {words!r}, but:\n{self.said}") from None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        self.process.send_signal(number)

    def family(self) -> list[psutil.Process]:
        """The process and everything below it."""
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def end(self, patience: float = 15.0) -> None:
        """Stop it in order, or by force; nothing of it stays."""
        family = self.family()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for left in family:
            if left.is_running() and left.pid != self.process.pid:
                try:
                    left.kill()
                except psutil.NoSuchProcess:
                    continue


def start_worker(log: Path, *options: str, **environment: str) -> Child:
    """A real Celery worker on this test's database; returns when it takes tasks."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "portal.celery", "worker", "--loglevel", "INFO"]
    command += ["--hostname", "worker@test", "--without-gossip", "--without-mingle", "--without-heartbeat", *options]
    worker = Child.start(command, log, child_environment(**environment))
    try:
        worker.wait_for(" ready.", patience=30 * crowding())
    except BaseException:
        worker.end()
        raise
    return worker


@dataclass
class LivePortal:
    """A whole portal: web server and worker on a database of their own, with the demo loaded."""

    url: str
    demo: dict[str, Any]
    data_dir: Path
    database_url: str
    supervisor: Child


def start_portal(data_dir: Path, log: Path, **environment: str) -> Child:
    """Run the supervisor on ``data_dir``; returns at once."""
    changes = {"DATA_DIR": str(data_dir), "LINK_DEMO": "0", "PYTHONUNBUFFERED": "1", "HOST": "127.0.0.1"}
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "CELERY_BROKER_URL")}
    kept["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    command = [sys.executable, "-m", "portal.operations", "run"]
    return Child.start(command, log, {**kept, **changes, **environment})


def read_demo(data_dir: Path) -> dict[str, Any]:
    """The sample sign-ins that the supervisor left."""
    path = data_dir / "demo.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found
