"""Carry out a plan from its first intent to its last confirmation, and go on with one that ended.

    lock -> read again what may have changed -> journal -> canary -> cancel -> confirm -> finish

Whatever ends a run before its time, the record that comes back says of every job of the plan what
is known of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hostscan_automation.errors import JournalError, PlanRefusedError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.selection import Selection
from hostscan_automation.runs.breaker import Breaker
from hostscan_automation.runs.confirmation import Confirmation
from hostscan_automation.runs.executor import SETTLED_AFTER_S, Bounds, Executor
from hostscan_automation.runs.freshness import FRESH_FOR_S, Freshness
from hostscan_automation.runs.lock import RunLock
from hostscan_automation.runs.looks import Watched
from hostscan_automation.runs.pacing import Pacer
from hostscan_automation.runs.recheck import recheck
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from hostscan_automation.jobs.limits import ExecuteOptions
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.jobs.selection import Protection
    from hostscan_automation.runs.journal import Journal
    from hostscan_automation.runs.means import Means
    from hostscan_automation.runs.record import RunRecord
    from hostscan_automation.runs.rows import NewRun
    from hostscan_automation.runs.runlog import Result, RunLog

_LOG = logging.getLogger("hostscan.runs")

CANARY_CONFIRM_S = 120.0
"""How long a canary is waited for where the plan does not want to wait at all."""


def execute(
    run: NewRun,
    means: Means,
    journal: Journal,
    *,
    protect: Sequence[Protection] = (),
    is_saved: bool = False,
) -> RunRecord:
    """Carry out a plan.

    Args:
        run: The plan, and what the journal keeps of the occasion.
        means: Reader and canceller of the plan's server, signed in.
        journal: Where it is written down.
        protect: What the profile protects by now, besides what the plan says.
        is_saved: The plan comes from a file: every job is decided anew first, and one that does not
            match any more is `drifted`. The same is done for a plan that is more than a minute old,
            and for one that was made before the cancels of another run could show.

    Raises:
        PlanRefusedError: The plan must not run, another run holds the server, or the list named a
            job twice. Nothing was sent.
        JournalError: The run could not be written down. Nothing was sent.
        KeyboardInterrupt: Somebody asked to stop before the run began. Nothing was sent.
        HostscanError: The server could not be read again. Nothing was sent.
    """
    plan = run.plan
    if plan.refusals:
        raise PlanRefusedError("; ".join(plan.refusals), reasons=plan.refusals)
    began = means.clock.monotonic()
    selection = _selection(plan, protect)
    lock = RunLock(journal.folder, plan.server, means.clock)
    with lock.held():
        findings: Mapping[int, Result] = {}
        age_s = _age_s(plan, means)
        is_early = _settle_earlier_runs(means, journal, plan, age_s)
        if is_saved or is_early or age_s > FRESH_FOR_S:
            findings = recheck(means, plan, selection)
            age_s = 0.0
        means.stop.raise_if_requested()
        with means.stop.listening():
            log = journal.begin(run)
            lock.tell(log.run_id)
            freshness = Freshness(means, plan, selection, read_at=began - age_s)
            return _Run(means, log, began, freshness).carry_out(findings)


def resume(
    run_id: str, means: Means, journal: Journal, *, protect: Sequence[Protection] = ()
) -> RunRecord:
    """Go on with a run that is not finished, and return the whole of it.

    What has no result yet is read again first. A job that shows Cancelled and for which a cancel
    may have been sent is `cancelled`; one that does not match any more is `drifted`; one that still
    stands is cancelled now, and if a cancel may have been sent for it, only after a read that comes
    late enough for that one to show.

    Args:
        run_id: The run, as `Journal.latest_unfinished` names it.
        means: Reader and canceller of the run's server, signed in.
        journal: Where it is written down.
        protect: What the profile protects by now, besides what the plan says.

    Raises:
        PlanRefusedError: The run is finished, or another process is at work on it or its server.
        JournalError: There is no such run, or its record is damaged.
        KeyboardInterrupt: Somebody asked to stop before anything was done.
        HostscanError: The server could not be read again; the run stays as it is.
    """
    plan = journal.record(run_id).plan
    began = means.clock.monotonic()
    lock = RunLock(journal.folder, plan.server, means.clock)
    with lock.held():
        lock.tell(run_id)
        log = journal.reopen(run_id)
        selection = _selection(plan, protect)
        findings = _recheck_open(means, log, selection)
        means.stop.raise_if_requested()
        with means.stop.listening():
            log.take_over()
            freshness = Freshness(means, plan, selection, read_at=began)
            return _Run(means, log, began, freshness).carry_out(findings)


def _recheck_open(means: Means, log: RunLog, selection: Selection) -> Mapping[int, Result]:
    positions = log.open_positions()
    if not positions:
        return {}
    ours = [position for position in positions if log.is_intended(position)]
    return recheck(means, log.plan, selection, positions=positions, ours=ours)


def _settle_earlier_runs(means: Means, journal: Journal, plan: CancelPlan, age_s: float) -> bool:
    """Wait until cancels of a run that ended moments ago show; True where the plan is too early.

    The plan was read `age_s` ago: a job may stand in it whose cancel had just been asked for.
    """
    now = means.clock.now()
    asked = journal.asked_since(plan.server, now - timedelta(seconds=age_s + SETTLED_AFTER_S))
    times = [asked[job.job_id] for job in plan.to_cancel if job.job_id in asked]
    if not times:
        return False
    ago_s = (now - max(times)).total_seconds()
    wait_s = min(SETTLED_AFTER_S, SETTLED_AFTER_S - ago_s)  # a clock may have been put back
    if wait_s > 0:
        means.progress.note("another run ended moments ago: waiting until its cancels show")
        means.clock.wait(means.stop.event, wait_s)
    return True


def _age_s(plan: CancelPlan, means: Means) -> float:
    return max(0.0, (means.reader.server_now() - plan.made_at).total_seconds())


def _selection(plan: CancelPlan, protect: Sequence[Protection]) -> Selection:
    return Selection.from_data(plan.selection).with_protection(protect)


@dataclass(frozen=True, slots=True)
class _Group:
    """Jobs that are cancelled together and then confirmed."""

    positions: list[int]
    confirm_s: float
    is_canary: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """One run at work."""

    means: Means
    log: RunLog
    began: float
    freshness: Freshness

    @property
    def options(self) -> ExecuteOptions:
        return self.log.plan.execute

    def carry_out(self, findings: Mapping[int, Result]) -> RunRecord:
        """Write down the findings, cancel the rest, confirm, and end the run."""
        try:
            watched = self._take_in(findings)
            ended_by = self._act(watched)
        except BaseException as fault:
            self._finish(f"ended by a fault of this program: {type(fault).__name__}")
            raise
        return self._finish(ended_by)

    def _take_in(self, findings: Mapping[int, Result]) -> dict[UUID, Watched]:
        """Write down what was found already, and return the jobs that have to be watched."""
        watched: dict[UUID, Watched] = {}
        for position, job in enumerate(self.log.record.jobs):
            found = findings.get(position)
            if job.outcome is Outcome.ACCEPTED:
                watched[job.job_id] = Watched(position)
            elif found is not None:
                if found.outcome is Outcome.DRIFTED and self.log.is_intended(position):
                    watched[job.job_id] = Watched(position)
                self.log.settle(position, found.after(job))
        return watched

    def _act(self, watched: dict[UUID, Watched]) -> str | None:
        """Cancel and confirm; return why it ended before its time, or None."""
        pacer = Pacer(
            self.options.rate,
            clock=self.means.clock,
            jitter=self.means.chance,
        )
        breaker = Breaker(self.options.stop_after_failures)
        ended_by: str | None = None
        for group in self._groups():
            executor = Executor(
                self.means,
                self.log,
                self._bounds,
                pacer=pacer,
                breaker=breaker,
                freshness=self.freshness,
            )
            self._cancel(executor, group.positions)
            watched.update(executor.take_watched())
            self._confirm(watched, group.confirm_s)
            ended_by = executor.ended_by or self.means.stop.reason or self._canary_verdict(group)
            if ended_by:
                break
        if pacer.refused:
            _LOG.info("the server turned away %d cancels that came too fast for it", pacer.refused)
        return ended_by if watched or self.log.open_positions() else None

    @property
    def _bounds(self) -> Bounds:
        deadline_s = self.options.deadline_s
        return Bounds(self.options.workers, self.began + deadline_s, deadline_s)

    def _groups(self) -> Iterator[_Group]:
        """Yield the jobs in the groups in which they go: the canary first, then the rest."""
        todo = self.log.open_positions()
        canary = min(max(0, self.options.canary), len(todo))
        if canary:
            confirm_s = self.options.confirm_s or CANARY_CONFIRM_S
            yield _Group(todo[:canary], confirm_s, is_canary=True)
        yield _Group(todo[canary:], self.options.confirm_s)

    def _cancel(self, executor: Executor, positions: Sequence[int]) -> None:
        if not positions:
            return
        intended = {position for position in positions if self.log.is_intended(position)}
        fresh = (self._task(position) for position in positions if position not in intended)
        doubtful = [self._task(position) for position in positions if position in intended]
        self.means.progress.stage("cancelling", len(positions))
        try:
            executor.run(fresh, doubtful)
        finally:
            self.means.progress.end()

    def _task(self, position: int) -> Task:
        known = self.log.job(position)
        return Task.of(position, self.log.plan.jobs[position], known.attempts)

    def _confirm(self, watched: dict[UUID, Watched], confirm_s: float) -> None:
        stop = self.means.stop
        if confirm_s <= 0 or stop.is_at_once:
            return
        now = self.means.clock.monotonic()
        until = min(now + confirm_s, max(now, self._bounds.deadline))
        Confirmation(self.means, self.log, watched, until).run()

    def _canary_verdict(self, group: _Group) -> str | None:
        if not group.is_canary:
            return None
        jobs = [self.log.job(position) for position in group.positions]
        bad = [job for job in jobs if job.outcome is None or not job.outcome.is_done]
        if not bad:
            return None
        outcome = bad[0].outcome.value if bad[0].outcome else "open"
        return (
            f"{len(bad)} of the {len(jobs)} jobs that went first (canary) are not done:"
            f" {bad[0].job_id} is {outcome}"
        )

    def _finish(self, ended_by: str | None) -> RunRecord:
        """End the run; where the journal cannot be written, the record still tells everything."""
        try:
            return self.log.finish(ended_by)
        except JournalError as error:
            _LOG.warning("%s", error.message)
            lost = f"its end is not in the journal: {error.message}"
            record = self.log.record
            return replace(record, state=RunState.INTERRUPTED, ended_by=record.ended_by or lost)
