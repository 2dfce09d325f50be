from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.status import JobStatus
from hostscan_automation.runs.recheck import cancel_positions, recheck
from tests.unit.runs.fakes import START, FakeServer, job_id, make_plan, means, selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.jobs.job import ScanJob
    from tests.unit.runs.fakes import FakeClock

OLD = selection({"all": [{"status": "Queued"}, {"created": {"older_than": "6h"}}]})


def server_with_ages(clock: FakeClock, *hours: float) -> FakeServer:
    server = FakeServer.with_jobs(len(hours), clock=clock)
    for number, age in enumerate(hours):
        one = job_id(number)
        created = START - timedelta(hours=age)
        server.details[one] = replace(server.jobs[one], has_detail=True, created=created)
    return server


def test_details_are_read_only_where_they_decide(clock: FakeClock) -> None:
    server = server_with_ages(clock, 7, 8, 9, 1)
    plan = make_plan(server, OLD)
    assert len(plan.to_cancel) == 3
    server.set_status(1, JobStatus.RUNNING)
    created = START + timedelta(hours=1)
    server.details[job_id(2)] = replace(server.details[job_id(2)], created=created)
    server.detail_reads.clear()
    findings = recheck(means(server), plan, OLD)
    drifted = {plan.jobs[position].job_id: found for position, found in findings.items()}
    assert set(drifted) == {job_id(1), job_id(2)}
    assert {found.outcome for found in findings.values()} == {Outcome.DRIFTED}
    # job 1 does not match any more by its row alone, and job 3 is no job of the plan
    assert set(server.detail_reads) == {job_id(0), job_id(2)}


def test_a_job_that_vanishes_between_list_and_detail_is_gone(clock: FakeClock) -> None:
    server = server_with_ages(clock, 7, 8)
    plan = make_plan(server, OLD)
    listed = server.iter_jobs

    def vanishing(within_s: float | None = None) -> Iterator[ScanJob]:
        yield from listed()
        server.jobs.pop(job_id(0), None)
        server.details.pop(job_id(0), None)

    server.iter_jobs = vanishing  # type: ignore[method-assign]
    findings = recheck(means(server), plan, OLD)
    assert [found.outcome for found in findings.values()] == [Outcome.GONE]


def test_a_job_that_is_listed_twice_makes_the_inventory_incomplete(clock: FakeClock) -> None:
    server = FakeServer.with_jobs(2, clock=clock)
    plan = make_plan(server)
    server.jobs[job_id(99)] = server.jobs[job_id(1)]
    with pytest.raises(PlanRefusedError, match="twice"):
        recheck(means(server), plan, selection())


def test_ages_are_by_the_servers_clock(clock: FakeClock) -> None:
    server = server_with_ages(clock, 5.5)
    server.ahead = timedelta(hours=1)
    plan = make_plan(server, OLD)
    assert len(plan.to_cancel) == 1
    assert recheck(means(server), plan, OLD) == {}
    server.ahead = timedelta()
    (found,) = recheck(means(server), plan, OLD).values()
    assert found.outcome is Outcome.DRIFTED


def test_only_the_asked_places_are_looked_at(clock: FakeClock) -> None:
    server = FakeServer.with_jobs(3, clock=clock)
    plan = make_plan(server)
    server.jobs.clear()
    assert cancel_positions(plan) == [0, 1, 2]
    assert set(recheck(means(server), plan, selection(), positions=[2])) == {2}
