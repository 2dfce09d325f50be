from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import ReplyLostError
from hostscan_automation.jobs.plan import PlaybookIdentity
from hostscan_automation.jobs.planning import PlanBuilder
from hostscan_automation.runs.inventory import take_fresh_inventory
from hostscan_automation.runs.progress import SilentProgress
from tests.unit.runs.fakes import SERVER, FakeServer, selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan
    from tests.unit.runs.fakes import FakeClock

QUEUED = selection({"status": "Queued"})


class BreakingList:
    """Breaks off the first so many lists after their third job."""

    def __init__(self, server: FakeServer, breaks: int, *, is_slow: bool = False) -> None:
        self._server = server
        self._is_slow = is_slow
        self.left = breaks
        self.lists = 0

    def iter_jobs(self) -> Iterator[ScanJob]:
        self.lists += 1
        for number, job in enumerate(self._server.iter_jobs()):
            if number == 3 and self.left:
                self.left -= 1
                error = ReplyLostError("reply to GET /api/v1/HostScanJob was lost")
                error.is_slow = self._is_slow
                raise error
            yield job

    def __getattr__(self, name: str) -> object:
        return getattr(self._server, name)


def plan(reader: BreakingList, clock: FakeClock) -> CancelPlan:
    builder = take_fresh_inventory(
        reader,  # type: ignore[arg-type]  # the rest is passed on to the fake
        lambda: PlanBuilder(QUEUED, now=clock.now()),
        progress=SilentProgress(),
    )
    return builder.build(
        server=SERVER, account="a", playbook=PlaybookIdentity("p", "sha256:" + "0" * 64)
    )


def test_a_list_that_breaks_off_is_read_again_from_its_start(clock: FakeClock) -> None:
    reader = BreakingList(FakeServer.with_jobs(10, clock=clock), breaks=4)
    found = plan(reader, clock)
    assert found.counts.listed == found.counts.planned == 10
    assert reader.lists == 5


def test_a_list_that_drips_is_read_again_once(clock: FakeClock) -> None:
    reader = BreakingList(FakeServer.with_jobs(10, clock=clock), breaks=1, is_slow=True)
    assert plan(reader, clock).counts.listed == 10
    reader.left, reader.lists = 9, 0
    with pytest.raises(ReplyLostError):
        plan(reader, clock)
    assert reader.lists == 2


def test_a_list_that_never_comes_whole_ends_the_inventory(clock: FakeClock) -> None:
    reader = BreakingList(FakeServer.with_jobs(10, clock=clock), breaks=99)
    with pytest.raises(ReplyLostError):
        plan(reader, clock)
    assert reader.lists == 5
