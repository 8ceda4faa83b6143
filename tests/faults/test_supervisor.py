"""The whole portal under its supervisor: started, hurt, stopped. Nothing may stay behind and nothing may be lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from portal.operations.lock import FolderLock
from tests.processes import BASE_DIR, Child, alive, title, wait_until, wait_until_gone

pytestmark = pytest.mark.faults

Run = Callable[..., Child]


def status(child: Child, path: str = "/readyz") -> int:
    found = re.search(r"is ready: (http://localhost:\d+)/", child.said)
    assert found
    try:
        with urllib.request.urlopen(found[1] + path, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def part(child: Child, words: str) -> psutil.Process | None:
    """The process that the supervisor itself started with these words in its command."""
    for process in alive(psutil.Process(child.process.pid).children()):
        if words in " ".join(title(process)):
            return process
    return None


def test_ctrl_c_stops_everything_in_order_within_ten_seconds(run_portal: Run, tmp_path: Path) -> None:
    portal = run_portal()
    family = portal.family()
    assert len(family) >= 6

    began = time.monotonic()
    portal.send(signal.SIGINT)
    assert portal.process.wait(timeout=15) == 0

    assert time.monotonic() - began < 10
    assert alive(family) == []
    assert "received fast shutdown request" in portal.said.split("worker: Warm shutdown")[1]
    assert "database system is shut down" in portal.said
    assert portal.said.rstrip().endswith("Stopped.")
    assert "Traceback" not in portal.said


def test_a_second_start_is_quick_and_a_second_copy_is_refused_in_one_sentence(run_portal: Run, tmp_path: Path) -> None:
    run_portal().end()

    began = time.monotonic()
    portal = run_portal()
    # The target is 8 s on an idle machine; here several workers may be sharing two cores.
    assert time.monotonic() - began < 40

    second = run_portal(ready=False)
    assert second.process.wait(timeout=15) == 1
    assert second.said.count("\n") <= 3
    assert f"already running from {tmp_path / 'data'} (process {portal.process.pid}" in second.said
    assert status(portal) == 200


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_needs_no_help(run_portal: Run) -> None:
    portal = run_portal()
    family = portal.family()

    portal.send(signal.SIGKILL)
    portal.process.wait()

    wait_until_gone(family)
    assert status(run_portal()) == 200


def test_every_killed_part_comes_back(run_portal: Run) -> None:
    portal = run_portal()

    for words in ("postgres -D", "gunicorn", "celery"):
        before = part(portal, words)
        assert before is not None
        before.kill()
        wait_until(partial(_is_replaced, portal, words, before.pid), patience=60, what=f"{words} is back")
        wait_until(lambda: status(portal) == 200, patience=60, what=f"the portal is ready with the new {words}")

    assert status(portal, "/livez") == 200
    assert "starting it again" in portal.said


def test_the_log_says_who_spoke_and_when_in_one_place(run_portal: Run, tmp_path: Path) -> None:
    run_portal().end()

    lines = (tmp_path / "data" / "logs" / "plumbline.log").read_text().splitlines()

    spoken = {match[1] for line in lines if (match := re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (\w+) +\| ", line))}
    assert {"plumbline", "postgres", "prepare", "worker"} <= spoken
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+ +\| ", line) for line in lines)


def test_no_secret_is_in_a_title_or_a_log(run_portal: Run, tmp_path: Path) -> None:
    portal = run_portal()
    secrets = list(json.loads((tmp_path / "data" / "postgres" / "secrets.json").read_text()).values())
    secrets.append(os.environ["SECRET_KEY"])

    titles = [" ".join(title(process)) for process in portal.family()]
    assert any("postgres" in words for words in titles)
    log = (tmp_path / "data" / "logs" / "plumbline.log").read_text()

    for secret in secrets:
        assert secret not in log
        assert not any(secret in title for title in titles)


def test_make_stop_ends_it_and_says_so(run_portal: Run, tmp_path: Path) -> None:
    portal = run_portal()
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data")}

    done = subprocess.run(
        [sys.executable, "-m", "portal.operations", "stop"],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "has stopped" in done.stdout
    assert portal.process.wait(timeout=1) == 0
    assert not FolderLock(tmp_path / "data").is_held()


def test_a_real_database_and_broker_switch_everything_embedded_off(run_portal: Run, tmp_path: Path) -> None:
    portal = run_portal(DATABASE_URL=_fresh_database("plumbline_switched"))

    assert part(portal, "postgres -D") is None
    assert not (tmp_path / "data" / "postgres").exists()
    assert status(portal) == 200


def test_a_database_that_is_too_old_is_said_not_suffered(run_portal: Run) -> None:
    portal = run_portal(ready=False, DATABASE_URL="postgresql://nobody:x@127.0.0.1:9/nothing")

    assert portal.process.wait(timeout=30) == 1
    assert portal.said.rstrip().endswith("Preparing the database failed. The last lines of the log above say why.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_one_sentence_and_loses_nothing(run_portal: Run, tmp_path: Path) -> None:
    disk = tmp_path / "data"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        portal = run_portal(ready=False)
        assert portal.process.wait(timeout=20) == 1
        assert f"The disk that holds {disk} is full" in portal.said
        assert "Traceback" not in portal.said
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _is_replaced(portal: Child, words: str, old: int) -> bool:
    now = part(portal, words)
    return now is not None and now.pid != old


def _fresh_database(name: str) -> str:
    import psycopg

    from tests.throwaway_postgres import database_url

    server = database_url()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return server.rsplit("/", 1)[0] + f"/{name}"
