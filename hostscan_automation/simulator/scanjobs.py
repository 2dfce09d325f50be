"""The host scan jobs of the simulated server: what they are now, and what becomes of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STATUS_NUMBERS = {
    "Queued": 0,
    "Running": 1,
    "Complete": 2,
    "Failed": 3,
    "Cancelled": 4,
    "CompletedWithErrors": 5,
    "CompletedNotRun": 6,
    "Paused": 7,
    "Scheduled": 8,
    "Unknown": 9,
    "Pending": 10,
}
FAILURE_NUMBERS = {
    "NoError": 0,
    "UnknownError": 1,
    "SystemError": 2,
    "ActionServiceUnavailable": 3,
    "ActionTimeout": 4,
    "AccessDenied": 5,
    "InvalidHostName": 10,
    "FailedToConnect": 11,
}
ENDED = frozenset({"Complete", "Failed", "Cancelled", "CompletedWithErrors", "CompletedNotRun"})
_UNSET = "0001-01-01T00:00:00Z"
_NAMESPACE = UUID("6f9b9a9e-27a5-4d6b-8a35-5a1b3c0d9e11")
_HEARTBEAT_EVERY_S = 20.0


@dataclass(slots=True)
class Host:
    """One host in a job; times are seconds since 1970, None where unset."""

    host_scan_host_id: UUID
    host_id: UUID | None
    name: str | None = None
    dns_name: str | None = None
    os: str | None = None
    ip: str | None = None
    version: str | None = None
    status: str = "Queued"
    failure_reason: str = "NoError"
    queued: float | None = None
    started: float | None = None
    finished: float | None = None
    heartbeat: float | None = None


@dataclass(slots=True)
class Job:
    """One host scan job.

    Attributes:
        hosts: None is sent as null.
        events: What happens to it by itself: (seconds since 1970, status), in order.
        is_alive: Whether a running job still sends heartbeats.
        cancel_accepted: How many cancels were answered 202.
    """

    id: UUID
    status: str = "Queued"
    hosts: list[Host] | None = field(default_factory=list)
    created: float = 0.0
    created_by: str | None = None
    created_from: str | None = None
    events: list[tuple[float, str]] = field(default_factory=list)
    is_alive: bool = True
    cancel_accepted: int = 0

    def settle(self, now: float) -> None:
        """Let everything happen that is due."""
        while self.events and self.events[0][0] <= now:
            when, status = self.events.pop(0)
            self.become(status, when)

    def become(self, status: str, when: float) -> None:
        """Take on a status, and let the hosts that have not ended follow."""
        self.status = status
        for host in self.hosts or ():
            if host.status in ENDED:
                continue
            host.status = status
            if status == "Running":
                host.started = host.heartbeat = when
            elif status in ENDED:
                host.finished = when

    def cancel(self, when: float | None) -> None:
        """Forget what would have come; end at that time, or never."""
        self.cancel_accepted += 1
        if when is not None:
            self.events = [event for event in self.events if event[0] <= when]
            self.events = [*self.events, (when, "Cancelled")]


class ScanJobs:
    """All jobs of one server; every reading settles what is due."""

    def __init__(self, now: Callable[[], float], *, status_as_name: bool = False) -> None:
        self._now = now
        self._status_as_name = status_as_name
        self._jobs: dict[UUID, Job] = {}
        self.lock = threading.RLock()

    def fill(self, jobs: Iterable[Job]) -> None:
        """Add jobs in this order."""
        with self.lock:
            self._jobs.update((job.id, job) for job in jobs)

    def add(self, job: Job) -> Job:
        """Add one job at the end of the list."""
        self.fill([job])
        return job

    def get(self, job_id: UUID) -> Job | None:
        """Return a job as it is now, or None."""
        with self.lock:
            job = self._jobs.get(job_id)
            if job is not None:
                job.settle(self._now())
            return job

    def remove(self, job_id: UUID) -> None:
        """Let a job vanish."""
        with self.lock:
            self._jobs.pop(job_id, None)

    def finish(self, job_id: UUID, status: str = "Complete") -> None:
        """Let a job end by itself, now."""
        with self.lock:
            job = self._jobs[job_id]
            job.events.clear()
            job.become(status, self._now())

    def clear(self) -> None:
        """Wipe everything, as TruncateAllTables does."""
        with self.lock:
            self._jobs.clear()

    def __len__(self) -> int:
        return len(self._jobs)

    def all(self) -> list[Job]:
        """Return every job as it is now."""
        with self.lock:
            now = self._now()
            jobs = list(self._jobs.values())
            for job in jobs:
                job.settle(now)
            return jobs

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield every job as HostScanJobStatus."""
        for job in self.all():
            with self.lock:
                yield self.row(job)

    def row(self, job: Job) -> dict[str, Any]:
        """Return one job as HostScanJobStatus."""
        return {
            "id": str(job.id),
            "status": self._status(job.status),
            "statusDescription": job.status,
            "hostScanHostStatus": (
                None if job.hosts is None else [self._host_row(host) for host in job.hosts]
            ),
        }

    def detail(self, job: Job) -> dict[str, Any]:
        """Return one job as HostScanJob: it has no status of its own."""
        modified = max([job.created, *(host.finished or 0.0 for host in job.hosts or ())])
        return {
            "id": str(job.id),
            "createdBy": str(uuid5(_NAMESPACE, job.created_by or "")),
            "createdByUserName": job.created_by,
            "createdFromAddress": job.created_from,
            "hostScanJobHostJoin": [self._join(job, host) for host in job.hosts or ()],
            "nodeId": str(_NAMESPACE),
            "createdDateTimeUtc": _date(job.created),
            "modifiedDateTimeUtc": _date(modified),
        }

    def _host_row(self, host: Host) -> dict[str, Any]:
        return {
            "hostScanHostId": str(host.host_scan_host_id),
            "hostId": None if host.host_id is None else str(host.host_id),
            "name": host.name,
            "dnsHostName": host.dns_name,
            "os": host.os,
            "ipAddress": host.ip,
            "version": host.version,
            "status": self._status(host.status),
            "statusDescription": host.status,
            "failureReason": self._reason(host.failure_reason),
        }

    def _join(self, job: Job, host: Host) -> dict[str, Any]:
        queue_id = str(uuid5(job.id, str(host.host_scan_host_id)))
        return {
            "hostScanJobId": str(job.id),
            "hostScanHostId": str(host.host_scan_host_id),
            "hostScanHost": {
                "id": str(host.host_scan_host_id),
                "name": host.name,
                "dnsHostName": host.dns_name,
                "ipAddress": host.ip,
                "os": host.os,
                "version": host.version,
                "hostId": None if host.host_id is None else str(host.host_id),
            },
            "actionQueueId": queue_id,
            "actionQueue": {
                "id": queue_id,
                "status": self._status(host.status),
                "statusDescription": host.status,
                "failureReason": self._reason(host.failure_reason),
                "timeCreated": _date(host.queued),
                "timeStarted": _date(host.started),
                "timeFinished": _date(host.finished),
                "heartBeatDateTimeUtc": _date(self._heartbeat(job, host)),
            },
        }

    def _heartbeat(self, job: Job, host: Host) -> float | None:
        if job.is_alive and host.status == "Running" and host.started is not None:
            return max(host.started, self._now() - self._now() % _HEARTBEAT_EVERY_S)
        return host.heartbeat

    def _status(self, name: str) -> str | int:
        return name if self._status_as_name else STATUS_NUMBERS.get(name, name)

    def _reason(self, name: str) -> str | int:
        return name if self._status_as_name else FAILURE_NUMBERS.get(name, name)


def _date(seconds: float | None) -> str:
    if seconds is None:
        return _UNSET
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    # Live servers leave the zone out now and then; what they mean is UTC.
    return text.replace("+00:00", "Z" if int(seconds) % 2 else "")
