"""Any server, any faults, any moment of stopping: the judge is the server's own count."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    HostscanError,
    NotFoundError,
    ServerError,
    UnreadableReplyError,
)
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.execution import execute, resume
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from hostscan_automation.runs.stop import Stop
from tests.unit.runs.conftest import counting
from tests.unit.runs.fakes import (
    LOST,
    QUICK,
    SIGNED_OUT,
    UNREACHED,
    FakeServer,
    api_error,
    busy,
    job_id,
    make_plan,
    means,
    scan_job,
)

if TYPE_CHECKING:
    from uuid import UUID

    from hostscan_automation.runs.record import JobRecord, RunRecord

JOBS = 12
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - only for speed
BEFORE: dict[str, HostscanError] = {
    "429": busy(429),
    "429 after 3 s": busy(429, 3.0),
    "503": busy(503),
    "503 after 2 s": busy(503, 2.0),
    "unreached": UNREACHED,
    "lost before": LOST,
    "500": api_error(ServerError, 500),
    "html": api_error(UnreadableReplyError, 200),
    "400": api_error(ApiError, 400),
    "409": api_error(ApiError, 409),
    "403": api_error(ForbiddenError, 403),
    "404": api_error(NotFoundError, 404),
    "signed out": SIGNED_OUT,
}
AFTER: dict[str, HostscanError] = {
    "lost after": LOST,
    "504 after": api_error(ServerError, 504),
    "html after": api_error(UnreadableReplyError, 200),
}
MOVES = ["ends", "cancelled by another", "vanishes", "moves hosts", "runs"]
LISTS = ["fails", "fails", "signed out"]


@dataclass
class Story:
    """What goes wrong with which attempt of which job, with which list, and when it is stopped."""

    answers: dict[tuple[int, int], str] = field(default_factory=dict)
    moves: dict[int, tuple[int, str]] = field(default_factory=dict)
    lists: dict[int, str] = field(default_factory=dict)
    stop_at: int | None = None
    cancelling_s: float = 0.0
    workers: int = 1
    canary: int = 0


STORIES = st.builds(
    Story,
    answers=st.dictionaries(
        st.tuples(st.integers(0, JOBS - 1), st.sampled_from([1, 1, 2, 3])),
        st.sampled_from([*BEFORE, *AFTER, *AFTER]),
        max_size=JOBS * 2,
    ),
    moves=st.dictionaries(
        st.integers(0, JOBS - 1), st.tuples(st.integers(1, 20), st.sampled_from(MOVES)), max_size=6
    ),
    lists=st.dictionaries(st.integers(2, 9), st.sampled_from(LISTS), max_size=4),
    stop_at=st.none() | st.integers(1, 15),
    cancelling_s=st.sampled_from([4.0, 1.0, 0.0, 300.0]),
    workers=st.sampled_from([1, 1, 3]),
    canary=st.sampled_from([0, 0, 2]),
)


class Judge:
    """A server that plays a story and remembers what was really done to each job."""

    def __init__(self, story: Story, stop: Stop) -> None:
        self.story = story
        self.stop = stop
        self.server = FakeServer.with_jobs(JOBS, cancelling_s=story.cancelling_s)
        self.server.before_cancel = self._before
        self.server.after_cancel = self._after
        self.server.before_list = self._list
        self.carried_out: list[UUID] = []
        self.moved: set[UUID] = set()

    def _before(self, one: UUID, attempt: int) -> None:
        if self.story.stop_at == len(self.server.sent):
            self.stop.request("interrupted")
        self._move()
        kind = self.story.answers.get((one.int - job_id(0).int, attempt), "")
        if kind in BEFORE:
            raise BEFORE[kind]

    def _after(self, one: UUID, attempt: int) -> None:
        self.carried_out.append(one)
        kind = self.story.answers.get((one.int - job_id(0).int, attempt), "")
        if kind in AFTER:
            raise AFTER[kind]

    def _list(self, number: int) -> None:
        kind = self.story.lists.get(number)
        if kind:
            raise UNREACHED if kind == "fails" else SIGNED_OUT

    def _move(self) -> None:
        for number, (moment, what) in self.story.moves.items():
            one = job_id(number)
            if len(self.server.sent) < moment or one in self.moved or one not in self.server.jobs:
                continue
            self.moved.add(one)
            if self.server.jobs[one].is_terminal:
                continue
            if what == "vanishes":
                del self.server.jobs[one]
            elif what == "moves hosts":
                self.server.jobs[one] = scan_job(number, hosts=(f"elsewhere-{number}",))
            else:
                self.server.set_status(number, _STATUS[what])

    def holds(self, record: RunRecord) -> None:
        """Hold what is told to what is true."""
        assert len({job.job_id for job in record.jobs}) == len(record.jobs) == JOBS
        assert set(self.server.sent) <= {job.job_id for job in record.jobs}
        sent = self.server.attempts()
        for job in record.jobs:
            self._job(job, sent[job.job_id])

    def _job(self, job: JobRecord, sent: int) -> None:  # noqa: C901 - one case for each outcome
        now = self.server.jobs.get(job.job_id)
        status = None if now is None else now.status
        assert job.outcome is not None
        assert job.attempts == sent, job
        match job.outcome:
            case Outcome.CANCELLED:
                assert sent
                assert status is JobStatus.CANCELLED or job.job_id in self.moved
            case Outcome.ACCEPTED:
                assert job.job_id in self.carried_out
            case Outcome.ALREADY_FINISHED:
                assert now is None or now.is_terminal
            case Outcome.GONE:
                assert now is None or job.http_status == 404
            case Outcome.REFUSED:
                assert job.http_status == 400
            case Outcome.UNCERTAIN | Outcome.FAILED | Outcome.DRIFTED:
                assert job.detail
            case Outcome.NOT_ATTEMPTED:
                assert job.job_id not in self.carried_out
            case Outcome.PROTECTED:
                raise AssertionError(job)


_STATUS = {
    "ends": JobStatus.COMPLETE,
    "cancelled by another": JobStatus.CANCELLED,
    "runs": JobStatus.RUNNING,
}


def carried_out_twice(judge: Judge) -> set[UUID]:
    return {one for one in judge.carried_out if judge.carried_out.count(one) > 1}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STORIES)
def test_whatever_happens_the_record_tells_what_the_server_saw(story: Story) -> None:
    stop = Stop()
    judge = Judge(story, stop)
    options = replace(
        QUICK,
        workers=story.workers,
        canary=story.canary,
        stop_after_failures=4,
        rate=50.0 if story.workers == 3 else None,
    )
    with (
        tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder,
        Journal(Path(folder) / "state", clock=judge.server.clock, chance=counting()) as journal,
    ):
        plan = make_plan(judge.server, execute=options)
        record = execute(NewRun(plan), means(judge.server, stop=stop), journal)
        assert journal.record(record.run_id) == record
        judge.holds(record)
        if story.cancelling_s < 5:
            assert not carried_out_twice(judge)
        if record.state is RunState.INTERRUPTED:
            go_on(judge, record, journal)


def go_on(judge: Judge, record: RunRecord, journal: Journal) -> None:
    """Resume the run on a server that has calmed down."""
    decided = {
        job.job_id
        for job in record.jobs
        if job.outcome not in {Outcome.NOT_ATTEMPTED, Outcome.UNCERTAIN}
    }
    first = len(judge.server.sent)
    judge.story = Story(cancelling_s=judge.story.cancelling_s)
    again = resume(record.run_id, means(judge.server), journal)
    judge.holds(again)
    if "canary" not in (again.ended_by or ""):  # which a server that never gets there stops again
        assert again.state is RunState.FINISHED
        assert Outcome.NOT_ATTEMPTED not in again.outcomes
    assert not decided & set(judge.server.sent[first:])
    assert journal.record(record.run_id) == again
    if judge.server.cancelling_s < 5:
        assert not carried_out_twice(judge)
