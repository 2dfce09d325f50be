"""Show jobs to a person: many in a table, one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.cli.render import Cell, Column
from hostscan_automation.cli.render_plan import names_text
from hostscan_automation.jobs.status import JobStatus, status_named
from hostscan_automation.reports.wording import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.cli.render import Screen, Style
    from hostscan_automation.jobs.job import ScanJob, ScannedHost

_ID_WIDTH = 36
_NO_FAILURE = "NoError"
_STYLES: dict[JobStatus, Style] = {
    JobStatus.RUNNING: "good",
    JobStatus.FAILED: "bad",
    JobStatus.COMPLETED_WITH_ERRORS: "warn",
    JobStatus.PAUSED: "warn",
}


def show_jobs(screen: Screen, jobs: Iterable[ScanJob]) -> int:
    """Write a table of jobs as they come, and return how many there were."""
    columns = (
        Column("Job", _ID_WIDTH),
        Column("Status", 19),
        Column("Hosts"),
        Column("Failed", from_width=96),
        Column("Description", from_width=110),
    )
    count = 0

    def rows() -> Iterator[tuple[str | Cell, ...]]:
        nonlocal count
        for job in jobs:
            count += 1
            yield _job_row(job)

    screen.table(columns, rows())
    return count


def show_job(screen: Screen, job: ScanJob) -> None:
    """Write everything that is known of one job, host by host."""
    screen.line(f"Job {job.id}", "strong")
    for label, value in _facts(job):
        if value:
            screen.line(f"{label + ':':<13}{value}")
    for host in job.hosts or ():
        screen.line()
        screen.line(host.label, "strong")
        for label, value in _host_facts(host):
            if value:
                screen.line(f"  {label + ':':<19}{value}")
    if not job.hosts:
        screen.line("The server names no hosts for this job.")


def _job_row(job: ScanJob) -> tuple[str | Cell, ...]:
    style = _STYLES.get(job.status, "") if job.status else "soft"
    failures = dict.fromkeys(
        host.failure_reason for host in job.hosts or () if _is_failure(host.failure_reason)
    )
    return (
        str(job.id),
        Cell(_status(job), style),
        names_text(job.host_names),
        Cell(", ".join(str(reason) for reason in failures), "bad"),
        _further_description(job),
    )


def _status(job: ScanJob) -> str:
    return job.status.value if job.status else f"? {job.status_text}".rstrip()


def _further_description(job: ScanJob) -> str:
    """Return the server's description, unless it only says the status once more."""
    description = job.status_description or ""
    return "" if job.status and status_named(description) is job.status else description


def _is_failure(reason: str | None) -> bool:
    return bool(reason) and reason != _NO_FAILURE


def _facts(job: ScanJob) -> Iterator[tuple[str, str | None]]:
    yield "Status", _status(job)
    yield "Description", job.status_description
    yield "Created", _moment(job.created)
    yield "Created by", job.created_by
    yield "From", job.created_from
    yield "Modified", _moment(job.modified)
    yield "Started", _moment(job.started)
    yield "Last sign", _moment(job.heartbeat)
    yield "Finished", _moment(job.finished)


def _host_facts(host: ScannedHost) -> Iterator[tuple[str, str | None]]:
    yield "DNS name", host.dns_name
    yield "Address", host.ip
    yield "System", " ".join(filter(None, (host.os, host.version)))
    yield "Status", host.status.value if host.status else None
    yield "Description", host.status_description
    yield "Failure", host.failure_reason if _is_failure(host.failure_reason) else None
    yield "Queued", _moment(host.queued)
    yield "Started", _moment(host.started)
    yield "Last sign", _moment(host.heartbeat)
    yield "Finished", _moment(host.finished)
    yield "Host id", _id(host.host_id)
    yield "Host scan host id", _id(host.host_scan_host_id)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)
