from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import JournalError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from hostscan_automation.runs.runlog import Result
from hostscan_automation.runs.store import FILE_NAME
from tests.unit.runs.fakes import FakeServer, make_plan

if TYPE_CHECKING:
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.runlog import RunLog
    from tests.unit.runs.fakes import FakeClock

CANCELLED = Result(Outcome.CANCELLED, None, "Cancelled", 202, 1, "trace-1", 0.25)


@pytest.fixture
def log(journal: Journal, clock: FakeClock) -> RunLog:
    return journal.begin(NewRun(make_plan(FakeServer.with_jobs(6, clock=clock))))


def rows(journal: Journal, columns: str) -> list[tuple[object, ...]]:
    """What another process would find on the disk."""
    connection = sqlite3.connect(journal.folder / FILE_NAME)
    select = f"SELECT {columns} FROM job ORDER BY position"  # noqa: S608 - names of ours
    found = connection.execute(select).fetchall()
    connection.close()
    return found


def test_an_intent_is_on_disk_when_intend_returns(journal: Journal, log: RunLog) -> None:
    log.intend([0, 2])
    log.intend([2])
    assert rows(journal, "intent, attempts") == [(1, 1), (0, 0), (1, 2), (0, 0), (0, 0), (0, 0)]
    assert rows(journal, "intended_at")[0] == ("2026-03-01T22:00:00.000Z",)


def test_results_go_to_disk_with_the_next_intents_in_one_transaction(
    journal: Journal, log: RunLog
) -> None:
    log.intend([0])
    log.settle(0, CANCELLED)
    assert rows(journal, "outcome")[0] == (None,)
    log.intend([1])
    assert rows(journal, "intent, outcome, http_status, attempts, trace_id, took_s")[:2] == [
        (0, "cancelled", 202, 1, "trace-1", 0.25),
        (1, None, None, 1, None, None),
    ]


def test_flush_makes_results_durable_and_costs_nothing_without_any(
    journal: Journal, log: RunLog
) -> None:
    log.settle(3, CANCELLED)
    log.flush()
    log.flush()
    assert rows(journal, "outcome")[3] == ("cancelled",)


def test_a_released_intent_leaves_the_job_open(journal: Journal, log: RunLog) -> None:
    log.intend([0, 1])
    log.release(0, 0)
    log.release(1, 1)
    log.flush()
    assert rows(journal, "intent, attempts, outcome")[:2] == [(0, 0, None), (0, 1, None)]
    assert not log.is_intended(0)
    assert log.open_positions() == list(range(6))


def test_the_end_gives_every_job_an_outcome(journal: Journal, log: RunLog) -> None:
    log.intend([0, 1, 1])
    log.settle(0, CANCELLED)
    record = log.finish("interrupted by Ctrl+C")
    assert [job.outcome for job in record.jobs[:3]] == [
        Outcome.CANCELLED,
        Outcome.UNCERTAIN,
        Outcome.NOT_ATTEMPTED,
    ]
    assert (record.jobs[1].attempts, record.jobs[2].attempts) == (2, 0)
    assert record.jobs[2].detail == "interrupted by Ctrl+C"
    assert (record.state, record.ended_by) == (RunState.INTERRUPTED, "interrupted by Ctrl+C")
    assert journal.record(log.run_id) == record


def test_after_the_end_nothing_changes_and_nothing_may_be_sent(
    journal: Journal, log: RunLog
) -> None:
    record = log.finish("stopped at once")
    log.settle(0, CANCELLED)
    log.release(1, 0)
    with pytest.raises(JournalError, match="is over"):
        log.intend([2])
    log.flush()
    assert log.record == record == journal.record(log.run_id)


def test_when_the_disk_fails_nothing_is_lost_in_memory_and_all_is_written_later(
    journal: Journal, log: RunLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.intend([0, 1])
    log.settle(0, CANCELLED)
    failing = monkeypatch.context()
    with failing as broken:
        broken.setattr(
            "hostscan_automation.runs.runlog.update_jobs",
            lambda *_: (_ for _ in ()).throw(JournalError("the disk is full")),
        )
        with pytest.raises(JournalError):
            log.flush()
        with pytest.raises(JournalError):
            log.intend([2])
    assert not log.is_intended(2)
    log.flush()
    assert rows(journal, "outcome, intent")[:3] == [("cancelled", 0), (None, 1), (None, 0)]


def test_a_missing_row_is_damage_and_not_silence(journal: Journal, log: RunLog) -> None:
    connection = sqlite3.connect(journal.folder / FILE_NAME)
    with connection:
        connection.execute("DELETE FROM job WHERE position = 4")
    connection.close()
    log.intend([0])
    with pytest.raises(JournalError, match="a job of this run is missing"):
        log.intend([3, 4])
    assert rows(journal, "position, intent")[3] == (3, 0)


def test_many_threads_may_write(journal: Journal, clock: FakeClock) -> None:
    log = journal.begin(NewRun(make_plan(FakeServer.with_jobs(200, clock=clock))))

    def work(first: int) -> None:
        for position in range(first, 200, 8):
            log.intend([position])
            log.settle(position, CANCELLED)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        log.flush()
    log.finish(None)
    assert rows(journal, "outcome, attempts, intent") == [("cancelled", 1, 0)] * 200
