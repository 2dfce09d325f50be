from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hostscan_automation.jobs.filters import compile_filter
from hostscan_automation.jobs.job import ScanJob
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.listing import MatchingJobs

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def job(number: int, status: JobStatus | None = JobStatus.QUEUED) -> ScanJob:
    return ScanJob(UUID(int=number), status)


def test_the_list_decides_what_it_can_and_details_decide_the_rest_in_the_lists_order() -> None:
    wanted = compile_filter(
        {"any": [{"status": "Running"}, {"status": "Queued", "created": {"older_than": "6h"}}]}
    )
    matching = MatchingJobs(wanted, now=NOW)
    rows = [job(1), job(2, JobStatus.RUNNING), job(3, JobStatus.COMPLETE), job(4), job(5), job(6)]
    for row in rows:
        matching.add(row)
    assert matching.pending == tuple(UUID(int=number) for number in (1, 4, 5, 6))
    for number, hours in ((4, 1.0), (1, 7.0)):
        made = NOW - timedelta(hours=hours)
        matching.add_detail(replace(job(number), has_detail=True, created=made))
    matching.add_detail(replace(job(5), has_detail=True, created=None))
    matching.drop(UUID(int=6))
    assert [found.id.int for found in matching.jobs] == [1, 2]
    assert matching.jobs[0].created is not None
    assert matching.pending == ()
    assert (matching.listed, matching.undecided) == (6, 1)


def test_a_job_without_a_known_status_is_undecided() -> None:
    matching = MatchingJobs(compile_filter({"status": "Queued"}), now=NOW)
    matching.add(job(1, None))
    assert (matching.jobs, matching.undecided) == ([], 1)
