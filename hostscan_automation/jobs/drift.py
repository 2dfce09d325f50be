"""Decide a planned job anew: act on what was planned and still matches, and on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import PlannedJob
    from hostscan_automation.jobs.selection import JobDecision, Selection


def still_matches(
    selection: Selection, planned: PlannedJob, job: ScanJob, now: datetime
) -> str | None:
    """Return why a planned job must not be cancelled any more, or None if it still may.

    Args:
        selection: That of the plan.
        planned: The job as it was planned.
        job: The same job as the server tells it now: its row of the list, with the detail where
            `Selection.decide` needs it. What is not known about it counts as a reason.
        now: The server's time.
    """
    if job.is_terminal:
        return f"has ended: {status_text(job)}"
    if job.fingerprint != planned.fingerprint:
        return "its hosts changed since the plan"
    decision = selection.decide(job, now)
    if decision.needs_detail:
        return "list and detail do not agree on its hosts, so it cannot be decided"
    return _why_not(decision, planned.step)


def _why_not(decision: JobDecision, step: str) -> str | None:
    if decision.undecided is not None:
        missing = decision.undecided
        return f"cannot be decided any more: {missing.field} is not known, for {missing.clause}"
    if decision.step is None:
        return f"no longer matches step {step!r}"
    if decision.step.name != step:
        return f"now belongs to step {decision.step.name!r}"
    if decision.protected_by is not None:
        return f"now protected by {decision.protected_by}"
    return None


def status_text(job: ScanJob) -> str:
    """Return the status of a job for people, also where it is not known."""
    if job.status is not None:
        return job.status.value
    return job.status_text or "not known"
