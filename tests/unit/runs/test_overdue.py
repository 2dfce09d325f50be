"""A reply that never ends does not keep a run beyond its deadline."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import ReplyLostError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.execution import execute
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from tests.unit.runs.fakes import QUICK, FakeServer, make_plan, means

if TYPE_CHECKING:
    from uuid import UUID

    from hostscan_automation.runs.journal import Journal
    from tests.unit.runs.fakes import FakeClock


@dataclass
class EndlessList:
    """Lets every list after the plan's take hours, until somebody releases it."""

    clock: FakeClock
    release: threading.Event = field(default_factory=threading.Event)
    ended_by_itself: bool = False

    def read(self, number: int) -> None:
        if number > 1:
            self.clock.sleep(20_000)
            self.ended_by_itself = not self.release.wait(30)


def lost(_job: UUID, _attempt: int) -> None:
    raise ReplyLostError("reply was lost")


def test_confirming_gives_up_on_a_list_that_does_not_end(
    journal: Journal, clock: FakeClock
) -> None:
    endless = EndlessList(clock)
    server = FakeServer.with_jobs(3, clock=clock, before_list=endless.read)
    record = execute(NewRun(make_plan(server)), means(server), journal)
    endless.release.set()
    assert not endless.ended_by_itself
    assert record.outcomes == {Outcome.ACCEPTED: 3}


def test_a_look_after_a_lost_reply_gives_up_on_a_list_that_does_not_end(
    journal: Journal, clock: FakeClock
) -> None:
    endless = EndlessList(clock)
    server = FakeServer.with_jobs(3, clock=clock, before_list=endless.read, after_cancel=lost)
    record = execute(NewRun(make_plan(server)), means(server), journal)
    endless.release.set()
    assert not endless.ended_by_itself
    assert record.outcomes == {Outcome.UNCERTAIN: 3}
    assert record.state is RunState.INTERRUPTED
    assert "deadline" in (record.ended_by or "")


def test_no_look_waits_beyond_the_deadline_of_the_run(journal: Journal, clock: FakeClock) -> None:
    server = FakeServer.with_jobs(1, clock=clock, after_cancel=lost)
    plan = make_plan(server, execute=replace(QUICK, deadline_s=40, confirm_s=600))
    execute(NewRun(plan), means(server), journal)
    planned, first, *others = server.looks_within_s
    assert planned is None
    assert first == pytest.approx(40 - 1, abs=0.2), "a second after the reply was lost"
    assert all(within_s is not None and within_s <= 40 for within_s in others)


def test_the_last_look_of_all_may_take_a_quarter_of_a_minute(
    journal: Journal, clock: FakeClock
) -> None:
    server = FakeServer.with_jobs(1, clock=clock, cancelling_s=3600)
    plan = make_plan(server, execute=replace(QUICK, confirm_s=5))
    assert execute(NewRun(plan), means(server), journal).outcomes == {Outcome.ACCEPTED: 1}
    assert server.looks_within_s[-1] == 15
