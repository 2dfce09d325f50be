"""Look again at a job just before its cancel leaves, where the last reading of the server is old.

A run may take an hour. By the time a job's turn comes it may have ended, run, or be about other
hosts; so no cancel leaves on a reading that is older than a minute. One list serves all jobs for
the next minute; a detail is read for one job, and only where the list cannot decide. A list that is
read for another reason meanwhile serves them, too: nothing is cancelled that was just seen to have
changed.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from hostscan_automation.errors import NotFoundError
from hostscan_automation.jobs.drift import status_text
from hostscan_automation.runs.looks import rows_of
from hostscan_automation.runs.recheck import Recheck

if TYPE_CHECKING:
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan, PlannedJob
    from hostscan_automation.jobs.selection import Selection
    from hostscan_automation.runs.means import Means
    from hostscan_automation.runs.runlog import Result

FRESH_FOR_S = 60.0
"""A reading of the server that is older is not acted on."""

_READ_WITHIN_S = 60.0


class Freshness:
    """Decides jobs of a plan anew while it is carried out.

    Args:
        selection: That of the plan, with what else is protected by now.
        read_at: When the server was read last, by the monotonic clock.
    """

    def __init__(
        self, means: Means, plan: CancelPlan, selection: Selection, *, read_at: float
    ) -> None:
        self._means = means
        self._plan = plan
        self._selection = selection
        self._read_at = read_at
        self._wanted = {job.job_id for job in plan.to_cancel}
        self._rows: dict[UUID, ScanJob] | None = None
        self._glimpsed: dict[UUID, ScanJob] | None = None
        self._lock = threading.Lock()

    def look(self, within_s: float) -> dict[UUID, ScanJob]:
        """Read the list now, and return the rows of the plan's jobs.

        Args:
            within_s: How long it may be asked for again, and waited for.

        Raises:
            HostscanError: It could not be read.
        """
        now = self._means.clock.monotonic()
        rows = rows_of(self._means.reader, self._wanted, within_s=within_s)
        with self._lock:
            if self._rows is None:
                self._glimpsed = rows
            elif now > self._read_at:
                self._rows, self._read_at = rows, now
        return rows

    def why_not(self, position: int, *, is_ours: bool) -> Result | None:
        """Return what to write down of a job instead of cancelling it, or None if it still may be.

        Args:
            position: Its place in the plan.
            is_ours: Whether a cancel may have been sent for it already: Cancelled means it acted.

        Raises:
            HostscanError: The reading is old, and the server could not be read again.
        """
        planned = self._plan.jobs[position]
        rows = self._latest_rows()
        if rows is not None:
            return self.decide(position, rows.get(planned.job_id), is_ours=is_ours)
        if self._glimpsed is None:
            return None
        row = self._glimpsed.get(planned.job_id)
        # what is as it was planned was decided within the minute, its detail included
        return None if _is_as_planned(row, planned) else self.decide(position, row, is_ours=is_ours)

    def decide(self, position: int, row: ScanJob | None, *, is_ours: bool) -> Result | None:
        """Return the same, by a row of the list that was just read; None: the job is not in it.

        Raises:
            HostscanError: Its detail has to be read, and could not be.
        """
        check = Recheck(
            self._plan,
            self._selection,
            positions=(position,),
            ours=frozenset({position} if is_ours else ()),
            server_now=self._means.reader.server_now,
        )
        if row is not None:
            check.add(row)
        for job_id in check.pending:
            try:
                check.add_detail(self._means.reader.job(job_id))
            except NotFoundError:
                check.drop(job_id)
        return check.finish().get(position)

    def _latest_rows(self) -> dict[UUID, ScanJob] | None:
        """Return the rows of the last list; None while what the run began with is fresh.

        One worker reads, the others wait for it.
        """
        with self._lock:
            now = self._means.clock.monotonic()
            if now - self._read_at > FRESH_FOR_S:
                self._rows = rows_of(self._means.reader, self._wanted, within_s=_READ_WITHIN_S)
                self._read_at = now
            return self._rows


def _is_as_planned(row: ScanJob | None, planned: PlannedJob) -> bool:
    if row is None:
        return False
    return row.fingerprint == planned.fingerprint and status_text(row) == planned.status
