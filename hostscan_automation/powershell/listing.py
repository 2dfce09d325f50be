"""List the jobs that are meant: one pass over the list, details only where they are needed."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.errors import HostscanError, NotFoundError
from hostscan_automation.jobs.criteria import Criteria
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.selection import Action, Selection, Step
from hostscan_automation.playbook.loading import load_filter_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.parameters import ListJobs
    from hostscan_automation.runs.ports import JobReader

MANY_DETAILS = 200
_WORKERS = 8
_AT_ONCE = 256
_LABELS = {
    "statuses": "-Status",
    "hosts": "-HostName",
    "ips": "-IpAddress",
    "failure_reasons": "-FailureReason",
    "created_by": "-CreatedBy",
    "older_than": "-OlderThan",
}


def filter_of(given: ListJobs) -> Filter:
    """Return the filter that the parameters stand for; without any it means all jobs.

    Raises:
        FilterError: One of them is wrong; the message begins with its name.
    """
    where = () if given.filter is None else (load_filter_text(given.filter, source="-Filter"),)
    age = given.older_than_sec
    criteria = Criteria(
        statuses=given.status,
        hosts=given.host_name,
        ips=given.ip_address,
        failure_reasons=given.failure_reason,
        created_by=given.created_by,
        older_than=None if age is None else f"{math.ceil(age)}s",
        where=where,
    )
    return criteria.to_filter(_LABELS) or compile_filter({"all_jobs": True})


@dataclass(slots=True)
class Listing:
    """One pass over the server's jobs.

    Attributes:
        listed: How many jobs were looked at so far.
        undecided: How many of them could not be decided, because a value is missing.
    """

    reader: JobReader
    meant: Filter
    is_detailed: bool
    call: Call
    listed: int = 0
    undecided: int = 0

    def jobs(self) -> Iterator[ScanJob]:
        """Yield the jobs that are meant: first those that the list decides, as it streams in."""
        selection = Selection((Step("list", self.meant, Action.LIST),))
        now = self.reader.server_now()
        waiting: list[ScanJob] = []
        for job in self.reader.iter_jobs():
            self.listed += 1
            self.call.raise_if_stopped()
            decision = selection.decide(job, now)
            if decision.needs_detail or (self.is_detailed and decision.step is not None):
                waiting.append(job)
            elif decision.step is not None:
                yield job
            else:
                self.undecided += decision.undecided is not None
        yield from self._detailed(waiting, selection, now)

    def _detailed(
        self, waiting: list[ScanJob], selection: Selection, now: datetime
    ) -> Iterator[ScanJob]:
        if len(waiting) > MANY_DETAILS:
            self.call.warn(f"the details of {len(waiting)} jobs are needed, one call for each")
        for row, detail in read_details(self.reader, waiting, self.call):
            job = row.with_detail(detail)
            decision = selection.decide(job, now)
            if decision.step is not None:
                yield job
            else:
                self.undecided += decision.undecided is not None or decision.needs_detail


def read_details(
    reader: JobReader, rows: list[ScanJob], call: Call
) -> Iterator[tuple[ScanJob, ScanJob]]:
    """Yield each job with its detail, in order; a job that is gone by then is left out.

    A detail that cannot be read is an error of its own, and its job is left out.
    """
    with ThreadPoolExecutor(_WORKERS, "detail") as pool:
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            call.progress("Reading details", start, len(rows), f"{start} of {len(rows)}")
            for row, detail in zip(part, pool.map(_reading(reader, call), part), strict=True):
                if isinstance(detail, HostscanError):
                    _tell(detail, row, call)
                else:
                    yield row, detail


def _reading(reader: JobReader, call: Call) -> Callable[[ScanJob], ScanJob | HostscanError]:
    def read(row: ScanJob) -> ScanJob | HostscanError:
        call.raise_if_stopped()
        try:
            return reader.job(row.id)
        except HostscanError as error:
            return error

    return read


def _tell(error: HostscanError, row: ScanJob, call: Call) -> None:
    if not isinstance(error, NotFoundError):
        call.fail_item(error, target=row.id)


def page_of(jobs: Iterable[ScanJob], skip: int, first: int | None) -> Iterator[ScanJob]:
    """Yield a part of the jobs; what comes after it is not read any more."""
    if first == 0:
        return
    for number, job in enumerate(jobs):
        if number >= skip:
            yield job
        if first is not None and number + 1 >= skip + first:
            return
