"""What the fault tests share: an embedded server in a folder of its own, and a portal that they may hurt."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.operations.embedded_postgres import EmbeddedPostgres
from tests.processes import Child, free_port, start_portal


@pytest.fixture
def start_server() -> Iterator[Callable[..., EmbeddedPostgres]]:
    """Makes and starts an embedded server in a folder; stops it after the test."""
    started: list[EmbeddedPostgres] = []

    def start(folder: Path, *, durable: bool = False) -> EmbeddedPostgres:
        server = EmbeddedPostgres(folder, throwaway=not durable)
        server.prepare()
        started.append(server)
        server.start(stdout=subprocess.DEVNULL)
        server.wait_ready(patience=30)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def run_portal(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Runs a whole portal without the demo on ``tmp_path/data`` and waits until it is ready; it ends with the test."""
    port = free_port()
    started: list[Child] = []

    def run(*, ready: bool = True, **environment: str) -> Child:
        log = tmp_path / f"portal-{len(started)}.log"
        settings = {"PORT": str(port), "LOAD_DEMO": "0", **environment}
        child = start_portal(tmp_path / "data", log, **settings)
        started.append(child)
        if ready:
            child.wait_for("Plumbline is ready", patience=90)
        return child

    yield run
    for child in started:
        child.end()
