"""Read the server again for the jobs of a plan: which of them may still be cancelled, and why not.

What may be cancelled is what was planned AND still matches AND is on the same hosts.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.drift import status_text, still_matches
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.runs.inventory import take_fresh_inventory
from hostscan_automation.runs.looks import ended_as, ended_text
from hostscan_automation.runs.runlog import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.jobs.selection import Selection
    from hostscan_automation.runs.means import Means


class Recheck:
    """Takes in the list as a plan does, and decides each planned job anew.

    Args:
        positions: The jobs of the plan that are to be decided.
        ours: Those of them for which a cancel may have been sent: Cancelled means it acted.
        server_now: Tells the server's time; asked once, when the first reply is there.

    Attributes:
        findings: What became of the jobs that must not be cancelled any more, by position.
    """

    def __init__(
        self,
        plan: CancelPlan,
        selection: Selection,
        *,
        positions: Iterable[int],
        ours: frozenset[int],
        server_now: Callable[[], datetime],
    ) -> None:
        self._plan = plan
        self._selection = selection
        self._server_now = server_now
        self._ours = ours
        self._wanted = {plan.jobs[position].job_id: position for position in positions}
        self._unseen = set(self._wanted)
        self._waiting: dict[UUID, ScanJob] = {}
        self.findings: dict[int, Result] = {}

    @cached_property
    def now(self) -> datetime:
        """The server's time, for all ages."""
        return self._server_now()

    def add(self, job: ScanJob) -> None:
        """Take in one job of the list."""
        if job.id not in self._wanted:
            return
        if job.id not in self._unseen:
            raise PlanRefusedError(
                f"inventory is incomplete: the server listed job {job.id} twice",
                hint="Nothing was sent. The list may have changed while it was read: try again.",
            )
        self._unseen.discard(job.id)
        if self._has_ended(job):
            return
        planned = self._plan.jobs[self._wanted[job.id]]
        same_hosts = job.fingerprint == planned.fingerprint
        if same_hosts and self._selection.decide(job, self.now).needs_detail:
            self._waiting[job.id] = job
        else:
            self._decide(job)

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The jobs whose detail has to be read."""
        return tuple(self._waiting)

    def add_detail(self, detail: ScanJob) -> None:
        """Take in the detail of a pending job."""
        self._decide(self._waiting.pop(detail.id).with_detail(detail))

    def drop(self, job_id: UUID) -> None:
        """Take note that the server does not know a pending job any more."""
        del self._waiting[job_id]
        self._unseen.add(job_id)

    def finish(self) -> dict[int, Result]:
        """Return the findings, once everything was taken in: what was not seen is gone."""
        for job_id in self._unseen:
            self._find(job_id, Outcome.GONE, "it is not in the list any more", None)
        return self.findings

    def _has_ended(self, job: ScanJob) -> bool:
        is_ours = self._wanted[job.id] in self._ours
        outcome = ended_as(job, is_ours=is_ours)
        if outcome is not None:
            self._find(job.id, outcome, ended_text(job, is_ours=is_ours), status_text(job))
        return outcome is not None

    def _decide(self, job: ScanJob) -> None:
        planned = self._plan.jobs[self._wanted[job.id]]
        reason = still_matches(self._selection, planned, job, self.now)
        if reason is not None:
            self._find(job.id, Outcome.DRIFTED, reason, status_text(job))

    def _find(self, job_id: UUID, outcome: Outcome, detail: str | None, status: str | None) -> None:
        self.findings[self._wanted[job_id]] = Result(outcome, detail, status)


def cancel_positions(plan: CancelPlan) -> list[int]:
    """Return the places of the jobs that are to be cancelled, in the plan's order."""
    return [
        position for position, job in enumerate(plan.jobs) if job.disposition is Disposition.CANCEL
    ]


def recheck(
    means: Means,
    plan: CancelPlan,
    selection: Selection,
    *,
    positions: Iterable[int] | None = None,
    ours: Iterable[int] = (),
) -> dict[int, Result]:
    """Read the server again, and return why which jobs of a plan must not be cancelled any more.

    Args:
        means: Only its reader is used: nothing is changed.
        plan: Its jobs are looked for in the list; details are read only where they decide.
        selection: That of the plan, with what else is protected by now.
        positions: Places in the plan to look at; without it, all that are to be cancelled.
        ours: Places for which a cancel may have been sent already.

    Returns:
        What to write down instead of cancelling, by place in the plan. A place that is missing here
        may be cancelled.

    Raises:
        KeyboardInterrupt: Somebody asked to stop.
        PlanRefusedError: The list named a job twice.
        HostscanError: The list or a detail could not be read.
    """
    wanted = tuple(cancel_positions(plan) if positions is None else positions)
    acted = frozenset(ours)

    def begin() -> Recheck:
        return Recheck(
            plan,
            selection,
            positions=wanted,
            ours=acted,
            server_now=means.reader.server_now,
        )

    builder = take_fresh_inventory(means.reader, begin, progress=means.progress, stop=means.stop)
    return builder.finish()
