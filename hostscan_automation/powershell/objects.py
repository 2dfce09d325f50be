"""The objects that PowerShell gets: their names, their types, and how they are made.

Their members carry the names that a person sees, because PowerShell hands them on as they come.
Times end in `Z` with at most seven digits of a second: anything else means another moment to one
of the two shells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from hostscan_automation.clock import utc_text
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.reports.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hostscan_automation.errors import Finding
    from hostscan_automation.jobs.job import ScanJob, ScannedHost
    from hostscan_automation.jobs.plan import CancelPlan, PlannedJob
    from hostscan_automation.runs.record import JobRecord, RunRecord

NO_FAILURE = "NoError"


class JobHost(TypedDict):
    """One host of a job: `HostScan.JobHost`. The times are null unless the detail was read."""

    HostId: str | None
    HostScanHostId: str | None
    Name: str | None
    DnsHostName: str | None
    IpAddress: str | None
    Os: str | None
    Version: str | None
    Status: str
    StatusDescription: str | None
    FailureReason: str | None
    Queued: str | None
    Started: str | None
    Heartbeat: str | None
    Finished: str | None


class Job(TypedDict):
    """A host scan job: `HostScan.Job`. `Created` to `Finished` are null without the detail."""

    Id: str
    Status: str
    StatusDescription: str | None
    HostName: str
    Hosts: list[JobHost]
    FailedHosts: int
    IsTerminal: bool
    CreatedBy: str | None
    Created: str | None
    Started: str | None
    Heartbeat: str | None
    Finished: str | None
    Fingerprint: str
    SessionName: str


class StopResult(TypedDict):
    """What became of one job in a run: `HostScan.StopResult`.

    `Outcome` is null for a job that a step only lists, and where the run has not come to it yet.
    """

    Id: str
    HostName: str
    Outcome: str | None
    StatusBefore: str
    StatusAfter: str | None
    Detail: str | None
    Step: str
    HttpStatus: int | None
    Attempts: int
    TraceId: str | None
    CollateralHosts: list[str]
    RunId: str


class PlannedStop(TypedDict):
    """One matched job of a plan: `HostScan.PlannedStop`. `Action` is cancel, protected or list."""

    Id: str
    HostName: str
    Action: str
    Status: str
    Step: str
    CollateralHosts: list[str]
    ProtectedBy: str | None


class Step(TypedDict):
    """One step of a plan."""

    Name: str
    Action: str
    Matched: int
    Planned: int


class Plan(TypedDict):
    """A plan: `HostScan.Plan`. Its jobs travel before it, as `HostScan.PlannedStop`."""

    PlanId: str
    PlanHash: str
    Playbook: str
    Server: str
    Account: str
    MadeAt: str
    ValidUntil: str
    Listed: int
    Matched: int
    Undecided: int
    Protected: int
    Planned: int
    Refusals: list[str]
    Steps: list[Step]


class Run(TypedDict):
    """A run: `HostScan.Run`, and `HostScan.PlaybookResult` where it has just ended."""

    RunId: str
    Playbook: str
    Server: str
    Account: str
    State: str
    StartedAt: str
    FinishedAt: str | None
    EndedBy: str | None
    Reason: str | None
    Listed: int
    Matched: int
    Undecided: int
    Protected: int
    Planned: int
    Sent: int
    Outcomes: dict[str, int]


class Session(TypedDict):
    """A session: `HostScan.Session`. It has no member for any secret."""

    Name: str
    Server: str
    Account: str
    Roles: list[str]
    SignIn: str
    Certificate: str
    ServerVersion: str | None
    ConnectedAt: str
    ExpiresAt: str | None


class ConnectionTest(TypedDict):
    """What a look at a server found: `HostScan.ConnectionTest`.

    Without a sign-in nothing is known of version and health.
    """

    Server: str
    IsReachable: bool
    IsHealthy: bool | None
    IsSignedIn: bool
    Certificate: str
    Fingerprint: str | None
    Version: str | None
    Health: str | None
    ClockOffsetSec: float | None
    Message: str | None


class Diagnostic(TypedDict):
    """One fault in a file: `HostScan.Diagnostic`."""

    File: str
    Line: int | None
    Column: int | None
    Code: str
    Path: str
    Message: str


def time_text(moment: datetime | None) -> str | None:
    """Return a time as the wire has it, or None."""
    return None if moment is None else utc_text(moment)


def job_object(job: ScanJob, session_name: str) -> Job:
    """Return a job as PowerShell gets it; its status is always a name."""
    return {
        "Id": str(job.id),
        "Status": _status(job.status, job.status_text),
        "StatusDescription": job.status_description,
        "HostName": _shown(job.host_names),
        "Hosts": [_host_object(host) for host in job.hosts or ()],
        "FailedHosts": sum(_has_failed(host) for host in job.hosts or ()),
        "IsTerminal": job.is_terminal,
        "CreatedBy": job.created_by,
        "Created": time_text(job.created),
        "Started": time_text(job.started),
        "Heartbeat": time_text(job.heartbeat),
        "Finished": time_text(job.finished),
        "Fingerprint": job.fingerprint,
        "SessionName": session_name,
    }


def _shown(names: Iterable[str]) -> str:
    """Return names for people; a name that a terminal would obey is shown as what it is."""
    return ", ".join(plain(name) for name in names)


def _host_object(host: ScannedHost) -> JobHost:
    return {
        "HostId": _id(host.host_id),
        "HostScanHostId": _id(host.host_scan_host_id),
        "Name": host.name,
        "DnsHostName": host.dns_name,
        "IpAddress": host.ip,
        "Os": host.os,
        "Version": host.version,
        "Status": _status(host.status, ""),
        "StatusDescription": host.status_description,
        "FailureReason": host.failure_reason,
        "Queued": time_text(host.queued),
        "Started": time_text(host.started),
        "Heartbeat": time_text(host.heartbeat),
        "Finished": time_text(host.finished),
    }


def _has_failed(host: ScannedHost) -> bool:
    return host.status is JobStatus.FAILED or host.failure_reason not in {None, NO_FAILURE}


def _status(status: JobStatus | None, text: str) -> str:
    if status is not None:
        return status.value
    return text if text and not text.strip().lstrip("-").isdigit() else JobStatus.UNKNOWN.value


def _id(value: object) -> str | None:
    return None if value is None else str(value)


def stop_result(record: JobRecord, run_id: str) -> StopResult:
    """Return what became of a job, as PowerShell gets it."""
    return {
        "Id": str(record.job_id),
        "HostName": _shown(record.hosts),
        "Outcome": None if record.outcome is None else record.outcome.value,
        "StatusBefore": record.status_before,
        "StatusAfter": record.status_after,
        "Detail": None if record.detail is None else plain(record.detail),
        "Step": record.step,
        "HttpStatus": record.http_status,
        "Attempts": record.attempts,
        "TraceId": record.trace_id,
        "CollateralHosts": list(record.collateral_hosts),
        "RunId": run_id,
    }


def planned_stop(job: PlannedJob) -> PlannedStop:
    """Return one job of a plan, as PowerShell gets it."""
    return {
        "Id": str(job.job_id),
        "HostName": _shown(job.hosts),
        "Action": job.disposition.value,
        "Status": job.status,
        "Step": job.step,
        "CollateralHosts": list(job.collateral_hosts),
        "ProtectedBy": job.protected_by,
    }


def plan_object(plan: CancelPlan, plan_id: str) -> Plan:
    """Return a plan without its jobs, as PowerShell gets it."""
    counts = plan.counts
    return {
        "PlanId": plan_id,
        "PlanHash": plan.digest,
        "Playbook": plan.playbook.name,
        "Server": plan.server,
        "Account": plan.account,
        "MadeAt": utc_text(plan.made_at),
        "ValidUntil": utc_text(plan.valid_until),
        "Listed": counts.listed,
        "Matched": counts.matched,
        "Undecided": counts.undecided,
        "Protected": counts.protected,
        "Planned": counts.planned,
        "Refusals": list(plan.refusals),
        "Steps": [
            {
                "Name": step.name,
                "Action": step.action,
                "Matched": step.matched,
                "Planned": step.planned,
            }
            for step in plan.steps
        ],
    }


def run_object(record: RunRecord) -> Run:
    """Return a run without its jobs, as PowerShell gets it."""
    counts = record.plan.counts
    return {
        "RunId": record.run_id,
        "Playbook": record.plan.playbook.name,
        "Server": record.plan.server,
        "Account": record.plan.account,
        "State": record.state.value,
        "StartedAt": utc_text(record.started_at),
        "FinishedAt": time_text(record.finished_at),
        "EndedBy": record.ended_by,
        "Reason": record.reason,
        "Listed": counts.listed,
        "Matched": counts.matched,
        "Undecided": counts.undecided,
        "Protected": counts.protected,
        "Planned": counts.planned,
        "Sent": sum(1 for job in record.jobs if job.attempts),
        "Outcomes": {outcome.value: record.outcomes[outcome] for outcome in Outcome},
    }


def diagnostic(file: str, code: str, finding: Finding) -> Diagnostic:
    """Return one fault in a file, as PowerShell gets it."""
    return {
        "File": file,
        "Line": finding.line,
        "Column": finding.column,
        "Code": code,
        "Path": finding.path,
        "Message": finding.message,
    }
