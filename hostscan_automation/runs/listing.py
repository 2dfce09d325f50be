"""List the jobs that a filter means, details read only where they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.jobs.selection import Action, Selection, Step

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.job import ScanJob


class MatchingJobs:
    """Takes an inventory in, as a plan does, and keeps the jobs themselves that a filter selects.

    Attributes:
        listed: How many jobs were looked at.
        undecided: How many of them could not be decided, because a value is missing.
    """

    def __init__(self, wanted: Filter, *, now: datetime) -> None:
        """Begin.

        Args:
            wanted: What selects them.
            now: The server's time, for all ages.
        """
        self._selection = Selection((Step("list", wanted, Action.LIST),))
        self._now = now
        self._waiting: dict[UUID, tuple[int, ScanJob]] = {}
        self._matched: list[tuple[int, ScanJob]] = []
        self.listed = 0
        self.undecided = 0

    @property
    def jobs(self) -> list[ScanJob]:
        """The jobs that are meant, in the list's order."""
        return [job for _, job in sorted(self._matched, key=lambda pair: pair[0])]

    def add(self, job: ScanJob) -> None:
        """Take in one job of the list."""
        self.listed += 1
        decision = self._selection.decide(job, self._now)
        if decision.needs_detail:
            self._waiting[job.id] = self.listed, job
        else:
            self._take(self.listed, job)

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The jobs whose detail has to be read."""
        return tuple(self._waiting)

    def add_detail(self, detail: ScanJob) -> None:
        """Take in the detail of a pending job."""
        position, row = self._waiting.pop(detail.id)
        self._take(position, row.with_detail(detail))

    def drop(self, job_id: UUID) -> None:
        """Leave out a pending job that the server does not know any more."""
        del self._waiting[job_id]

    def _take(self, position: int, job: ScanJob) -> None:
        decision = self._selection.decide(job, self._now)
        if decision.step is not None:
            self._matched.append((position, job))
        elif decision.undecided is not None or decision.needs_detail:
            self.undecided += 1
