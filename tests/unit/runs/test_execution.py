"""What goes over the wire, and what is told of it, judged by the server's own count."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import (
    ApiError,
    CertificateError,
    ForbiddenError,
    HostscanError,
    JournalError,
    NotFoundError,
    PlanRefusedError,
    ServerError,
    UnreadableReplyError,
)
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.limits import Limits
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.jobs.selection import Protection
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.execution import execute
from hostscan_automation.runs.lock import RunLock
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from hostscan_automation.runs.stop import Stop
from tests.unit.runs.fakes import (
    LOST,
    QUICK,
    SERVER,
    SIGNED_OUT,
    UNREACHED,
    FakeServer,
    api_error,
    busy,
    job_id,
    make_plan,
    means,
    scan_job,
    selection,
)
from tests.unit.runs.test_journal import fill_the_disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.record import JobRecord, RunRecord
    from tests.unit.runs.fakes import FakeClock

ONE_BY_ONE = replace(QUICK, workers=1)


def play(server: FakeServer, journal: Journal, **more: Any) -> RunRecord:
    options = {"execute": more.pop("execute", QUICK), "chosen": more.pop("chosen", None)}
    plan = make_plan(server, **options)
    return execute(NewRun(plan), means(server, **more), journal)


def one(server: FakeServer, journal: Journal, **more: Any) -> JobRecord:
    """Play a plan of one job, and return what is told of it."""
    record = play(server, journal, **more)
    assert journal.record(record.run_id) == record
    (job,) = record.jobs
    assert job.attempts == len(server.sent)
    return job


def raising(*errors: HostscanError | None) -> Callable[[UUID, int], None]:
    """Answer the first attempts with these errors, in this order; None is a 202."""

    def answer(_job: UUID, attempt: int) -> None:
        error = errors[attempt - 1] if attempt <= len(errors) else None
        if error is not None:
            raise error

    return answer


def a_server(clock: FakeClock, jobs: int = 1, **more: Any) -> FakeServer:
    return FakeServer.with_jobs(jobs, clock=clock, **more)


# the good day


def test_every_job_is_cancelled_once_and_seen_cancelled(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 60, cancelling_s=2.5)
    record = play(server, journal)
    assert record.state is RunState.FINISHED
    assert record.outcomes == {Outcome.CANCELLED: 60}
    assert record.is_all_done
    assert set(server.attempts().values()) == {1}
    assert {job.status_after for job in record.jobs} == {"Cancelled"}
    assert journal.record(record.run_id) == record


def test_the_plans_order_is_kept(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 30)
    server.set_status(3, JobStatus.RUNNING)
    chosen = selection({"status": ["Queued", "Running"]})
    record = play(server, journal, chosen=chosen, execute=ONE_BY_ONE)
    assert server.sent == [job.job_id for job in record.plan.to_cancel]
    assert server.sent[-1] == job_id(3)


def test_an_intent_is_journalled_before_the_cancel_leaves(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, 9)
    missing = []

    def look_into_the_journal(sent: UUID, _attempt: int) -> None:
        with journal._store.reading() as connection:
            row = connection.execute(
                "SELECT intent FROM job WHERE job_id = ?", (sent.bytes,)
            ).fetchone()
        if row != (1,):
            missing.append(sent)

    server.before_cancel = look_into_the_journal
    play(server, journal)
    assert len(server.sent) == 9
    assert not missing


def test_only_what_the_plan_means_to_cancel_is_sent(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 3)
    plan = make_plan(server)
    plan = replace(
        plan,
        jobs=(
            replace(plan.jobs[0], disposition=Disposition.PROTECTED, protected_by="playbook: x"),
            replace(plan.jobs[1], disposition=Disposition.LIST),
            plan.jobs[2],
        ),
    )
    record = execute(NewRun(plan), means(server), journal)
    assert server.sent == [job_id(2)]
    assert [job.outcome for job in record.jobs] == [Outcome.PROTECTED, None, Outcome.CANCELLED]
    assert record.state is RunState.FINISHED


def test_a_plan_without_anything_to_cancel_is_a_finished_run(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, 2)
    lists = server.lists
    record = play(server, journal, chosen=selection({"status": "Paused"}))
    assert (record.state, record.jobs, server.sent) == (RunState.FINISHED, (), [])
    assert server.lists == lists + 1  # the plan's own


# what may be sent again


@pytest.mark.parametrize("error", [busy(429), busy(429, 7.0), UNREACHED])
def test_what_surely_did_nothing_is_sent_again_without_a_look(
    journal: Journal, clock: FakeClock, error: HostscanError
) -> None:
    server = a_server(clock, before_cancel=raising(error, error))
    plan = make_plan(server)
    lists = server.lists
    (job,) = execute(NewRun(plan), means(server), journal).jobs
    assert job.outcome is Outcome.CANCELLED
    assert job.attempts == len(server.sent) == (1 if error is UNREACHED else 3)
    assert server.lists == lists + 1  # the confirmation's


@pytest.mark.parametrize("retry_after_s", [7.0, 40.0])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(
    journal: Journal, clock: FakeClock, status: int, retry_after_s: float
) -> None:
    moments = []

    def answer(_job: UUID, attempt: int) -> None:
        moments.append(clock.monotonic())
        if attempt == 1:
            raise busy(status, retry_after_s)

    assert one(a_server(clock, before_cancel=answer), journal).outcome is Outcome.CANCELLED
    assert retry_after_s <= moments[1] - moments[0] < retry_after_s * 1.3 + 1


@pytest.mark.parametrize(
    "error",
    [busy(503), LOST, api_error(ServerError, 500), api_error(UnreadableReplyError, 200)],
)
def test_after_a_reply_that_proves_nothing_it_is_sent_again_once_a_read_shows_that_it_stands(
    journal: Journal, clock: FakeClock, error: HostscanError
) -> None:
    server = a_server(clock, before_cancel=raising(error))
    looks = []
    server.before_list = lambda _number: looks.append(len(server.sent))
    job = one(server, journal)
    assert (job.outcome, job.attempts) == (Outcome.CANCELLED, 2)
    assert 1 in looks


@pytest.mark.parametrize("cancelling_s", [0.0, 1.5, 3.0, 4.5])
@pytest.mark.parametrize(
    "error", [LOST, api_error(ServerError, 504), api_error(UnreadableReplyError, 200)]
)
def test_a_cancel_that_was_carried_out_is_never_sent_twice_though_it_shows_late(
    journal: Journal, clock: FakeClock, cancelling_s: float, error: HostscanError
) -> None:
    server = a_server(clock, cancelling_s=cancelling_s, after_cancel=raising(error))
    job = one(server, journal)
    assert (job.outcome, job.attempts, job.status_after) == (Outcome.CANCELLED, 1, "Cancelled")


def test_a_cancel_whose_replies_are_always_lost_is_given_up(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, before_cancel=raising(*[LOST] * 99))
    job = one(server, journal, execute=replace(QUICK, confirm_s=0))
    assert job.outcome is Outcome.FAILED
    assert "still stands: the reply was lost" in (job.detail or "")
    assert job.attempts == 5


def test_a_server_that_stays_busy_is_given_up(journal: Journal, clock: FakeClock) -> None:
    for status in (429, 503):
        server = a_server(clock, before_cancel=raising(*[busy(status)] * 99))
        job = one(server, journal)
        assert (job.outcome, job.http_status) == (Outcome.FAILED, status)
        assert job.attempts == 17


def test_a_server_that_is_never_reached_is_given_up_and_nothing_counts_as_sent(
    journal: Journal, clock: FakeClock
) -> None:
    job = one(a_server(clock, before_cancel=raising(*[UNREACHED] * 99)), journal)
    assert (job.outcome, job.attempts) == (Outcome.FAILED, 0)
    assert "not reached" in (job.detail or "")
    assert 25 < clock.monotonic() < 60


def test_another_certificate_is_not_tried_again(journal: Journal, clock: FakeClock) -> None:
    asked = []

    def answer(_job: UUID, _attempt: int) -> None:
        asked.append(1)
        raise CertificateError("the certificate changed")

    job = one(a_server(clock, before_cancel=answer), journal)
    assert (job.outcome, job.detail, len(asked)) == (Outcome.FAILED, "the certificate changed", 1)


def test_hosts_that_changed_meanwhile_forbid_to_send_again(
    journal: Journal, clock: FakeClock
) -> None:
    def move(_job: UUID, _attempt: int) -> None:
        server.jobs[job_id(0)] = scan_job(0, hosts=("dc01", "dc02"))
        raise LOST

    server = a_server(clock, before_cancel=move)
    job = one(server, journal)
    assert (job.outcome, job.attempts) == (Outcome.DRIFTED, 1)
    assert "not sent again" in (job.detail or "")


# answers that decide


def test_a_404_is_gone_without_a_look(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, before_cancel=raising(api_error(NotFoundError, 404)))
    lists = server.lists
    job = one(server, journal)
    assert (job.outcome, job.http_status, job.trace_id) == (Outcome.GONE, 404, "trace-404")
    assert server.lists == lists + 1


def test_a_400_and_still_active_is_refused_with_the_servers_text(
    journal: Journal, clock: FakeClock
) -> None:
    refusal = api_error(ApiError, 400, "Job cannot be cancelled now")
    job = one(a_server(clock, before_cancel=raising(refusal)), journal)
    assert (job.outcome, job.status_after, job.attempts) == (Outcome.REFUSED, "Queued", 1)
    assert job.detail == "400 Sorry: Job cannot be cancelled now"
    assert job.trace_id == "trace-400"


@pytest.mark.parametrize("status", [JobStatus.COMPLETE, JobStatus.FAILED, JobStatus.CANCELLED])
def test_a_400_of_a_job_that_has_ended_is_already_finished(
    journal: Journal, clock: FakeClock, status: JobStatus
) -> None:
    server = a_server(clock)
    plan = make_plan(server)
    server.set_status(0, status)
    (job,) = execute(NewRun(plan), means(server), journal).jobs
    assert (job.outcome, job.status_after) == (Outcome.ALREADY_FINISHED, status.value)
    assert (job.detail == "somebody else had cancelled it") is (status is JobStatus.CANCELLED)


def test_a_400_after_a_lost_reply_is_cancelled_when_it_shows_cancelled(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(
        clock, cancelling_s=20.0, after_cancel=raising(LOST, api_error(ApiError, 400))
    )
    job = one(server, journal)
    assert job.outcome is Outcome.CANCELLED  # refused at first sight, and watched since


def test_a_refusal_that_is_not_a_400_is_failed_with_its_cause(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, before_cancel=raising(api_error(ApiError, 409, "conflict")))
    job = one(server, journal)
    assert (job.outcome, job.detail) == (Outcome.FAILED, "409 Sorry: conflict")


def test_a_403_is_failed_at_once(journal: Journal, clock: FakeClock) -> None:
    job = one(a_server(clock, before_cancel=raising(api_error(ForbiddenError, 403))), journal)
    assert (job.outcome, job.attempts, job.http_status) == (Outcome.FAILED, 1, 403)


def unreadable_after(server: FakeServer, lists: int) -> None:
    def refuse(number: int) -> None:
        if number > lists:
            raise UNREACHED

    server.before_list = refuse


def test_a_lost_reply_and_an_unreadable_state_is_uncertain(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, before_cancel=raising(LOST))
    unreadable_after(server, 1)
    job = one(server, journal)
    assert (job.outcome, job.attempts) == (Outcome.UNCERTAIN, 1)
    assert "the reply was lost; its state could not be read" in (job.detail or "")


def test_a_400_whose_state_cannot_be_read_is_failed(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, before_cancel=raising(api_error(ApiError, 400)))
    unreadable_after(server, 1)
    assert one(server, journal).outcome is Outcome.FAILED


def test_a_status_that_does_not_tell_is_uncertain(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock)
    plan = make_plan(server)

    def answer(_job: UUID, _attempt: int) -> None:
        server.jobs[job_id(0)] = replace(scan_job(0), status=None, status_text="42")
        raise LOST

    server.before_cancel = answer
    (job,) = execute(NewRun(plan), means(server), journal).jobs
    assert job.outcome is Outcome.UNCERTAIN
    assert "'42'" in (job.detail or "")


def test_an_uncertain_job_that_shows_cancelled_in_the_end_is_cancelled(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, after_cancel=raising(LOST))
    server.before_list = lambda number: raising(None, *[UNREACHED] * 3)(job_id(0), number)
    assert one(server, journal).outcome is Outcome.CANCELLED


# endings before the time


def test_a_lost_sign_in_ends_the_run_and_says_so(journal: Journal, clock: FakeClock) -> None:
    def answer(_job: UUID, _attempt: int) -> None:
        if len(server.sent) > 10:
            raise SIGNED_OUT

    server = a_server(clock, 40, before_cancel=answer)
    record = play(server, journal, execute=ONE_BY_ONE)
    assert record.state is RunState.INTERRUPTED
    assert record.ended_by == "sign-in was lost: the session ended"
    assert record.outcomes == {Outcome.CANCELLED: 10, Outcome.NOT_ATTEMPTED: 30}
    assert len(server.sent) == 11
    assert {job.detail for job in record.jobs if job.outcome is Outcome.NOT_ATTEMPTED} == {
        record.ended_by
    }


def test_a_sign_in_that_is_lost_at_a_look_leaves_the_job_uncertain(
    journal: Journal, clock: FakeClock
) -> None:
    def refuse(number: int) -> None:
        if number > 1:
            raise SIGNED_OUT

    server = a_server(clock, 3, before_cancel=raising(LOST))
    server.before_list = refuse
    record = play(server, journal, execute=replace(ONE_BY_ONE, stop_after_failures=1))
    assert record.outcomes == {Outcome.UNCERTAIN: 1, Outcome.NOT_ATTEMPTED: 2}
    assert record.ended_by == "sign-in was lost: the session ended"
    assert server.sent == [job_id(0)]


def test_a_stop_ends_the_wait_for_a_turn(
    journal: Journal, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()

    def wait(_event: threading.Event, _seconds: float) -> bool:
        stop.request("interrupted by Ctrl+C")
        return True

    monkeypatch.setattr(clock, "wait", wait)
    server = a_server(clock, 10)
    record = play(server, journal, execute=replace(ONE_BY_ONE, rate=1.0), stop=stop)
    assert len(server.sent) == 1
    assert record.outcomes == {Outcome.CANCELLED: 1, Outcome.NOT_ATTEMPTED: 9}


def test_the_breaker_stops_after_failures_in_a_row(journal: Journal, clock: FakeClock) -> None:
    server = a_server(
        clock, 40, before_cancel=lambda *_: raising(api_error(ForbiddenError, 403))(job_id(0), 1)
    )
    record = play(server, journal, execute=replace(ONE_BY_ONE, stop_after_failures=7))
    assert len(server.sent) == 7
    assert record.outcomes == {Outcome.FAILED: 7, Outcome.NOT_ATTEMPTED: 33}
    assert record.ended_by == "7 cancels in a row failed or are uncertain"


@pytest.mark.parametrize("error", [LOST, UNREACHED, api_error(ServerError, 500)])
def test_a_server_in_trouble_is_not_sent_the_whole_plan_before_the_breaker_can_know(
    journal: Journal, clock: FakeClock, error: HostscanError
) -> None:
    server = a_server(clock, 500, before_cancel=raising(*[error] * 99))
    record = play(server, journal, execute=replace(QUICK, workers=8, stop_after_failures=10))
    assert record.state is RunState.INTERRUPTED
    assert len(set(server.sent)) <= 10 + 8
    assert record.outcomes[Outcome.NOT_ATTEMPTED] >= 500 - 18


def test_the_deadline_leaves_the_rest_unattempted(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 100)
    record = play(server, journal, execute=replace(ONE_BY_ONE, rate=2.0, deadline_s=10.0))
    assert 18 <= len(server.sent) <= 21
    assert record.outcomes[Outcome.CANCELLED] == len(server.sent)
    assert record.outcomes[Outcome.NOT_ATTEMPTED] == 100 - len(server.sent)
    assert "deadline of 10 s" in (record.ended_by or "")
    assert clock.monotonic() < 12


def test_a_pause_beyond_the_deadline_is_not_waited_for(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 5, before_cancel=raising(busy(429, 200.0)))
    record = play(server, journal, execute=replace(ONE_BY_ONE, deadline_s=60.0))
    assert record.outcomes == {Outcome.NOT_ATTEMPTED: 5}
    assert clock.monotonic() < 5
    assert "leaves no time" in (record.ended_by or "")
    assert [job.attempts for job in record.jobs][:2] == [1, 0]


def test_what_is_in_question_at_the_deadline_is_looked_at_once_more(
    journal: Journal, clock: FakeClock
) -> None:
    def answer(sent: UUID, _attempt: int) -> None:
        clock.sleep(9)
        raise LOST if sent == job_id(0) else api_error(ApiError, 400)

    server = a_server(clock, 4, after_cancel=answer)
    server.before_cancel = lambda sent, _n: (
        answer(sent, 1) if sent in (job_id(1), job_id(2)) else None
    )
    plan = make_plan(server, execute=replace(ONE_BY_ONE, deadline_s=26.0))
    original = server.before_cancel

    def finishing(sent: UUID, attempt: int) -> None:
        if sent == job_id(1):
            server.set_status(1, JobStatus.COMPLETE)
        original(sent, attempt)

    server.before_cancel = finishing
    record = execute(NewRun(plan), means(server), journal)
    assert [job.outcome for job in record.jobs] == [
        Outcome.CANCELLED,
        Outcome.ALREADY_FINISHED,
        Outcome.REFUSED,
        Outcome.NOT_ATTEMPTED,
    ]
    assert server.attempts()[job_id(0)] == 1


def test_a_stop_finishes_what_is_in_flight(journal: Journal, clock: FakeClock) -> None:
    stop = Stop()

    def answer(_job: UUID, _attempt: int) -> None:
        if len(server.sent) == 5:
            stop.request("interrupted by Ctrl+C")

    server = a_server(clock, 50, before_cancel=answer)
    record = play(server, journal, execute=ONE_BY_ONE, stop=stop)
    assert (record.state, record.ended_by) == (RunState.INTERRUPTED, "interrupted by Ctrl+C")
    assert record.outcomes == {Outcome.CANCELLED: 5, Outcome.NOT_ATTEMPTED: 45}
    assert len(server.sent) == 5


def test_a_second_stop_does_not_wait_and_the_journal_tells(
    journal: Journal, clock: FakeClock
) -> None:
    stop, release = Stop(), threading.Event()

    def answer(sent: UUID, _attempt: int) -> None:
        if sent == job_id(2):
            stop.request("interrupted by Ctrl+C")
            stop.request()
            release.wait(30)

    server = a_server(clock, 20, before_cancel=answer)
    record = play(server, journal, execute=ONE_BY_ONE, stop=stop)
    lists = server.lists
    release.set()
    assert record.outcomes == {
        Outcome.ACCEPTED: 2,
        Outcome.UNCERTAIN: 1,
        Outcome.NOT_ATTEMPTED: 17,
    }
    assert record.jobs[2].attempts == 1
    assert lists == 1
    assert journal.record(record.run_id) == record


def test_a_stop_while_confirming_leaves_the_run_to_be_resumed(
    journal: Journal, clock: FakeClock
) -> None:
    stop = Stop()
    server = a_server(clock, 3, cancelling_s=1e9)
    server.before_list = lambda number: stop.request("interrupted") if number == 4 else None
    record = play(server, journal, stop=stop)
    assert (record.state, record.ended_by) == (RunState.INTERRUPTED, "interrupted")
    assert record.outcomes == {Outcome.ACCEPTED: 3}


def test_a_stop_that_comes_when_all_is_done_interrupts_nothing(
    journal: Journal, clock: FakeClock
) -> None:
    stop = Stop()
    server = a_server(clock, 3)
    server.before_list = lambda number: stop.request() if number == 2 else None
    record = play(server, journal, stop=stop)
    assert (record.state, record.ended_by) == (RunState.FINISHED, None)


def test_a_bug_on_the_way_is_raised_and_the_journal_still_tells(
    journal: Journal, clock: FakeClock
) -> None:
    def answer(sent: UUID, _attempt: int) -> None:
        if sent == job_id(3):
            raise ZeroDivisionError

    server = a_server(clock, 10, before_cancel=answer)
    with pytest.raises(ZeroDivisionError):
        play(server, journal, execute=ONE_BY_ONE)
    record = journal.record(journal.runs()[0].run_id)
    assert record.ended_by == "ended by a fault of this program: ZeroDivisionError"
    assert record.jobs[3].outcome is Outcome.UNCERTAIN
    assert record.outcomes[Outcome.NOT_ATTEMPTED] == 6


# the journal's own troubles


def test_when_the_disk_fills_up_nothing_more_is_sent_and_nothing_is_lost(
    journal: Journal, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(_job: UUID, _attempt: int) -> None:
        if len(server.sent) == 3:
            fill_the_disk_for_good(journal)

    server = a_server(clock, 400, before_cancel=answer)
    record = play(server, journal, execute=replace(ONE_BY_ONE, confirm_s=5.0))
    assert record.state is RunState.INTERRUPTED
    assert "full" in (record.ended_by or "")
    told = {job.job_id for job in record.jobs if job.attempts}
    assert set(server.sent) == told
    assert record.outcomes[Outcome.CANCELLED] == len(server.sent) < 400
    assert record.outcomes.total() == 400
    on_disk = journal.reopen(record.run_id)
    intended = {on_disk.plan.jobs[n].job_id for n in range(400) if on_disk.is_intended(n)}
    written = {job.job_id for job in on_disk.record.jobs if job.outcome is not None}
    assert set(server.sent) <= intended | written
    assert "full" in caplog.text


def test_nothing_is_sent_again_whose_intent_cannot_be_written(
    journal: Journal, clock: FakeClock
) -> None:
    def answer(_job: UUID, attempt: int) -> None:
        fill_the_disk_for_good(journal)
        raise busy(429)

    server = a_server(clock, before_cancel=answer)
    record = play(server, journal, execute=ONE_BY_ONE)
    assert server.sent == [job_id(0)]
    assert record.outcomes == {Outcome.NOT_ATTEMPTED: 1}
    assert record.jobs[0].attempts == 1
    assert "full" in (record.ended_by or "")


def test_a_503_with_an_absurd_retry_after_is_looked_at_in_time(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, before_cancel=raising(busy(503, 31_536_000.0)))
    assert one(server, journal).outcome is Outcome.CANCELLED
    assert 300 <= clock.monotonic() < 600


def fill_the_disk_for_good(journal: Journal) -> None:
    real = journal._store.writing

    def full() -> Any:
        raise JournalError("journal: database or disk is full")

    journal._store.writing = full  # type: ignore[method-assign]
    assert real is not full


def test_a_journal_that_cannot_be_begun_sends_nothing(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 3)
    play(server, journal)
    fill_the_disk(journal)
    sent = len(server.sent)
    again = a_server(clock, 400)
    with pytest.raises(JournalError):
        play(again, journal)
    assert (len(server.sent), again.sent) == (sent, [])


# before anything is sent


def test_a_plan_with_refusals_does_not_run(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 30)
    plan = make_plan(server, limits=Limits(max_jobs=5))
    with pytest.raises(PlanRefusedError, match="more than max_jobs 5"):
        execute(NewRun(plan), means(server), journal)
    assert (server.sent, journal.runs()) == ([], [])


def test_a_server_on_which_another_run_acts_is_left_alone(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, 3)
    with (
        RunLock(journal.folder, SERVER, clock).held(),
        pytest.raises(PlanRefusedError, match="another run"),
    ):
        play(server, journal)
    assert (server.sent, journal.runs()) == ([], [])


def test_a_fresh_plan_is_not_read_again_and_one_that_waited_for_its_yes_is(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, 3)
    plan = make_plan(server)
    clock.sleep(59)
    execute(NewRun(plan), means(server), journal)
    assert server.lists == 2  # the plan's and one look
    server = a_server(clock, 3)
    plan = make_plan(server)
    clock.sleep(61)
    server.set_status(1, JobStatus.RUNNING)
    record = execute(NewRun(plan), means(server), journal)
    assert [job.outcome for job in record.jobs] == [
        Outcome.CANCELLED,
        Outcome.DRIFTED,
        Outcome.CANCELLED,
    ]
    assert job_id(1) not in server.sent


def test_a_saved_plan_acts_only_on_what_still_matches_on_the_same_hosts(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, 6)
    plan = make_plan(server)
    server.set_status(1, JobStatus.RUNNING)
    server.set_status(2, JobStatus.COMPLETE)
    server.set_status(3, JobStatus.CANCELLED)
    del server.jobs[job_id(4)]
    server.jobs[job_id(5)] = scan_job(5, hosts=("dc01",))
    record = execute(NewRun(plan, is_single_use=True), means(server), journal, is_saved=True)
    assert server.sent == [job_id(0)]
    assert [(job.outcome, job.status_after) for job in record.jobs] == [
        (Outcome.CANCELLED, "Cancelled"),
        (Outcome.DRIFTED, "Running"),
        (Outcome.ALREADY_FINISHED, "Complete"),
        (Outcome.ALREADY_FINISHED, "Cancelled"),
        (Outcome.GONE, None),
        (Outcome.DRIFTED, "Queued"),
    ]
    details = [job.detail for job in record.jobs]
    assert details[1] == "no longer matches step 'stuck'"
    assert details[3] == "somebody else had cancelled it"
    assert details[5] == "its hosts changed since the plan"
    assert {job.attempts for job in record.jobs[1:]} == {0}
    with pytest.raises(PlanRefusedError, match="used already"):
        execute(NewRun(plan, is_single_use=True), means(server), journal, is_saved=True)


def test_what_the_profile_protects_by_now_is_not_cancelled(
    journal: Journal, clock: FakeClock
) -> None:
    server = a_server(clock, 2)
    plan = make_plan(server)
    protect = Protection(
        "profile nps01", compile_filter({"any_host": {"name": {"glob": "lab-0001"}}})
    )
    record = execute(NewRun(plan), means(server), journal, protect=[protect], is_saved=True)
    assert server.sent == [job_id(0)]
    assert record.jobs[1].outcome is Outcome.DRIFTED
    assert "now protected by profile nps01" in (record.jobs[1].detail or "")


@pytest.mark.parametrize("error", [UNREACHED, api_error(UnreadableReplyError, 200), SIGNED_OUT])
def test_a_server_that_cannot_be_read_again_is_not_acted_on_and_the_plan_stays_unused(
    journal: Journal, clock: FakeClock, error: HostscanError
) -> None:
    server = a_server(clock, 2)
    plan = make_plan(server)
    server.before_list = lambda _number: raising(error)(job_id(0), 1)
    with pytest.raises(type(error)):
        execute(NewRun(plan, is_single_use=True), means(server), journal, is_saved=True)
    assert server.sent == []
    assert journal.plan_used(plan.digest) is None


def test_somebody_who_asks_to_stop_before_the_run_begins_stops_everything(
    journal: Journal, clock: FakeClock
) -> None:
    server, stop = a_server(clock, 2), Stop()
    plan = make_plan(server)
    stop.request()
    with pytest.raises(KeyboardInterrupt):
        execute(NewRun(plan), means(server, stop=stop), journal)
    assert (server.sent, journal.runs()) == ([], [])


# the canary


def test_the_canary_goes_first_and_is_confirmed_before_the_rest(
    journal: Journal, clock: FakeClock
) -> None:
    sent_at_look = []
    server = a_server(clock, 20, cancelling_s=2.0)
    plan = make_plan(server, execute=replace(QUICK, canary=3))
    server.before_list = lambda _number: sent_at_look.append(len(server.sent))
    record = execute(NewRun(plan), means(server), journal)
    assert record.outcomes == {Outcome.CANCELLED: 20}
    assert sent_at_look[:3] == [3, 3, 3]
    assert sent_at_look[-1] == 20


@pytest.mark.parametrize("confirm_s", [10.0, 0.0])
def test_a_canary_that_is_not_done_stops_the_rest(
    journal: Journal, clock: FakeClock, confirm_s: float
) -> None:
    server = a_server(clock, 20, cancelling_s=1e9)
    record = play(server, journal, execute=replace(QUICK, canary=3, confirm_s=confirm_s))
    assert len(server.sent) == 3
    assert record.outcomes == {Outcome.ACCEPTED: 3, Outcome.NOT_ATTEMPTED: 17}
    assert "canary" in (record.ended_by or "")
    assert "accepted" in (record.ended_by or "")


def test_a_plan_no_larger_than_its_canary_is_the_canary(journal: Journal, clock: FakeClock) -> None:
    record = play(a_server(clock, 2), journal, execute=replace(QUICK, canary=5))
    assert (record.state, record.outcomes) == (RunState.FINISHED, {Outcome.CANCELLED: 2})


# pace and progress


def test_the_rate_is_kept(journal: Journal, clock: FakeClock) -> None:
    server = a_server(clock, 100)
    play(server, journal, execute=replace(QUICK, rate=20.0, confirm_s=0))
    assert clock.monotonic() == pytest.approx(5, abs=0.3)


def test_workers_come_one_by_one_as_the_server_proves_able(
    journal: Journal, clock: FakeClock
) -> None:
    names: list[str] = []

    def answer(_job: UUID, _attempt: int) -> None:
        names.append(threading.current_thread().name)

    play(a_server(clock, 30, before_cancel=answer), journal, execute=replace(QUICK, workers=8))
    assert names[0] == "cancel-1"
    assert set(names) <= {f"cancel-{n}" for n in range(1, 9)}


class Heard:
    """Hears progress, and holds it to its contract."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.done: dict[str, tuple[int, int]] = {}
        self.thread = threading.get_ident()

    def stage(self, name: str, total: int | None) -> None:
        self.stages.append((name, total))
        self.done[name] = 0, 0

    def advance(self, done: int = 1, failed: int = 0) -> None:
        assert threading.get_ident() == self.thread
        name = self.stages[-1][0]
        self.done[name] = self.done[name][0] + done, self.done[name][1] + failed

    def note(self, text: str) -> None:
        raise AssertionError(text)

    def end(self) -> None:
        self.stages.append(("", None))


def test_progress_is_told_stage_by_stage(journal: Journal, clock: FakeClock) -> None:
    heard = Heard()
    server = a_server(clock, 12)
    server.before_cancel = lambda sent, _n: (
        raising(api_error(ForbiddenError, 403))(sent, 1) if sent == job_id(5) else None
    )
    play(server, journal, progress=heard)
    assert [stage for stage in heard.stages if stage[0]] == [("cancelling", 12), ("confirming", 11)]
    assert heard.done == {"cancelling": (12, 1), "confirming": (11, 0)}


def test_a_clock_that_jumps_changes_no_decision(journal: Journal, clock: FakeClock) -> None:
    def jump(_job: UUID, _attempt: int) -> None:
        clock.offset += timedelta(days=(-1) ** len(server.sent) * 400)

    server = a_server(clock, 40, cancelling_s=1.0, before_cancel=jump)
    record = play(server, journal)
    assert record.outcomes == {Outcome.CANCELLED: 40}
    assert journal.record(record.run_id) == record
