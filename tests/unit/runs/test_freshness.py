"""No cancel leaves on a reading of the server that is older than a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.execution import execute
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from tests.unit.runs.fakes import (
    LOST,
    QUICK,
    UNREACHED,
    FakeServer,
    job_id,
    make_plan,
    means,
    scan_job,
    selection,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.record import JobRecord, RunRecord
    from tests.unit.runs.fakes import FakeClock

SLOW = replace(QUICK, workers=1, rate=1.0)
"""One cancel a second: job 100 has its turn when the plan is some 100 seconds old."""

DETAILED = selection({"all": [{"status": "Queued"}, {"created_by": "LAB\\anna"}]})


def play(server: FakeServer, journal: Journal, **more: object) -> RunRecord:
    plan = make_plan(server, execute=SLOW, **more)  # type: ignore[arg-type]
    return execute(NewRun(plan), means(server), journal)


def told(record: RunRecord, number: int) -> JobRecord:
    (job,) = [one for one in record.jobs if one.job_id == job_id(number)]
    return job


def meanwhile(server: FakeServer, change: Callable[[], None]) -> None:
    """Let something happen at the server as the tenth cancel arrives."""

    def at_the_tenth(_: UUID, __: int) -> None:
        if len(server.sent) == 10:
            change()

    server.before_cancel = at_the_tenth


def test_a_run_that_is_over_within_the_minute_reads_nothing_in_between(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(30, clock=clock)
    lists = []
    server.after_cancel = lambda *_: lists.append(server.lists)
    play(server, journal)
    assert set(lists) == {1}


def test_what_changed_before_its_turn_is_told_and_not_cancelled(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(100, clock=clock)

    def change() -> None:
        server.jobs[job_id(90)] = scan_job(90, hosts=("prod-7",))
        server.set_status(91, JobStatus.RUNNING)
        server.set_status(92, JobStatus.COMPLETE)
        del server.jobs[job_id(93)]

    meanwhile(server, change)
    record = play(server, journal)
    assert record.state is RunState.FINISHED
    assert not {job_id(number) for number in (90, 91, 92, 93)} & set(server.sent)
    found = {number: told(record, number) for number in (90, 91, 92, 93, 94)}
    assert [job.outcome for job in found.values()] == [
        Outcome.DRIFTED,
        Outcome.DRIFTED,
        Outcome.ALREADY_FINISHED,
        Outcome.GONE,
        Outcome.CANCELLED,
    ]
    assert found[90].detail == "its hosts changed since the plan"
    assert found[91].detail == "no longer matches step 'stuck'"
    assert found[90].attempts == 0
    assert journal.record(record.run_id) == record


def test_a_list_that_is_read_for_another_job_counts_for_all(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(30, clock=clock)
    server.details = {one: replace(job, created_by="LAB\\anna") for one, job in server.jobs.items()}

    def lose_the_tenth(_: UUID, __: int) -> None:
        if len(server.sent) == 10:
            server.jobs[job_id(20)] = scan_job(20, hosts=("prod-7",))
            server.set_status(21, JobStatus.RUNNING)
            del server.jobs[job_id(22)]
            server.detail_reads.clear()
            raise LOST

    server.after_cancel = lose_the_tenth
    record = play(server, journal, chosen=DETAILED)
    assert not {job_id(number) for number in (20, 21, 22)} & set(server.sent)
    found = [told(record, number).outcome for number in (20, 21, 22, 23)]
    assert found == [Outcome.DRIFTED, Outcome.DRIFTED, Outcome.GONE, Outcome.CANCELLED]
    assert job_id(25) not in server.detail_reads, "it is as it was planned"


def test_one_list_serves_every_turn_of_the_next_minute(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(200, clock=clock)
    lists = []
    server.after_cancel = lambda *_: lists.append(server.lists)
    play(server, journal)
    assert sorted(set(lists)) == [1, 2, 3, 4]


def test_the_detail_is_read_at_its_turn_where_the_list_cannot_decide(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(100, clock=clock)
    server.details = {one: replace(job, created_by="LAB\\anna") for one, job in server.jobs.items()}

    def change() -> None:
        server.details[job_id(95)] = replace(server.details[job_id(95)], created_by="LAB\\boris")
        server.detail_reads.clear()

    meanwhile(server, change)
    record = play(server, journal, chosen=DETAILED)
    assert told(record, 95).outcome is Outcome.DRIFTED
    assert job_id(95) not in server.sent
    assert job_id(50) not in server.detail_reads
    assert server.detail_reads.count(job_id(96)) == 1


def test_where_the_server_cannot_be_read_again_the_rest_is_not_attempted(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(100, clock=clock)

    def refuse(number: int) -> None:
        if number > 1:
            raise UNREACHED

    server.before_list = refuse
    record = play(server, journal)
    assert record.state is RunState.INTERRUPTED
    assert record.ended_by == "the server could not be read again: the server was not reached"
    assert set(record.outcomes) == {Outcome.ACCEPTED, Outcome.NOT_ATTEMPTED}
    assert record.outcomes[Outcome.NOT_ATTEMPTED] == 100 - len(server.sent)
    assert 55 <= len(server.sent) <= 65


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (JobStatus.QUEUED, Outcome.CANCELLED),
        (JobStatus.RUNNING, Outcome.DRIFTED),
    ],
)
def test_a_lost_cancel_is_sent_again_only_where_the_job_still_matches(
    journal: Journal, clock: FakeClock, status: JobStatus, outcome: Outcome
) -> None:
    server = FakeServer.with_jobs(1, clock=clock)

    def lose_the_first(_: UUID, attempt: int) -> None:
        if attempt == 1:
            server.set_status(0, status)
            raise LOST

    server.before_cancel = lose_the_first
    record = play(server, journal)
    assert told(record, 0).outcome is outcome
    assert len(server.sent) == (2 if outcome is Outcome.CANCELLED else 1)


def test_a_cancel_that_acted_is_seen_as_ours_when_the_list_is_read_again(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(1, clock=clock)

    def take_long_and_be_lost(_: UUID, attempt: int) -> None:
        clock.sleep(100)
        if attempt == 1:
            raise LOST

    server.after_cancel = take_long_and_be_lost
    record = play(server, journal)
    assert told(record, 0).outcome is Outcome.CANCELLED
    assert len(server.sent) == 1


def asked_before(server: FakeServer, journal: Journal, number: int) -> None:
    """Let another run die right after its cancel of a job left."""
    log = journal.begin(NewRun(make_plan(server)))
    log.intend([number])
    server.cancel_job(job_id(number))


def test_a_run_after_one_that_died_waits_until_its_cancels_show(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(3, clock=clock, cancelling_s=3)
    asked_before(server, journal, 1)
    record = play(server, journal)
    assert told(record, 1).outcome is Outcome.ALREADY_FINISHED
    assert server.attempts() == {job_id(number): 1 for number in range(3)}


@pytest.mark.parametrize("put_back", [0, 3600])
def test_it_is_not_waited_for_longer_than_that_takes(
    journal: Journal, clock: FakeClock, put_back: int
) -> None:
    server = FakeServer.with_jobs(3, clock=clock, cancelling_s=10**9)
    asked_before(server, journal, 1)
    clock.offset -= timedelta(seconds=put_back)
    begun = clock.monotonic()
    firsts = []
    server.before_cancel = lambda *_: firsts.append(clock.monotonic() - begun)
    play(server, journal)
    assert 4.9 <= firsts[0] <= 6
    assert server.attempts()[job_id(1)] == 2


def test_other_jobs_of_another_run_are_no_reason_to_wait(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(3, clock=clock, cancelling_s=3)
    asked_before(server, journal, 1)
    begun = clock.monotonic()
    firsts = []
    server.before_cancel = lambda *_: firsts.append(clock.monotonic() - begun)
    play(server, journal, chosen=selection({"id": str(job_id(2))}))
    assert len(firsts) == 1
    assert firsts[0] < 1


def test_what_was_asked_for_long_ago_is_no_reason_to_wait(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(3, clock=clock, cancelling_s=10**9)
    asked_before(server, journal, 1)
    clock.sleep(60)
    lists = server.lists
    firsts = []
    server.before_cancel = lambda *_: firsts.append(server.lists)
    play(server, journal)
    assert firsts[0] == lists + 1
