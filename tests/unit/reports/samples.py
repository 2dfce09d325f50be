"""Runs to tell of: quiet ones, large ones, and one in which every text is hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import (
    CancelPlan,
    ClauseCount,
    Disposition,
    PlanCounts,
    PlannedJob,
    PlannedStep,
    PlaybookIdentity,
    UndecidedJob,
)
from hostscan_automation.runs.record import JobRecord, RunRecord, RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STARTED = datetime(2026, 3, 1, 22, 15, 4, 250_000, tzinfo=UTC)
RUN_ID = "20260301-221504-7f3a"
DIGEST = "sha256:" + "ab" * 32
STEP = "stuck in the queue"

HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "=cmd|'/C calc'!A0",
    "lab;=1+1",
    "[click](javascript:alert(1)) | `x` **b**",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egpj.exe",
    "nul\x00nul",
    "half \ud800 character",
    "two\r\nlines",
)


def job_id(number: int) -> UUID:
    return UUID(int=0x5AFE0000_0000_4000_8000_000000000000 + number)


def job(number: int, outcome: Outcome | None = Outcome.CANCELLED, **more: object) -> JobRecord:
    protected = outcome is Outcome.PROTECTED
    record = JobRecord(
        job_id(number),
        STEP,
        Disposition.PROTECTED if protected else Disposition.CANCEL,
        status_before="Queued",
        hosts=(f"lab-{number:03d}",),
        status_after="Cancelled" if outcome is Outcome.CANCELLED else None,
        outcome=outcome,
        attempts=0 if protected or outcome is None else 1,
        http_status=202 if outcome is Outcome.CANCELLED else None,
        took_s=number / 100 if outcome is Outcome.CANCELLED else None,
    )
    return replace(record, **more)  # type: ignore[arg-type]


def listed_job(number: int) -> JobRecord:
    return job(number, None, step="failed last night", disposition=Disposition.LIST, attempts=0)


def planned(record: JobRecord) -> PlannedJob:
    return PlannedJob(
        record.job_id,
        record.step,
        record.disposition,
        record.status_before,
        record.hosts,
        record.collateral_hosts,
        fingerprint="0" * 32,
        protected_by="profile nps01" if record.disposition is Disposition.PROTECTED else None,
        failure_reasons=record.failure_reasons,
    )


def plan(jobs: Iterable[PlannedJob] = (), **more: object) -> CancelPlan:
    jobs = tuple(jobs)
    to_cancel = sum(job.disposition is Disposition.CANCEL for job in jobs)
    protected = sum(job.disposition is Disposition.PROTECTED for job in jobs)
    made = CancelPlan(
        server="https://nps01.lab.example:6500",
        account="LAB\\svc-hostscan",
        playbook=PlaybookIdentity("cancel-stuck-scans", DIGEST),
        made_at=STARTED - timedelta(seconds=9),
        valid_until=STARTED + timedelta(hours=1),
        counts=PlanCounts(2134, len(jobs), 0, protected, to_cancel),
        cancellable=400,
        limits=Limits(),
        execute=ExecuteOptions(),
        steps=(
            PlannedStep(
                STEP,
                "cancel",
                len(jobs),
                to_cancel,
                clauses=(
                    ClauseCount("status is Queued or Pending", 214),
                    ClauseCount("every host name matches lab-*", len(jobs)),
                ),
            ),
        ),
        jobs=jobs,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def run(jobs: Iterable[JobRecord] = (), **more: object) -> RunRecord:
    jobs = tuple(jobs)
    record = RunRecord(
        RUN_ID,
        plan(map(planned, jobs)),
        RunState.FINISHED,
        started_at=STARTED,
        finished_at=STARTED + timedelta(seconds=8.5),
        jobs=jobs,
        reason="change 4711",
        versions={"hostscan": "0.1.0", "python": "3.11.7", "server": "25.12.00000"},
    )
    return replace(record, **more)  # type: ignore[arg-type]


def mixed_run() -> RunRecord:
    """Return a run with every outcome, undecided jobs, collateral hosts and failure reasons."""
    jobs = [
        *(job(number) for number in range(1, 24)),
        job(24, Outcome.ALREADY_FINISHED, status_after="Complete", http_status=400),
        job(25, Outcome.GONE, http_status=404),
        job(
            26,
            Outcome.REFUSED,
            status_after="Running",
            http_status=400,
            detail="Unable to cancel host scan job.",
            trace_id="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
        ),
        job(27, Outcome.FAILED, detail="connection refused", attempts=3),
        job(28, Outcome.UNCERTAIN, detail="reply lost, and the state could not be read"),
        job(29, Outcome.ACCEPTED, status_after="Running", http_status=202),
        job(30, Outcome.DRIFTED, detail="its hosts changed since the plan", attempts=0),
        job(31, Outcome.NOT_ATTEMPTED, detail="10 failures in a row", attempts=0),
        job(32, Outcome.PROTECTED, hosts=("dc01",), detail="protected by profile nps01"),
        job(
            33,
            hosts=("lab-033", "sql-7"),
            collateral_hosts=("sql-7",),
            status_before="Running",
            failure_reasons=("AccessDenied",),
        ),
        listed_job(34),
    ]
    undecided = (UndecidedJob(job_id(90), STEP, "every host ip is in 10.0.0.0/16", "ip"),)
    record = run(jobs)
    counts = replace(record.plan.counts, undecided=1)
    return replace(record, plan=replace(record.plan, undecided=undecided, counts=counts))


def hostile_run(texts: Sequence[str] = HOSTILE) -> RunRecord:
    """Return a run in which every text that a stranger can choose is an attack."""
    jobs = [
        job(
            number,
            Outcome.REFUSED,
            step=text,
            status_before=text,
            status_after=text,
            hosts=(text, "lab-001"),
            collateral_hosts=(text,),
            failure_reasons=(text,),
            detail=text,
            trace_id=text,
        )
        for number, text in enumerate(texts)
    ]
    jobs.append(job(99, hosts=(texts[0],), collateral_hosts=tuple(texts)))
    text = texts[0]
    record = run(jobs, reason=text, ended_by=text, versions={text: text})
    undecided = tuple(UndecidedJob(job_id(200), text, text, text) for text in texts)
    steps = tuple(
        PlannedStep(text, "cancel", 1, 1, clauses=(ClauseCount(text, 3),)) for text in texts
    )
    return replace(
        record,
        plan=replace(
            record.plan,
            server=text,
            account=text,
            playbook=PlaybookIdentity(text, text),
            undecided=undecided,
            steps=steps,
            refusals=tuple(texts),
        ),
    )
