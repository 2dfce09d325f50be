"""What programs read: jobs, runs and reports as plain JSON data of fixed schemas.

Ids are text, times are ISO 8601 in UTC with a trailing `Z`, what is not known is null.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from hostscan_automation.clock import utc_text
from hostscan_automation.reports.summary import summarize

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob, ScannedHost
    from hostscan_automation.jobs.plan import CancelPlan, UndecidedJob
    from hostscan_automation.reports.advice import NextStep
    from hostscan_automation.reports.summary import Summary
    from hostscan_automation.runs.record import JobRecord, RunRecord

REPORT_SCHEMA = "hostscan/run-report/1"
JOBS_SCHEMA = "hostscan/jobs/1"
RUNS_SCHEMA = "hostscan/runs/1"
JOB_COLUMNS = (
    "id",
    "status",
    "status_description",
    "is_terminal",
    "hosts",
    "created",
    "created_by",
    "created_from",
    "modified",
    "started",
    "heartbeat",
    "finished",
)
"""The members of a job in `hostscan/jobs/1`."""

# An escaped backslash, a pair of surrogates that is one character, or half of such a pair.
_ESCAPES = re.compile(r"\\\\|\\ud[89ab]..\\ud[c-f]..|(\\ud[89a-f]..)")


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Return JSON in ASCII: the same bytes in every encoding, and nothing a terminal obeys.

    Half characters, which strict readers refuse, become the text of their escape.
    """
    text = _dumped(value, indent)
    return _ESCAPES.sub(_sound, text) if r"\ud" in text else text


def plan_text(plan: CancelPlan) -> str:
    """Return a plan as the JSON of `hostscan/plan/1`, character for character: it has a digest."""
    return _dumped(plan.to_json(), 2)


def job_data(job: ScanJob) -> dict[str, Any]:
    """Return one job as in `hostscan/jobs/1`; people and times are null without the detail."""
    return {
        "id": str(job.id),
        "status": job.status.value if job.status else None,
        "status_description": job.status_description,
        "is_terminal": job.is_terminal,
        "hosts": [_host_data(host) for host in job.hosts or ()],
        "created": _time(job.created),
        "created_by": job.created_by,
        "created_from": job.created_from,
        "modified": _time(job.modified),
        "started": _time(job.started),
        "heartbeat": _time(job.heartbeat),
        "finished": _time(job.finished),
    }


def run_report(record: RunRecord) -> dict[str, Any]:
    """Return a run as `hostscan/run-report/1`."""
    summary = summarize(record)
    return {
        "schema": REPORT_SCHEMA,
        **_heading(summary),
        "jobs": [_job_row(job) for job in record.jobs],
        "undecided": [_undecided_row(job) for job in summary.undecided],
        "statuses": dict(summary.statuses),
        "failure_reasons": dict(summary.failure_reasons),
        "collateral_hosts": list(summary.collateral_hosts),
        "slowest": [{"job_id": str(job.job_id), "took_s": job.took_s} for job in summary.slowest],
        "next_steps": [_next_step(step) for step in summary.next_steps],
    }


def run_row(record: RunRecord) -> dict[str, Any]:
    """Return one line of `hostscan/runs/1`: a run without its jobs."""
    return _heading(summarize(record))


def _heading(summary: Summary) -> dict[str, Any]:
    return {
        "run_id": summary.run_id,
        "playbook": {"name": summary.playbook, "digest": summary.playbook_digest},
        "server": summary.server,
        "account": summary.account,
        "reason": summary.reason,
        "state": summary.state.value,
        "ended_by": summary.ended_by,
        "versions": dict(summary.versions),
        "started_at": utc_text(summary.started_at),
        "finished_at": _time(summary.finished_at),
        "duration_s": summary.duration_s,
        "counts": {
            "listed": summary.counts.listed,
            "matched": summary.counts.matched,
            "undecided": summary.counts.undecided,
            "protected": summary.counts.protected,
            "planned": summary.counts.planned,
        },
        "limits": {
            "max_jobs": summary.limits.max_jobs,
            "max_percent": summary.limits.max_percent,
        },
        "outcomes": {outcome.value: count for outcome, count in summary.outcomes.items()},
    }


def _job_row(job: JobRecord) -> dict[str, Any]:
    return {
        "job_id": str(job.job_id),
        "step": job.step,
        "action": job.disposition.value,
        "status_before": job.status_before,
        "status_after": job.status_after,
        "outcome": job.outcome.value if job.outcome else None,
        "detail": job.detail,
        "http_status": job.http_status,
        "attempts": job.attempts,
        "trace_id": job.trace_id,
        "took_s": job.took_s,
        "hosts": list(job.hosts),
        "collateral_hosts": list(job.collateral_hosts),
        "failure_reasons": list(job.failure_reasons),
    }


def _undecided_row(job: UndecidedJob) -> dict[str, Any]:
    return {
        "job_id": str(job.job_id),
        "step": job.step,
        "clause": job.clause,
        "field": job.field,
    }


def _next_step(step: NextStep) -> dict[str, Any]:
    return {
        "outcome": step.outcome.value if step.outcome else None,
        "count": step.count,
        "text": step.text,
    }


def _host_data(host: ScannedHost) -> dict[str, Any]:
    return {
        "name": host.name,
        "dns_name": host.dns_name,
        "os": host.os,
        "ip": host.ip,
        "version": host.version,
        "status": host.status.value if host.status else None,
        "status_description": host.status_description,
        "failure_reason": host.failure_reason,
        "host_id": _id(host.host_id),
        "host_scan_host_id": _id(host.host_scan_host_id),
        "queued": _time(host.queued),
        "started": _time(host.started),
        "heartbeat": _time(host.heartbeat),
        "finished": _time(host.finished),
    }


def _dumped(value: object, indent: int | None) -> str:
    # the one control character that JSON lets through
    return json.dumps(value, indent=indent, ensure_ascii=True).replace("\x7f", r"\u007f")


def _sound(found: re.Match[str]) -> str:
    return rf"\{found[1]}" if found[1] else found[0]


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)
