from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import ReplyLostError, ServerError
from hostscan_automation.jobs.plan import PlaybookIdentity
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.runs.inventory import take_inventory
from hostscan_automation.runs.progress import SilentProgress
from hostscan_automation.runs.stop import Stop
from tests.unit.runs.fakes import SERVER, FakeServer, api_error, job_id, selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan
    from tests.unit.runs.fakes import FakeClock

BY_DETAIL = selection({"all": [{"status": "Queued"}, {"created_by": {"exists": False}}]})


class Notes(SilentProgress):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def stage(self, name: str, total: int | None) -> None:
        self.heard.append(("stage", name, total, 0))

    def advance(self, done: int = 1, failed: int = 0) -> None:
        _, name, total, before = self.heard.pop()
        assert isinstance(before, int)
        self.heard.append(("stage", name, total, before + done))

    def note(self, text: str) -> None:
        self.heard.append(("note", text))


def inventory(server: FakeServer, progress: SilentProgress, stop: Stop | None = None) -> CancelPlan:
    builder = PlanBuilder(BY_DETAIL, now=server.server_now())
    take_inventory(server, builder, progress=progress, stop=stop)
    return builder.build(
        server=SERVER, account="a", playbook=PlaybookIdentity("p", "sha256:" + "0" * 64)
    )


def test_the_list_is_streamed_and_the_details_asked_for_are_read_once(clock: FakeClock) -> None:
    server, notes = FakeServer.with_jobs(250, clock=clock), Notes()
    plan = inventory(server, notes)
    assert plan.counts.listed == plan.counts.planned == 250
    assert sorted(server.detail_reads) == sorted(server.jobs)
    assert notes.heard == [("stage", "listing", None, 250), ("stage", "details", 250, 250)]


def test_a_detail_that_is_404_is_a_vanished_job_and_said(clock: FakeClock) -> None:
    server, notes = FakeServer.with_jobs(5, clock=clock), Notes()
    listed = server.iter_jobs

    def vanishing(within_s: float | None = None) -> Iterator[ScanJob]:
        yield from listed()
        del server.jobs[job_id(2)], server.jobs[job_id(4)]

    server.iter_jobs = vanishing  # type: ignore[method-assign]
    plan = inventory(server, notes)
    assert [job.job_id for job in plan.to_cancel] == [job_id(0), job_id(1), job_id(3)]
    assert notes.heard[-1] == ("note", "2 jobs vanished while they were read; they are left out")


def test_any_other_detail_that_cannot_be_read_ends_the_inventory(clock: FakeClock) -> None:
    server = FakeServer.with_jobs(200, clock=clock)
    read, third = server.job, job_id(3)

    def failing(job_id: UUID) -> ScanJob:
        if job_id == third:
            raise api_error(ServerError, 500)
        return read(job_id)

    server.job = failing  # type: ignore[method-assign]
    with pytest.raises(ServerError):
        inventory(server, SilentProgress())


def test_a_list_that_breaks_off_ends_the_inventory(clock: FakeClock) -> None:
    server = FakeServer.with_jobs(3, clock=clock)
    listed = server.iter_jobs

    def breaking(within_s: float | None = None) -> Iterator[ScanJob]:
        yield from listed()
        raise ReplyLostError("cut")

    server.iter_jobs = breaking  # type: ignore[method-assign]
    with pytest.raises(ReplyLostError):
        inventory(server, SilentProgress())


@pytest.mark.parametrize("at_detail", [True, False])
def test_somebody_may_stop_it(clock: FakeClock, at_detail: bool) -> None:
    server, stop = FakeServer.with_jobs(300, clock=clock), Stop()
    if at_detail:
        read = server.job

        def stopping(job_id: UUID) -> ScanJob:
            stop.request()
            return read(job_id)

        server.job = stopping  # type: ignore[method-assign]
    else:
        stop.request()
    with pytest.raises(KeyboardInterrupt):
        inventory(server, SilentProgress(), stop)
