"""Read again what became of jobs: one whole list serves all that are asked for.

The status of a job is that of its row in the list, so a look is always a list; a job that is
absent from a whole list is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import HostscanError
from hostscan_automation.jobs.drift import status_text
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus

if TYPE_CHECKING:
    from collections.abc import Container
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.runs.ports import JobReader
    from hostscan_automation.runs.runlog import Result


@dataclass(frozen=True, slots=True)
class Watched:
    """A job whose cancel was answered, and whose state is still to be seen.

    Attributes:
        position: Its place in the plan.
        is_ours: Whether a cancel of this run may have had an effect, so that Cancelled means it.
        if_active: What to write down when it still stands, or None to leave what is written.
    """

    position: int
    is_ours: bool = True
    if_active: Result | None = None


def rows_of(reader: JobReader, wanted: Container[UUID], *, within_s: float) -> dict[UUID, ScanJob]:
    """Return the wanted jobs out of one whole list; memory does not grow with the list.

    Args:
        reader: Reads the list.
        wanted: Which jobs.
        within_s: How long the list may be asked for again, and waited for.

    Raises:
        HostscanError: The list could not be read to its end, so that absence means nothing, or it
            contradicts itself, so that presence does not mean much.
    """
    rows: dict[UUID, ScanJob] = {}
    for job in reader.iter_jobs(within_s=within_s):
        if job.id not in wanted:
            continue
        if rows.setdefault(job.id, job) != job:
            raise HostscanError(f"list names job {job.id} twice, and not as the same")
    return rows


def ended_as(job: ScanJob, *, is_ours: bool) -> Outcome | None:
    """Return the outcome of a job that has ended; None for one that has not, or is not known.

    Args:
        job: As it was just read.
        is_ours: Whether a cancel of this run may have had an effect.
    """
    if not job.is_terminal:
        return None
    if job.status is JobStatus.CANCELLED and is_ours:
        return Outcome.CANCELLED
    return Outcome.ALREADY_FINISHED


def ended_text(job: ScanJob, *, is_ours: bool) -> str | None:
    """Return what to tell of a job that has ended."""
    if job.status is not JobStatus.CANCELLED:
        return f"it ended by itself: {status_text(job)}"
    return None if is_ours else "somebody else had cancelled it"
