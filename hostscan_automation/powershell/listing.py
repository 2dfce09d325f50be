"""List the jobs that are meant, each as soon as it is known to be."""

from __future__ import annotations

import math
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


class StreamedJobs:
    """Takes an inventory in, and hands on each job that is meant at once: memory stays flat.

    Args:
        wanted: What selects them.
        now: The server's time, for all ages.
        hand_on: Gets each job.
        warn: Is told once, where the details of many jobs are needed.
        is_detailed: Whether the detail of every job that is meant is wanted.

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
        is_detailed: bool = False,
    ) -> None:
        self._selection = Selection((Step("list", wanted, Action.LIST),))
        self._now = now
        self._hand_on = hand_on
        self._warn = warn
        self._is_detailed = is_detailed
        self._waiting: dict[UUID, ScanJob] = {}
        self.listed = 0
        self.undecided = 0

    def add(self, job: ScanJob) -> None:
        """Take in one job of the list."""
        self.listed += 1
        decision = self._selection.decide(job, self._now)
        if decision.needs_detail or (self._is_detailed and decision.step is not None):
            self._waiting[job.id] = job
            if len(self._waiting) == MANY_DETAILS + 1:
                self._warn(
                    f"the details of more than {MANY_DETAILS} jobs are needed, one call each"
                )
        else:
            self._take(job)

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

    def _take(self, job: ScanJob) -> None:
        decision = self._selection.decide(job, self._now)
        if decision.step is not None:
            self._hand_on(job)
        elif decision.undecided is not None or decision.needs_detail:
            self.undecided += 1


class Page:
    """Hands on a part of what it gets, and says when that is complete.

    Raises:
        EnoughError: From `take`, at the last job that is wanted.
    """

    def __init__(self, hand_on: Callable[[ScanJob], None], skip: int, first: int | None) -> None:
        self._hand_on = hand_on
        self._skip = skip
        self._last = None if first is None else skip + first
        self._seen = 0
        self.handed_on = 0

    def take(self, job: ScanJob) -> None:
        """Take one job."""
        if self._last is not None and self._seen >= self._last:
            raise EnoughError
        self._seen += 1
        if self._seen > self._skip:
            self._hand_on(job)
            self.handed_on += 1
        if self._seen == self._last:
            raise EnoughError
