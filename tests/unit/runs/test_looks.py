from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import HostscanError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.execution import execute
from hostscan_automation.runs.looks import rows_of
from hostscan_automation.runs.rows import NewRun
from tests.unit.runs.fakes import FakeServer, job_id, make_plan, means, scan_job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.runs.journal import Journal
    from tests.unit.runs.fakes import FakeClock

DOUBLING = range(2, 4)


class DoublingServer(FakeServer):
    """Names its first job a second time in some lists, as ended by itself."""

    def iter_jobs(self, within_s: float | None = None) -> Iterator[ScanJob]:
        yield from super().iter_jobs(within_s)
        if self.lists in DOUBLING:
            yield replace(scan_job(0), status=JobStatus.COMPLETE)


def test_a_list_that_contradicts_itself_about_a_wanted_job_tells_nothing(clock: FakeClock) -> None:
    server = DoublingServer.with_jobs(3, clock=clock)
    server.lists = 1
    with pytest.raises(HostscanError, match="twice"):
        rows_of(server, {job_id(0), job_id(1)}, within_s=1)
    assert set(rows_of(server, {job_id(1)}, within_s=1)) == {job_id(1)}


def test_what_a_contradicting_list_says_is_not_told_as_an_outcome(
    journal: Journal, clock: FakeClock
) -> None:
    server = DoublingServer.with_jobs(3, clock=clock, cancelling_s=2.0)
    record = execute(NewRun(make_plan(server)), means(server), journal)
    assert record.outcomes == {Outcome.CANCELLED: 3}
    assert server.lists >= DOUBLING.stop
