"""Jobs and filters to try things on, short to write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zlib import crc32

from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.jobs.protection import compile_protection
from hostscan_automation.jobs.selection import Action, Selection, Step
from hostscan_automation.jobs.sight import Sights
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.jobs.verdict import verdict_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hostscan_automation.jobs.limits import Limits
    from hostscan_automation.jobs.plan import CancelPlan

from hostscan_automation.jobs.plan import PlaybookIdentity

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PLAYBOOK = PlaybookIdentity("test", "sha256:" + "0" * 64)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def number(value: int) -> UUID:
    return UUID(int=value, version=4)


def a_host(name: str | None = "lab-001", **further: Any) -> ScannedHost:
    values: dict[str, Any] = {
        "host_scan_host_id": number(crc32(str(name).encode()) + 1),
        "dns_name": f"{name}.lab.example" if name else None,
        "os": "Windows 11 Enterprise",
        "ip": "10.0.3.4",
        "version": "10.0.22631",
        "status": JobStatus.QUEUED,
        "failure_reason": "NoError",
    }
    return ScannedHost(name=name, **(values | further))


def a_job(status: JobStatus | None = JobStatus.QUEUED, serial: int = 1, **further: Any) -> ScanJob:
    """Return a job whose detail was read, unless `has_detail=False` is given."""
    values: dict[str, Any] = {
        "hosts": (a_host(),),
        "has_detail": True,
        "status_text": status.value if status else "17",
        "created": ago(hours=8),
        "modified": ago(hours=7),
        "created_by": r"LAB\scan-svc",
        "created_from": "10.0.0.12",
    }
    return ScanJob(id=number(serial), status=status, **(values | further))


def row_of(job: ScanJob) -> ScanJob:
    """Return what the list alone tells of a job."""
    hosts = job.hosts and tuple(
        ScannedHost(
            host_scan_host_id=host.host_scan_host_id,
            host_id=host.host_id,
            name=host.name,
            dns_name=host.dns_name,
            os=host.os,
            ip=host.ip,
            version=host.version,
            status=host.status,
            status_description=host.status_description,
            failure_reason=host.failure_reason,
        )
        for host in job.hosts
    )
    return ScanJob(
        id=job.id,
        status=job.status,
        status_text=job.status_text,
        status_description=job.status_description,
        hosts=hosts,
    )


def verdict(data: Any, job: ScanJob) -> str:
    """Return what a filter makes of a job: true, false, undecided or not known yet."""
    return verdict_text(compile_filter(data).possible(job, Sights.at(NOW).of(job.has_detail)))


def on_host(data: Any, host: ScannedHost) -> str:
    """Return what a host clause makes of a single host."""
    return verdict({"any_host": data}, a_job(hosts=(host,)))


def select(
    data: Any, *, action: str = "cancel", name: str = "only", protect: Any = ()
) -> Selection:
    step = Step(name, compile_filter(data), Action(action))
    return Selection((step,), compile_protection(list(protect), origin="playbook"))


def plan_of(
    selection: Selection, jobs: Iterable[ScanJob], *, limits: Limits | None = None
) -> CancelPlan:
    """Plan jobs as a run does: rows first, then the details that are asked for."""
    jobs = list(jobs)
    details = {job.id: job for job in jobs}
    builder = PlanBuilder(selection, now=NOW)
    for job in jobs:
        builder.add(row_of(job))
    for job_id in builder.pending:
        builder.add_detail(details[job_id])
    return builder.build(server="nps.lab", account="admin", playbook=PLAYBOOK, limits=limits)
