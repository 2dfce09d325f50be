"""Going on with a run that ended before its time: nothing lost, nothing sent that need not be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import JournalError, PlanRefusedError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.execution import execute, resume
from hostscan_automation.runs.lock import RunLock
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from hostscan_automation.runs.runlog import Result
from hostscan_automation.runs.stop import Stop
from tests.unit.runs.fakes import (
    LOST,
    QUICK,
    SERVER,
    UNREACHED,
    FakeServer,
    job_id,
    make_plan,
    means,
    scan_job,
)

if TYPE_CHECKING:
    from hostscan_automation.runs.journal import Journal
    from tests.unit.runs.fakes import FakeClock


def killed(
    journal: Journal, server: FakeServer, *intended: int, accepted: int | None = None
) -> str:
    """Leave a run behind as a process does that is killed after these intents."""
    log = journal.begin(NewRun(make_plan(server), reason="CHG-7"))
    log.intend(intended)
    if accepted is not None:
        log.settle(accepted, Result(Outcome.ACCEPTED, http_status=202, attempts=1, took_s=0.5))
        log.flush()
    journal.close()
    return log.run_id


def test_a_killed_run_is_finished_and_its_report_covers_the_whole_plan(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(6, clock=clock)
    run_id = killed(journal, server, 0, 1, 2, accepted=0)
    server.cancel_job(job_id(0))
    server.cancel_job(job_id(1))  # this reply the killed process never saw
    record = resume(run_id, means(server), journal)
    assert (record.run_id, record.state, record.reason) == (run_id, RunState.FINISHED, "CHG-7")
    assert [job.outcome for job in record.jobs] == [Outcome.CANCELLED] * 6
    assert set(server.attempts().values()) == {1}
    assert record.jobs[0].http_status == 202
    assert journal.record(run_id) == record


def test_a_cancel_of_the_killed_process_that_shows_late_is_not_sent_again(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(2, clock=clock, cancelling_s=3.0)
    run_id = killed(journal, server, 0)
    server.cancel_job(job_id(0))
    record = resume(run_id, means(server), journal)
    assert server.sent == [job_id(0), job_id(1)]
    assert record.outcomes == {Outcome.CANCELLED: 2}
    assert record.jobs[0].attempts == 1


def test_a_cancel_that_never_left_is_sent_now(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(1, clock=clock)
    run_id = killed(journal, server, 0)
    record = resume(run_id, means(server), journal)
    assert server.sent == [job_id(0)]
    assert record.outcomes == {Outcome.CANCELLED: 1}
    assert record.jobs[0].attempts == 2  # the one that may have left, and this one


def test_what_was_accepted_is_only_looked_at(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(1, clock=clock, cancelling_s=1e9)
    run_id = killed(journal, server, 0, accepted=0)
    record = resume(run_id, means(server), journal)
    assert server.sent == []
    assert record.outcomes == {Outcome.ACCEPTED: 1}
    assert record.state is RunState.FINISHED


def test_what_ended_drifted_or_vanished_meanwhile_is_told_and_not_sent(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(7, clock=clock)
    run_id = killed(journal, server, 0, 1, 2)
    server.set_status(0, JobStatus.CANCELLED)
    server.set_status(1, JobStatus.COMPLETE)
    server.set_status(2, JobStatus.RUNNING)
    server.set_status(3, JobStatus.CANCELLED)
    server.set_status(4, JobStatus.RUNNING)
    server.jobs[job_id(5)] = scan_job(5, hosts=("dc01",))
    del server.jobs[job_id(6)]
    record = resume(run_id, means(server), journal)
    assert server.sent == []
    assert [job.outcome for job in record.jobs] == [
        Outcome.CANCELLED,
        Outcome.ALREADY_FINISHED,
        Outcome.DRIFTED,
        Outcome.ALREADY_FINISHED,
        Outcome.DRIFTED,
        Outcome.DRIFTED,
        Outcome.GONE,
    ]
    assert [job.attempts for job in record.jobs] == [1, 1, 1, 0, 0, 0, 0]


def test_a_drifted_job_whose_cancel_was_carried_out_after_all_is_cancelled(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(1, clock=clock, cancelling_s=4.0)
    run_id = killed(journal, server, 0)
    server.cancel_job(job_id(0))
    server.set_status(0, JobStatus.RUNNING)
    record = resume(run_id, means(server), journal)
    assert record.outcomes == {Outcome.CANCELLED: 1}
    assert len(server.sent) == 1


def test_a_stopped_run_goes_on_where_it_was(journal: Journal, clock: FakeClock) -> None:
    stop = Stop()
    server = FakeServer.with_jobs(30, clock=clock)
    server.before_cancel = lambda *_: stop.request() if len(server.sent) == 7 else None
    plan = make_plan(server, execute=replace(QUICK, workers=1))
    first = execute(NewRun(plan), means(server, stop=stop), journal)
    assert first.outcomes == {Outcome.CANCELLED: 7, Outcome.NOT_ATTEMPTED: 23}
    second = resume(first.run_id, means(server), journal)
    assert second.outcomes == {Outcome.CANCELLED: 30}
    assert second.started_at == first.started_at
    assert set(server.attempts().values()) == {1}
    assert second.ended_by is None


def test_what_is_uncertain_is_looked_at_again(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(2, clock=clock)
    log = journal.begin(NewRun(make_plan(server)))
    log.intend([0, 1])
    for position in (0, 1):
        log.settle(position, Result(Outcome.UNCERTAIN, attempts=1))
    log.finish("the deadline passed")
    server.cancel_job(job_id(0))
    record = resume(log.run_id, means(server), journal)
    assert record.outcomes == {Outcome.CANCELLED: 2}
    assert server.attempts() == {job_id(0): 1, job_id(1): 1}


def test_a_run_that_was_killed_again_and_again_ends_well(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(3, clock=clock)
    run_id = killed(journal, server, 0)
    for position in (0, 1):
        log = journal.reopen(run_id)
        log.take_over()
        log.intend([position])
        journal.close()
    record = resume(run_id, means(server), journal)
    assert record.outcomes == {Outcome.CANCELLED: 3}
    assert set(server.attempts().values()) == {1}


def test_a_run_with_nothing_left_to_do_is_finished_without_reading(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(1, clock=clock)
    log = journal.begin(NewRun(make_plan(server)))
    log.settle(0, Result(Outcome.CANCELLED, attempts=1))
    log.flush()
    lists = server.lists
    record = resume(log.run_id, means(server), journal)
    assert (record.state, server.lists) == (RunState.FINISHED, lists)


def test_a_server_that_cannot_be_read_leaves_the_run_as_it_is(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(2, clock=clock)
    run_id = killed(journal, server, 0)
    before = journal.record(run_id)

    def refuse(_number: int) -> None:
        raise UNREACHED

    server.before_list = refuse
    with pytest.raises(type(UNREACHED)):
        resume(run_id, means(server), journal)
    assert (server.sent, journal.record(run_id)) == ([], before)


def test_a_finished_run_an_unknown_one_and_one_at_work_are_refused(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(1, clock=clock)
    finished = execute(NewRun(make_plan(server)), means(server), journal).run_id
    with pytest.raises(PlanRefusedError, match="is finished"):
        resume(finished, means(server), journal)
    with pytest.raises(JournalError, match="not in the journal"):
        resume("20260101-000000-000000", means(server), journal)
    at_work = killed(journal, FakeServer.with_jobs(1, clock=clock))
    with (
        RunLock(journal.folder, SERVER, clock).held(),
        pytest.raises(PlanRefusedError, match="another run"),
    ):
        resume(at_work, means(server), journal)


def test_a_lost_reply_while_resuming_counts_on_top(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(1, clock=clock)
    run_id = killed(journal, server, 0)

    def lose(_job: object, attempt: int) -> None:
        if attempt == 1:
            raise LOST

    server.before_cancel = lose
    record = resume(run_id, means(server), journal)
    assert record.outcomes == {Outcome.CANCELLED: 1}
    assert (record.jobs[0].attempts, len(server.sent)) == (3, 2)
