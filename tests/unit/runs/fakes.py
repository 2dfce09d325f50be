"""A server in memory, a clock that tests own, and plans to carry out."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from hostscan_automation.errors import (
    ApiError,
    HostscanError,
    NotFoundError,
    NotReachedError,
    Problem,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    SignInError,
    UnreadableReplyError,
)
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.plan import CancelPlan, PlaybookIdentity
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.jobs.selection import Selection, Step
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.means import Means

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
SERVER = "https://nps01.example.com:6500"
QUICK = ExecuteOptions(workers=4, rate=None, confirm_s=30.0, deadline_s=600.0)


class FakeClock:
    """Time passes only when somebody waits, and then at once.

    Threads that wait for each other wait in real time; those that wait for time move this clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0.0
        self.offset = timedelta()

    def now(self) -> datetime:
        return START + timedelta(seconds=self._now) + self.offset

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += max(0.0, seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        if not event.is_set():
            self.sleep(seconds)
        return event.is_set()


@dataclass(frozen=True)
class Reply:
    status: int = 202


def job_id(number: int) -> UUID:
    return UUID(int=0xFACE0000_0000_4000_8000_000000000000 + number)


def scan_job(
    number: int, status: JobStatus = JobStatus.QUEUED, hosts: tuple[str, ...] = ()
) -> ScanJob:
    names = hosts or (f"lab-{number:04d}",)
    return ScanJob(
        id=job_id(number),
        status=status,
        hosts=tuple(
            ScannedHost(
                host_scan_host_id=uuid5(NAMESPACE_DNS, f"{number}.{name}"),
                name=name,
                dns_name=f"{name}.example.com",
            )
            for name in names
        ),
    )


def api_error(kind: type[ApiError], status: int, text: str = "no") -> ApiError:
    return kind(
        f"DELETE /x was answered with {status}",
        status=status,
        method="DELETE",
        path="/x",
        problem=Problem(title="Sorry", detail=text, further={"traceId": f"trace-{status}"}),
    )


def busy(status: int, retry_after_s: float | None = None) -> RateLimitedError:
    error = api_error(RateLimitedError, status)
    assert isinstance(error, RateLimitedError)
    error.retry_after_s = retry_after_s
    return error


@dataclass
class FakeServer:
    """Jobs with states, and what happens when they are asked for or cancelled.

    Attributes:
        cancelling_s: So long after it was taken a cancel shows.
        before_cancel: Called with job and number of the attempt; may raise, and then nothing
            happened to the job.
        after_cancel: The same, after the job was cancelled: the reply is lost on its way.
        before_list: Called with the number of the list; may raise.
        sent: Every cancel that arrived, in order.
        looks_within_s: How long each list was to be waited for.
    """

    clock: FakeClock = field(default_factory=FakeClock)
    jobs: dict[UUID, ScanJob] = field(default_factory=dict)
    details: dict[UUID, ScanJob] = field(default_factory=dict)
    cancelling_s: float = 0.0
    before_cancel: Callable[[UUID, int], None] = lambda _job, _attempt: None
    after_cancel: Callable[[UUID, int], None] = lambda _job, _attempt: None
    before_list: Callable[[int], None] = lambda _number: None
    sent: list[UUID] = field(default_factory=list)
    lists: int = 0
    looks_within_s: list[float | None] = field(default_factory=list)
    detail_reads: list[UUID] = field(default_factory=list)
    ahead: timedelta = timedelta()
    _tries: Counter[UUID] = field(default_factory=Counter)
    _due: dict[UUID, float] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def with_jobs(cls, count: int, **more: Any) -> FakeServer:
        return cls(jobs={job_id(n): scan_job(n) for n in range(count)}, **more)

    def set_status(self, number: int, status: JobStatus) -> None:
        self.jobs[job_id(number)] = replace(self.jobs[job_id(number)], status=status)

    def status(self, number: int) -> JobStatus | None:
        self._settle()
        return self.jobs[job_id(number)].status

    def attempts(self) -> Counter[UUID]:
        return Counter(self.sent)

    # what the runs see

    def iter_jobs(self, within_s: float | None = None) -> Iterator[ScanJob]:
        with self._lock:
            self.lists += 1
            self.looks_within_s.append(within_s)
            number = self.lists
        self.before_list(number)
        with self._lock:
            self._settle()
            rows = list(self.jobs.values())
        yield from rows

    def job(self, job_id: UUID) -> ScanJob:
        with self._lock:
            self.detail_reads.append(job_id)
            found = self.details.get(job_id) or self.jobs.get(job_id)
        if found is None:
            raise api_error(NotFoundError, 404)
        return replace(found, has_detail=True)

    def server_now(self) -> datetime:
        return (self.clock.now() + self.ahead).replace(microsecond=0)  # a Date header

    def cancel_job(self, job_id: UUID) -> Reply:
        with self._lock:
            self._tries[job_id] += 1
            attempt = self._tries[job_id]
            self.sent.append(job_id)
        try:
            self.before_cancel(job_id, attempt)
        except NotReachedError:
            with self._lock:
                self.sent.remove(job_id)
            raise
        with self._lock:
            self._settle()
            self._take_cancel(job_id)
        self.after_cancel(job_id, attempt)
        return Reply()

    def _take_cancel(self, job_id: UUID) -> None:
        job = self.jobs.get(job_id)
        if job is None:
            raise api_error(NotFoundError, 404)
        if job.is_terminal:
            raise api_error(ApiError, 400, f"the job is {job.status}")
        self._due.setdefault(job_id, self.clock.monotonic() + self.cancelling_s)
        self._settle()

    def _settle(self) -> None:
        with self._lock:
            for one in [one for one, due in self._due.items() if due <= self.clock.monotonic()]:
                del self._due[one]
                if one in self.jobs and not self.jobs[one].is_terminal:
                    self.jobs[one] = replace(self.jobs[one], status=JobStatus.CANCELLED)


def selection(data: Any = None) -> Selection:
    return Selection((Step("stuck", compile_filter(data or {"status": ["Queued", "Pending"]})),))


def make_plan(
    server: FakeServer,
    chosen: Selection | None = None,
    execute: ExecuteOptions = QUICK,
    limits: Limits | None = None,
) -> CancelPlan:
    chosen = chosen or selection()
    builder = PlanBuilder(chosen, now=server.server_now())
    for job in server.iter_jobs():
        builder.add(job)
    for pending in builder.pending:
        builder.add_detail(server.job(pending))
    return builder.build(
        server=SERVER,
        account="LAB\\scanadmin",
        playbook=PlaybookIdentity("stuck", "sha256:" + "0" * 64),
        limits=limits or Limits(max_jobs=1_000_000, max_percent=100),
        execute=execute,
    )


def means(server: FakeServer, **more: Any) -> Means:
    return Means(
        reader=server,
        canceller=server,
        clock=server.clock,
        chance=lambda: 0.5,
        **more,
    )


LOST = ReplyLostError("the reply was lost")
UNREACHED = NotReachedError("the server was not reached")
SIGNED_OUT = SignInError("the session ended")
ANY_FAULT: tuple[HostscanError, ...] = (
    LOST,
    UNREACHED,
    busy(429),
    busy(503),
    api_error(ServerError, 500),
    api_error(UnreadableReplyError, 200),
    api_error(ApiError, 400),
    api_error(ApiError, 409),
)
