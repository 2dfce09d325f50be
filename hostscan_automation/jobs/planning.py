"""Make a plan of an inventory: one pass over the list, details only where they decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.drift import status_text
from hostscan_automation.jobs.inspection import collateral_hosts
from hostscan_automation.jobs.ledger import IdLedger
from hostscan_automation.jobs.limits import ExecuteOptions, Limits
from hostscan_automation.jobs.plan import (
    CancelPlan,
    ClauseCount,
    Disposition,
    PlanCounts,
    PlannedJob,
    PlannedStep,
    UndecidedJob,
)
from hostscan_automation.jobs.selection import Action, demand_texts
from hostscan_automation.jobs.sight import Sights
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.jobs.verdict import TRUE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import PlaybookIdentity
    from hostscan_automation.jobs.selection import JobDecision, Selection, Step, Weighing
    from hostscan_automation.jobs.sight import Sight

DEFAULT_VALID_FOR_S = 3600.0

# A freed slot must not start a job that is to be cancelled next: what waits goes before what runs.
_TURN = {
    JobStatus.QUEUED: 0,
    JobStatus.PENDING: 0,
    JobStatus.PAUSED: 1,
    JobStatus.SCHEDULED: 1,
    JobStatus.RUNNING: 2,
}
_LAST_TURN = 3
_AFTER_ALL = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Tally:
    """What one step found so far."""

    step: Step
    left: list[int]
    dispositions: Counter[Disposition] = field(default_factory=Counter)
    ended: int = 0

    def result(self) -> PlannedStep:
        texts = demand_texts(self.step)
        return PlannedStep(
            name=self.step.name,
            action=self.step.action.value,
            matched=self.dispositions.total(),
            planned=self.dispositions[Disposition.CANCEL],
            ended=self.ended,
            clauses=tuple(map(ClauseCount, texts, self.left)),
        )


class PlanBuilder:
    """Takes in every job of the list, then the details it asks for, and makes the plan.

    Of jobs that do not match it keeps 16 bytes each. It is not made for several threads at once.
    """

    def __init__(self, selection: Selection, *, now: datetime) -> None:
        """Begin.

        Args:
            selection: What to decide with.
            now: The server's time, for all ages in this plan.
        """
        self._selection = selection
        self._now = now
        self._sights = Sights.at(now)
        self._tallies = [_Tally(step, [0] * len(step.demands)) for step in selection.steps]
        self._ids = IdLedger()
        self._listed = 0
        self._cancellable = 0
        self._waiting: dict[UUID, tuple[int, ScanJob]] = {}
        self._matched: list[tuple[tuple[Any, ...], PlannedJob]] = []
        self._undecided: list[tuple[int, UndecidedJob]] = []

    def add(self, job: ScanJob) -> None:
        """Take in one job of the list."""
        position = self._listed
        self._listed += 1
        self._ids.add(job.id)
        if job.is_active:
            self._cancellable += 1
        elif job.is_terminal:
            self._count_ended(job)
        sight = self._sights.of(job.has_detail)
        weighing = self._selection.weigh(job, sight)
        if weighing.decision.needs_detail:
            self._waiting[job.id] = position, job
        else:
            self._take(position, job, weighing, sight)

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The jobs whose detail has to be read before the plan can be made, in the list's order."""
        return tuple(self._waiting)

    def add_detail(self, detail: ScanJob) -> None:
        """Take in the detail of a pending job.

        Where it names other hosts than the list did, what it says is not used, and clauses on it
        stay undecided.
        """
        position, row = self._waiting.pop(detail.id)
        job = row.with_detail(detail)
        sight = self._sights.read if job.has_detail else self._sights.not_to_be_had
        self._take(position, job, self._selection.weigh(job, sight), sight)

    def drop(self, job_id: UUID) -> None:
        """Leave out a pending job: the server does not know it any more."""
        del self._waiting[job_id]

    def build(  # noqa: PLR0913 - one argument for each thing a plan names
        self,
        *,
        server: str,
        account: str,
        playbook: PlaybookIdentity,
        made_at: datetime | None = None,
        valid_for_s: float = DEFAULT_VALID_FOR_S,
        limits: Limits | None = None,
        execute: ExecuteOptions | None = None,
    ) -> CancelPlan:
        """Return the plan.

        Raises:
            PlanRefusedError: The inventory is incomplete: details are missing, or the list named
                one job twice.
        """
        self._check_completeness()
        limits = limits or Limits()
        made_at = made_at or self._now
        steps = tuple(tally.result() for tally in self._tallies)
        return CancelPlan(
            server=server,
            account=account,
            playbook=playbook,
            made_at=made_at,
            valid_until=made_at + timedelta(seconds=valid_for_s),
            counts=self._counts(),
            cancellable=self._cancellable,
            limits=limits,
            execute=execute or ExecuteOptions(),
            steps=steps,
            jobs=tuple(job for _, job in sorted(self._matched, key=lambda pair: pair[0])),
            undecided=tuple(job for _, job in sorted(self._undecided, key=lambda pair: pair[0])),
            refusals=tuple(_refusals(steps, self._cancellable, limits)),
            selection=self._selection.to_data(),
        )

    def _count_ended(self, job: ScanJob) -> None:
        sight = self._sights.of(job.has_detail)
        for tally in self._tallies:
            if (
                tally.step.action is Action.CANCEL
                and tally.step.filter.possible(job, sight) == TRUE
            ):
                tally.ended += 1
                return

    def _take(self, position: int, job: ScanJob, weighing: Weighing, sight: Sight) -> None:
        for tally, held in zip(self._tallies, weighing.held, strict=False):
            for number in range(held):
                tally.left[number] += 1
        decision = weighing.decision
        if (reason := decision.undecided) is not None:
            row = UndecidedJob(job.id, reason.step, reason.clause, reason.field)
            self._undecided.append((position, row))
        elif decision.step is not None:
            planned = _planned(decision, decision.step, job, sight)
            self._tallies[len(weighing.held) - 1].dispositions[planned.disposition] += 1
            self._matched.append((_turn(planned, job, position), planned))

    def _counts(self) -> PlanCounts:
        dispositions = Counter(job.disposition for _, job in self._matched)
        return PlanCounts(
            listed=self._listed,
            matched=dispositions.total(),
            undecided=len(self._undecided),
            protected=dispositions[Disposition.PROTECTED],
            planned=dispositions[Disposition.CANCEL],
        )

    def _check_completeness(self) -> None:
        if self._waiting:
            missing = f"details of {len(self._waiting)} of {self._listed} listed jobs"
            raise PlanRefusedError(
                f"inventory is incomplete: {missing} were not read",
                hint="Nothing was sent. Run it again.",
            )
        if duplicates := tuple(self._ids.duplicates()):
            more = f" (and {len(duplicates) - 1} more)" if len(duplicates) > 1 else ""
            raise PlanRefusedError(
                f"inventory is incomplete: the server listed job {duplicates[0]} twice{more}",
                hint="Nothing was sent. The list may have changed while it was read: run it again.",
            )


def _planned(decision: JobDecision, step: Step, job: ScanJob, sight: Sight) -> PlannedJob:
    is_cancel = step.action is Action.CANCEL
    return PlannedJob(
        job_id=job.id,
        step=step.name,
        disposition=decision.disposition_in(step),
        status=status_text(job),
        hosts=job.host_names,
        collateral_hosts=collateral_hosts(step.filter.clause, job, sight) if is_cancel else (),
        fingerprint=job.fingerprint,
        created=job.created,
        protected_by=decision.protected_by,
        failure_reasons=_failure_reasons(job),
    )


def _turn(planned: PlannedJob, job: ScanJob, position: int) -> tuple[Any, ...]:
    """Return where a job stands in the order of cancelling."""
    rank = _LAST_TURN if job.status is None else _TURN.get(job.status, _LAST_TURN)
    return (
        planned.disposition is Disposition.LIST,
        rank,
        planned.created or _AFTER_ALL,
        position,
    )


def _failure_reasons(job: ScanJob) -> tuple[str, ...]:
    reasons = dict.fromkeys(host.failure_reason for host in job.hosts or ())
    return tuple(reason for reason in reasons if reason and reason != "NoError")


def _refusals(steps: tuple[PlannedStep, ...], cancellable: int, limits: Limits) -> Iterator[str]:
    """Yield a sentence for every limit that a step or all steps together exceed."""
    cancelling = [step for step in steps if step.action == Action.CANCEL]
    if len(cancelling) > 1:
        for step in cancelling:
            for sentence in limits.exceeded_by(step.planned, cancellable):
                yield f"step {step.name!r}: {sentence}"
    total = sum(step.planned for step in cancelling)
    together = "all steps together: " if len(cancelling) > 1 else ""
    for sentence in limits.exceeded_by(total, cancellable):
        yield f"{together}{sentence}"
