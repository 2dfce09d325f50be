"""Kill a real process at some moment of its run, and hold its journal to what the server saw."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.clock import SystemClock
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.execution import resume
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.means import Means
from hostscan_automation.runs.record import RunState
from tests.unit.runs.fakes import FakeClock
from tests.unit.runs.killed_run import ServerInAFile

if TYPE_CHECKING:
    from uuid import UUID

JOBS = 600
ROOT = Path(__file__).parents[3]


def start(folder: Path, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.runs.killed_run", str(folder), str(file), str(JOBS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def wait_for_cancels(server: ServerInAFile, count: int, child: subprocess.Popen[str]) -> None:
    while len(server.sent()) < count:
        assert child.poll() is None, "it ended too soon"
        time.sleep(0.002)


@pytest.mark.parametrize("after", [1, 90, 333])
def test_a_killed_run_loses_nothing_and_does_nothing_twice(tmp_path: Path, after: int) -> None:
    folder, file = tmp_path / "state", tmp_path / "server"
    server = ServerInAFile(file, JOBS)
    with start(folder, file) as child:
        wait_for_cancels(server, after, child)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    sent = server.sent()
    clock = FakeClock()  # so that nobody waits for what a real server would need to settle
    with Journal(folder, clock=clock, chance=lambda: 0.25) as journal:
        run = journal.latest_unfinished()
        assert run is not None
        assert run.state is RunState.OPEN
        assert set(sent) <= set(on_record(journal, run.run_id))
        decided = {job.job_id for job in journal.record(run.run_id).jobs if job.outcome is not None}
        record = resume(run.run_id, Means(server, server, clock=clock), journal)
        assert journal.record(run.run_id) == record
    assert record.state is RunState.FINISHED
    assert record.outcomes == {Outcome.CANCELLED: JOBS}
    assert len({job.job_id for job in record.jobs}) == len(record.jobs) == JOBS
    assert sorted(server.sent()) == sorted({*server.sent()})  # nothing was sent twice
    assert not decided & set(server.sent()[len(sent) :])


def on_record(journal: Journal, run_id: str) -> list[UUID]:
    """The jobs that the journal knows to have been about to be sent, or sent."""
    log = journal.reopen(run_id)
    return [
        job.job_id
        for position, job in enumerate(log.record.jobs)
        if log.is_intended(position) or job.outcome is not None
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_signal_finishes_what_is_in_flight(tmp_path: Path, number: signal.Signals) -> None:
    folder, file = tmp_path / "state", tmp_path / "server"
    server = ServerInAFile(file, JOBS)
    with start(folder, file) as child:
        wait_for_cancels(server, 50, child)
        child.send_signal(number)
        assert child.stdout is not None
        assert child.stdout.read().split() == ["ready", "done"]
        assert child.wait(10) == 0
    with Journal(folder, clock=SystemClock(), chance=lambda: 0.25) as journal:
        (run,) = journal.runs()
        record = journal.record(run.run_id)
    assert record.state is RunState.INTERRUPTED
    assert len(server.sent()) < JOBS
    told = {job.job_id for job in record.jobs if job.outcome is Outcome.CANCELLED}
    assert told == set(server.sent())
    assert record.outcomes[Outcome.NOT_ATTEMPTED] == JOBS - len(told)


def test_two_processes_at_once_do_not_both_act(tmp_path: Path) -> None:
    folder, file = tmp_path / "state", tmp_path / "server"
    server = ServerInAFile(file, JOBS)
    with start(folder, file) as first, start(folder, file) as second:
        codes = {first.wait(30), second.wait(30)}
    assert codes == {0, 1}
    assert sorted(server.sent()) == sorted({*server.sent()})
    assert len(server.sent()) == JOBS
