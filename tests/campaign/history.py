"""Everything that was ever true of the jobs of a server, and when."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from hostscan_automation.simulator import Simulator
    from hostscan_automation.simulator.scanjobs import Job


class History:
    """Notes each job as it is put into the table of a server, and when it is taken out.

    Args:
        server: Its jobs so far are what they were from the beginning on.
    """

    def __init__(self, server: Simulator) -> None:
        self.first = {job.id: job for job in server.jobs}
        self._versions: dict[UUID, list[tuple[float, Job | None]]] = defaultdict(list)
        for job in self.first.values():
            self._versions[job.id].append((0.0, job))
        self._put, self._remove = server.jobs.put, server.jobs.remove
        server.jobs.put = self._note_put  # type: ignore[method-assign]
        server.jobs.remove = self._note_removal  # type: ignore[method-assign]

    def _note_put(self, job: Job) -> Job:
        self._versions[job.id].append((time.time(), job))
        return self._put(job)

    def _note_removal(self, job_id: UUID) -> None:
        self._versions[job_id].append((time.time(), None))
        self._remove(job_id)

    def versions(self) -> Iterator[list[tuple[float, Job | None]]]:
        """Yield for each job what it was, each with the time it began to be that."""
        yield from list(self._versions.values())

    def statuses(self, job_id: UUID, begin: float, end: float) -> set[str | None]:
        """Return every status that a job had between two times; None where it was gone."""
        return {status for status, _ in self._states(job_id, begin, end)}

    def was_meant(self, job_id: UUID, hosts: list[str], begin: float, end: float) -> bool:
        """Say whether a job was Queued, on these hosts, between two times."""
        return any(
            status == "Queued" and job is not None and [one.name for one in job.hosts] == hosts
            for status, job in self._states(job_id, begin, end)
        )

    def _states(
        self, job_id: UUID, begin: float, end: float
    ) -> Iterator[tuple[str | None, Job | None]]:
        versions = list(self._versions[job_id])
        ends = [since for since, _ in versions[1:]] + [float("inf")]
        for (since, job), until in zip(versions, ends, strict=True):
            first, last = max(begin, since), min(end, until)
            if first > last:
                continue
            if job is None:
                yield None, None
                continue
            yield job.status(first), job
            for moment, status in job.course:
                if first < moment <= last:
                    yield status, job
