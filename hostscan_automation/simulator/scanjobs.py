"""A host scan job of the simulated server: an immutable course of events, read at any time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    "Unknown": 9,  # the numbers of Unknown and Pending are not published
    "Pending": 10,
}
FAILURE_NUMBERS: Mapping[str, int] = {
    reason: number
    for number, reason in enumerate(
        (
            "NoError",
            "UnknownError",
            "SystemError",
            "ActionServiceUnavailable",
            "ActionTimeout",
            "AccessDenied",
            "UserAlreadyMemberofGroup",
            "UserNotMemberofGroup",
            "InvalidGroupName",
            "InvalidUserName",
            "InvalidHostName",
            "FailedToConnect",
        )
    )
}
ENDED = frozenset({"Complete", "Failed", "Cancelled", "CompletedWithErrors", "CompletedNotRun"})
HEARTBEAT_EVERY_S = 20.0
_NAMES = UUID("8f6f4d9a-3c1e-4c1b-9d5a-2b7e6a90c311")


@dataclass(frozen=True, slots=True)
class Host:
    """One scanned host; whatever the server does not know of it is None."""

    host_scan_host_id: UUID
    host_id: UUID | None = None
    name: str | None = None
    dns_name: str | None = None
    ip: str | None = None
    os: str | None = None
    version: str | None = None


def named_host(name: str, ip: str | None = "10.0.9.9") -> Host:
    """Return a host of that name; the same name is the same host."""
    return Host(
        host_scan_host_id=uuid5(_NAMES, f"scan {name}"),
        host_id=uuid5(_NAMES, name),
        name=name,
        dns_name=f"{name}.lab.example",
        ip=ip,
        os="Windows Server 2022",
        version="10.0.20348",
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One host in a job, and how its own scan ended where that was before the job's end.

    Attributes:
        ended_at: Seconds since 1970, or None while it follows the job.
        failure_reason: Shown once the host stands at Failed.
    """

    host: Host
    ended_at: float | None = None
    ended_as: str = "Complete"
    failure_reason: str = "NoError"

    def has_ended(self, now: float) -> bool:
        """Say whether this host's own scan is over."""
        return self.ended_at is not None and self.ended_at <= now


@dataclass(frozen=True, slots=True)
class Job:
    """One host scan job. All times are seconds since 1970 by the server's clock.

    Attributes:
        course: What it is from when on, the past and what will come by itself; never empty.
        parts: Its hosts; None is sent as null.
        silent_since: When its last heartbeat came, or None while they come as they should.
        is_stubborn: Whether a cancel is accepted and never happens.
        cancels_accepted: How many cancels were answered 202.
    """

    id: UUID
    course: tuple[tuple[float, str], ...]
    parts: tuple[Part, ...] | None = ()
    created_by: str | None = None
    created_from: str | None = None
    silent_since: float | None = None
    is_stubborn: bool = False
    cancels_accepted: int = 0

    @property
    def created(self) -> float:
        """When it was made."""
        return self.course[0][0]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Its hosts; none where the list is null."""
        return tuple(part.host for part in self.parts or ())

    def status(self, now: float) -> str:
        """Return what it is at that time."""
        status = self.course[0][1]
        for since, next_status in self.course:
            if since > now:
                break
            status = next_status
        return status

    def has_ended(self, now: float) -> bool:
        """Say whether nothing happens to it any more."""
        return self.status(now) in ENDED

    def started(self, now: float) -> float | None:
        """Return when it began to run, or None where it has not."""
        return next((at for at, what in self._past(now) if what == "Running"), None)

    def finished(self, now: float) -> float | None:
        """Return when it ended, or None where it has not."""
        return next((at for at, what in self._past(now) if what in ENDED), None)

    def next_change(self, now: float) -> float:
        """Return when it or one of its hosts changes next; infinity where it never does."""
        ends = (part.ended_at or 0.0 for part in self.parts or ())
        times = (*(at for at, _ in self.course), *ends)
        return min((at for at in times if at > now), default=math.inf)

    def part_status(self, part: Part, now: float) -> str:
        """Return what one of its hosts is at that time."""
        if part.has_ended(now):
            return part.ended_as
        status = self.status(now)
        if status in {"Failed", "CompletedWithErrors"}:
            return "Complete" if part.failure_reason == "NoError" else "Failed"
        return status

    def part_finished(self, part: Part, now: float) -> float | None:
        """Return when one of its hosts was done, or None where it is not."""
        return part.ended_at if part.has_ended(now) else self.finished(now)

    def heartbeat(self, part: Part, now: float) -> float | None:
        """Return the last sign of life of one of its hosts, or None where it never ran."""
        started = self.started(now)
        if started is None:
            return None
        latest = self.part_finished(part, now) or now - now % HEARTBEAT_EVERY_S
        if self.silent_since is not None:
            latest = min(latest, self.silent_since)
        return max(started, latest)

    def ended(self, at: float, status: str) -> Job:
        """Return it with what was to come after that time replaced by an end.

        A job that has ended by then stays as it is: its first end is final.
        """
        kept = tuple(step for step in self.course if step[0] <= at) or self.course[:1]
        if kept[-1][1] in ENDED:
            return self
        parts = self.parts and tuple(_cut_short(part, at) for part in self.parts)
        return replace(self, course=(*kept, (at, status)), parts=parts)

    def _past(self, now: float) -> Iterator[tuple[float, str]]:
        return (step for step in self.course if step[0] <= now)


def _cut_short(part: Part, at: float) -> Part:
    return part if part.has_ended(at) else replace(part, ended_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """A single job as a test describes it; ages are seconds before now.

    Attributes:
        hosts: Names or whole hosts; None is sent as null.
        created_ago_s: Age of the job.
        started_ago_s: Since when it runs or ran; None for half its age.
        silent_for_s: How long its heartbeat has been missing; None while it comes.
        failure_reason: Of every host, shown where the job has failed.
        then: What it becomes by itself: (seconds from now, status), in order.
    """

    status: str = "Queued"
    hosts: Sequence[str | Host] | None = ("lab-001",)
    job_id: UUID | None = None
    created_by: str | None = r"LAB\admin1"
    created_ago_s: float = 3600.0
    started_ago_s: float | None = None
    silent_for_s: float | None = None
    failure_reason: str = "NoError"
    then: Sequence[tuple[float, str]] = ()
    is_stubborn: bool = False

    def job(self, job_id: UUID, now: float) -> Job:
        """Return the job this describes."""
        return Job(
            id=job_id,
            course=(*self._past(now), *((now + after, what) for after, what in self.then)),
            parts=self._parts(),
            created_by=self.created_by,
            created_from="10.0.0.10",
            silent_since=None if self.silent_for_s is None else now - self.silent_for_s,
            is_stubborn=self.is_stubborn,
        )

    def _past(self, now: float) -> tuple[tuple[float, str], ...]:
        created = now - self.created_ago_s
        if self.status in {"Queued", "Pending", "Scheduled", "Unknown"}:
            return ((created, self.status),)
        ago = self.created_ago_s / 2 if self.started_ago_s is None else self.started_ago_s
        began = (now - ago, "Running")
        if self.status == "Running":
            return ((created, "Queued"), began)
        if self.status in {"Cancelled", "CompletedNotRun", "Paused"}:
            return ((created, "Queued"), (now - ago, self.status))
        return ((created, "Queued"), began, (now - ago / 2, self.status))

    def _parts(self) -> tuple[Part, ...] | None:
        if self.hosts is None:
            return None
        hosts = (named_host(host) if isinstance(host, str) else host for host in self.hosts)
        return tuple(Part(host, failure_reason=self.failure_reason) for host in hosts)
