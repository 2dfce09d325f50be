"""What only a real process shows: signals, pipes that close, consoles that know few letters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults
from tests.end_to_end.conftest import PLAYBOOKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.simulator
STUCK = PLAYBOOKS / "cancel-stuck-in-queue.yaml"
PLAYBOOK = """\
version: 1
name: slow
steps:
  - {name: s, select: {status: Queued}}
execute: {rate: 20, workers: 4, canary: 0, confirm: 20s}
"""


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    path = tmp_path / "slow play book.yaml"
    path.write_bytes(PLAYBOOK.replace("\n", "\r\n").encode())
    return path


def by_key(server: Simulator) -> dict[str, str]:
    """Return the variables that sign in without a one-time code, which may be used only once."""
    application = server.accounts.application
    return {"HOSTSCAN_APP": application.login, "HOSTSCAN_API_KEY": application.password}


def wait_for_deletes(server: Simulator, process: subprocess.Popen[str], count: int) -> None:
    while len(server.requests("DELETE")) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def site(*faults: str, jobs: int = 600) -> Simulator:
    return Simulator(SimulatorConfig(jobs=jobs, faults=parse_faults(faults)))


def test_a_request_to_end_finishes_what_is_in_flight_and_reports(
    program_for: Callable[..., Program], slow: Path
) -> None:
    with site("latency=20") as server:
        process = program_for(server, **by_key(server)).start("run", slow, "--yes", "-o", "json")
        wait_for_deletes(server, process, 3)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "stopping: what is in flight is finished first" in err
    report = json.loads(out)
    assert report["outcomes"]["not_attempted"] > 0
    assert report["ended_by"]


def test_a_second_ctrl_c_stops_at_once_and_resume_goes_on(
    program_for: Callable[..., Program], slow: Path
) -> None:
    with site("latency=1500") as server:
        program = program_for(server, **by_key(server))
        process = program.start("run", slow, "--yes")
        wait_for_deletes(server, process, 1)
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert time.monotonic() - asked < 1.4, "it did not wait for the reply"
        assert process.returncode == 130, err
        assert "hostscan resume" in err
        listed = program.run("runs", "list", "-o", "json").json["runs"]
    assert [run["state"] for run in listed] == ["interrupted"]


def test_a_reader_of_the_report_that_goes_away_does_not_change_how_the_run_ended(
    program_for: Callable[..., Program], slow: Path
) -> None:
    with site(jobs=60) as server:
        program = program_for(server, **by_key(server))
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [sys.executable, "-m", "hostscan_automation", "run", str(slow), "--yes"],
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        os.close(write)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "report was not printed" in done.stderr
        assert program.run("runs", "show", "-o", "json").json["state"] == "finished"


def test_a_list_into_a_closed_pipe_is_quiet(program_for: Callable[..., Program]) -> None:
    with site() as server:
        program = program_for(server, **by_key(server))
        process = program.start("jobs", "list", "-o", "jsonl")
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=30) == 0, err
    assert err == ""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_that_knows_few_letters_shows_the_plan_and_the_report(
    program_for: Callable[..., Program], slow: Path, encoding: str
) -> None:
    text = slow.read_text(encoding="utf-8").replace("name: s,", "name: '\u0416 \u2713 \u65e5',")
    slow.write_text(text, encoding="utf-8")
    with site(jobs=60) as server:
        further = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", **by_key(server)}
        ended = program_for(server, **further).run("run", slow, "--yes")
    assert ended.code == 0, ended.err
    assert "jobs cancelled" in ended.out


def test_the_config_and_state_folder_need_not_exist(
    program_for: Callable[..., Program], tmp_path: Path, slow: Path
) -> None:
    with site(jobs=60) as server:
        program = program_for(server, **by_key(server))
        assert not (tmp_path / "state").exists()
        assert program.run("run", slow, "--yes").code == 0
    state = tmp_path / "state"
    assert state.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in state.rglob("*"))


def test_a_state_folder_that_others_can_write_is_refused(
    program_for: Callable[..., Program], tmp_path: Path, slow: Path
) -> None:
    with site(jobs=10) as server:
        program = program_for(server)
        state = tmp_path / "state"
        state.mkdir()
        state.chmod(0o777)
        ended = program.run("run", slow, "--yes")
    assert ended.code == 3
    assert "written by others" in ended.err
