"""List the jobs that are meant, each as soon as it is known to be."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.jobs.criteria import Criteria
from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.selection import Action, Selection, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.filters import Filter
    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.selection import JobDecision
    from hostscan_automation.powershell.parameters import ListJobs

MANY_DETAILS = 200
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
    where = () if given.filter is None else (_filter_text(given.filter),)
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


def _filter_text(text: str) -> Filter:
    # YAML and its schema are loaded for those who use them
    from hostscan_automation.playbook.loading import load_filter_text  # noqa: PLC0415

    return load_filter_text(text, source="-Filter")


class EnoughError(Exception):
    """Everything that was asked for is there; the rest of the list need not be read."""


@dataclass(frozen=True, slots=True)
class Details:
    """The wish for the details of jobs that are meant.

    Attributes:
        most: Of how many of them at most; None for all.
    """

    most: int | None = None


class StreamedJobs:
    """Takes an inventory in, and hands on the jobs that are meant, in the order of the list.

    A job is handed on at once, so that memory stays flat; only behind one whose detail is still
    awaited the others wait their turn.

    Args:
        wanted: What selects them.
        now: The server's time, for all ages.
        hand_on: Gets each job.
        warn: Is told once, where the details of many jobs are needed.
        details: Whether the detail of every job that is meant is wanted, and of how many at most.

    Attributes:
        listed: How many jobs were looked at.
        undecided: How many of them could not be decided, because a value is missing.
    """

    def __init__(
        self,
        wanted: Filter,
        *,
        now: datetime,
        hand_on: Callable[[ScanJob], None],
        warn: Callable[[str], None],
        details: Details | None = None,
    ) -> None:
        self._selection = Selection((Step("list", wanted, Action.LIST),))
        self._now = now
        self._hand_on = hand_on
        self._warn = warn
        self._details = details
        self._surely_meant = 0
        self._waiting: dict[UUID, ScanJob] = {}
        # from the first job that waits on: None for what is not known yet
        self._line: OrderedDict[UUID, ScanJob | None] = OrderedDict()
        self.listed = 0
        self.undecided = 0

    def add(self, job: ScanJob) -> None:
        """Take in one job of the list."""
        self.listed += 1
        decision = self._selection.decide(job, self._now)
        if not decision.needs_detail and not self._wants_detail(decision):
            self._take(job)
        elif decision.needs_detail or self._is_on_the_page():
            self._await_detail(job)

    def _wants_detail(self, decision: JobDecision) -> bool:
        return self._details is not None and decision.step is not None

    def _is_on_the_page(self) -> bool:
        self._surely_meant += 1
        most = None if self._details is None else self._details.most
        return most is None or self._surely_meant <= most

    def _await_detail(self, job: ScanJob) -> None:
        self._waiting[job.id] = job
        self._line[job.id] = None
        if len(self._waiting) == MANY_DETAILS + 1:
            self._warn(f"the details of more than {MANY_DETAILS} jobs are needed, one call each")

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The jobs whose detail has to be read."""
        return tuple(self._waiting)

    def add_detail(self, detail: ScanJob) -> None:
        """Take in the detail of a pending job."""
        self._take(self._waiting.pop(detail.id).with_detail(detail))

    def drop(self, job_id: UUID) -> None:
        """Leave out a pending job that the server does not know any more."""
        del self._waiting[job_id]
        del self._line[job_id]
        self._move_up()

    def _take(self, job: ScanJob) -> None:
        decision = self._selection.decide(job, self._now)
        if decision.step is not None:
            self._line[job.id] = job
        else:
            self._line.pop(job.id, None)
            self.undecided += decision.undecided is not None or decision.needs_detail
        self._move_up()

    def _move_up(self) -> None:
        while self._line:
            job_id, job = next(iter(self._line.items()))
            if job is None:
                return
            del self._line[job_id]
            self._hand_on(job)


class Page:
    """Hands on a part of what it gets, and says when that is complete.

    Attributes:
        last: The number of the last job that is wanted, or None.

    Raises:
        EnoughError: From `take`, at the last job that is wanted.
    """

    def __init__(self, hand_on: Callable[[ScanJob], None], skip: int, first: int | None) -> None:
        self._hand_on = hand_on
        self._skip = skip
        self.last = None if first is None else skip + first
        self._seen = 0
        self.handed_on = 0

    def take(self, job: ScanJob) -> None:
        """Take one job."""
        if self.last is not None and self._seen >= self.last:
            raise EnoughError
        self._seen += 1
        if self._seen > self._skip:
            self._hand_on(job)
            self.handed_on += 1
        if self._seen == self.last:
            raise EnoughError
