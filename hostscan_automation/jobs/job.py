"""A host scan job and the hosts it scans, as the server told them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.status import JobStatus


@dataclass(frozen=True, slots=True)
class ScannedHost:
    """One host in a job: `HostScanHostStatus`, and its action queue where the detail was read.

    `host_id` names the host, `host_scan_host_id` its record in the scan tables; the two are never
    interchangeable. The four times are None unless the detail was read and the server set them.
    """

    host_scan_host_id: UUID | None = None
    host_id: UUID | None = None
    name: str | None = None
    dns_name: str | None = None
    os: str | None = None
    ip: str | None = None
    version: str | None = None
    status: JobStatus | None = None
    status_description: str | None = None
    failure_reason: str | None = None
    queued: datetime | None = None
    started: datetime | None = None
    heartbeat: datetime | None = None
    finished: datetime | None = None

    @property
    def label(self) -> str:
        """What a person calls this host: its name, else its DNS name, address or id."""
        known = self.name or self.dns_name or self.ip
        return known or str(self.host_id or self.host_scan_host_id or "(unnamed host)")

    @property
    def identity(self) -> str:
        """What makes this host the same host when the server is read again."""
        return str(self.host_scan_host_id or self.host_id or self.label)


@dataclass(frozen=True, slots=True)
class ScanJob:
    """One host scan job: its row of the list, and the detail where that was read.

    Attributes:
        status: None where the server's word is not known, or number and description disagree.
        status_text: The status for people, also where it is not known.
        hosts: None where the server sent null instead of a list.
        has_detail: Whether the detail was read: before that, times and people are not missing,
            only not known yet.
        created: Aware, UTC; like all times None where the server did not set it.
    """

    id: UUID
    status: JobStatus | None
    status_text: str = ""
    status_description: str | None = None
    hosts: tuple[ScannedHost, ...] | None = ()
    has_detail: bool = False
    created: datetime | None = None
    modified: datetime | None = None
    created_by: str | None = None
    created_from: str | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether the job has surely ended."""
        return self.status is not None and self.status.is_terminal

    @property
    def is_active(self) -> bool:
        """Whether the job is surely one that could be cancelled."""
        return self.status is not None and self.status.is_active

    @property
    def host_names(self) -> tuple[str, ...]:
        """What people call the hosts of this job, in the server's order."""
        return tuple(host.label for host in self.hosts or ())

    @property
    def started(self) -> datetime | None:
        """When the first of its hosts started."""
        return min(_known(host.started for host in self.hosts or ()), default=None)

    @property
    def heartbeat(self) -> datetime | None:
        """The latest sign of life of any of its hosts."""
        return max(_known(host.heartbeat for host in self.hosts or ()), default=None)

    @property
    def finished(self) -> datetime | None:
        """When the last of its hosts finished."""
        return max(_known(host.finished for host in self.hosts or ()), default=None)

    @property
    def fingerprint(self) -> str:
        """A digest of the id and the set of hosts: equal as long as the job means the same."""
        identities = sorted(host.identity for host in self.hosts or ())
        text = "\n".join([str(self.id), *identities])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def with_detail(self, detail: ScanJob) -> ScanJob:
        """Return this row of the list, completed by the detail of the same job.

        Status and hosts stay those of the list; people and times come from the detail. Where the
        two name different hosts, the job is changing under our eyes: then the row is returned as
        it is, still without detail.
        """
        times = {host.identity: host for host in detail.hosts or ()}
        if self.hosts and set(times) != {host.identity for host in self.hosts}:
            return self
        return replace(
            self,
            hosts=self.hosts and tuple(_timed(host, times[host.identity]) for host in self.hosts),
            has_detail=True,
            created=detail.created,
            modified=detail.modified,
            created_by=detail.created_by,
            created_from=detail.created_from,
        )


def _timed(host: ScannedHost, detail: ScannedHost) -> ScannedHost:
    return replace(
        host,
        queued=detail.queued,
        started=detail.started,
        heartbeat=detail.heartbeat,
        finished=detail.finished,
    )


def _known(times: Iterable[datetime | None]) -> list[datetime]:
    return [time for time in times if time is not None]
