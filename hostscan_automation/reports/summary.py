"""A whole run in one value: every rendering tells what stands here, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.reports.advice import next_steps
from hostscan_automation.reports.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from hostscan_automation.jobs.limits import Limits
    from hostscan_automation.jobs.plan import PlanCounts, PlannedStep, UndecidedJob
    from hostscan_automation.reports.advice import NextStep
    from hostscan_automation.runs.record import JobRecord, RunRecord, RunState

SLOWEST_CALLS = 10

_NEEDED_NO_CANCEL = (Outcome.ALREADY_FINISHED, Outcome.GONE, Outcome.DRIFTED)
_MAY_HAVE_ENDED_A_SCAN = frozenset({Outcome.CANCELLED, Outcome.ACCEPTED, Outcome.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    Attributes:
        headline: The whole run in one sentence.
        playbook_digest: `sha256:` and 64 hex digits.
        finished_at: None while the run is open, and so is `duration_s`.
        rate: Cancels a second over the whole run, its confirmation included; None if unknown.
        outcomes: Every outcome, zeros too, in the order of `Outcome`.
        open_jobs: Jobs to cancel that have no outcome yet.
        listed_only: Jobs of steps that only list.
        statuses: Per earlier status, commonest first: how many matched jobs stood in it.
        failure_reasons: Per failure reason of their hosts, commonest first: how many matched jobs.
        slowest: The jobs whose cancel took longest, slowest first.
        collateral_hosts: Hosts whose scan may have ended though no host clause named them, sorted.
        host_count: How many different hosts the jobs to cancel are on.
        next_steps: What a person does now, most pressing first.
    """

    run_id: str
    headline: str
    state: RunState
    ended_by: str | None
    playbook: str
    playbook_digest: str
    server: str
    account: str
    reason: str | None
    versions: Mapping[str, str]
    started_at: datetime
    finished_at: datetime | None
    duration_s: float | None
    rate: float | None
    counts: PlanCounts
    limits: Limits
    steps: tuple[PlannedStep, ...]
    outcomes: Mapping[Outcome, int]
    open_jobs: int
    listed_only: int
    statuses: Mapping[str, int]
    failure_reasons: Mapping[str, int]
    slowest: tuple[JobRecord, ...]
    undecided: tuple[UndecidedJob, ...]
    collateral_hosts: tuple[str, ...]
    host_count: int
    next_steps: tuple[NextStep, ...]

    @property
    def is_all_done(self) -> bool:
        """Whether nothing is left to do about any job that was to be cancelled."""
        return not self.open_jobs and all(
            outcome.is_done for outcome, count in self.outcomes.items() if count
        )


def summarize(record: RunRecord) -> Summary:
    """Return the summary of a run, finished or not."""
    plan = record.plan
    counted_outcomes = record.outcomes
    outcomes = {outcome: counted_outcomes[outcome] for outcome in Outcome}
    open_jobs = sum(map(_is_open, record.jobs))
    duration_s = _duration_s(record)
    return Summary(
        run_id=record.run_id,
        headline=_headline(record, outcomes, open_jobs),
        state=record.state,
        ended_by=record.ended_by,
        playbook=plan.playbook.name,
        playbook_digest=plan.playbook.digest,
        server=plan.server,
        account=plan.account,
        reason=record.reason,
        versions=dict(record.versions or {}),
        started_at=record.started_at,
        finished_at=record.finished_at,
        duration_s=duration_s,
        rate=_rate(record, duration_s),
        counts=plan.counts,
        limits=plan.limits,
        steps=plan.steps,
        outcomes=outcomes,
        open_jobs=open_jobs,
        listed_only=sum(job.disposition is Disposition.LIST for job in record.jobs),
        statuses=_tally(job.status_before for job in record.jobs),
        failure_reasons=_tally(reason for job in record.jobs for reason in job.failure_reasons),
        slowest=_slowest(record.jobs),
        undecided=plan.undecided,
        collateral_hosts=_collateral_hosts(record.jobs),
        host_count=plan.host_count,
        next_steps=next_steps(record.run_id, outcomes, open_jobs),
    )


def _headline(record: RunRecord, outcomes: Mapping[Outcome, int], open_jobs: int) -> str:
    if not record.jobs:
        return "Nothing matched: no job was touched."
    planned = sum(job.disposition is Disposition.CANCEL for job in record.jobs)
    if not planned:
        return f"{counted(len(record.jobs), 'job')} matched, none of them to be cancelled."
    told = [f"{outcomes[Outcome.CANCELLED]:,} of {counted(planned, 'job')} cancelled"]
    needless = sum(outcomes[kind] for kind in _NEEDED_NO_CANCEL)
    if needless:
        told.append(f"{needless:,} needed no cancel")
    left = sum(count for kind, count in outcomes.items() if not kind.is_done)
    if left:
        told.append(f"{left:,} need a look" if left > 1 else "1 needs a look")
    if open_jobs:
        told.append(f"{open_jobs:,} still open")
    return f"{', '.join(told)}."


def _is_open(job: JobRecord) -> bool:
    return job.disposition is Disposition.CANCEL and job.outcome is None


def _duration_s(record: RunRecord) -> float | None:
    if record.finished_at is None:
        return None
    # the machine's clock may have been set back in between
    return max(0.0, (record.finished_at - record.started_at).total_seconds())


def _rate(record: RunRecord, duration_s: float | None) -> float | None:
    sent = sum(job.attempts > 0 for job in record.jobs)
    return sent / duration_s if sent and duration_s else None


def _tally(words: Iterable[str]) -> dict[str, int]:
    counts = Counter(words)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _slowest(jobs: Iterable[JobRecord]) -> tuple[JobRecord, ...]:
    timed = [(job.took_s, job) for job in jobs if job.took_s is not None]
    timed.sort(key=lambda pair: -pair[0])
    return tuple(job for _, job in timed[:SLOWEST_CALLS])


def _collateral_hosts(jobs: Iterable[JobRecord]) -> tuple[str, ...]:
    touched = (job for job in jobs if job.outcome in _MAY_HAVE_ENDED_A_SCAN)
    return tuple(sorted({host for job in touched for host in job.collateral_hosts}))
