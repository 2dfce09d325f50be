"""Wait until jobs have a certain status: one look at the list serves all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.jobs.status import JobStatus, status_named
from hostscan_automation.jobs.suggestion import did_you_mean
from hostscan_automation.powershell.faults import INVALID_ARGUMENT, NOT_FOUND, WAIT_TIMEOUT, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from hostscan_automation.clock import Clock
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.runs.ports import JobReader

TERMINAL = frozenset(status for status in JobStatus if status.is_terminal)


def statuses_named(words: Iterable[str]) -> frozenset[JobStatus]:
    """Return the statuses that words name; no word means every status in which a job has ended.

    Raises:
        Fault: `InvalidArgument` for a word that names none.
    """
    found = {word: status_named(word) for word in words}
    for word, status in found.items():
        if status is None:
            near = did_you_mean(word, [one.value for one in JobStatus])
            raise Fault(INVALID_ARGUMENT, f"-Until: {word!r} is no status{near}", target=word)
    return frozenset(status for status in found.values() if status) or TERMINAL


@dataclass(slots=True)
class Wait:
    """One wait.

    Attributes:
        open: The jobs that are not there yet, in the order in which they were asked for.
    """

    reader: JobReader
    clock: Clock
    call: Call
    open: dict[UUID, None]
    until: frozenset[JobStatus]
    poll_s: float

    def jobs(self, *, any_one: bool, timeout_s: float | None) -> Iterator[ScanJob]:
        """Yield each job as it gets there, until all are, or one with `any_one`, or time is up.

        Raises:
            Fault: `Cancelled`, once the call is stopped.
        """
        total, began = len(self.open), self.clock.monotonic()
        while self.open:
            there = self._look()
            yield from there
            waited_s = self.clock.monotonic() - began
            if not self.open or (there and any_one):
                return
            self._tell(total, waited_s)
            left_s = self.poll_s if timeout_s is None else min(self.poll_s, timeout_s - waited_s)
            if left_s <= 0:
                return
            self.clock.wait(self.call.stop.event, left_s)
            self.call.raise_if_stopped()

    def _look(self) -> list[ScanJob]:
        seen = {job.id: job for job in self.reader.iter_jobs() if job.id in self.open}
        there = [seen[job_id] for job_id in self.open if job_id in seen]
        there = [job for job in there if job.status in self.until]
        for job_id in list(self.open):
            job = seen.get(job_id)
            if job is None:
                self._give_up(job_id, _absent(job_id))
            elif job.status in self.until:
                del self.open[job_id]
            elif job.is_terminal:
                said = f"job {job_id} ended as {job.status}, and will not get there any more"
                self._give_up(job_id, Fault(WAIT_TIMEOUT, said, target=job_id))
        return there

    def _give_up(self, job_id: UUID, fault: Fault) -> None:
        del self.open[job_id]
        self.call.fail_item(fault)

    def _tell(self, total: int, waited_s: float) -> None:
        done = total - len(self.open)
        self.call.progress("Waiting", done, total, f"{done} of {total} after {waited_s:.0f} s")


def _absent(job_id: UUID) -> Fault:
    return Fault(NOT_FOUND, f"job {job_id} is not on the server", target=job_id)
