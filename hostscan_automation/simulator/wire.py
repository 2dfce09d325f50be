"""Jobs and hosts in the documented forms: HostScanJobStatus, HostScanJob, HostScanHost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from hostscan_automation.simulator.scanjobs import FAILURE_NUMBERS, STATUS_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostscan_automation.simulator.config import SimulatorConfig
    from hostscan_automation.simulator.jobtable import JobTable
    from hostscan_automation.simulator.scanjobs import Host, Job, Part

NODE_ID = UUID("959356e3-6168-4a92-b4a5-b9d462be6177")
_UNSET = "0001-01-01T00:00:00"
_ROWS_IN_A_PIECE = 100


class JobWriter:
    """Writes jobs as one server writes them: statuses by number or name, dates with Z or not."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._names = config.status_as_name
        self._zone = config.date_zone

    def row(self, job: Job, now: float) -> dict[str, Any]:
        """Return a job as HostScanJobStatus."""
        status = job.status(now)
        parts = job.parts
        return {
            "id": str(job.id),
            "status": self._status(status),
            "statusDescription": status,
            "hostScanHostStatus": parts and [self._part_row(job, part, now) for part in parts],
        }

    def detail(self, job: Job, now: float) -> dict[str, Any]:
        """Return a job as HostScanJob: it has no status of its own."""
        joins = None if job.parts is None else [self._join(job, part, now) for part in job.parts]
        created_by = None if job.created_by is None else str(uuid5(NODE_ID, job.created_by))
        return {
            "id": str(job.id),
            "createdBy": created_by,
            "createdByUserName": job.created_by,
            "createdFromAddress": job.created_from,
            "hostScanJobHostJoin": joins,
            **self._footer(job.created, max(at for at, _ in job.course if at <= now)),
        }

    def host(self, host: Host, seen: float | None = None) -> dict[str, Any]:
        """Return a scanned host as HostScanHost; its findings are not simulated."""
        return {
            "id": str(host.host_scan_host_id),
            "name": host.name,
            "dnsHostName": host.dns_name,
            "ipAddress": host.ip,
            "os": host.os,
            "version": host.version,
            "lsaLookupCache": None,
            "lastUpdatedDateTimeUtc": self._date(seen),
            "hostId": _text(host.host_id),
            "credentialId": None,
            "platformId": None,
            "lastScanTimeUtc": self._date(seen),
            "lastScanStartTimeUtc": self._date(seen),
            "hostScanUser": [],
            "hostScanGroup": [],
            "hostScanFeature": [],
            "hostScanJobHostJoin": None,
            "hostConnected": seen is not None,
            "netBiosName": host.name and host.name.upper(),
            **self._footer(seen, seen),
        }

    def _part_row(self, job: Job, part: Part, now: float) -> dict[str, Any]:
        host = part.host
        status = job.part_status(part, now)
        return {
            "hostScanHostId": str(host.host_scan_host_id),
            "hostId": _text(host.host_id),
            "name": host.name,
            "dnsHostName": host.dns_name,
            "os": host.os,
            "ipAddress": host.ip,
            "version": host.version,
            "status": self._status(status),
            "statusDescription": status,
            "failureReason": self._reason(part, status),
        }

    def _join(self, job: Job, part: Part, now: float) -> dict[str, Any]:
        started, finished = job.started(now), job.part_finished(part, now)
        queue = self._queue(job, part, now)
        return {
            "hostScanJobId": str(job.id),
            "hostScanJob": None,
            "hostScanHostId": str(part.host.host_scan_host_id),
            "hostScanHost": self.host(part.host, finished or started),
            "actionQueueId": queue["id"],
            "actionQueue": queue,
            **self._footer(job.created, finished or started or job.created),
        }

    def _queue(self, job: Job, part: Part, now: float) -> dict[str, Any]:
        status = job.part_status(part, now)
        finished = job.part_finished(part, now)
        return {
            "id": str(uuid5(job.id, str(part.host.host_scan_host_id))),
            "actionJobId": str(uuid5(job.id, "job")),
            "runUserId": None,
            "timeCreated": self._date(job.created),
            "timeStarted": self._date(job.started(now)),
            "timeFinished": self._date(finished),
            "heartBeatDateTimeUtc": self._date(job.heartbeat(part, now)),
            "status": self._status(status),
            "statusDescription": status,
            "failureReason": self._reason(part, status),
            "actionGroupId": str(uuid5(NODE_ID, "host scan")),
            "actionGroup": None,
            "actionQueueAction": [],
            **self._footer(job.created, finished or job.created),
        }

    def _footer(self, created: float | None, modified: float | None) -> dict[str, Any]:
        return {
            "nodeId": str(NODE_ID),
            "createdDateTimeUtc": self._date(created),
            "modifiedDateTimeUtc": self._date(modified),
        }

    def _status(self, name: str) -> str | int:
        return name if self._names else STATUS_NUMBERS[name]

    def _reason(self, part: Part, status: str) -> str | int:
        reason = part.failure_reason if status == "Failed" else "NoError"
        return reason if self._names else FAILURE_NUMBERS[reason]

    def _date(self, seconds: float | None) -> str:
        """Return a date; where it lacks the Z, it is UTC all the same, as on live servers."""
        if seconds is None:
            return _UNSET if self._zone == "never" else f"{_UNSET}Z"
        text = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
        has_zone = self._zone == "always" or (self._zone == "mixed" and int(seconds) % 2)
        return f"{text}Z" if has_zone else text


class ListWriter:
    """Writes the list of all jobs piece by piece, so that memory does not grow with it."""

    def __init__(self, jobs: JobTable, writer: JobWriter, now: Callable[[], float]) -> None:
        self._jobs = jobs
        self._writer = writer
        self._now = now
        self._rows: dict[UUID, tuple[Job, float, bytes]] = {}

    def pieces(self) -> Iterator[bytes]:
        """Yield the JSON array of HostScanJobStatus in pieces of many jobs."""
        now = self._now()
        lead, rows = b"[", []
        for job in self._jobs:
            rows.append(self._row(job, now))
            if len(rows) == _ROWS_IN_A_PIECE:
                yield lead + b",".join(rows)
                lead, rows = b",", []
        yield (lead + b",".join(rows) if rows else lead.replace(b",", b"")) + b"]"

    def _row(self, job: Job, now: float) -> bytes:
        """Return one job's JSON, kept from the last time where nothing happened to it since."""
        kept = self._rows.get(job.id)
        if kept is not None and kept[0] is job and now < kept[1]:
            return kept[2]
        row = json.dumps(self._writer.row(job, now), separators=(",", ":")).encode()
        if self._jobs.is_steady:
            self._rows[job.id] = (job, job.next_change(now), row)
        return row


def _text(given: UUID | None) -> str | None:
    return None if given is None else str(given)
