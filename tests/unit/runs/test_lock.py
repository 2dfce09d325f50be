from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import JournalError, PlanRefusedError
from hostscan_automation.runs.lock import RunLock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.runs.fakes import FakeClock

SERVER = "https://nps01.example.com:6500"
HOLD = """
import pathlib, sys, time
from hostscan_automation.clock import SystemClock
from hostscan_automation.runs.lock import RunLock
with RunLock(pathlib.Path(sys.argv[1]), sys.argv[2], SystemClock()).held() as lock:
    lock.tell("20260301-220000-abc123")
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_on_the_server_is_refused_and_told_who_holds_it(
    tmp_path: Path, clock: FakeClock
) -> None:
    with RunLock(tmp_path, SERVER, clock).held() as lock:
        lock.tell("20260301-220000-abc123")
        with (
            pytest.raises(PlanRefusedError) as refused,
            RunLock(tmp_path, SERVER.upper() + "/", clock).held(),
        ):
            pass
    assert SERVER.upper() in refused.value.message
    for known in ("20260301-220000-abc123", f"process {os.getpid()}", socket.gethostname()):
        assert known in refused.value.message
    assert "2026-03-01T22:00:00" in refused.value.message


def test_another_server_has_a_lock_of_its_own(tmp_path: Path, clock: FakeClock) -> None:
    with RunLock(tmp_path, SERVER, clock).held(), RunLock(tmp_path, SERVER + "0", clock).held():
        pass


def test_the_lock_is_free_again_after_the_run(tmp_path: Path, clock: FakeClock) -> None:
    lock = RunLock(tmp_path, SERVER, clock)
    with pytest.raises(ZeroDivisionError), lock.held():
        raise ZeroDivisionError
    with lock.held():
        assert lock.holder() is not None
    assert lock.holder() is None


def test_the_lock_of_a_killed_process_does_not_outlive_it(tmp_path: Path, clock: FakeClock) -> None:
    lock = RunLock(tmp_path, SERVER, clock)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), SERVER], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(PlanRefusedError, match=f"process {other.pid}"), lock.held():
            pass
        other.send_signal(signal.SIGKILL)
        other.wait(10)
    with lock.held():
        pass


@pytest.mark.parametrize("text", ["not json", "[" * 100_000, '{"pid":' * 100_000])
def test_a_holder_file_that_nobody_can_read_does_not_matter(
    tmp_path: Path, clock: FakeClock, text: str
) -> None:
    lock = RunLock(tmp_path, SERVER, clock)
    with lock.held():
        next((tmp_path / "locks").glob("*.json")).write_text(text, encoding="utf-8")
        with (
            pytest.raises(PlanRefusedError, match="another process of this machine"),
            RunLock(tmp_path, SERVER, clock).held(),
        ):
            pass


def test_its_files_are_private_and_their_names_safe(tmp_path: Path, clock: FakeClock) -> None:
    with RunLock(tmp_path / "state", "https://[fe80::1%25eth0]:6500/a b", clock).held():
        folder = tmp_path / "state" / "locks"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert set(file.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
        (holder,) = folder.glob("*.json")
        assert json.loads(holder.read_text(encoding="utf-8"))["run_id"] is None


def test_a_state_folder_that_cannot_be_made_is_a_journal_error(
    tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JournalError) as error, RunLock(tmp_path / "file", SERVER, clock).held():
        pass
    assert "HOSTSCAN_STATE_DIR" in (error.value.hint or "")


def test_a_lock_file_that_cannot_be_made_is_a_journal_error(
    tmp_path: Path, clock: FakeClock
) -> None:
    lock = RunLock(tmp_path, SERVER, clock)
    with lock.held():
        (name,) = (tmp_path / "locks").glob("*.lock")
    name.unlink(missing_ok=True)
    name.mkdir()
    with pytest.raises(JournalError, match="cannot be made"), lock.held():
        pass
