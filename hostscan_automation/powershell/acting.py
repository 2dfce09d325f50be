"""Carry out a plan, and hand on the result of every job of it, once."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typing_extensions import override

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.powershell.call_progress import CallProgress
from hostscan_automation.powershell.faults import FORBIDDEN, LIMIT_EXCEEDED, Fault
from hostscan_automation.powershell.objects import stop_result
from hostscan_automation.powershell.telling_canceller import TellingCanceller
from hostscan_automation.runner import Runner, refuse_without_role
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.means import Means
from hostscan_automation.runs.record import JobRecord
from hostscan_automation.settings import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from hostscan_automation.api.client import HostScanClient
    from hostscan_automation.clock import Clock
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.desk import Desk
    from hostscan_automation.runner import Guard
    from hostscan_automation.runs.record import RunRecord
    from hostscan_automation.runs.rows import NewRun
    from hostscan_automation.runs.runlog import RunLog


def check_role(client: HostScanClient) -> None:
    """Refuse an account that surely may not cancel.

    Raises:
        Fault: `Forbidden`.
    """
    try:
        refuse_without_role(client)
    except PlanRefusedError as error:
        raise Fault(FORBIDDEN, error.message, advice=error.hint or "") from None


def check_limits(plan: CancelPlan, max_count: int | None = None) -> None:
    """Refuse a plan beyond a limit, before the first call.

    Args:
        plan: As it was made, with its limits.
        max_count: What the person gave as -MaxCount, if anything.

    Raises:
        Fault: `LimitExceeded`.
    """
    if not plan.refusals:
        return
    advice = ""
    if max_count is not None and plan.counts.planned > max_count:
        advice = f"Nothing was sent. Choose fewer jobs: -MaxCount {max_count} allows no more."
    raise Fault(LIMIT_EXCEEDED, "; ".join(plan.refusals), advice=advice)


@contextmanager
def open_journal(desk: Desk) -> Iterator[Journal]:
    """Open the journal of this machine.

    Raises:
        SettingsError: The state folder cannot be used.
    """
    folder = state_folder(desk.environ)
    with Journal(folder, clock=desk.clock, chance=random.random) as journal:
        yield journal


class Act:
    """One plan at work.

    Args:
        call: Gets the results.
        desk: Has the session.
        guard: What the profile limits and protects.
        waits: Whether a job is told after its confirmation only; else as soon as the server took
            its cancel.
    """

    def __init__(self, call: Call, desk: Desk, guard: Guard, *, waits: bool) -> None:
        self._call = call
        self._desk = desk
        self._guard = guard
        self._waits = waits
        self._run_id = ""
        self._told: set[UUID] = set()

    def carry_out(self, plan: CancelPlan, act: Callable[[Runner], RunRecord]) -> RunRecord:
        """Do what `act` does with a runner, and hand on the results."""
        client = self._desk.session.client
        planned = {job.job_id: job for job in plan.jobs}

        def accepted(job_id: UUID, http_status: int, attempts: int) -> None:
            job = planned[job_id]
            self._tell(
                JobRecord(
                    job_id,
                    job.step,
                    job.disposition,
                    job.status,
                    hosts=job.hosts,
                    collateral_hosts=job.collateral_hosts,
                    outcome=Outcome.ACCEPTED,
                    http_status=http_status,
                    attempts=attempts,
                )
            )

        means = Means(
            client,
            client if self._waits else TellingCanceller(client, accepted),
            clock=self._desk.clock,
            stop=self._call.stop,
            progress=CallProgress(self._call, self._desk.clock),
        )
        folder = state_folder(self._desk.environ)
        with _NamingJournal(folder, self._name, clock=self._desk.clock) as journal:
            ended = act(Runner(client, journal, means, guard=self._guard))
        for record in ended.jobs:
            if record.job_id not in self._told:
                self._tell(record)
        return ended

    def _name(self, run_id: str) -> None:
        self._run_id = run_id

    def _tell(self, record: JobRecord) -> None:
        self._told.add(record.job_id)
        self._call.emit(stop_result(record, self._run_id))


class _NamingJournal(Journal):
    """A journal that tells the name of a run as soon as it has one: early results carry it."""

    def __init__(self, folder: Path, on_begin: Callable[[str], None], *, clock: Clock) -> None:
        super().__init__(folder, clock=clock, chance=random.random)
        self._on_begin = on_begin

    @override
    def begin(self, run: NewRun) -> RunLog:
        log = super().begin(run)
        self._on_begin(log.run_id)
        return log
