"""Hold a plan to what a person saw of its jobs, and say what became of those that are not in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hostscan_automation.jobs.drift import status_text
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.jobs.selection import Selection, Step
from hostscan_automation.jobs.status import JobStatus, status_named
from hostscan_automation.runs.record import JobRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan, PlannedJob
    from hostscan_automation.powershell.parameters import JobToCancel

_ACTIVE = tuple(status for status in JobStatus if status.is_active)
_RUNNING = (JobStatus.RUNNING,)
_WAITING = tuple(status for status in _ACTIVE if status is not JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class SeenJobs:
    """The jobs that a person named, and what was shown of them.

    Attributes:
        by_id: In the order in which they were named; those that came as an id have seen nothing.
    """

    by_id: dict[UUID, JobToCancel]

    @classmethod
    def of(cls, jobs: Iterable[JobToCancel]) -> SeenJobs:
        """Return them; the first mention of an id counts."""
        by_id: dict[UUID, JobToCancel] = {}
        for job in jobs:
            by_id.setdefault(job.id, job)
        return cls(by_id)

    @property
    def has_seen(self) -> bool:
        """Whether anything was shown of any of them."""
        return any(job.status or job.fingerprint for job in self.by_id.values())

    def to_filter(self) -> Filter:
        """Return the filter for all of them: by name, so Scheduled ones are meant, too."""
        return compile_filter(_clause(list(self.by_id), _ACTIVE))

    def held_to(self, plan: CancelPlan) -> CancelPlan:
        """Return the plan as it would be had it been made when the person looked.

        Carried out as a saved plan, it leaves alone every job whose hosts, or whose sort of status
        (waiting, running, ended), are others by now, and says so in its record.
        """
        if not self.has_seen:
            return plan
        selection = Selection.from_data(plan.selection)
        held = Selection(
            tuple(Step(step.name, self._as_seen(), step.action) for step in selection.steps),
            selection.protect,
        )
        jobs = tuple(self._held(job) for job in plan.jobs)
        return replace(plan, jobs=jobs, selection=held.to_data())

    def _held(self, job: PlannedJob) -> PlannedJob:
        seen = self.by_id[job.job_id]
        return replace(
            job,
            fingerprint=seen.fingerprint or job.fingerprint,
            status=seen.status or job.status,
        )

    def _as_seen(self) -> Filter:
        groups: dict[tuple[JobStatus, ...], list[UUID]] = {}
        for job in self.by_id.values():
            groups.setdefault(_sort_of(job.status), []).append(job.id)
        return compile_filter({"any": [_clause(ids, group) for group, ids in groups.items()]})

    def left_out(
        self, plan: CancelPlan, read_jobs: Callable[[], Iterable[ScanJob]]
    ) -> Iterator[JobRecord]:
        """Yield what became of the jobs that are not in the plan.

        Args:
            plan: Made from a fresh read.
            read_jobs: Lists the server's jobs; called only where one is missing.
        """
        missing = set(self.by_id) - {job.job_id for job in plan.jobs}
        rows = {job.id: job for job in read_jobs() if job.id in missing} if missing else {}
        for job_id, seen in self.by_id.items():
            if job_id in missing:
                yield _record(seen, rows.get(job_id), plan.steps[0].name)


def _clause(ids: list[UUID], statuses: tuple[JobStatus, ...]) -> dict[str, object]:
    return {
        "all": [
            {"id": [str(one) for one in ids]},
            {"status": [status.value for status in statuses]},
        ]
    }


def _sort_of(status: str | None) -> tuple[JobStatus, ...]:
    named = status_named(status)
    if named is None or not named.is_active:
        return _ACTIVE
    return _RUNNING if named is JobStatus.RUNNING else _WAITING


def _record(seen: JobToCancel, job: ScanJob | None, step: str) -> JobRecord:
    """Return what is known of a job that could not be planned."""
    outcome, detail = _what_became_of(job)
    status = None if job is None else status_text(job)
    return JobRecord(
        job_id=seen.id,
        step=step,
        disposition=Disposition.CANCEL,
        status_before=seen.status or status or JobStatus.UNKNOWN.value,
        hosts=() if job is None else job.host_names,
        status_after=status,
        outcome=outcome,
        detail=detail,
    )


def _what_became_of(job: ScanJob | None) -> tuple[Outcome, str | None]:
    if job is None:
        return Outcome.GONE, "the server does not know it"
    if job.is_terminal:
        return Outcome.ALREADY_FINISHED, None
    return Outcome.NOT_ATTEMPTED, "what the server says of its status cannot be read"
