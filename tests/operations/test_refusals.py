"""Whatever keeps the portal from starting is said in one sentence, and leaves nothing running."""

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.operations import __main__ as command
from portal.operations.environment import ensure_environment
from portal.operations.files import refusal_for, write_private
from portal.operations.lock import FolderLock
from portal.operations.refusal import CannotStartError
from portal.operations.supervisor import Supervisor


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def refusal(data_dir: Path, port: int) -> str:
    supervisor = Supervisor(data_dir, host="127.0.0.1", port=port)
    with pytest.raises(CannotStartError) as caught:
        supervisor._take_folder()
    supervisor._stop_everything()
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_a_port_in_use(tmp_path: Path, taken_port: int) -> None:
    sentence = refusal(tmp_path / "data", taken_port)

    assert f"Port {taken_port} is already in use" in sentence
    assert "make run PORT=" in sentence


def test_a_second_copy_on_the_same_data(tmp_path: Path) -> None:
    held = FolderLock(tmp_path).acquire("http://localhost:8000")

    sentence = refusal(tmp_path, 0)
    held.release()

    assert f"already running from {tmp_path} (process {os.getpid()}, http://localhost:8000)" in sentence


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.operations.supervisor.SMALLEST_FREE_SPACE", 2**80)

    assert "is full" in refusal(tmp_path, 0)


def test_a_disk_that_fills_up_later_is_said_in_the_same_words(tmp_path: Path) -> None:
    assert "is full" in (refusal_for(OSError(errno.ENOSPC, "No space left on device"), tmp_path) or "")


def test_a_path_that_is_too_long(tmp_path: Path) -> None:
    assert "too long" in refusal(tmp_path / ("x" * 300), 0)
    assert "too long" in refusal(Path("/tmp", *["y" * 100] * 10), 0)


def test_a_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    assert "a file is in the way" in refusal(tmp_path / "data", 0)


def test_a_data_folder_that_cannot_be_written() -> None:
    # Even root can't write there.
    assert "can't be written" in refusal(Path("/proc/plumbline"), 0)


def test_a_host_that_is_no_address_of_this_machine(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, host="192.0.2.1", port=0)
    with pytest.raises(CannotStartError, match=r"HOST=192\.0\.2\.1 is not an address of this machine"):
        supervisor._take_folder()
    supervisor._stop_everything()


@pytest.mark.parametrize("written", ["eight", "0", "70000", "-1"])
def test_a_port_that_is_no_port(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", written)
    with pytest.raises(CannotStartError, match=f"PORT={written} is not a port"):
        command._port()


def test_a_lock_ends_with_its_process_and_not_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "supervisor.lock").write_text('{"pid": 1, "url": "http://localhost:8000"}')

    FolderLock(tmp_path).acquire("http://localhost:1").release()


def test_reset_asks_and_does_nothing_without_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo.json").write_text("{}")
    monkeypatch.setattr("builtins.input", lambda prompt: "no")

    with pytest.raises(CannotStartError, match=r"Nothing was deleted\."):
        command.reset_data(tmp_path, ask=True)

    assert (tmp_path / "demo.json").exists()


def test_reset_removes_our_data_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    (tmp_path / "thesis.txt").write_text("not ours")
    monkeypatch.setattr("builtins.input", lambda prompt: "yes")

    command.reset_data(tmp_path, ask=True)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_reset_refuses_while_a_copy_runs(tmp_path: Path) -> None:
    held = FolderLock(tmp_path).acquire("http://localhost:8000")
    with pytest.raises(CannotStartError, match="Stop it first"):
        command.reset_data(tmp_path, ask=False)
    held.release()


def test_the_first_start_writes_random_secrets_that_only_the_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY")

    assert ensure_environment(tmp_path) is True
    first = (tmp_path / ".env").read_text()
    assert ensure_environment(tmp_path) is False

    assert (tmp_path / ".env").read_text() == first
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert os.environ["SECRET_KEY"] in first
    assert len(os.environ["SECRET_KEY"]) >= 50


def test_a_private_file_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, "one")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "two \ud800")

    assert path.read_text() == "one"
    assert [found.name for found in tmp_path.iterdir()] == ["secret"]
