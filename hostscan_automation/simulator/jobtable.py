"""All jobs of one server: the seeded ones, and what was changed, added and removed since."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from hostscan_automation.simulator.scanjobs import Job
    from hostscan_automation.simulator.seed import SeededJobs


class JobTable:
    """The jobs in the order of the list; jobs are values, a change puts another in their place.

    Whoever reads a job and puts it back changed holds `lock` meanwhile.
    """

    def __init__(self, seeded: SeededJobs, now: Callable[[], float]) -> None:
        self._seeded = seeded
        self._seeded_count = len(seeded)
        self._changed: dict[UUID, Job | None] = {}
        self._added: dict[UUID, Job] = {}
        self._gone = 0
        self._now = now
        self.lock = threading.RLock()

    def __len__(self) -> int:
        return self._seeded_count - self._gone + len(self._added)

    def __iter__(self) -> Iterator[Job]:
        for number in range(self._seeded_count):
            job = self._seeded[number]
            current = self._changed.get(job.id, job)
            if current is not None:
                yield current
        with self.lock:
            added = list(self._added.values())
        yield from added

    @property
    def is_steady(self) -> bool:
        """Whether an unchanged job is the same object at every reading."""
        return self._seeded.is_kept

    def get(self, job_id: UUID) -> Job | None:
        """Return a job, or None where there is none of that id."""
        added = self._added.get(job_id)
        if added is not None:
            return added
        number = self._number_of(job_id)
        return None if number is None else self._changed.get(job_id, self._seeded[number])

    def status_of(self, job_id: UUID) -> str | None:
        """Return what a job is now, or None where it is gone."""
        job = self.get(job_id)
        return None if job is None else job.status(self._now())

    def put(self, job: Job) -> Job:
        """Put a job in the place of the one of its id, or at the end of the list."""
        with self.lock:
            if job.id in self._added or self.get(job.id) is None:
                self._added[job.id] = job
            else:
                self._changed[job.id] = job
        return job

    def remove(self, job_id: UUID) -> None:
        """Let a job vanish; one that is not there is nothing to do."""
        with self.lock:
            if self._added.pop(job_id, None) is None and self.get(job_id) is not None:
                self._changed[job_id] = None
                self._gone += 1

    def finish(self, job_id: UUID, status: str = "Complete") -> Job:
        """Let a job end now, with that status.

        Raises:
            KeyError: There is no such job.
        """
        with self.lock:
            job = self.get(job_id)
            if job is None:
                raise KeyError(job_id)
            return self.put(job.ended(self._now(), status))

    def clear(self) -> None:
        """Wipe everything, as TruncateAllTables does."""
        with self.lock:
            self._seeded_count = self._gone = 0
            self._changed.clear()
            self._added.clear()

    def _number_of(self, job_id: UUID) -> int | None:
        number = self._seeded.number_of(job_id)
        return number if number is not None and number < self._seeded_count else None
