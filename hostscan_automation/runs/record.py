"""What a run did, job by job: the value that the journal gives and every report tells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hostscan_automation.jobs.plan import Disposition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.outcome import Outcome
    from hostscan_automation.jobs.plan import CancelPlan


class RunState(StrEnum):
    """How far a run came.

    Attributes:
        OPEN: Begun and not ended: it runs, or its process died.
        FINISHED: Every job has its outcome.
        INTERRUPTED: Ended before its time (Ctrl+C, deadline, breaker); `resume` can go on.
    """

    OPEN = "open"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One matched job in a run.

    Attributes:
        step: The step that owns it.
        disposition: What the plan meant to do with it.
        status_before: Status in the plan.
        status_after: Status last seen, or None if it was not looked at again.
        outcome: None for a job of a `list` step, and for one that has none yet.
        detail: Why, for a person; the server's own text where there is one.
        http_status: Of the last reply to its cancel, or None.
        attempts: How many times a cancel was sent for it; one that met an ended session (401) and
            was sent again is one. Of a process that was killed, those that may have left are
            counted.
        trace_id: The server's trace id of the last reply that had one.
        took_s: Seconds until its last cancel was answered or given up, or None.
    """

    job_id: UUID
    step: str
    disposition: Disposition
    status_before: str
    hosts: tuple[str, ...] = ()
    collateral_hosts: tuple[str, ...] = ()
    failure_reasons: tuple[str, ...] = ()
    status_after: str | None = None
    outcome: Outcome | None = None
    detail: str | None = None
    http_status: int | None = None
    attempts: int = 0
    trace_id: str | None = None
    took_s: float | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A whole run: its plan, and one record for every matched job, in the plan's order.

    Attributes:
        run_id: Short, sortable by time, safe in a file name.
        reason: What the person gave as `--reason`, or None.
        started_at: Aware, UTC, this machine's clock.
        finished_at: None while the run is open.
        ended_by: Why an interrupted run ended, for a person.
        versions: `hostscan`, `python`, `server`: as far as they are known.
    """

    run_id: str
    plan: CancelPlan
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    jobs: tuple[JobRecord, ...]
    reason: str | None = None
    ended_by: str | None = None
    versions: Mapping[str, str] | None = None

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many jobs had which outcome."""
        return Counter(job.outcome for job in self.jobs if job.outcome is not None)

    @property
    def has_sent_a_change(self) -> bool:
        """Whether any cancel may have left this machine."""
        return any(job.attempts for job in self.jobs)

    @property
    def is_all_done(self) -> bool:
        """Whether nothing is left to do about any job that was to be cancelled."""
        return all(
            job.outcome is not None and job.outcome.is_done
            for job in self.jobs
            if job.disposition is not Disposition.LIST
        )
