from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import JournalError, UnreadableReplyError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.confirmation import FIRST_LOOK_S
from hostscan_automation.runs.execution import execute
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from tests.unit.runs.fakes import (
    QUICK,
    SIGNED_OUT,
    UNREACHED,
    FakeServer,
    api_error,
    job_id,
    make_plan,
    means,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.errors import HostscanError
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.record import RunRecord
    from tests.unit.runs.fakes import FakeClock


def play(server: FakeServer, journal: Journal, confirm_s: float = 30.0) -> RunRecord:
    plan = make_plan(server, execute=replace(QUICK, confirm_s=confirm_s))
    return execute(NewRun(plan), means(server), journal)


def looks(server: FakeServer, clock: FakeClock) -> list[float]:
    """Note when the list is read after the plan was made."""
    moments: list[float] = []
    before = server.before_list

    def note(number: int) -> None:
        if number > 1:
            moments.append(clock.monotonic())
        before(number)

    server.before_list = note
    return moments


def test_the_first_look_comes_within_a_second_and_the_wait_ends_when_nothing_is_open(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(5, clock=clock)
    moments = looks(server, clock)
    assert play(server, journal).outcomes == {Outcome.CANCELLED: 5}
    assert moments == [pytest.approx(FIRST_LOOK_S)]
    assert FIRST_LOOK_S < 1


def test_looks_come_less_and_less_often_and_the_last_one_at_the_bound(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(1, clock=clock, cancelling_s=1e9)
    moments = looks(server, clock)
    record = play(server, journal, 60.0)
    assert (record.outcomes, record.state) == ({Outcome.ACCEPTED: 1}, RunState.FINISHED)
    assert moments[-1] == pytest.approx(60)
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert gaps[:-1] == sorted(gaps[:-1])
    assert max(gaps) <= 10.001
    assert len(moments) < 15


def test_zero_means_not_to_look(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(3, clock=clock)
    moments = looks(server, clock)
    assert play(server, journal, 0.0).outcomes == {Outcome.ACCEPTED: 3}
    assert moments == []


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda server: server.set_status(0, JobStatus.COMPLETE), Outcome.ALREADY_FINISHED),
        (lambda server: server.set_status(0, JobStatus.FAILED), Outcome.ALREADY_FINISHED),
        (lambda server: server.jobs.pop(job_id(0)), Outcome.GONE),
    ],
)
def test_what_became_of_an_accepted_job_otherwise(
    journal: Journal,
    clock: FakeClock,
    change: Callable[[FakeServer], object],
    outcome: Outcome,
) -> None:
    server = FakeServer.with_jobs(2, clock=clock, cancelling_s=4.0)

    def changing(number: int) -> None:
        if number == 3:
            change(server)

    server.before_list = changing
    record = play(server, journal)
    assert [job.outcome for job in record.jobs] == [outcome, Outcome.CANCELLED]
    assert record.jobs[0].http_status == 202
    assert record.jobs[0].attempts == 1


@pytest.mark.parametrize("error", [UNREACHED, api_error(UnreadableReplyError, 200)])
def test_a_list_that_cannot_be_read_is_not_fatal(
    journal: Journal, clock: FakeClock, error: HostscanError, caplog: pytest.LogCaptureFixture
) -> None:
    server = FakeServer.with_jobs(3, clock=clock)

    def fail(number: int) -> None:
        if number in {2, 3}:
            raise error

    server.before_list = fail
    assert play(server, journal).outcomes == {Outcome.CANCELLED: 3}
    assert caplog.text.count("could not be read while confirming") == 2


def test_absence_means_nothing_where_the_list_broke_off(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(4, clock=clock, cancelling_s=1.0)
    whole = server.iter_jobs
    broken = iter([True, True])

    class Breaking:
        def iter_jobs(self, **_: object) -> object:
            for count, job in enumerate(whole()):
                if count == 2 and next(broken, False):
                    raise UNREACHED
                yield job

        server_now = staticmethod(server.server_now)

    plan = make_plan(server)
    record = execute(NewRun(plan), replace(means(server), reader=Breaking()), journal)  # type: ignore[arg-type]
    assert record.outcomes == {Outcome.CANCELLED: 4}


def test_a_lost_sign_in_ends_the_looking_and_is_said(
    journal: Journal, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    server = FakeServer.with_jobs(3, clock=clock)

    def fail(number: int) -> None:
        if number > 1:
            raise SIGNED_OUT

    server.before_list = fail
    record = play(server, journal)
    assert record.outcomes == {Outcome.ACCEPTED: 3}
    assert server.lists == 2
    assert "could not be confirmed" in caplog.text


def test_a_slow_list_is_read_less_often(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(1, clock=clock, cancelling_s=1e9)
    moments = looks(server, clock)
    noted = server.before_list

    def slow(number: int) -> None:
        noted(number)
        clock.sleep(8)

    server.before_list = slow
    play(server, journal, 60.0)
    assert len(moments) <= 6


def test_a_journal_that_fails_while_confirming_is_said_once_and_the_record_is_whole(
    journal: Journal, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    server = FakeServer.with_jobs(3, clock=clock)

    def full() -> None:
        raise JournalError("journal: database or disk is full")

    def break_the_disk(number: int) -> None:
        if number == 2:
            journal._store.writing = full  # type: ignore[method-assign, assignment]

    server.before_list = break_the_disk
    record = play(server, journal)
    assert record.outcomes == {Outcome.CANCELLED: 3}
    assert record.state is RunState.INTERRUPTED
    assert "its end is not in the journal" in (record.ended_by or "")
    assert caplog.text.count("kept in memory") <= 1
