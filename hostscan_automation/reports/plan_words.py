"""Say in sentences what a plan means to do, and why it found what it found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hostscan_automation.jobs.limits import PERCENT_LOOKED_AT_ABOVE
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.reports.wording import counted, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.jobs.plan import CancelPlan, PlannedStep


def plan_sentence(plan: CancelPlan) -> str:
    """Return the plan in one sentence, such as `37 jobs on 52 hosts; 3 of them running`."""
    return "; ".join(_parts(plan))


def plan_notes(plan: CancelPlan) -> tuple[str, ...]:
    """Return what else a person should know before saying yes, one sentence each."""
    return tuple(_notes(plan))


def limits_text(plan: CancelPlan) -> str:
    """Return the limits of a plan, and the numbers they are held against."""
    return (
        f"at most {counted(plan.limits.max_jobs, 'job')}, and above {PERCENT_LOOKED_AT_ABOVE} jobs"
        f" at most {plan.limits.max_percent:g} % of the {plan.cancellable:,}"
        " that could be cancelled"
    )


def pace_text(plan: CancelPlan) -> str:
    """Return how a plan would be carried out."""
    execute = plan.execute
    rate = "as fast as the server allows" if execute.rate is None else f"{execute.rate:g} a second"
    canary = f", {execute.canary} of them first" if execute.canary else ""
    look = (
        f"looks for up to {duration_text(execute.confirm_s)} whether they are cancelled"
        if execute.confirm_s
        else "does not look whether they are cancelled"
    )
    return f"{counted(execute.workers, 'worker')}, {rate}{canary}; {look}"


def clause_lines(step: PlannedStep) -> tuple[str, ...]:
    """Return for each clause of a step how many jobs it left, from the top of the filter down."""
    return tuple(f"{clause.clause}: {clause.left:,} left" for clause in step.clauses)


def _parts(plan: CancelPlan) -> Iterator[str]:
    to_cancel = len(plan.to_cancel)
    if to_cancel:
        yield f"{counted(to_cancel, 'job')} on {counted(plan.host_count, 'host')}"
    else:
        yield "nothing to cancel"
    running = plan.statuses[JobStatus.RUNNING]
    if running:
        yield f"{running:,} of them running"
    if plan.undecided:
        fields = ", ".join(sorted({job.field for job in plan.undecided}))
        yield f"{len(plan.undecided):,} undecided ({fields} missing)"
    yield from _protected_parts(plan)
    scheduled = plan.statuses[JobStatus.SCHEDULED]
    if scheduled:
        yield f"{scheduled:,} Scheduled"
    listed = sum(job.disposition is Disposition.LIST for job in plan.jobs)
    if listed:
        yield f"{listed:,} only listed"


def _protected_parts(plan: CancelPlan) -> Iterator[str]:
    holders = Counter(
        job.protected_by or "a protect clause"
        for job in plan.jobs
        if job.disposition is Disposition.PROTECTED
    )
    for holder, count in holders.most_common():
        yield f"{count:,} protected by {holder}"


def _notes(plan: CancelPlan) -> Iterator[str]:
    scheduled = plan.statuses[JobStatus.SCHEDULED]
    if scheduled:
        yield (
            f"{counted(scheduled, 'job')} in status Scheduled: "
            "meant, because the playbook names that status."
        )
    ended = sum(step.ended for step in plan.steps)
    if ended:
        has = "job has" if ended == 1 else "jobs have"
        yield f"{ended:,} more {has} ended already and cannot be cancelled."
    if plan.undecided:
        yield "A job is undecided where a value that a clause needs is missing: it is left alone."
