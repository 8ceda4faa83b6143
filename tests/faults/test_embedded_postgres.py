"""The embedded server starts unaided after whatever was done to it."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from portal.operations.children import Identity
from portal.operations.embedded_postgres import EmbeddedPostgres
from portal.operations.postgres_binaries import binaries_for, may_enter, wheel_folder
from portal.operations.refusal import CannotStartError
from tests.processes import BASE_DIR, alive, title, wait_until

pytestmark = pytest.mark.faults

Start = Callable[..., EmbeddedPostgres]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def remember(server: EmbeddedPostgres, word: str) -> None:
    with server.superuser("plumbline") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS remembered (word text)")
        connection.execute("INSERT INTO remembered VALUES (%s)", [word])


def recall(server: EmbeddedPostgres) -> list[str]:
    with server.superuser("plumbline") as connection:
        return [str(word) for (word,) in connection.execute("SELECT word FROM remembered ORDER BY word")]


def test_data_is_there_after_a_stop_and_a_start(start_server: Start, tmp_path: Path) -> None:
    first = start_server(tmp_path / "pg")
    remember(first, "kept")
    first.stop()

    assert recall(start_server(tmp_path / "pg")) == ["kept"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty, as after a crash while it was being written"),
        pytest.param("999999\n/gone\n1\n5432\n.\n\n0 0\nready\n", id="stale, of a process that is gone"),
        pytest.param(
            f"{os.getpid()}\n/gone\n1\n5432\n.\n\n0 0\nready\n", id="of a number that another process has now"
        ),
    ],
)
def test_a_misleading_postmaster_pid_is_no_obstacle(start_server: Start, tmp_path: Path, content: str) -> None:
    first = start_server(tmp_path / "pg")
    remember(first, "kept")
    first.stop()
    (first.cluster / "postmaster.pid").write_text(content)

    assert recall(start_server(tmp_path / "pg")) == ["kept"]


def test_a_number_reused_by_a_process_of_the_servers_own_user_is_no_obstacle(
    start_server: Start, tmp_path: Path
) -> None:
    first = start_server(tmp_path / "pg")
    first.stop()
    who = first._identity
    bystander = subprocess.Popen(["sleep", "60"], user=who.uid if who else None)
    (first.cluster / "postmaster.pid").write_text(f"{bystander.pid}\n/gone\n1\n5432\n.\n\n0 0\nready\n")

    start_server(tmp_path / "pg")

    assert bystander.poll() is None, "somebody else's process was ended"
    bystander.kill()
    bystander.wait()


def test_a_killed_postmaster_loses_nothing_that_was_committed(start_server: Start, tmp_path: Path) -> None:
    first = start_server(tmp_path / "pg", durable=True)
    remember(first, "committed")
    assert first.process is not None
    first.process.kill()
    first.process.wait()

    began = time.monotonic()
    assert recall(start_server(tmp_path / "pg", durable=True)) == ["committed"]
    assert time.monotonic() - began < 30


def test_a_server_that_outlived_its_supervisor_is_taken_down_first(start_server: Start, tmp_path: Path) -> None:
    forgotten = start_server(tmp_path / "pg")
    remember(forgotten, "kept")
    assert forgotten.process is not None

    second = start_server(tmp_path / "pg")

    assert forgotten.process.wait(timeout=5) == 0
    assert recall(second) == ["kept"]


def test_a_killed_initdb_is_begun_again(tmp_path: Path, start_server: Start) -> None:
    folder = tmp_path / "pg"
    half = folder / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    (half / "base").mkdir()

    assert start_server(folder).cluster.is_dir()
    assert not half.exists()


def test_the_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from portal.operations.embedded_postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path({str(tmp_path / 'pg')!r}), throwaway=True)\n"
        "server.prepare(); process = server.start(); server.wait_ready()\n"
        "print(process.pid, flush=True); time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script], cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert starter.stdout is not None
    server = psutil.Process(int(starter.stdout.readline()))

    starter.kill()
    starter.wait()
    starter.stdout.close()

    wait_until(lambda: not alive([server]), patience=10, what="the server has ended")


def test_only_a_password_opens_the_database_and_only_through_the_private_socket(
    start_server: Start, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "pg")
    assert server.process is not None
    host = server._socket_folder()

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=host, user="plumbline", dbname="plumbline")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=host, user="plumbline", password="guess", dbname="plumbline")
    assert psutil.Process(server.process.pid).net_connections(kind="tcp") == []
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.folder / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((server.folder / "connection.json").stat().st_mode) == 0o600


def test_passwords_are_in_no_process_title(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "pg")
    assert server.process is not None
    passwords = server._passwords().values()

    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        words = " ".join(title(process))
        assert not any(password in words for password in passwords)


def test_the_portals_role_is_not_all_powerful(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "pg")

    with server.superuser() as connection:
        row = connection.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'plumbline'").fetchone()

    assert row == (False, False)


def test_a_path_too_long_for_a_socket_gets_a_short_private_way_in(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / ("long" * 30) / "pg")
    remember(server, "kept")
    way_in = Path(server._socket_folder())

    assert len(str(way_in)) < 60
    assert stat.S_IMODE(way_in.parent.stat().st_mode) == 0o700
    server.stop()
    assert recall(start_server(server.folder)) == ["kept"]
    assert server._socket_folder() == str(way_in), "each start would leave another folder behind"
    way_in.unlink()
    way_in.parent.rmdir()


def test_another_major_versions_data_is_left_alone(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "pg")
    server.stop()
    (server.cluster / "PG_VERSION").write_text("17\n")

    with pytest.raises(CannotStartError, match=r"made by PostgreSQL 17.*pg_upgrade"):
        EmbeddedPostgres(tmp_path / "pg").prepare()


@as_root
def test_root_runs_the_server_as_somebody_else_inside_folders_only_root_may_enter(
    start_server: Start, tmp_path: Path
) -> None:
    private = tmp_path / "only-root"
    private.mkdir(mode=0o700)
    before = {folder: folder.stat().st_mode for folder in (private, *private.parents)}

    server = start_server(private / "data" / "postgres")
    remember(server, "kept")

    assert server.process is not None
    assert psutil.Process(server.process.pid).uids().effective != 0
    assert {folder: folder.stat().st_mode for folder in before} == before, "a folder that is not ours was loosened"
    assert recall(server) == ["kept"]


@as_root
def test_programs_that_only_root_can_read_are_copied_not_opened_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "only-root"
    hidden.mkdir(mode=0o700)
    nobody = Identity.named("nobody")
    monkeypatch.setattr("portal.operations.postgres_binaries._readable", lambda *_: False)
    monkeypatch.setattr("portal.operations.postgres_binaries.SYSTEM_COPIES", (Path("/tmp/plumbline-copies"),))

    found = binaries_for(nobody.uid, nobody.gid, hidden)

    assert not may_enter(hidden, nobody.uid, nobody.gid)
    version = subprocess.run(
        [found.program("postgres"), "--version"], user="nobody", cwd="/", capture_output=True, text=True, check=True
    )
    assert "18." in version.stdout
    subprocess.run([found.program("initdb"), "--version"], user="nobody", cwd="/", capture_output=True, check=True)
    assert not os.access(found.root, os.W_OK) or found.root.stat().st_uid == os.geteuid()
    assert found.root != wheel_folder()
    subprocess.run(["rm", "-r", "/tmp/plumbline-copies"], check=True)


def test_signals_reach_only_the_servers_own_group(start_server: Start, tmp_path: Path) -> None:
    server = start_server(tmp_path / "pg")
    assert server.process is not None

    assert os.getpgid(server.process.pid) == server.process.pid != os.getpgrp()
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(timeout=5) == 0
